import { MillraceError } from '../errors.ts'

/** The part of Lambda's context that this library needs. */
export interface RemainingTime {
  /** Milliseconds until Lambda ends the invocation. */
  getRemainingTimeInMillis(): number
}

export interface DeadlineOptions {
  /** Milliseconds reserved for the work after the deadline: responding, cleaning up, logging. Default 1,000. */
  readonly reserveMs?: number
}

export const DEFAULT_RESERVE_MS = 1000

/** The longest wait that a timer of Node can have: a longer one would end immediately. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/** Milliseconds until the deadline, 0 or less when it has passed, `Infinity` without a context. */
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
    throw new MillraceError('OPTION_INVALID', 'context must have getRemainingTimeInMillis(): pass that of Lambda')
  }
  return remaining - reserveMs
}

function checkReserve(reserveMs: number): void {
  if (!(reserveMs >= 0)) {
    throw new MillraceError('OPTION_INVALID', 'reserveMs must be a number of milliseconds, 0 or more')
  }
}

export function deadlineExceeded(cause?: unknown): MillraceError {
  const message = 'only the reserve of this invocation is left: raise its timeout, or reduce its work'
  return new MillraceError('DEADLINE_EXCEEDED', message, { cause })
}
