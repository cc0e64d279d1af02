import { LARGEST, type Metric, RUNS_FAILED } from './metrics.ts'

/** Most error codes in a line; other failures are only counted. */
const MAX_CODES = 20

/** Sums over the operations of a run. */
export interface Totals {
  /** Metrics by name, without those of operations that did not run. */
  readonly metrics: Map<string, number>
  /** Failed operations and rejected rows, by error code. */
  readonly codes: Map<string, number>
  /** The request id of the last batch that has one. */
  requestId?: string
}

export function createTotals(): Totals {
  return { metrics: new Map([[RUNS_FAILED, 0]]), codes: new Map() }
}

/**
 * Add the message of an ended operation. Any code can publish on a channel: values that are not numbers from 0 are
 * ignored, and nothing is thrown.
 */
export function addMessage(totals: Totals, sums: readonly Metric[], message: object): void {
  const { metrics, codes } = totals
  const fields = message as Readonly<Record<string, unknown>>
  if (typeof fields['requestId'] === 'string') totals.requestId = fields['requestId']
  for (const [name, amountIn] of sums) {
    const amount = amountIn(fields)
    // Only a batch of a stream has an age.
    if (amount === undefined) continue
    const total = metrics.get(name) ?? 0
    metrics.set(name, name === LARGEST ? Math.max(total, amountOf(amount)) : total + amountOf(amount))
  }
  // A number, as in a sender's message, has no entries.
  for (const [code, count] of [[fields['code'], 1] as const, ...Object.entries(Object(fields['refused']))]) {
    if (typeof code !== 'string' || !/^\w{1,80}$/.test(code)) continue
    if (codes.has(code) || codes.size < MAX_CODES) codes.set(code, (codes.get(code) ?? 0) + amountOf(count))
  }
}

function amountOf(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value < 2 ** 53 ? value : 0
}
