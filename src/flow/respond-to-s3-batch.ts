import type { EventRecord } from '../events/event-record.ts'
import type { S3BatchOutcome, S3BatchResponse, S3BatchResult } from './batch-response.ts'
import { type BatchOutcome, isFinished, QUARANTINED, type Respond } from './outcome.ts'
import { batchFailed } from './reject-failures.ts'

const CODES: readonly unknown[] = ['Succeeded', 'TemporaryFailure', 'PermanentFailure']

/** Most bytes of a `resultString` that S3 keeps. */
const MAX_RESULT_LENGTH = 1024

/** For S3 Batch Operations: return a result code for each task. An unreadable task fails permanently. */
export function respondToS3Batch(event: unknown, records: readonly EventRecord<unknown>[]): Respond {
  const head = {
    invocationSchemaVersion: textIn(event, 'invocationSchemaVersion') ?? '1.0',
    treatMissingKeysAs: 'PermanentFailure' as const,
    invocationId: textIn(event, 'invocationId') ?? '',
  }
  const tasks = records.map(({ id, payload }) => ({ id, isPoison: !payload.ok }))
  return (outcome): S3BatchResponse => ({
    ...head,
    results: tasks.flatMap(({ id: taskId, isPoison }, index): S3BatchResult[] => {
      if (taskId === '' && !isFinished(outcome, index)) throw batchFailed(outcome)
      const { resultCode, resultString = '' } = outcomeOf(outcome, index, isPoison)
      return taskId === '' ? [] : [{ taskId, resultCode, resultString: resultString.slice(0, MAX_RESULT_LENGTH) }]
    }),
  })
}

function outcomeOf(outcome: BatchOutcome, index: number, isPoison: boolean): S3BatchOutcome {
  if (isFinished(outcome, index)) return outcomeOfResult(outcome.results[index])
  if (!outcome.errors.has(index)) return { resultCode: 'TemporaryFailure', resultString: 'not finished' }
  return {
    resultCode: isPoison ? 'PermanentFailure' : 'TemporaryFailure',
    resultString: nameOf(outcome.errors.get(index)),
  }
}

function outcomeOfResult(value: unknown): S3BatchOutcome {
  if (value === QUARANTINED) return { resultCode: 'Succeeded', resultString: 'quarantined' }
  if (typeof value === 'string') return { resultCode: 'Succeeded', resultString: value }
  return typeof value === 'object' && value !== null && 'resultCode' in value
    ? (value as S3BatchOutcome)
    : { resultCode: 'Succeeded' }
}

/** Test whether a result has no result code, which is a success, or one that S3 knows. */
export function isS3BatchOutcome(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('resultCode' in value)) return true
  const { resultCode, resultString }: { readonly resultCode: unknown; readonly resultString?: unknown } = value
  return CODES.includes(resultCode) && ['string', 'undefined'].includes(typeof resultString)
}

/** A job's report may have other readers than its logs, so it contains the name of an error, not its message. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error'
  const { name } = error
  return 'code' in error && typeof error.code === 'string' && error.code !== name ? `${name} ${error.code}` : name
}

function textIn(event: unknown, name: string): string | undefined {
  const value: unknown = Object(event)[name]
  return typeof value === 'string' ? value : undefined
}
