import { LARGEST, type Metric, RUNS_FAILED } from './metrics.ts'

/** Error codes that a line names; what else fails is counted all the same. */
const MAX_CODES = 20

/** Sums over the operations of a run. */
export interface Totals {
  /** By name. The metrics of operations that the run did not do are not there. */
  readonly metrics: Map<string, number>
  /** Operations that failed, and rows that were refused, by error code. */
  readonly codes: Map<string, number>
  /** The request of the last batch that names one. */
  requestId?: string
}

export function createTotals(): Totals {
  return { metrics: new Map([[RUNS_FAILED, 0]]), codes: new Map() }
}

/**
 * Add a message that has ended. Anybody can publish on a channel: what is no number from 0 up counts as nothing, and nothing is thrown.
 */
export function addMessage(totals: Totals, sums: readonly Metric[], message: object): void {
  const { metrics, codes } = totals
  const fields = message as Readonly<Record<string, unknown>>
  if (typeof fields['requestId'] === 'string') totals.requestId = fields['requestId']
  for (const [name, amountIn] of sums) {
    const amount = amountIn(fields)
    // A batch that is of no stream has no age.
    if (amount === undefined) continue
    const total = metrics.get(name) ?? 0
    metrics.set(name, name === LARGEST ? Math.max(total, amountOf(amount)) : total + amountOf(amount))
  }
  // Object of a number, as a sender has it, has no entries.
  for (const [code, count] of [[fields['code'], 1] as const, ...Object.entries(Object(fields['refused']))]) {
    if (typeof code !== 'string' || !/^\w{1,80}$/.test(code)) continue
    if (codes.has(code) || codes.size < MAX_CODES) codes.set(code, (codes.get(code) ?? 0) + amountOf(count))
  }
}

function amountOf(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value < 2 ** 53 ? value : 0
}
