import type { EventRecord } from '../events/event-record.ts'
import type { FirehoseOutcome, FirehoseResponse, FirehoseResult } from './batch-response.ts'
import { type BatchOutcome, isFinished, QUARANTINED, type Respond } from './outcome.ts'
import { batchFailed } from './reject-failures.ts'

/** One record of Firehose, and the places of the user records that it gave: one, where it aggregates none. */
interface Delivered {
  readonly recordId: string
  readonly data: string
  readonly indexes: number[]
}

type Fields = Readonly<Record<string, unknown>>

const RESULTS: readonly unknown[] = ['Ok', 'Dropped', 'ProcessingFailed']

/** For Firehose: every record comes back, changed, as it was, dropped or failed. */
export function respondToFirehose(records: readonly EventRecord<unknown>[]): Respond {
  const delivered = deliveredOf(records)
  return (outcome): FirehoseResponse => ({
    records: delivered.flatMap((one) => {
      if (one.recordId !== '') return [resultOf(one, outcome)]
      if (one.indexes.every((index) => isFinished(outcome, index))) return []
      throw batchFailed(outcome)
    }),
  })
}

function deliveredOf(records: readonly EventRecord<unknown>[]): readonly Delivered[] {
  const delivered: Delivered[] = []
  for (const [index, { id: recordId, raw, subSequence = 0 }] of records.entries()) {
    if (subSequence > 0) delivered.at(-1)?.indexes.push(index)
    else delivered.push({ recordId, data: dataOf(raw), indexes: [index] })
  }
  return delivered
}

function dataOf(raw: unknown): string {
  return isObject(raw) && typeof raw['data'] === 'string' ? raw['data'] : ''
}

function resultOf({ recordId, data, indexes }: Delivered, outcome: BatchOutcome): FirehoseResult {
  const failed: FirehoseResult = { recordId, result: 'ProcessingFailed', data }
  if (!indexes.every((index) => isFinished(outcome, index))) return failed
  const parts = indexes.map((index) => outcomeOf(outcome.results[index], recordId))
  if (parts.some(({ result }) => result === 'ProcessingFailed')) return failed
  const kept = parts.filter(({ result }) => result === 'Ok')
  if (kept.length === 0) return { recordId, result: 'Dropped', data }
  const metadata = kept.find((part) => part.metadata !== undefined)?.metadata
  const changed = kept.flatMap((part) => (part.data === undefined ? [] : [Buffer.from(part.data)]))
  // What an aggregated record holds cannot be kept in part.
  if (changed.length !== kept.length && (changed.length > 0 || kept.length < parts.length)) return failed
  return {
    recordId,
    result: 'Ok',
    data: changed.length === 0 ? data : Buffer.concat(changed).toString('base64'),
    ...(metadata !== undefined && { metadata: { partitionKeys: { ...metadata.partitionKeys } } }),
  }
}

/** What a handler resolved with, as an outcome. */
function outcomeOf(value: unknown, recordId: string): FirehoseOutcome {
  if (value === QUARANTINED) return { result: 'Dropped' }
  if (isData(value)) return { result: 'Ok', data: value }
  if (!isObject(value) || !RESULTS.includes(value['result'])) return { result: 'Ok' }
  if (!isOutcome(value)) return { result: 'ProcessingFailed' }
  return value['recordId'] === undefined ? value : outcomeOfRecord(value, recordId)
}

/** A record in the form in which Firehose wants it back is base64 already. */
function outcomeOfRecord(record: Fields & FirehoseOutcome, recordId: string): FirehoseOutcome {
  const { data } = record
  if (record['recordId'] !== recordId || (data !== undefined && !isBase64(data))) return { result: 'ProcessingFailed' }
  return data === undefined ? record : { ...record, data: Buffer.from(data, 'base64') }
}

/** Data that is neither bytes nor text, and metadata without partition keys, are a fault of the handler. */
function isOutcome(value: Fields): value is Fields & FirehoseOutcome {
  const { data, metadata } = value
  if (data !== undefined && !isData(data)) return false
  return metadata === undefined || (isObject(metadata) && isObject(metadata['partitionKeys']))
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function isBase64(value: Uint8Array | string): value is string {
  return typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value
}

function isData(value: unknown): value is Uint8Array | string {
  return typeof value === 'string' || value instanceof Uint8Array
}
