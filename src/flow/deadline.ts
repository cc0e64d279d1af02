import { setMaxListeners } from 'node:events'
import type { MillraceError } from '../errors.ts'
import { channels, startOperation } from '../internal/channels.ts'
import { checkOptions } from '../internal/check-arguments.ts'
import {
  DEFAULT_RESERVE_MS,
  type DeadlineOptions,
  deadlineExceeded,
  MAX_TIMER_MS,
  millisecondsUntilDeadline,
  type RemainingTime,
} from './remaining-time.ts'

/**
 * Create a signal that aborts shortly before Lambda ends the invocation, for anything that accepts a signal: the AWS
 * SDK, `fetch`, `pipeline`, `retry`.
 *
 * Its timer keeps neither the process nor the invocation alive.
 *
 * @param context - the second argument of Lambda's handler.
 * @param options.reserveMs - milliseconds reserved for the work after the deadline. Default 1,000.
 * @returns a signal, already aborted if only the reserve is left. Its reason is a MillraceError `DEADLINE_EXCEEDED`. O(1).
 * @throws MillraceError `OPTION_INVALID` for a context without the remaining time.
 * @example
 * deadline({ getRemainingTimeInMillis: () => 900 }, { reserveMs: 1000 }).reason.code // => 'DEADLINE_EXCEEDED'
 */
export function deadline(context: RemainingTime, options: DeadlineOptions = {}): AbortSignal {
  checkOptions('deadline', options, { reserveMs: 'number' }, 'write deadline(context, { reserveMs: 1000 })')
  const { reserveMs = DEFAULT_RESERVE_MS } = options
  const left = millisecondsUntilDeadline(context, reserveMs)
  if (left <= 0) return AbortSignal.abort(hit(reserveMs))
  const controller = new AbortController()
  // Every request of an invocation may add a listener: Node 20 reports more than ten as a leak.
  setMaxListeners(0, controller.signal)
  if (left <= MAX_TIMER_MS) setTimeout(() => controller.abort(hit(reserveMs)), left).unref()
  return controller.signal
}

/** Publish and return the reason of an abort. */
function hit(reserveMs: number): MillraceError {
  const reason = deadlineExceeded()
  const operation = startOperation(channels.deadline, () => ({ reserveMs }))
  operation?.start(() => {})
  operation?.end({ error: reason })
  return reason
}
