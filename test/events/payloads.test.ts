import { describe, expect, test } from 'vitest'
import { bytesPayload, type PayloadDecoder, readRecords, textPayload } from '../../src/events/index.ts'
import { kinesisEvent } from './support/kinesis-event.ts'

const kinesis = (data: unknown) => ({
  Records: [{ eventSource: 'aws:kinesis', kinesis: { data, partitionKey: 'k', sequenceNumber: '1' } }],
})
const sqs = (body: unknown) => ({ Records: [{ eventSource: 'aws:sqs', messageId: 'm', body }] })
const resultOf = <T>(event: unknown, decoder: PayloadDecoder<T>) => readRecords(event, decoder)[0]?.payload
const failed = (code: string, path: readonly (string | number)[]) => ({ ok: false, error: { code, path } })
const AT_DATA = ['Records', 0, 'kinesis', 'data']

describe('bytesPayload', () => {
  test('binary data stays what it is', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const result = resultOf(kinesisEvent(bytes), bytesPayload())
    expect(result?.ok && new Uint8Array(result.value)).toEqual(bytes)
  })

  test('text is UTF-8, JSON its text, nothing no bytes', () => {
    const text = (event: unknown) => {
      const result = resultOf(event, bytesPayload())
      return result?.ok && Buffer.from(result.value).toString()
    }
    expect(text(sqs('Zürich'))).toBe('Zürich')
    expect(text({ id: '1', source: 's', 'detail-type': 'd', detail: { a: [1] } })).toBe('{"a":[1]}')
    expect(
      text({ eventSource: 'aws:kafka', records: { 't-0': [{ topic: 't', partition: 0, offset: 1, value: null }] } }),
    ).toBe('')
  })

  test.each([
    'a',
    'ab=',
    'a===',
    'ab==ab==',
    'a b=',
    'YQ',
    'YQ=',
    '\u00e9\u00e9\u00e9\u00e9',
    'YW-_',
    'Y\nQ==',
    'Y=Q=',
  ])('%j is no base64', (data) => {
    for (const decoder of [bytesPayload(), textPayload()] as PayloadDecoder<unknown>[]) {
      expect(resultOf(kinesis(data), decoder)).toMatchObject(failed('PAYLOAD_INVALID', AT_DATA))
    }
  })

  test('half a surrogate pair cannot be bytes', () => {
    expect(resultOf(sqs('a\ud800b'), bytesPayload())).toMatchObject(failed('ENCODING_INVALID', ['Records', 0, 'body']))
  })

  test('JSON that cannot be written fails with its reason', () => {
    const event = { id: '1', source: 's', 'detail-type': 'd', detail: { big: 1n } }
    expect(resultOf(event, bytesPayload())).toMatchObject(failed('PAYLOAD_INVALID', ['detail']))
  })
})

describe('textPayload', () => {
  test.each([
    ['', ''],
    ['plain', 'plain'],
    ['Zürich 😀', 'Zürich 😀'],
    ['\uFFFD stands for itself', '\uFFFD stands for itself'],
    ['\uFEFFmark', '\uFEFFmark'],
    ['\u0000\u007f\u0080\u00ff', '\u0000\u007f\u0080\u00ff'],
  ])('%j comes out as it went in', (text, value) => {
    expect(resultOf(kinesisEvent(text), textPayload())).toEqual({ ok: true, value })
    expect(resultOf(sqs(text), textPayload())).toEqual({ ok: true, value })
  })

  test.each([
    ['a lone byte', [0xff]],
    ['a cut sequence', [0xe2, 0x82]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['an overlong form', [0xc0, 0x80]],
    ['Latin-1', [0x5a, 0xfc, 0x72]],
    ['gzip', [0x1f, 0x8b, 0x08, 0x00]],
  ])('%s is no UTF-8, and is refused instead of mangled', (_, bytes) => {
    expect(resultOf(kinesisEvent(Uint8Array.from(bytes)), textPayload())).toMatchObject(
      failed('ENCODING_INVALID', AT_DATA),
    )
  })
})

describe('a decoder of your own', () => {
  test('sees how the source carries the payload', () => {
    const kindOf: PayloadDecoder<string> = { decode: ({ kind }) => kind }
    const kinds = [kinesisEvent(''), sqs(''), { id: '1', source: 's', 'detail-type': 'd', detail: 1 }].map((event) =>
      resultOf(event, kindOf),
    )
    expect(kinds.map((result) => result?.ok && result.value)).toEqual(['base64', 'text', 'json'])
  })

  test.each([new RangeError('no'), undefined, null, 'text', 7])(
    'may throw %o: one failed result with the cause',
    (thrown) => {
      const decoder: PayloadDecoder<never> = {
        decode: () => {
          throw thrown
        },
      }
      const [first, second] = readRecords(kinesisEvent(1, 2), decoder)
      expect(first?.payload).toMatchObject(failed('PAYLOAD_INVALID', AT_DATA))
      expect(first?.payload.ok === false && first.payload.error.cause).toBe(thrown)
      expect(second?.payload.ok).toBe(false)
    },
  )
})
