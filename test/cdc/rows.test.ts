import { NumberValueImpl } from '@aws-sdk/util-dynamodb'
import { describe, expect, test } from 'vitest'
import { type ChangeEvent, compactChanges, diff, toEnvelope, toJsonPatch, toRow } from '../../src/cdc/index.ts'

const change = (parts: Partial<ChangeEvent> = {}): ChangeEvent => ({
  type: 'MODIFY',
  id: 'e1',
  keys: { id: 1 },
  before: { id: 1, n: 1 },
  after: {
    id: 1,
    n: 9007199254740993n,
    seal: Uint8Array.of(255),
    tags: new Set(['b', 'a']),
    sizes: new Set([10, 9, 2n ** 60n]),
    to: { zip: 1n, list: [Uint8Array.of(1)] },
    nothing: null,
  },
  changed: ['n'],
  cause: 'user',
  time: new Date(1767225600123),
  timeUs: 1767225600123456n,
  sequence: '111',
  view: 'NEW_AND_OLD_IMAGES',
  table: 'orders',
  region: 'eu-west-1',
  transport: 'streams',
  ...parts,
})

describe('toEnvelope', () => {
  test("is Debezium's, safe for JSON", () => {
    expect(toEnvelope(change())).toEqual({
      op: 'u',
      key: { id: 1 },
      before: { id: 1, n: 1 },
      after: {
        id: 1,
        n: '9007199254740993',
        seal: '/w==',
        tags: ['a', 'b'],
        sizes: [9, 10, '1152921504606846976'],
        to: { zip: '1', list: ['AQ=='] },
        nothing: null,
      },
      changed: ['n'],
      source: {
        connector: 'dynamodb',
        table: 'orders',
        region: 'eu-west-1',
        event_id: 'e1',
        sequence: '111',
        ts_us: 1767225600123456,
        view: 'NEW_AND_OLD_IMAGES',
        transport: 'streams',
        cause: 'user',
      },
      ts_ms: 1767225600123,
    })
  })

  test('what is not known is null', () => {
    const envelope = toEnvelope({ type: 'REMOVE', id: '', keys: { id: 1 }, cause: 'ttl', transport: 'kinesis' })
    expect(envelope).toMatchObject({ op: 'd', before: null, after: null, changed: null, ts_ms: null })
    expect(envelope.source).toMatchObject({ table: null, sequence: null, ts_us: null, cause: 'ttl' })
    expect(toEnvelope(change({ type: 'INSERT' })).op).toBe('c')
  })
})

describe('toRow', () => {
  const { before, after, changed, sequence, timeUs, table, ...bare } = change()

  test('is flat', () => {
    expect(toRow(change())).toEqual({
      id: 1,
      n: '9007199254740993',
      seal: '/w==',
      tags: '["a","b"]',
      sizes: '[9,10,"1152921504606846976"]',
      to: '{"zip":"1","list":["AQ=="]}',
      nothing: null,
      __op: 'u',
      __deleted: false,
      __ts_us: 1767225600123456,
      __seq: '111'.padStart(40, '0'),
      __event_id: 'e1',
      __table: 'orders',
      __changed: '["n"]',
    })
  })

  test('shows the item after, else before, else the key', () => {
    const unknown = {
      __op: 'D',
      __deleted: true,
      __ts_us: null,
      __seq: null,
      __event_id: 'e1',
      __table: null,
      __changed: null,
    }
    expect(toRow({ ...bare, type: 'REMOVE', before: { id: 1, n: 1 } }, { ops: 'IUD' })).toEqual({
      id: 1,
      n: 1,
      ...unknown,
    })
    expect(toRow({ ...bare, type: 'REMOVE' }, { ops: 'IUD' })).toEqual({ id: 1, ...unknown })
  })

  test('refuses attributes with names of its own, and other letters', () => {
    expect(() => toRow(change({ after: { __op: 1 } }))).toThrow(
      expect.objectContaining({ code: 'COLUMN_CONFLICT', path: ['__op'] }),
    )
    expect(() => toRow(change(), { ops: 'abc' as never })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  test('refuses what JSON cannot hold, with its path', () => {
    const after = { a: [{ b: Number.NaN }] }
    expect(() => toRow(change({ after }))).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', path: ['a', 0, 'b'] }),
    )
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    expect(() => toRow(change({ after: cycle }))).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
  })

  test('takes a number of a class of its own by its digits', () => {
    const after = { n: NumberValueImpl.from('0.12345678901234567890'), at: new Date(0) }
    expect(toRow(change({ after }))).toMatchObject({ n: '0.12345678901234567890', at: '1970-01-01T00:00:00.000Z' })
    expect(() => toRow(change({ after: { at: new Date(Number.NaN) } }))).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', path: ['at'] }),
    )
  })

  test('an attribute called __proto__ is one like any other', () => {
    const after = JSON.parse('{"__proto__":{"a":1}}')
    expect(Object.getOwnPropertyDescriptor(toRow(change({ after })), '__proto__')?.value).toBe('{"a":1}')
    expect(JSON.stringify(toEnvelope(change({ after })).after)).toBe('{"__proto__":{"a":1}}')
  })
})

describe('toJsonPatch', () => {
  test('list removals go from the end', () => {
    expect(toJsonPatch(diff({ a: [1, 2, 3] }, { a: [0], b: new Set(['y', 'x']) }))).toEqual([
      { op: 'replace', path: '/a/0', value: 0 },
      { op: 'remove', path: '/a/2' },
      { op: 'remove', path: '/a/1' },
      { op: 'add', path: '/b', value: ['x', 'y'] },
    ])
  })
})

describe('compactChanges', () => {
  const { sequence, timeUs, time, ...bare } = change()
  const at = (id: string, parts: Partial<ChangeEvent>): ChangeEvent => ({ ...bare, id, ...parts })
  const ids = (changes: Iterable<ChangeEvent>) => compactChanges(changes).map(({ id }) => id)

  test('by sequence, whatever the times', () => {
    expect(ids([at('new', { sequence: '1000', timeUs: 1n }), at('old', { sequence: '999', timeUs: 2n })])).toEqual([
      'new',
    ])
  })
  test('a change without a sequence that came first leaves the order to time; of equal ones the last to arrive stays', () => {
    const at = (timeUs: bigint, sequence?: string): ChangeEvent => ({
      type: 'MODIFY',
      id: `${timeUs}`,
      keys: { id: 1 },
      cause: 'user',
      transport: 'streams',
      timeUs,
      ...(sequence !== undefined && { sequence }),
    })
    const [late, early] = [at(9n), at(1n, '5')]
    expect(compactChanges([late, early])).toEqual([late])
    const [first, second] = [at(1n, '5'), at(2n, '5')]
    expect(compactChanges([first, second])[0]).toBe(second)
    expect(compactChanges([at(3n), at(3n)])).toHaveLength(1)
  })

  test('by time where a sequence is missing', () => {
    expect(
      ids([at('a', { sequence: '1000', timeUs: 1n }), at('b', { timeUs: 3n }), at('c', { sequence: '1', timeUs: 2n })]),
    ).toEqual(['b'])
  })
  test('by arrival where a time is missing too; a repetition is none', () => {
    expect(ids([at('a', {}), at('b', { timeUs: 1n }), at('a', {})])).toEqual(['b'])
    expect(ids([at('a', { timeUs: 5n }), at('b', {}), at('c', { timeUs: 3n })])).toEqual(['c'])
  })
  test('keys are told apart by table, name, type and value, not by the order of names', () => {
    const keys = [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      { a: '1', b: 2 },
      { a: 1n, b: 2 },
      { a: Uint8Array.of(1) },
      { a: 'AQ==' },
    ]
    expect(ids(keys.map((key, index) => at(`${index}`, { keys: key })))).toEqual(['3', '2', '4', '5'])
    expect(ids([at('a', { table: 'x' }), at('b', { table: 'y' })])).toEqual(['a', 'b'])
  })
  test('tombstones stay', () => {
    expect(compactChanges([at('a', { sequence: '1' }), at('b', { sequence: '2', type: 'REMOVE' })])).toMatchObject([
      { type: 'REMOVE' },
    ])
  })
})
