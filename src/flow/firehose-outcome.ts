import { MillraceError } from '../errors.ts'
import type { FirehoseOutcome } from './batch-response.ts'

type Fields = Readonly<Record<string, unknown>>

const RESULTS: readonly unknown[] = ['Ok', 'Dropped', 'ProcessingFailed']

/**
 * The result of a handler of a Firehose record, in one form that says all of it: undefined is the record as it is, bytes and text are new
 * data, a whole record as Firehose wants it back is its own outcome.
 *
 * @returns undefined for anything else, which is a mistake in the handler: to answer `Ok` would deliver the old data as if it were new.
 */
export function firehoseOutcome(value: unknown, recordId: string): FirehoseOutcome | undefined {
  if (value === undefined) return { result: 'Ok' }
  if (isData(value)) return { result: 'Ok', data: value }
  if (!isObject(value) || !RESULTS.includes(value['result'])) return undefined
  const result = value['result'] as FirehoseOutcome['result']
  const data = value['recordId'] === undefined ? value['data'] : dataOfRecord(value, recordId)
  if (data !== undefined && !isData(data)) return undefined
  const { metadata } = value
  if (metadata === undefined) return { result, ...(data !== undefined && { data }) }
  const partitionKeys = partitionKeysOf(metadata)
  return partitionKeys && { result, ...(data !== undefined && { data }), metadata: { partitionKeys } }
}

/** A record in the form in which Firehose wants it back is base64 already. Null where it is not, or is another record. */
function dataOfRecord(record: Fields, recordId: string): Uint8Array | undefined | null {
  const data = record['kafkaRecordValue'] ?? record['data']
  if (record['recordId'] !== recordId) return null
  if (data === undefined) return undefined
  return typeof data === 'string' && isBase64(data) ? Buffer.from(data, 'base64') : null
}

function partitionKeysOf(metadata: unknown): Record<string, string> | undefined {
  const keys = isObject(metadata) ? metadata['partitionKeys'] : undefined
  if (!isObject(keys) || Array.isArray(keys)) return undefined
  const entries = Object.entries(keys)
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : undefined
}

export function notAnOutcome(): MillraceError {
  return new MillraceError(
    'TYPE_MISMATCH',
    'a handler of Firehose must resolve with undefined, text, bytes or { result, data?, metadata? }, where result is Ok, Dropped or ProcessingFailed and partition keys are text: the record is ProcessingFailed',
  )
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text
}

function isData(value: unknown): value is Uint8Array | string {
  return typeof value === 'string' || value instanceof Uint8Array
}
