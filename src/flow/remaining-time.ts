import { MillraceError } from '../errors.ts'

/** The part of Lambda's context that this library needs. */
export interface RemainingTime {
  /** Milliseconds until Lambda ends the invocation. */
  getRemainingTimeInMillis(): number
}

export interface DeadlineOptions {
  /** Milliseconds kept back for what comes after: answering, cleaning up, logging. Default 1,000. */
  readonly reserveMs?: number
}

export const DEFAULT_RESERVE_MS = 1000

/** The longest wait that a timer of Node can have: a longer one would end at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/** Milliseconds until the deadline, 0 or less when it has passed, `Infinity` where there is no context. */
export function millisecondsLeft(context: RemainingTime | undefined, reserveMs: number): number {
  if (context !== undefined) return millisecondsUntilDeadline(context, reserveMs)
  checkReserve(reserveMs)
  return Number.POSITIVE_INFINITY
}

/** @throws MillraceError `OPTION_INVALID` for a context without remaining time, and a reserve that is not a number of milliseconds. */
export function millisecondsUntilDeadline(context: RemainingTime, reserveMs: number): number {
  checkReserve(reserveMs)
  const remaining: unknown =
    typeof context?.getRemainingTimeInMillis === 'function' ? context.getRemainingTimeInMillis() : undefined
  if (typeof remaining !== 'number' || Number.isNaN(remaining)) {
    throw new MillraceError('OPTION_INVALID', 'context must have getRemainingTimeInMillis(): pass what Lambda passes')
  }
  return remaining - reserveMs
}

function checkReserve(reserveMs: number): void {
  if (!(reserveMs >= 0)) {
    throw new MillraceError('OPTION_INVALID', 'reserveMs must be a number of milliseconds, 0 or more')
  }
}

export function deadlineExceeded(cause?: unknown): MillraceError {
  const message = 'the time that this invocation may take is over but for its reserve: give it more, or less to do'
  return new MillraceError('DEADLINE_EXCEEDED', message, { cause })
}
