import { MillraceError } from '../errors.ts'
import type { FirehoseOutcome } from './batch-response.ts'

type Fields = Readonly<Record<string, unknown>>

const RESULTS: readonly unknown[] = ['Ok', 'Dropped', 'ProcessingFailed']

/**
 * Normalize the result of a handler of a Firehose record: undefined leaves the record unchanged, bytes and text are new
 * data, a complete record in Firehose's response form is its own outcome.
 *
 * @returns undefined for anything else, which is a mistake in the handler: responding `Ok` would deliver the old data as new.
 */
export function firehoseOutcome(value: unknown, recordId: string): FirehoseOutcome | undefined {
  if (value === undefined) return { result: 'Ok' }
  if (isData(value)) return { result: 'Ok', data: value }
  if (!isObject(value) || !RESULTS.includes(value['result']) || hidesData(value)) return undefined
  const result = value['result'] as FirehoseOutcome['result']
  const data = value['recordId'] === undefined ? value['data'] : dataOfRecord(value, recordId)
  if (data !== undefined && !isData(data)) return undefined
  const { metadata } = value
  if (metadata === undefined) return { result, ...(data !== undefined && { data }) }
  return isMetadata(metadata) ? { result, ...(data !== undefined && { data }), metadata } : undefined
}

/** Test whether an outcome without data has unknown fields: the data may be in one of them, and the old data would be delivered instead. */
function hidesData(outcome: Fields): boolean {
  const { result, recordId, data } = outcome
  if (result !== 'Ok' || recordId !== undefined || data !== undefined) return false
  return Object.keys(outcome).some((name) => !OUTCOME_FIELDS.includes(name))
}

const OUTCOME_FIELDS: readonly string[] = ['result', 'recordId', 'data', 'metadata'] satisfies (
  | keyof FirehoseOutcome
  | 'recordId'
)[]

/** A record in Firehose's response form is already base64. Null if it is not, or is another record. */
function dataOfRecord(record: Fields, recordId: string): Uint8Array | undefined | null {
  const data = record['kafkaRecordValue'] ?? record['data']
  if (record['recordId'] !== recordId) return null
  if (data === undefined) return undefined
  return typeof data === 'string' && isBase64(data) ? Buffer.from(data, 'base64') : null
}

function isMetadata(metadata: unknown): metadata is NonNullable<FirehoseOutcome['metadata']> {
  if (!isObject(metadata)) return false
  const groups = Object.entries(metadata).filter(([, group]) => group !== undefined)
  return groups.length > 0 && groups.every(([name, group]) => METADATA.includes(name) && isTextByName(group))
}

const METADATA: readonly string[] = ['partitionKeys', 'otfMetadata'] satisfies (keyof NonNullable<
  FirehoseOutcome['metadata']
>)[]

function isTextByName(group: unknown): boolean {
  return isObject(group) && !Array.isArray(group) && Object.values(group).every((text) => typeof text === 'string')
}

export function notAnOutcome(): MillraceError {
  return new MillraceError(
    'TYPE_MISMATCH',
    'a handler of Firehose must resolve with undefined, text, bytes or { result, data?, metadata? }, where result is Ok, Dropped or ProcessingFailed and metadata holds partitionKeys or otfMetadata of text: the record is ProcessingFailed',
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
