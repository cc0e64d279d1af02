import { MillraceError } from '../errors.ts'
import { type BatchOutcome, isFinished, type Respond } from './outcome.ts'
import { Progress } from './run-batch.ts'

/** For sources to which only a failed invocation reports a failure: they send the whole event again. */
export const rejectFailures: Respond = (outcome) => {
  if (outcome.progress.some((_, index) => !isFinished(outcome, index))) throw batchFailed(outcome)
  return { batchItemFailures: [] }
}

/** The error of a batch, with those of its records, in the order of these, as the errors of its cause. */
export function batchFailed({ progress, errors, deadline }: BatchOutcome): MillraceError {
  const unfinished = progress.length - errors.size - progress.filter((each) => each === Progress.done).length
  const rest = unfinished === 0 ? '' : `, ${unfinished} more were not finished`
  const message = `${errors.size} of ${progress.length} records failed${rest}: this source can only send all of them again`
  const inOrder = [...errors].sort(([left], [right]) => left - right).map(([, error]) => error)
  const all = unfinished > 0 && deadline !== undefined ? [...inOrder, deadline] : inOrder
  return new MillraceError('BATCH_FAILED', message, { cause: new AggregateError(all, message) })
}
