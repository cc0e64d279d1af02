import { MillraceError } from '../errors.ts'
import { type BatchOutcome, isFinished, type Respond } from './outcome.ts'
import { Progress } from './run-batch.ts'

/** Reject failures, for sources to which only a failed invocation reports one: they redeliver the whole event. */
export const rejectFailures: Respond = (outcome) => {
  if (outcome.progress.some((_, index) => !isFinished(outcome, index))) throw batchFailed(outcome)
  return { batchItemFailures: [] }
}

/** Create the error of a batch; its cause has the errors of the records, in order. */
export function batchFailed({ progress, errors, deadline }: BatchOutcome): MillraceError {
  const unfinished = progress.length - errors.size - progress.filter((each) => each === Progress.done).length
  const rest = unfinished === 0 ? '' : `, ${unfinished} more were not finished`
  const message = `${errors.size} of ${progress.length} records failed${rest}: this source can only redeliver all of them`
  const inOrder = [...errors].sort(([left], [right]) => left - right).map(([, error]) => error)
  const all = unfinished > 0 && deadline !== undefined ? [...inOrder, deadline] : inOrder
  return new MillraceError('BATCH_FAILED', message, { cause: new AggregateError(all, message) })
}
