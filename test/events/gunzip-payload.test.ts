import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decodeCsv } from '../../src/codecs/index.ts'
import { bytesPayload, gunzipPayload, jsonPayload, readRecords, textPayload } from '../../src/events/index.ts'
import { kinesisEvent } from './support/kinesis-event.ts'

const AT_DATA = ['Records', 0, 'kinesis', 'data']
const read = (payload: unknown, maxBytes?: number) =>
  readRecords(kinesisEvent(payload), gunzipPayload(textPayload(), maxBytes === undefined ? {} : { maxBytes }))[0]
    ?.payload

describe('gunzipPayload', () => {
  test('inflates gzip and passes everything else on, side by side', () => {
    const event = kinesisEvent(gzipSync('{"a":1}'), { a: 2 }, gzipSync(gzipSync('"x"')))
    const values = readRecords(event, gunzipPayload(gunzipPayload(jsonPayload()))).map(
      ({ payload }) => payload.ok && payload.value,
    )
    expect(values).toEqual([{ a: 1 }, { a: 2 }, 'x'])
  })

  test('gzipped CSV is CSV', () => {
    const [record] = readRecords(kinesisEvent(gzipSync('id,name\n1,a\n')), gunzipPayload(bytesPayload()))
    expect(record?.payload.ok && decodeCsv(record.payload.value).numRows).toBe(1)
  })

  test('several members are one text, zeros after them are padding', () => {
    expect(read(Buffer.concat([gzipSync('a'), gzipSync('b'), Buffer.alloc(9)]))).toEqual({ ok: true, value: 'ab' })
  })

  test('the body of a request may be gzip', () => {
    const event = {
      version: '2.0',
      rawPath: '/',
      requestContext: { http: { method: 'POST' } },
      body: gzipSync('[1]').toString('base64'),
      isBase64Encoded: true,
    }
    expect(readRecords(event, gunzipPayload(jsonPayload()))[0]?.payload).toEqual({ ok: true, value: [1] })
  })

  test('text and JSON are passed on, whatever they begin with', () => {
    const event = { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: gzipSync('a').toString('base64') }] }
    expect(readRecords(event, gunzipPayload(textPayload()))[0]?.payload).toEqual({
      ok: true,
      value: event.Records[0]?.body,
    })
  })

  test.each([
    ['cut', gzipSync('a text that is long enough to be cut').subarray(0, 20)],
    ['cut after its magic number', Buffer.from([0x1f, 0x8b])],
    ['with a wrong checksum', flipped(gzipSync('text'), -5)],
    ['with a broken block', flipped(gzipSync('text'), 10)],
    ['followed by other bytes', Buffer.concat([gzipSync('text'), Buffer.from('more')])],
  ])('gzip that is %s is refused with the error of zlib as cause', (_, bytes) => {
    const result = read(bytes)
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'PAYLOAD_INVALID', path: AT_DATA, cause: expect.any(Error) },
    })
  })

  test('output is capped, at the byte', () => {
    expect(read(gzipSync('x'.repeat(100)), 100)).toMatchObject({ ok: true })
    expect(read(gzipSync('x'.repeat(101)), 100)).toMatchObject({
      ok: false,
      error: { code: 'LIMIT_EXCEEDED', path: AT_DATA },
    })
  })

  test('a bomb is refused, the record after it is read', () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024))
    const records = readRecords(kinesisEvent(bomb, 'after'), gunzipPayload(textPayload()))
    expect(records.map(({ payload }) => (payload.ok ? payload.value : payload.error.code))).toEqual([
      'LIMIT_EXCEEDED',
      'after',
    ])
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('maxBytes %o is refused', (maxBytes) => {
    expect(() => gunzipPayload(textPayload(), { maxBytes })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })

  test('maxBytes may be more than a buffer can hold', () => {
    expect(read(gzipSync('a'), Number.MAX_SAFE_INTEGER)).toEqual({ ok: true, value: 'a' })
  })
})

function flipped(bytes: Buffer, at: number): Buffer {
  const index = at < 0 ? bytes.length + at : at
  bytes[index] = (bytes[index] ?? 0) ^ 0xff
  return bytes
}
