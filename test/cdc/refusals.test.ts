import { describe, expect, test } from 'vitest'
import {
  type ChangeEvent,
  changePayload,
  compactChanges,
  compareSequences,
  deserializeImage,
  deserializeValue,
  detectChanges,
  detectImageChanges,
  diff,
  padSequence,
  readChanges,
  serializeImage,
  serializeValue,
  toEnvelope,
  toJsonPatch,
  toRow,
} from '../../src/cdc/index.ts'
import { tableFromChanges } from '../../src/cdc/table/index.ts'

const change: ChangeEvent = { type: 'MODIFY', id: 'e', keys: { id: 1 }, cause: 'user', transport: 'streams' }
const refused = (run: () => unknown): Record<string, unknown> => {
  try {
    return { result: run() }
  } catch (error) {
    const { code, message, path, position } = error as Record<string, unknown>
    return { code, message, path, position }
  }
}
type Call = (...args: never[]) => unknown

describe('options', () => {
  const CALLS: Readonly<Record<string, (options: never) => unknown>> = {
    detectChanges: (options) => detectChanges({}, {}, options),
    detectImageChanges: (options) => detectImageChanges({}, {}, options),
    diff: (options) => diff({}, {}, options),
    deserializeImage: (options) => deserializeImage({}, options),
    deserializeValue: (options) => deserializeValue({ S: 'a' }, options),
    serializeImage: (options) => serializeImage({}, options),
    serializeValue: (options) => serializeValue('a', options),
    readChanges: (options) => readChanges({ Records: [] }, options),
    changePayload: (options) => changePayload(options),
    toRow: (options) => toRow(change, options),
    tableFromChanges: (options) => tableFromChanges([], options),
  }

  test.each(Object.entries(CALLS))('%s refuses what are none, and names that it lacks', (name, call) => {
    for (const options of [null, 7, 'text', [], new Map(), () => {}, { maxdepth: 1 }, { toString: 1 }])
      expect(refused(() => call(options as never))).toMatchObject({
        code: 'OPTION_INVALID',
        message: expect.stringMatching(`^${name}: `),
      })
    for (const options of [undefined, {}, Object.create(null)]) call(options as never)
  })

  test.each(['detectChanges', 'detectImageChanges', 'diff', 'deserializeImage', 'serializeImage'])(
    '%s: maxDepth is a whole number up to 1,000',
    (name) => {
      for (const maxDepth of [-1, 1001, 1.5, Number.NaN])
        expect(refused(() => CALLS[name]?.({ maxDepth } as never))).toMatchObject({
          code: 'OPTION_INVALID',
          message: expect.stringMatching(/^maxDepth: /),
        })
      for (const maxDepth of [0, 1000]) CALLS[name]?.({ maxDepth } as never)
    },
  )
})

describe('arguments', () => {
  test.each<[string, Call, number]>([
    ['detectChanges', detectChanges, 2],
    ['diff', diff, 2],
  ])('%s refuses what is no item', (name, call, count) => {
    for (const item of [Promise.resolve({}), 'text', 7, [], new Map()])
      for (let place = 0; place < count; place++) {
        const items = Array.from({ length: count }, (_, at) => (at === place ? item : {}))
        expect(refused(() => call(...(items as never[])))).toMatchObject({
          code: 'TYPE_MISMATCH',
          message: expect.stringMatching(`^${name}: ${['before', 'after'][place]}`),
        })
      }
    for (const item of [Object.create(null), undefined, null, {}]) call(item as never, item as never)
  })

  test.each<[string, Call]>([
    ['compactChanges', compactChanges],
    ['toJsonPatch', toJsonPatch],
    ['tableFromChanges', tableFromChanges],
  ])('%s refuses what is no list, and what is none of its members', (name, call) => {
    for (const list of [undefined, null, 'text', 7, {}, change])
      expect(refused(() => call(list as never))).toMatchObject({
        code: 'TYPE_MISMATCH',
        message: expect.stringMatching(`^${name}: changes`),
      })
    for (const member of [
      undefined,
      null,
      7,
      {},
      { ok: true, value: change },
      { ...change, keys: null },
      { ...change, type: 'X' },
    ])
      expect(refused(() => call([member] as never))).toMatchObject({
        code: 'TYPE_MISMATCH',
        message: expect.stringMatching(`^${name}: a change`),
      })
    expect(refused(() => call(new Set([]) as never))).toHaveProperty('result')
  })

  test.each<[string, Call]>([
    ['toRow', toRow],
    ['toEnvelope', toEnvelope],
  ])('%s refuses what is no change', (name, call) => {
    for (const given of [undefined, null, [], { ok: true, value: change }, { ...change, keys: 'id' }])
      expect(refused(() => call(given as never))).toMatchObject({
        code: 'TYPE_MISMATCH',
        message: expect.stringMatching(`^${name}: a change`),
      })
  })

  test('sequence numbers are text', () => {
    for (const pair of [
      [1, '2'],
      ['1', 2],
      [1, 2],
    ])
      expect(refused(() => compareSequences(pair[0] as never, pair[1] as never))).toMatchObject({
        code: 'TYPE_MISMATCH',
        message: expect.stringMatching(/^compareSequences: both/),
      })
    for (const sequence of [7, undefined])
      expect(refused(() => padSequence(sequence as never))).toMatchObject({
        code: 'TYPE_MISMATCH',
        message: expect.stringMatching(/^padSequence: sequence/),
      })
    for (const sequence of ['', 'x', '1x', ' 1', '0'.repeat(41)])
      expect(refused(() => padSequence(sequence))).toMatchObject({ code: 'EVENT_INVALID' })
    expect(padSequence('0'.repeat(40))).toBe('0'.repeat(40))
    expect(padSequence('007')).toBe(`${'0'.repeat(39)}7`)
    expect(['010', '9', '0', '00'].sort(compareSequences)).toEqual(['0', '00', '9', '010'])
  })
})

describe('paths', () => {
  test.each<[string, () => unknown, readonly (string | number)[]]>([
    ['a key of an envelope', () => toEnvelope({ ...change, keys: { id: Number.NaN } }), ['keys', 'id']],
    ['an item before', () => toEnvelope({ ...change, before: { a: [1, () => {}] } }), ['before', 'a', 1]],
    ['an item after', () => toEnvelope({ ...change, after: { a: { b: Symbol('s') } } }), ['after', 'a', 'b']],
    ['the key of an item', () => compactChanges([{ ...change, keys: { id: () => {} } }]), ['keys', 'id']],
    ['a row', () => toRow({ ...change, after: { a: new Set([Number.NaN]) } }), ['a', 0]],
    ['a patch', () => toJsonPatch([{ op: 'add', path: ['a', 0], after: { b: Number.NaN } }]), ['a', 0, 'b']],
    ['a list beside a set', () => deserializeImage({ a: { SS: ['x', 'y'] }, b: { L: [] } }, { maxDepth: 0 }), ['b']],
    ['a number', () => deserializeImage({ a: { L: [{ N: '1' }, { N: 'x' }] } }, { numbers: 'bigint' }), ['a', 1]],
  ])('%s', (_, run, path) => {
    expect(refused(run)['path']).toEqual(path)
  })

  test('base64 beyond Latin letters is none', () => {
    for (const B of ['ĀĀĀĀ', 'AAA\u0141', 'é==='])
      expect(refused(() => deserializeImage({ b: { B } }))).toMatchObject({ code: 'ATTRIBUTE_INVALID', path: ['b'] })
  })
})

describe('readChanges', () => {
  const Keys = { id: { S: 'a' } }
  const record = (more: object, dynamodb: object = {}) => ({
    eventSource: 'aws:dynamodb',
    eventName: 'REMOVE',
    dynamodb: { Keys, ...dynamodb },
    ...more,
  })
  const read = (given: unknown) => {
    const [result] = readChanges({ Records: [given, record({})] })
    return result?.ok ? result.value : result?.error
  }

  test('the table of an ARN, with and without a stream', () => {
    const arn = 'arn:aws:dynamodb:eu-west-1:1:table/orders'
    expect(read(record({ eventSourceARN: arn }))).toMatchObject({ table: 'orders' })
    expect(read(record({ eventSourceARN: `${arn}/stream/x` }))).toMatchObject({ table: 'orders' })
    expect(read(record({ eventSourceARN: 'arn:aws:kinesis' }))).not.toHaveProperty('table')
    const bare = read(record({ eventSourceARN: null, awsRegion: null, tableName: null, eventID: null }))
    expect(bare).toMatchObject({ type: 'REMOVE', id: '' })
    const empty = { SequenceNumber: null, StreamViewType: null, SizeBytes: null, ApproximateCreationDateTime: null }
    expect(read(record({}, { ...empty, OldImage: null }))).toEqual(read(record({})))
    for (const name of ['region', 'table']) expect(bare).not.toHaveProperty(name)
    expect(read(record({ awsRegion: 7 }))).toMatchObject({ code: 'EVENT_INVALID', path: ['Records', 0, 'awsRegion'] })
  })

  test('a time of 1e11 is of milliseconds, one of 1e14 of microseconds', () => {
    const timeUs = (time: number) => read(record({}, { ApproximateCreationDateTime: time }))
    expect(timeUs(9e9)).toMatchObject({ timeUs: 9n * 10n ** 15n })
    expect(timeUs(1e11)).toMatchObject({ timeUs: 10n ** 14n })
    expect(timeUs(1e14)).toMatchObject({ timeUs: 10n ** 14n })
  })

  test('records that are none, with their place', () => {
    expect(refused(() => readChanges({ Records: [7] }))).toMatchObject({ code: 'EVENT_INVALID' })
    const [, second] = readChanges({ Records: [record({}), 7] })
    expect(second).toMatchObject({ ok: false, error: { code: 'EVENT_INVALID', path: ['Records', 1] } })
    const hostile = Object.defineProperty(record({}), 'dynamodb', {
      get: () => {
        throw new Error('hidden')
      },
    })
    const [, third] = readChanges({ Records: [record({}), hostile] })
    expect(third).toMatchObject({ ok: false, error: { code: 'EVENT_INVALID', path: [], cause: new Error('hidden') } })
    const kinesis = { eventSource: 'aws:kinesis', kinesis: { data: 7 } }
    expect(readChanges({ Records: [kinesis] })).toMatchObject([{ error: { path: ['Records', 0, 'kinesis', 'data'] } }])
    expect(readChanges([{ eventSource: 'aws:kinesis', data: 7 }])).toMatchObject([{ error: { path: [0, 'data'] } }])
    const nested = readChanges({ Records: [kinesis, { eventSource: 'aws:kinesis' }, null] })
    expect(nested.map((each) => !each.ok && each.error.path)).toEqual([
      ['Records', 0, 'kinesis', 'data'],
      ['Records', 1, 'kinesis', 'data'],
      ['Records', 2],
    ])
  })
})

test('sets are sorted: numbers by value before text by code unit', () => {
  const tags = (...members: unknown[]) => toRow({ ...change, after: { tags: new Set(members) } })['tags']
  expect(tags('1', 2)).toBe('[2,"1"]')
  expect(tags(2, '1')).toBe('[2,"1"]')
  expect(tags(10, 9n, -1)).toBe('[-1,"9",10]')
  expect(tags('b', 'a', 'B')).toBe('["B","a","b"]')
  expect(toRow({ ...change, after: { yes: true, no: false, none: null } })).toMatchObject({
    yes: true,
    no: false,
    none: null,
  })
  expect(tags(Buffer.from('b'), Buffer.from('a'))).toBe('["YQ==","Yg=="]')
})
