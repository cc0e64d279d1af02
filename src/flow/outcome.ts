import type { MillraceError } from '../errors.ts'
import { type BatchRun, Progress } from './run-batch.ts'

/** What became of a batch, when its response is due. */
export interface BatchOutcome extends BatchRun {
  /** Why records were not finished, where it is the deadline. */
  readonly deadline: MillraceError | undefined
}

/** The result of a record that went to quarantine. */
export const QUARANTINED = Symbol('quarantined')

/** Turns an outcome into what the source wants to hear; throws where that is how it hears of a failure. */
export type Respond = (outcome: BatchOutcome) => unknown

export function isFinished({ progress }: BatchRun, index: number): boolean {
  return progress[index] === Progress.done
}
