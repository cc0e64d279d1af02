import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { checkArgument, notA } from '../internal/check-arguments.ts'
import { bytesOfPayload, type PayloadOption } from './arbitrary-payload.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { anyText, plainRecord } from './event-parts.ts'

/** One user record in an aggregated record of the Kinesis Producer Library. */
export interface KplUserRecord {
  readonly partitionKey: string
  readonly data: Uint8Array
}

const MAGIC = [0xf3, 0x89, 0x9a, 0xc2]

/**
 * Encode user records as the Kinesis record that the Kinesis Producer Library aggregates, to test a handler without that library.
 *
 * Source: https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
 *
 * @returns the magic number, the message in Protocol Buffers, its MD5. O(bytes).
 * @throws MillraceError `TYPE_MISMATCH` for values that are not records.
 * @example
 * Buffer.from(aggregateRecords([{ partitionKey: 'a', data: Buffer.from('one') }])).toString('hex').slice(0, 8) // => 'f3899ac2'
 */
export function aggregateRecords(records: readonly KplUserRecord[]): Uint8Array {
  checkArgument('aggregateRecords', 'records', records, 'array', 'write aggregateRecords([{ partitionKey, data }])')
  for (const record of records) {
    const { partitionKey, data } = Object(record)
    if (typeof partitionKey !== 'string' || !ArrayBuffer.isView(data))
      throw notA('aggregateRecords', 'a record', 'an object with a partitionKey of text and bytes as data', record)
  }
  const keys = [...new Set(records.map(({ partitionKey }) => partitionKey))]
  const table = keys.flatMap((key) => field(1, Buffer.from(key)))
  const messages = records.flatMap(({ partitionKey, data }) =>
    field(3, [0x08, ...varint(keys.indexOf(partitionKey)), ...field(3, data)]),
  )
  const message = Uint8Array.from([...table, ...messages])
  return Uint8Array.from([...MAGIC, ...message, ...createHash('md5').update(message).digest()])
}

/**
 * Generate Kinesis records of the Kinesis Producer Library, with 1 to 5 user records each.
 *
 * @param options.payload - payloads of the user records.
 * @returns an arbitrary of the user records and their encoded bytes.
 * @example
 * fc.assert(fc.property(arbitraryAggregatedRecord(), ({ records, bytes }) => bytes.length > 20 && records.length > 0))
 */
export function arbitraryAggregatedRecord(options: PayloadOption = {}): fc.Arbitrary<{
  readonly records: readonly KplUserRecord[]
  readonly bytes: Uint8Array
}> {
  checkArbitrary('arbitraryAggregatedRecord', options, ['payload'])
  const { payload = fc.jsonValue() } = options
  const record = plainRecord({ partitionKey: anyText(6), data: payload.map(bytesOfPayload) })
  return fc
    .array(record, { minLength: 1, maxLength: 5 })
    .map((records) => ({ records, bytes: aggregateRecords(records) }))
}

/** A field whose value is a length and that many bytes. */
function field(number: number, bytes: Uint8Array | readonly number[]): number[] {
  return [number * 8 + 2, ...varint(bytes.length), ...bytes]
}

/** Seven bits per byte, the lowest first. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]
}
