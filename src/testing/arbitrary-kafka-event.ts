import fc from 'fast-check'
import type { KafkaEvent, KafkaRecord } from '../events/index.ts'
import { arbitraryPayload, base64OfPayload, type PayloadOption } from './arbitrary-payload.ts'
import { checkArbitrary, SIZED } from './check-arbitrary.ts'
import {
  ACCOUNT,
  anyText,
  epochMs,
  plainDictionary,
  plainRecord,
  type RecordCount,
  region,
  resourceName,
} from './event-parts.ts'

/**
 * Events that Lambda delivers from Amazon MSK or a self-managed Kafka cluster: one to three partitions, offsets
 * ascending; keys absent, null, text or bytes; values null for tombstones; bytes of headers signed. `maxRecords`
 * applies to each partition.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html
 *
 * @param options.payload - the values that are not tombstones: text and bytes unchanged, everything else as JSON.
 * @returns an arbitrary of events of `KafkaEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryKafkaEvent(), (event) => readRecords(event, bytesPayload()).every(({ kafka }) => kafka !== undefined)))
 */
export function arbitraryKafkaEvent(options: PayloadOption & RecordCount = {}): fc.Arbitrary<KafkaEvent> {
  checkArbitrary('arbitraryKafkaEvent', options, SIZED)
  const { payload = arbitraryPayload(), minRecords = 1, maxRecords = Math.max(minRecords, 5) } = options
  const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
    fc.oneof({ weight: 5, arbitrary: value }, fc.constantFrom(null, undefined))
  const header = plainDictionary(resourceName, fc.array(fc.integer({ min: -128, max: 127 }), { maxLength: 6 }), {
    minKeys: 1,
    maxKeys: 1,
  })
  const record = plainRecord({
    key: optional(fc.oneof(fc.constantFrom('a', 'b'), anyText(), fc.uint8Array({ maxLength: 6 })).map(base64OfPayload)),
    value: optional(payload.map(base64OfPayload)),
    timestamp: epochMs,
    timestampType: fc.constantFrom('CREATE_TIME', 'LOG_APPEND_TIME'),
    headers: fc.array(header, { maxLength: 2 }),
  })
  const partition = fc.tuple(fc.nat(2 ** 40), fc.array(record, { minLength: minRecords, maxLength: maxRecords }))
  const cluster = plainRecord({ topic: resourceName, awsRegion: region, isManaged: fc.boolean() })
  return fc
    .tuple(cluster, fc.array(partition, { minLength: 1, maxLength: 3 }))
    .map(([{ topic, awsRegion, isManaged }, partitions]) => ({
      eventSource: isManaged ? ('aws:kafka' as const) : ('SelfManagedKafka' as const),
      ...(isManaged && { eventSourceArn: `arn:aws:kafka:${awsRegion}:${ACCOUNT}:cluster/sales/abcd1234` }),
      bootstrapServers: 'b-1.example.com:9092,b-2.example.com:9092',
      records: Object.fromEntries(
        partitions.map(([first, records], number) => [
          `${topic}-${number}`,
          records.map((each, index) => kafkaRecord({ topic, partition: number, offset: first + index }, each)),
        ]),
      ),
    }))
}

interface Parts {
  readonly key: string | null | undefined
  readonly value: string | null | undefined
}

/** An undefined key or value is omitted. */
function kafkaRecord(
  place: { readonly topic: string; readonly partition: number; readonly offset: number },
  { key, value, ...others }: Parts,
): KafkaRecord {
  return { ...place, ...others, ...(key !== undefined && { key }), ...(value !== undefined && { value }) }
}
