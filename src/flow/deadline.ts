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
 * A signal that aborts shortly before Lambda ends the invocation, for whatever takes a signal: the AWS SDK, `fetch`, `pipeline`, `retry`.
 *
 * Its timer keeps neither the process nor the invocation alive.
 *
 * @param context - what Lambda hands to the handler as its second argument.
 * @param options.reserveMs - milliseconds kept back for what comes after; 1,000.
 * @returns a signal, aborted already where no more than the reserve is left. Its reason is a MillraceError `DEADLINE_EXCEEDED`. O(1).
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
  // Every request of an invocation may listen: Node 20 takes more than ten for a leak.
  setMaxListeners(0, controller.signal)
  if (left <= MAX_TIMER_MS) setTimeout(() => controller.abort(hit(reserveMs)), left).unref()
  return controller.signal
}

/** The reason of an abort, published. */
function hit(reserveMs: number): MillraceError {
  const reason = deadlineExceeded()
  const operation = startOperation(channels.deadline, () => ({ reserveMs }))
  operation?.start(() => {})
  operation?.end({ error: reason })
  return reason
}
