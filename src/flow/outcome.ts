import type { MillraceError } from '../errors.ts'
import { type BatchRun, Progress } from './run-batch.ts'

/** The outcome of a batch at response time. */
export interface BatchOutcome extends BatchRun {
  /** The reason for unfinished records, if it is the deadline. */
  readonly deadline: MillraceError | undefined
}

/** The result of a quarantined record. */
export const QUARANTINED = Symbol('quarantined')

/** Reports a failure of a record to `onFailure`. Never throws. */
export type Report = (index: number, error: unknown) => void

/** Makes the response that the source expects of an outcome; throws where only a rejection reports failure. */
export type Respond = (outcome: BatchOutcome, report: Report) => unknown

export function isFinished({ progress }: BatchRun, index: number): boolean {
  return progress[index] === Progress.done
}
