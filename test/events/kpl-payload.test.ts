import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import {
  bytesPayload,
  gunzipPayload,
  jsonPayload,
  kplPayload,
  readRecords,
  textPayload,
} from '../../src/events/index.ts'
import { aggregateRecords } from '../../src/testing/index.ts'
import { kinesisEvent } from './support/kinesis-event.ts'

const AT_DATA = ['Records', 0, 'kinesis', 'data']
const MAGIC = [0xf3, 0x89, 0x9a, 0xc2]

/** An aggregated record around any message, its checksum right. */
function sealed(...message: readonly number[]): Buffer {
  const bytes = Buffer.from(message)
  return Buffer.concat([Buffer.from(MAGIC), bytes, createHash('md5').update(bytes).digest()])
}

const user = (partitionKey: string, text: string) => ({ partitionKey, data: Buffer.from(text) })

describe('kplPayload', () => {
  test('each user record is a record of its own, beside plain ones', () => {
    const event = kinesisEvent(aggregateRecords([user('a', '"one"'), user('b', '{'), user('a', '3')]), '"plain"')
    const records = readRecords(event, kplPayload(jsonPayload()))
    expect(records).toMatchObject([
      {
        id: '1',
        subSequence: 0,
        orderingKey: 'a',
        time: new Date(1_545_084_650_987),
        payload: { ok: true, value: 'one' },
      },
      {
        id: '1',
        subSequence: 1,
        orderingKey: 'b',
        payload: { ok: false, error: { code: 'PAYLOAD_INVALID', path: [...AT_DATA, 1] } },
      },
      { id: '1', subSequence: 2, orderingKey: 'a', payload: { ok: true, value: 3 } },
      { id: '2', orderingKey: 'k', payload: { ok: true, value: 'plain' } },
    ])
    expect(records[3]).not.toHaveProperty('subSequence')
    expect(records.map(({ raw }) => raw)).toEqual([0, 0, 0, 1].map((index) => event.Records[index]))
  })

  test('goes with gunzipPayload either way round', () => {
    const inside = aggregateRecords([{ partitionKey: 'a', data: gzipSync('in') }])
    const values = (payload: unknown, decoder: typeof inner) =>
      readRecords(kinesisEvent(payload), decoder).map((record) => record.payload)
    const inner = kplPayload(gunzipPayload(textPayload()))
    expect(values(inside, inner)).toEqual([{ ok: true, value: 'in' }])
    expect(values(gzipSync(inside), gunzipPayload(inner))).toEqual([{ ok: true, value: 'in' }])
    expect(values(gzipSync('plain'), gunzipPayload(kplPayload(textPayload())))).toEqual([{ ok: true, value: 'plain' }])
  })

  test('no user records are no records, and unknown fields are passed over', () => {
    expect(readRecords(kinesisEvent(sealed()), kplPayload(textPayload()))).toEqual([])
    // Field 2 as text, 15 as varint, 14 as 64 bits, 13 as 32 bits; then a key and a record with its hash key and tags.
    const others = [0x12, 1, 0x39, 0x78, 0x80, 1, 0x71, 0, 0, 0, 0, 0, 0, 0, 0, 0x6d, 0, 0, 0, 0]
    const record = [0x0a, 1, 0x61, 0x1a, 9, 0x08, 0, 0x10, 0, 0x1a, 1, 0x78, 0x22, 0]
    expect(readRecords(kinesisEvent(sealed(...others, ...record)), kplPayload(textPayload()))).toMatchObject([
      { orderingKey: 'a', payload: { ok: true, value: 'x' } },
    ])
  })

  test.each([
    ['its MD5 is wrong', Buffer.concat([sealed(0x0a, 1, 0x61).subarray(0, -1), Buffer.from([0])])],
    ['it ends after the magic number', Buffer.from(MAGIC)],
    ['it is too short for an MD5', Buffer.from([...MAGIC, 1, 2, 3])],
    ['a field ends too early', sealed(0x0a, 5, 0x61)],
    ['a length has no end', sealed(0x0a, 0xff)],
    ['a varint has eleven bytes', sealed(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1)],
    ['a length is beyond any message', sealed(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)],
    ['a group begins, which nothing of today writes', sealed(0x0b)],
    ['a partition key is no UTF-8', sealed(0x0a, 1, 0xff)],
    ['a record has no data', sealed(0x0a, 1, 0x61, 0x1a, 2, 0x08, 0)],
    ['a record has no partition key', sealed(0x0a, 1, 0x61, 0x1a, 3, 0x1a, 1, 0x78)],
    ['an index points outside the table', sealed(0x0a, 1, 0x61, 0x1a, 5, 0x08, 1, 0x1a, 1, 0x78)],
    [
      'an index is beyond all numbers',
      sealed(0x0a, 1, 0x61, 0x1a, 14, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0x1a, 1, 0x78),
    ],
  ])('%s: one failed result for the Kinesis record, the next one is read', (_, bytes) => {
    const records = readRecords(kinesisEvent(bytes, 'next'), kplPayload(textPayload()))
    expect(records).toMatchObject([
      { id: '1', payload: { ok: false, error: { code: 'PAYLOAD_INVALID' } } },
      { id: '2', payload: { ok: true, value: 'next' } },
    ])
    const [bad] = records
    expect(bad?.payload.ok === false && bad.payload.error.path?.slice(0, 4)).toEqual(AT_DATA)
  })

  test('an explicit hash key, and fixed fields that are unknown, are passed over', () => {
    const field = (number: number, bytes: readonly number[]) => [number * 8 + 2, bytes.length, ...bytes]
    const message = Uint8Array.from([
      ...field(1, [...Buffer.from('a')]),
      ...field(1, [...Buffer.from('b')]),
      ...field(2, [...Buffer.from('7')]),
      // A field of 64 bits and one of 32.
      9 * 8 + 1,
      ...Buffer.from('12345678'),
      10 * 8 + 5,
      ...Buffer.from('1234'),
      // partition_key_index 0, explicit_hash_key_index 1, fixed32, data.
      ...field(3, [0x08, 0, 0x10, 1, 7 * 8 + 5, 1, 2, 3, 4, ...field(3, [...Buffer.from('one')])]),
    ])
    const md5 = createHash('md5').update(message).digest()
    const data = Buffer.concat([Buffer.of(0xf3, 0x89, 0x9a, 0xc2), message, md5]).toString('base64')
    const event = {
      Records: [{ eventSource: 'aws:kinesis', kinesis: { data, partitionKey: 'k', sequenceNumber: '1' } }],
    }
    expect(readRecords(event, kplPayload(textPayload()))).toMatchObject([
      { orderingKey: 'a', subSequence: 0, payload: { ok: true, value: 'one' } },
    ])
  })

  test('200 keys and 300 bytes: numbers of more than seven bits', () => {
    const keys = Array.from({ length: 200 }, (_, index) => `key-${index}`)
    const event = kinesisEvent(aggregateRecords(keys.map((key) => user(key, key.padEnd(300, '.')))))
    const records = readRecords(event, kplPayload(textPayload()))
    expect(records.map(({ orderingKey }) => orderingKey)).toEqual(keys)
    expect(records.map(({ payload }) => payload.ok && payload.value)).toEqual(keys.map((key) => key.padEnd(300, '.')))
  })

  const aKey = [0x0a, 1, 0x61]
  const oneByte = [0x1a, 1, 0x31]
  test.each([
    ['has no index of its key', [...aKey, 0x1a, 3, ...oneByte]],
    ['has no data', [...aKey, 0x1a, 2, 0x08, 0]],
    ['has its index as bytes', [...aKey, 0x1a, 6, 0x0a, 1, 0, ...oneByte]],
    ['has its data as a number', [...aKey, 0x1a, 4, 0x08, 0, 0x18, 1]],
    ['has an index without end', [...aKey, 0x1a, 14, 0x08, ...Array(10).fill(0x80), ...oneByte]],
    ['has a key that is no UTF-8', [0x0a, 1, 0xff, 0x1a, 5, 0x08, 0, ...oneByte]],
  ])('a user record that %s is PAYLOAD_INVALID', (_, message) => {
    const [record] = readRecords(kinesisEvent(sealed(...message)), kplPayload(textPayload()))
    expect(record?.payload).toMatchObject({ ok: false, error: { code: 'PAYLOAD_INVALID' } })
  })

  test('a number in place of keys or of records is passed over', () => {
    const message = [0x08, 5, ...aKey, 0x18, 7, 0x1a, 5, 0x08, 0, ...oneByte]
    const records = readRecords(kinesisEvent(sealed(...message)), kplPayload(textPayload()))
    expect(records).toMatchObject([{ orderingKey: 'a', payload: { ok: true, value: '1' } }])
  })

  test('a key that is no text makes no aggregated record', () => {
    const userRecords = (key: number) =>
      readRecords(kinesisEvent(sealed(0x0a, 1, key, 0x1a, 5, 8, 0, 0x1a, 1, 97)), kplPayload(bytesPayload())).filter(
        ({ subSequence }) => subSequence !== undefined,
      ).length
    expect([userRecords(0xff), userRecords(98)]).toEqual([0, 1])
    const marked = kinesisEvent(sealed(0x0a, 4, 0xef, 0xbb, 0xbf, 98, 0x1a, 5, 8, 0, 0x1a, 1, 97))
    expect(readRecords(marked, kplPayload(bytesPayload()))).toMatchObject([{ orderingKey: '\ufeffb' }])
  })

  test('bytes that only begin alike are no aggregated record', () => {
    const almost = Buffer.from([0xf3, 0x89, 0x9a, 0xc3, 1])
    const [record] = readRecords(kinesisEvent(almost), kplPayload(bytesPayload()))
    expect(record?.payload).toEqual({ ok: true, value: new Uint8Array(almost) })
  })

  test('any message behind the magic number gives records or PAYLOAD_INVALID', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0x0a, 0x1a, 0x08, 1)), { maxLength: 30 }),
        (message) => {
          for (const { payload } of readRecords(kinesisEvent(sealed(...message)), kplPayload(bytesPayload()))) {
            expect(payload.ok || isMillraceError(payload.error, 'PAYLOAD_INVALID')).toBe(true)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})
