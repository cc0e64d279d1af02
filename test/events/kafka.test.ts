import { describe, expect, test } from 'vitest'
import { bytesPayload, gunzipPayload, jsonPayload, readRecords, textPayload } from '../../src/events/index.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const record = (parts: object) => ({ topic: 'orders', partition: 3, offset: 12, value: base64('v'), ...parts })
const event = (...records: readonly object[]) => ({ eventSource: 'aws:kafka', records: { 'orders-3': records } })
const read = (parts: object) => readRecords(event(record(parts)), textPayload())[0]

describe('key and headers of a Kafka record', () => {
  test('the key is bytes: an empty one has none, and where there is none it is absent', () => {
    expect(read({ key: base64('ké') })).toMatchObject({ key: new Uint8Array(Buffer.from('ké')), orderingKey: 'ké' })
    expect(read({ key: '//8=' })).toMatchObject({ key: Uint8Array.of(255, 255), orderingKey: '//8=' })
    expect(read({ key: '' })).toMatchObject({ key: new Uint8Array(0), orderingKey: '' })
    for (const key of [null, undefined]) {
      expect(read({ key })).not.toHaveProperty('key')
      expect(read({ key })?.orderingKey).toBe('orders-3')
    }
  })

  test('headers keep order and repeats; their bytes are signed on the wire', () => {
    const headers = [
      { trace: [-61, -87] },
      { a: [1] },
      { trace: [] },
      JSON.parse('{"__proto__":[127,-128]}'),
      { none: null },
    ]
    expect(read({ headers })?.headers).toEqual([
      ['trace', new Uint8Array(Buffer.from('é'))],
      ['a', Uint8Array.of(1)],
      ['trace', new Uint8Array(0)],
      ['__proto__', Uint8Array.of(127, 128)],
      ['none', new Uint8Array(0)],
    ])
    expect(read({ headers: [] })?.headers).toEqual([])
    expect(read({ headers: null })).not.toHaveProperty('headers')
    expect(read({})).not.toHaveProperty('headers')
  })

  test.each([
    [{ key: 7 }, 'EVENT_INVALID', ['key']],
    [{ key: 'no base64' }, 'PAYLOAD_INVALID', ['key']],
    [{ headers: 'text' }, 'EVENT_INVALID', ['headers']],
    [{ headers: [null] }, 'EVENT_INVALID', ['headers', '0']],
    [{ headers: [{ a: [1] }, { b: 'text' }] }, 'EVENT_INVALID', ['headers', '1', 'b']],
    [{ headers: [{ a: [256] }] }, 'EVENT_INVALID', ['headers', '0', 'a']],
    [{ headers: [{ a: [1.5] }] }, 'EVENT_INVALID', ['headers', '0', 'a']],
  ])('%o fails that record alone, which is known all the same', (parts, code, path) => {
    const [bad, good] = readRecords(event(record(parts), record({ offset: 13 })), textPayload())
    expect(bad).toMatchObject({ id: 'orders-3:12', kafka: { offset: 12 } })
    expect(bad?.payload).toMatchObject({ ok: false, error: { code, path: ['records', 'orders-3', 0, ...path] } })
    expect(good?.payload.ok).toBe(true)
  })

  test('the cluster is the ARN, or a hash of the bootstrap servers in any order', () => {
    const cluster = (parts: object) =>
      readRecords({ ...event(record({})), ...parts }, textPayload()).map((each) => each.cluster)
    expect(cluster({ eventSourceArn: 'arn', bootstrapServers: 'b' })).toEqual(['arn'])
    expect(cluster({ bootstrapServers: 'b:1,a:1' })).toEqual(cluster({ bootstrapServers: 'a:1, b:1' }))
    expect(cluster({ bootstrapServers: 'b:1,a:1' })).not.toEqual(cluster({ bootstrapServers: 'b:1' }))
    expect(cluster({})).toEqual([undefined])
    const [piped] = readRecords([{ eventSource: 'aws:kafka', eventSourceArn: 'arn', ...record({}) }], textPayload())
    expect(piped?.cluster).toBe('arn')
  })
})

describe('payloads framed by a schema registry', () => {
  const uuid = Buffer.alloc(16, 7)
  const confluent = Buffer.concat([Buffer.of(0, 0, 0, 0, 42), Buffer.from('{"id":1}')])
  const glue = Buffer.concat([Buffer.of(3, 0), uuid, Buffer.from('{"id":1}')])
  const deflated = Buffer.concat([Buffer.of(3, 5), uuid, Buffer.of(0x78, 0x9c, 0xff)])

  test.each([
    ['Confluent', confluent, 'Confluent'],
    ['Glue', glue, 'AWS Glue'],
    ['Glue, deflated', deflated, 'AWS Glue'],
  ])('%s: the error says so', (_, bytes, name) => {
    for (const payload of [jsonPayload(), gunzipPayload(jsonPayload())]) {
      const [first] = readRecords(event(record({ value: bytes.toString('base64') })), payload)
      expect(first?.payload).toMatchObject({
        ok: false,
        error: { message: expect.stringContaining(name), path: ['records', 'orders-3', 0, 'value'] },
      })
    }
  })

  test.each([
    ['four zero bytes', Buffer.alloc(4)],
    ['a version that Glue does not have', Buffer.of(2, 0, ...uuid)],
    ['a compression that Glue does not have', Buffer.of(3, 1, ...uuid)],
    ['a header cut short', Buffer.of(3, 0, ...uuid.subarray(1))],
  ])('%s: no JSON, and no registry', (_, bytes) => {
    const [first] = readRecords(event(record({ value: bytes.toString('base64') })), jsonPayload())
    expect(first?.payload.ok === false && first.payload.error.message).not.toMatch(/registry/)
  })

  test('bytes pass as they are', () => {
    const [first] = readRecords(event(record({ value: confluent.toString('base64') })), bytesPayload())
    expect(first?.payload).toEqual({ ok: true, value: new Uint8Array(confluent) })
  })
})
