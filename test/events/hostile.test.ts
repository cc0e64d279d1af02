import { describe, expect, test } from 'vitest'
import { detectSource, jsonPayload, readRecords, S3EventSchema, s3Objects } from '../../src/events/index.ts'
import { kinesisEvent } from './support/kinesis-event.ts'

const cause = new Error('trap')
const trap = (): never => {
  throw cause
}
const hostile = new Proxy(
  {},
  { get: trap, has: trap, ownKeys: trap, getOwnPropertyDescriptor: trap, getPrototypeOf: trap },
)
const revoked = (() => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
})()

function getter(name: string, value: object = {}): object {
  return Object.defineProperty({ ...value }, name, { get: trap, enumerable: true, configurable: true })
}

describe('events that are no JSON', () => {
  test.each([
    ['a proxy whose traps throw', hostile],
    ['a revoked proxy', revoked],
    ['a getter for Records', getter('Records')],
    ['a getter for the context', getter('requestContext')],
  ])('%s is EVENT_INVALID', (_, event) => {
    expect(detectSource(event)).toBeUndefined()
    expect(() => readRecords(event, jsonPayload())).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }))
    expect(() => s3Objects(event)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }))
  })

  test('a getter that throws the second time', () => {
    let reads = 0
    const event = Object.defineProperty({}, 'Records', {
      get: () => (reads++ < 3 ? kinesisEvent('1').Records : trap()),
    })
    for (let turn = 0; turn < 4; turn++) {
      reads = turn
      try {
        readRecords(event, jsonPayload())
      } catch (error) {
        expect(error).toMatchObject({ code: 'EVENT_INVALID' })
      }
    }
  })

  test.each([
    ['a proxy', hostile],
    [
      'a getter for the data',
      { eventSource: 'aws:kinesis', kinesis: getter('data', { partitionKey: 'k', sequenceNumber: '2' }) },
    ],
    ['a getter for the section', getter('kinesis', { eventSource: 'aws:kinesis' })],
  ])('%s as one record is one failed result, the others are read', (_, record) => {
    const { Records } = kinesisEvent('1', '3')
    const results = readRecords({ Records: [Records[0], record, Records[1]] }, jsonPayload()).map(
      ({ payload }) => payload,
    )
    expect(results).toMatchObject([{ ok: true }, { ok: false, error: { code: 'EVENT_INVALID', cause } }, { ok: true }])
  })

  test('an event that holds itself', () => {
    const event: Record<string, unknown> = { id: '1', source: 's', 'detail-type': 'd' }
    event['detail'] = event
    expect(readRecords(event, jsonPayload())[0]?.payload).toMatchObject({
      ok: false,
      error: { code: 'LIMIT_EXCEEDED' },
    })
    const list: unknown[] = []
    list.push(list, { Records: list })
    expect(() => readRecords(list, jsonPayload())).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }))
  })

  test('no prototype, a prototype of its own, frozen', () => {
    const bare = Object.assign(Object.create(null), structuredClone(kinesisEvent('1')))
    const inherited = Object.create(kinesisEvent('1'))
    const frozen = Object.freeze(kinesisEvent('1'))
    for (const event of [bare, inherited, frozen]) {
      expect(readRecords(event, jsonPayload()).map(({ payload }) => payload)).toEqual([{ ok: true, value: 1 }])
    }
  })
})

describe('__proto__', () => {
  const text =
    '{"__proto__":{"polluted":1},"Records":[{"eventSource":"aws:kinesis","__proto__":{"polluted":1},"kinesis":{"__proto__":{"polluted":1},"data":"eyJfX3Byb3RvX18iOnsicG9sbHV0ZWQiOjF9fQ==","partitionKey":"__proto__","sequenceNumber":"1"}}]}'

  test('stays an own key of the raw record and of the payload', () => {
    const [record] = readRecords(JSON.parse(text), jsonPayload())
    expect(Object.keys(record?.raw as object)).toContain('__proto__')
    expect(record?.payload.ok && Object.keys(record.payload.value as object)).toEqual(['__proto__'])
    expect(record?.orderingKey).toBe('__proto__')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('a schema pollutes nothing with it', () => {
    S3EventSchema.safeParse(JSON.parse(text))
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
