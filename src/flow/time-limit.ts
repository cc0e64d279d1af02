import { setMaxListeners } from 'node:events'
import type { MillraceError } from '../errors.ts'
import { deadlineExceeded, MAX_TIMER_MS, millisecondsLeft, type RemainingTime } from './remaining-time.ts'

/** The deadline of a batch, detected by a timer and by checks, since work that never waits starves the timer. */
export interface TimeLimit {
  /** Aborts at the deadline. */
  readonly signal: AbortSignal
  /** Resolves at the deadline, after the signal has aborted; never before. */
  readonly reached: Promise<undefined>
  readonly isReached: () => boolean
  /** Act as if the timer had fired. */
  readonly reach: () => void
  /** The reason, once it is reached. */
  readonly reason: () => MillraceError | undefined
  readonly end: () => void
}

/**
 * The timer keeps the process alive, unlike that of `deadline`: otherwise it would exit before the response while a
 * handler waits without keeping it alive.
 */
export function startTimeLimit(context: RemainingTime | undefined, reserveMs: number): TimeLimit {
  const left = millisecondsLeft(context, reserveMs)
  const controller = new AbortController()
  // Each running record may add a listener: Node 20 reports more than ten as a leak.
  setMaxListeners(0, controller.signal)
  let resolveReached: () => void = () => {}
  const reached = new Promise<undefined>((resolve) => {
    resolveReached = () => resolve(undefined)
  })
  let reason: MillraceError | undefined
  const reach = (): void => {
    if (reason !== undefined) return
    reason = deadlineExceeded()
    controller.abort(reason)
    resolveReached()
  }
  if (left <= 0) reach()
  const timer = left > 0 && left <= MAX_TIMER_MS ? setTimeout(reach, left) : undefined
  return {
    signal: controller.signal,
    reached,
    isReached: () => reason !== undefined || (context !== undefined && context.getRemainingTimeInMillis() <= reserveMs),
    reach,
    reason: () => reason,
    end: () => clearTimeout(timer),
  }
}
