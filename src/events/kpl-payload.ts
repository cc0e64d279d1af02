import { nodeCrypto } from '../internal/node-modules.ts'
import { type AggregatedRecord, readAggregatedRecord } from './aggregated-record.ts'
import { decoderOf, type PayloadOption } from './decoder-of.ts'
import { bytesOf, type Payload, type PayloadDecoder, payloadError, type UserRecord } from './payload.ts'
import { placeAt } from './place.ts'
import { userRecordsOf } from './user-records.ts'

/** The first bytes of a record of the Kinesis Producer Library. */
const MAGIC = [0xf3, 0x89, 0x9a, 0xc2] as const
const MAGIC_BASE64 = '84ma'
const MD5_BYTES = 16

/**
 * Split payloads that the Kinesis Producer Library aggregated, detected by its magic number: each user record becomes a
 * separate record with `subSequence`, its index, and the user record's partition key as `orderingKey`. Other payloads
 * are passed to `inner` unchanged.
 *
 * The `id` of each stays the sequence number of the Kinesis record, from which Lambda can retry.
 *
 * Source: https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
 *
 * @param inner - decodes the bytes of each user record: a decoder, or a schema.
 * @returns a decoder for `readRecords`, O(bytes). A wrong checksum and invalid Protocol Buffers fail with
 * `PAYLOAD_INVALID`, one failed result for the whole Kinesis record.
 * @throws MillraceError `TYPE_MISMATCH` if `inner` is neither a decoder nor a schema.
 * @example
 * const data = '84mawgoDa2V5GgcIABoDb25lGgcIABoDdHdvcDfeNB2PpU+wV+nYy5HKpg=='
 * const event = { Records: [{ eventSource: 'aws:kinesis', kinesis: { data, partitionKey: 'a', sequenceNumber: '1' } }] }
 * readRecords(event, kplPayload(textPayload())).map(({ subSequence, payload }) => [subSequence, payload.ok && payload.value]) // => [[0, 'one'], [1, 'two']]
 */
export function kplPayload<T>(inner: PayloadOption<T>): PayloadDecoder<T> {
  const decoder = decoderOf('kplPayload', inner)
  return {
    decode: decoder.decode,
    split: (payload) => {
      const aggregated = aggregatedRecordOf(payload)
      return aggregated === undefined ? decoder.split?.(payload) : userRecords(aggregated, payload, decoder)
    },
  }
}

function userRecords<T>(aggregated: AggregatedRecord, { place }: Payload, inner: PayloadDecoder<T>): UserRecord<T>[] {
  const parts = aggregated.records.map(({ partitionKeyIndex, data }, subSequence) => {
    const at = placeAt(place, subSequence)
    const partitionKey = aggregated.partitionKeys[partitionKeyIndex]
    if (partitionKey === undefined) {
      throw payloadError('PAYLOAD_INVALID', 'has a user record without its partition key', { place: at })
    }
    return { partitionKey, payload: { kind: 'bytes', data, place: at } as const }
  })
  return userRecordsOf(parts, inner)
}

/** The message between the magic number and the checksum; undefined without the magic number. */
function aggregatedRecordOf(payload: Payload): AggregatedRecord | undefined {
  if (payload.kind !== 'bytes' && (payload.kind !== 'base64' || !payload.data.startsWith(MAGIC_BASE64))) {
    return undefined
  }
  const bytes = bytesOf(payload)
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) return undefined
  const { place } = payload
  const end = bytes.length - MD5_BYTES
  const message = bytes.subarray(MAGIC.length, Math.max(end, MAGIC.length))
  const md5 = nodeCrypto().createHash('md5').update(message).digest()
  if (end < MAGIC.length || !md5.equals(bytes.subarray(end))) {
    throw payloadError('PAYLOAD_INVALID', 'is an aggregated record whose MD5 does not match', { place })
  }
  const aggregated = readAggregatedRecord(message)
  if (aggregated === undefined) throw payloadError('PAYLOAD_INVALID', 'is an invalid aggregated record', { place })
  return aggregated
}
