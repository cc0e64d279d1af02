import { isUtf8 } from 'node:buffer'
import * as z from 'zod/mini'
import { nodeCrypto } from '../internal/node-modules.ts'
import {
  eventError,
  type Fields,
  fieldsOf,
  isFields,
  type KafkaIdentity,
  nonEmptyTextIn,
  noteTime,
  type RecordDraft,
  type RecordReader,
  textIn,
} from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { nonEmptyText, nullableText, optionalNumber, optionalText } from './fields.ts'
import { bytesOf } from './payload.ts'
import { type Place, placeAt } from './place.ts'

/** One record of a topic. Its key and value are base64, or null, as the value of a tombstone. */
export const KafkaRecordSchema = z.looseObject({
  topic: nonEmptyText,
  partition: z.number(),
  offset: z.number(),
  /** Milliseconds since 1970. */
  timestamp: optionalNumber,
  timestampType: optionalText,
  key: nullableText,
  value: nullableText,
  /** One object per header, with its bytes as signed numbers: `[{ name: [104, -61] }]`. */
  headers: z.optional(/* @__PURE__ */ z.custom<readonly Readonly<Record<string, readonly number[]>>[] | null>()),
})

/**
 * The event that Lambda delivers from Amazon MSK or a self-managed Kafka cluster: lists of records by topic and partition.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html
 *
 * @example
 * const record = { topic: 'orders', partition: 0, offset: 12, value: 'e30=', headers: [{ trace: [-61, 40] }] }
 * KafkaEventSchema.safeParse({ eventSource: 'aws:kafka', records: { 'orders-0': [record] } }).success // => true
 */
export const KafkaEventSchema = z.looseObject({
  eventSource: z.literal(['aws:kafka', 'SelfManagedKafka']),
  eventSourceArn: optionalText,
  bootstrapServers: optionalText,
  // `z.record` is 3 kB larger.
  records: z.catchall(z.object({}), z.array(KafkaRecordSchema)),
})

export type KafkaRecord = TypeOf<z.infer<typeof KafkaRecordSchema>>
export type KafkaEvent = TypeOf<z.infer<typeof KafkaEventSchema>>

/**
 * The cluster that an event or, from EventBridge Pipes, a record names: the ARN, or else `servers-` and a hash of the
 * bootstrap servers, independent of their order. Undefined if neither is named.
 */
export function kafkaClusterOf(named: unknown): string | undefined {
  if (!isFields(named)) return undefined
  const { eventSourceArn, bootstrapServers } = named
  if (typeof eventSourceArn === 'string' && eventSourceArn !== '') return eventSourceArn
  if (typeof bootstrapServers !== 'string' || bootstrapServers.trim() === '') return undefined
  const servers = bootstrapServers.split(',').map((server) => server.trim())
  return `servers-${nodeCrypto().hash('sha256', servers.sort().join(','), 'base64url')}`
}

/** Create the reader of records from a cluster. */
export function readerOfKafkaRecords(clusterOfEvent: string | undefined): RecordReader {
  return (record, place, draft) => {
    const fields = fieldsOf(record, place)
    identify(fields, place, draft, clusterOfEvent)
    noteTime(draft, fields['timestamp'])
    const at = placeAt(place, 'value')
    if (fields['value'] === undefined || fields['value'] === null) return { kind: 'none', data: null, place: at }
    return { kind: 'base64', data: textIn(fields, 'value', place), place: at }
  }
}

/** Pipes write the partition number as text, and the cluster into each record. */
function identify(fields: Fields, place: Place, draft: RecordDraft, clusterOfEvent: string | undefined): void {
  const { partition: number, offset } = fields
  const topic = nonEmptyTextIn(fields, 'topic', place)
  if (typeof number !== 'number' && typeof number !== 'string') {
    throw eventError('must be a number', place, ['partition'])
  }
  if (typeof offset !== 'number') throw eventError('must be a number', place, ['offset'])
  const partition = `${topic}-${number}`
  const cluster = clusterOfEvent ?? kafkaClusterOf(fields)
  const identity: KafkaIdentity = { kafka: { partition, offset }, ...(cluster !== undefined && { cluster }) }
  draft.id = `${partition}:${offset}`
  draft.kafka = identity
  draft.orderingKey = partition
  const { key, headers } = fields
  if (key !== undefined && key !== null) {
    identity.key = keyBytes(fields, place)
    draft.orderingKey = textOfKey(identity.key) ?? textIn(fields, 'key', place)
  }
  if (headers !== undefined && headers !== null) identity.headers = headersOf(headers, place)
}

function keyBytes(fields: Fields, place: Place): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytesOf({
    kind: 'base64',
    data: textIn(fields, 'key', place),
    place: placeAt(place, 'key'),
  })
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** The key as text; undefined if it is not text, and is identified by its base64. */
function textOfKey(key: Uint8Array): string | undefined {
  return isUtf8(key) ? Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString() : undefined
}

/** Every header is an object with one name; the bytes of its value are signed. A null value has no bytes. */
function headersOf(headers: unknown, place: Place): [string, Uint8Array][] {
  if (!Array.isArray(headers)) throw eventError('must be a list', place, ['headers'])
  return headers.flatMap((header: unknown, index) =>
    Object.entries(fieldsOf(header, place, ['headers', String(index)])).map(([name, value]): [string, Uint8Array] => {
      if (value === null) return [name, new Uint8Array(0)]
      if (!Array.isArray(value) || !value.every(isByte))
        throw eventError('must be a list of bytes', place, ['headers', String(index), name])
      return [name, Uint8Array.from(value)]
    }),
  )
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= -128 && Number(value) <= 255
}
