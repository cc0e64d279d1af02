import { isDeepStrictEqual } from 'node:util'
import { MillraceError } from '../errors.ts'
import type { EventRecord } from '../events/event-record.ts'
import type { FirehoseMskResult, FirehoseOutcome, FirehoseResponse, FirehoseResult } from './batch-response.ts'
import { type BatchOutcome, isFinished, QUARANTINED, type Respond } from './outcome.ts'
import { batchFailed } from './reject-failures.ts'

type AnyResult = FirehoseResult | FirehoseMskResult

/** One record of Firehose, and the indices of its user records: one, unless it aggregates several. */
interface Delivered {
  readonly recordId: string
  /** The name of the data field. */
  readonly field: 'data' | 'kafkaRecordValue'
  readonly data: string
  readonly indexes: number[]
}

/** The result of a record, and its error if it is a failure that has not been reported yet. */
interface Answer {
  readonly delivered: Delivered
  readonly result: AnyResult
  readonly error?: MillraceError
}

/** For Firehose: return every record, changed, unchanged, dropped or failed. */
export function respondToFirehose(records: readonly EventRecord<unknown>[], maxResponseBytes: number): Respond {
  const delivered = deliveredOf(records)
  return (outcome, report): FirehoseResponse<AnyResult> => {
    const nameless = delivered.filter(({ recordId }) => recordId === '')
    if (nameless.some(({ indexes }) => indexes.some((index) => !isFinished(outcome, index)))) throw batchFailed(outcome)
    const named = delivered.filter(({ recordId }) => recordId !== '')
    const answers = withinBudget(
      named.map((one) => answerTo(one, outcome)),
      maxResponseBytes,
    )
    for (const { delivered: one, error } of answers) {
      if (error !== undefined) for (const index of one.indexes) report(index, error)
    }
    return { records: answers.map(({ result }) => result) }
  }
}

function deliveredOf(records: readonly EventRecord<unknown>[]): readonly Delivered[] {
  const delivered: Delivered[] = []
  for (const [index, { id: recordId, raw, subSequence = 0 }] of records.entries()) {
    if (subSequence > 0) delivered.at(-1)?.indexes.push(index)
    else delivered.push({ recordId, ...dataOf(raw), indexes: [index] })
  }
  return delivered
}

/** Firehose uses another name for the data of a record from MSK, and expects the same in the response. */
function dataOf(raw: unknown): Pick<Delivered, 'field' | 'data'> {
  const fields: Readonly<Record<string, unknown>> = Object(raw)
  const field = fields['data'] === undefined && 'kafkaRecordValue' in fields ? 'kafkaRecordValue' : 'data'
  const data = fields[field]
  return { field, data: typeof data === 'string' ? data : '' }
}

function answerTo(delivered: Delivered, outcome: BatchOutcome): Answer {
  const { indexes } = delivered
  const failed = failedAnswer(delivered)
  if (!indexes.every((index) => isFinished(outcome, index))) return failed
  const parts = indexes.map((index) => partOf(outcome.results[index]))
  if (parts.some(({ result }) => result === 'ProcessingFailed')) return failed
  const kept = parts.filter(({ result }) => result === 'Ok')
  if (kept.length === 0) return { delivered, result: resultOf(delivered, 'Dropped') }
  const [metadata, ...others] = kept.map((part) => part.metadata)
  if (others.some((other) => !isDeepStrictEqual(other, metadata))) return { ...failed, error: apartInPart() }
  const changed = kept.flatMap((part) => (part.data === undefined ? [] : [Buffer.from(part.data)]))
  if (changed.length !== kept.length && (changed.length > 0 || kept.length < parts.length))
    return { ...failed, error: keptInPart() }
  const data = changed.length === 0 ? delivered.data : Buffer.concat(changed).toString('base64')
  const result = resultOf(delivered, 'Ok', data)
  return {
    delivered,
    result: metadata === undefined ? result : { ...result, metadata: metadataOf(metadata) },
  }
}

function metadataOf({ partitionKeys, otfMetadata }: NonNullable<FirehoseOutcome['metadata']>) {
  return {
    ...(partitionKeys && { partitionKeys: { ...partitionKeys } }),
    ...(otfMetadata && { otfMetadata: { ...otfMetadata } }),
  } as NonNullable<AnyResult['metadata']>
}

function failedAnswer(delivered: Delivered): Answer {
  return { delivered, result: resultOf(delivered, 'ProcessingFailed') }
}

function resultOf({ recordId, field, data: own }: Delivered, result: AnyResult['result'], data = own): AnyResult {
  return field === 'data' ? { recordId, result, data } : { recordId, result, kafkaRecordValue: data }
}

function partOf(result: unknown): FirehoseOutcome {
  return result === QUARANTINED ? { result: 'Dropped' } : (result as FirehoseOutcome)
}

/**
 * Limit the results to the size of the response; those that do not fit become failures with their original data. Every
 * record is first counted in its failed form, since each must be in the response; then, in order, larger results are
 * accepted while there is space.
 */
function withinBudget(answers: readonly Answer[], maxResponseBytes: number): readonly Answer[] {
  if (atMostBytes(answers) <= maxResponseBytes) return answers
  const failed = answers.map(({ delivered }) => failedAnswer(delivered))
  const growth = answers.map(({ result }, index) => bytesOf(result) - bytesOf(failed[index]?.result))
  const commas = Math.max(answers.length - 1, 0)
  let bytes = '{"records":[]}'.length + commas
  for (const { result } of failed) bytes += bytesOf(result)
  for (const each of growth) bytes += Math.min(each, 0)
  return answers.map((answer, index) => {
    const more = Math.max(growth[index] ?? 0, 0)
    if (more === 0) return answer
    if (bytes + more <= maxResponseBytes) {
      bytes += more
      return answer
    }
    return { ...failedAnswer(answer.delivered), error: tooLarge(maxResponseBytes) }
  })
}

/** The most bytes of a character in JSON: `\u0000`. */
const MAX_CHARACTER_BYTES = 6
/** Upper bound of the names and punctuation of one result. */
const FRAME_BYTES = 100

/** Upper bound of the bytes of a response, found without writing it: most are small. */
function atMostBytes(answers: readonly Answer[]): number {
  let bytes = FRAME_BYTES
  for (const { result } of answers) {
    const metadata = result.metadata === undefined ? 0 : JSON.stringify(result.metadata).length
    bytes += FRAME_BYTES + MAX_CHARACTER_BYTES * (result.recordId.length + dataIn(result).length + metadata)
  }
  return bytes
}

/** Bytes of the JSON of a result; base64 is counted without writing it. */
function bytesOf(result: AnyResult | undefined): number {
  if (result === undefined) return 0
  const data = dataIn(result)
  if (!BASE64.test(data)) return Buffer.byteLength(JSON.stringify(result))
  const empty = result.data === undefined ? { ...result, kafkaRecordValue: '' } : { ...result, data: '' }
  return Buffer.byteLength(JSON.stringify(empty)) + data.length
}

const BASE64 = /^[A-Za-z0-9+/=]*$/

function dataIn({ data, kafkaRecordValue }: AnyResult): string {
  return data ?? kafkaRecordValue ?? ''
}

function tooLarge(maxResponseBytes: number): MillraceError {
  return new MillraceError(
    'LIMIT_EXCEEDED',
    `the response would be larger than ${maxResponseBytes} bytes (maxResponseBytes), and Lambda rejects a response over 6 MB as a whole: the record is ProcessingFailed; lower the buffer size of the stream's transformation`,
  )
}

function apartInPart(): MillraceError {
  return new MillraceError(
    'TYPE_MISMATCH',
    'parts of this record resolved with different metadata, and a record has one destination: the record is ProcessingFailed; resolve with the same metadata for every kept part',
  )
}

function keptInPart(): MillraceError {
  return new MillraceError(
    'TYPE_MISMATCH',
    'some parts of this record resolved with data and others without: the record is ProcessingFailed; resolve with data for every kept part',
  )
}
