import { outcomeOf, type Pending } from './pending.ts'
import { createQueue, peek, type Queue, shift, sizeOf } from './queue.ts'
import type { SendOutcome, SendReport, UnsentOutcome } from './send-report.ts'

/** Outcomes that a `SendError` keeps. */
const KEPT_OUTCOMES = 100

/** The entries that are taken and not reported, in the order of the input, and the counts of those that are. */
export interface Ledger<Entry, Wire> {
  readonly window: Queue<Pending<Entry, Wire>>
  readonly report: { -readonly [Name in keyof SendReport]: number }
  /** The first outcomes that are not `sent`. */
  readonly unsent: UnsentOutcome<Entry>[]
  readonly onOutcome: ((outcome: SendOutcome<Entry>) => unknown) | undefined
  /** Whether a promise that `onOutcome` returned is not settled yet. */
  isHeld: boolean
}

export function createLedger<Entry, Wire>(onOutcome: Ledger<Entry, Wire>['onOutcome']): Ledger<Entry, Wire> {
  const report = { sent: 0, refused: 0, failed: 0, unknown: 0, requests: 0, retries: 0, bytes: 0 }
  return { window: createQueue(), report, unsent: [], onOutcome, isHeld: false }
}

/** Whether the oldest entry that is not reported is settled, so that it can be. */
export function canReport<Entry, Wire>({ window, isHeld }: Ledger<Entry, Wire>): boolean {
  const oldest = peek(window)
  return !isHeld && oldest !== undefined && oldest.status !== 'waiting' && oldest.status !== 'in-flight'
}

/**
 * Report settled entries up to the first that is not.
 *
 * @returns a promise of `onOutcome` that the next report has to wait for, if there is one. What `onOutcome` throws is thrown.
 */
export function reportSettled<Entry, Wire>(ledger: Ledger<Entry, Wire>): PromiseLike<unknown> | undefined {
  const { window, report, unsent, onOutcome } = ledger
  while (canReport(ledger)) {
    const pending = shift(window) as Pending<Entry, Wire>
    const status = pending.status as SendOutcome<Entry>['status']
    report[status]++
    if (status === 'sent') report.bytes += pending.bytes
    if (onOutcome !== undefined) {
      const held = onOutcome(outcomeOf(pending))
      if (isPromise(held)) {
        ledger.isHeld = true
        return held
      }
    } else if (status !== 'sent' && unsent.length < KEPT_OUTCOMES) {
      unsent.push(outcomeOf(pending) as UnsentOutcome<Entry>)
    }
  }
  return undefined
}

export function pendingOf<Entry, Wire>({ window }: Ledger<Entry, Wire>): number {
  return sizeOf(window)
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
