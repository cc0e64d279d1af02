import { NumberValueImpl } from '@aws-sdk/util-dynamodb'
import { DataType, Field, List, Schema, Utf8 } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import type { ChangeEvent, Item } from '../../../src/cdc/index.ts'
import { tableFromChanges } from '../../../src/cdc/table/index.ts'
import { decodeParquet, encodeParquet, rowsFromTable } from '../../../src/codecs/index.ts'
import { columnTypeName } from '../../../src/columns/column-type.ts'
import { isEmptyColumn } from '../../../src/columns/empty-column.ts'

const change = (after: Item, parts: Partial<ChangeEvent> = {}): ChangeEvent => ({
  type: 'MODIFY',
  id: 'e1',
  keys: { id: 1 },
  after: { id: 1, ...after },
  cause: 'user',
  transport: 'streams',
  ...parts,
})
/** The type and the values that an attribute gets. */
const column = (values: readonly unknown[], options = {}): [string | undefined, unknown[]] => {
  const table = tableFromChanges(
    values.map((value) => change({ value })),
    options,
  )
  const field = table.schema.fields.find(({ name }) => name === 'value')
  return [field && columnTypeName(field.type), Array.from(rowsFromTable(table), ({ value }) => value)]
}

const cycle: unknown[] = []
cycle.push(cycle)

describe('tableFromChanges', () => {
  test('keys, attributes by name, what tells of the change', async () => {
    const changed = { sequence: '12', timeUs: 1767225600123456n, table: 'orders', changed: ['b'] }
    const table = tableFromChanges([
      change({ b: 'x', a: true }, changed),
      { type: 'REMOVE', id: 'e2', keys: { sort: 's', id: 2 }, cause: 'user', transport: 'streams' },
    ])
    expect(table.schema.fields.map(({ name, type }) => `${name}: ${columnTypeName(type)}`)).toEqual([
      'id: int64',
      'sort: string',
      'a: bool',
      'b: string',
      '__op: string',
      '__deleted: bool',
      '__ts_us: int64',
      '__seq: string',
      '__event_id: string',
      '__table: string',
      '__changed: list<utf8>',
    ])
    const expected = [
      {
        id: 1n,
        sort: null,
        a: true,
        b: 'x',
        __op: 'u',
        __deleted: false,
        __ts_us: 1767225600123456n,
        __seq: '12'.padStart(40, '0'),
        __event_id: 'e1',
        __table: 'orders',
        __changed: ['b'],
      },
      {
        id: 2n,
        sort: 's',
        a: null,
        b: null,
        __op: 'd',
        __deleted: true,
        __ts_us: null,
        __seq: null,
        __event_id: 'e2',
        __table: null,
        __changed: null,
      },
    ]
    expect([...rowsFromTable(table)]).toEqual(expected)
    expect([...rowsFromTable(await decodeParquet(await encodeParquet(table)))]).toEqual(expected)
  })

  test.each<[string, readonly unknown[], string, readonly unknown[]]>([
    ['integers', [1, 2n ** 62n, null], 'int64', [1n, 2n ** 62n, null]],
    ['numbers of doubles', [1, 2.5, 2n ** 60n], 'float64', [1, 2.5, 2 ** 60]],
    ['wide integers', [1, 10n ** 30n], 'decimal(38,0)', ['1', `1${'0'.repeat(30)}`]],
    [
      'numbers that no double and no integer holds',
      [0.30000000000000004, 2n ** 60n + 1n],
      'decimal(38,17)',
      ['0.30000000000000004', '1152921504606846977.00000000000000000'],
    ],
    ['numbers beyond 38 digits', [1e-30, 2n ** 60n + 1n], 'string', ['1e-30', '1152921504606846977']],
    ['text', ['1', null], 'string', ['1', null]],
    ['text and numbers', ['1', 1, null, 2n ** 60n], 'string', ['"1"', '1', null, '1152921504606846976']],
    ['binary', [Uint8Array.of(1)], 'binary', [Uint8Array.of(1)]],
    ['sets', [new Set(['b', 'a']), new Set()], 'list<string>', [['a', 'b'], []]],
    [
      'lists',
      [
        [1, 2],
        [2.5, null],
      ],
      'list<float64>',
      [
        [1, 2],
        [2.5, null],
      ],
    ],
    [
      'maps',
      [{ a: 1, c: 'x' }, { b: [1n] }],
      'struct<{a:int64, b:list<int64>, c:utf8}>',
      [
        { a: 1n, b: null, c: 'x' },
        { a: null, b: [1n], c: null },
      ],
    ],
    ['maps without fields', [{}], 'string', ['{}']],
    [
      'a list of several kinds',
      [[1, 'a', { b: new Set([2, 1]), a: 1 }]],
      'list<string>',
      [['1', '"a"', '{"a":1,"b":[1,2]}']],
    ],
    ['a map and a list', [{ a: 1 }, [1]], 'string', ['{"a":1}', '[1]']],
    ['nothing', [null, undefined], 'string', [null, null]],
    ['dates, of a function as numbers', [new Date(0)], 'timestamp', [new Date(0)]],
  ])('%s', (_, values, type, expected) => {
    const [actual, cells] = column(values)
    expect(
      actual
        ?.replaceAll(/<(\w+: )?(item: )?/g, '<')
        .toLowerCase()
        .replace('list<utf8>', 'list<string>'),
    ).toBe(type)
    expect(cells).toEqual(expected)
  })

  test('types that are set', () => {
    expect(column([1, '12.50', 2n, 0.1], { schema: { value: 'decimal(38,2)' } })).toEqual([
      'decimal(38,2)',
      ['1.00', '12.50', '2.00', '0.10'],
    ])
    expect(column(['x', 1, { b: 1 }, ['y']], { schema: { value: 'string' } })).toEqual([
      'string',
      ['x', '1', '{"b":1}', '["y"]'],
    ])
    expect(column(['2026-01-01T00:00:00Z'], { schema: { value: 'timestamp' } })).toEqual([
      'timestamp',
      [new Date('2026-01-01T00:00:00Z')],
    ])
    expect(column([1], { schema: { other: 'bool' } })).toEqual(['int64', [1n]])
    const table = tableFromChanges([], { schema: { a: 'int64', __ts_us: 'timestamp[us]' } })
    expect(table.numRows).toBe(0)
    expect(table.schema.fields.map(({ name }) => name).slice(0, 1)).toEqual(['a'])
    expect(DataType.isTimestamp(table.schema.fields.find(({ name }) => name === '__ts_us')?.type)).toBe(true)
  })

  test('numbers of a class of its own, as text and as decimals, keep their digits', () => {
    const value = NumberValueImpl.from('1234567890123456789.0123456789')
    expect(column([value])).toEqual(['string', ['1234567890123456789.0123456789']])
    expect(column([value], { schema: { value: 'decimal(38,10)' } })[1]).toEqual(['1234567890123456789.0123456789'])
  })

  test('an Arrow schema gives the order', () => {
    const schema = new Schema([new Field('z', new Utf8(), true), new Field('id', new Utf8(), true)])
    const table = tableFromChanges([change({ a: 1 })], { schema, ops: 'IUD' })
    expect(table.schema.fields.map(({ name }) => name).slice(0, 4)).toEqual(['z', 'id', 'a', '__op'])
    expect([...rowsFromTable(table)]).toMatchObject([{ z: null, id: '1', a: 1n, __op: 'U' }])
  })

  test.each<[string, unknown, object, string]>([
    ['a value that does not fit', 'x', { schema: { value: 'int64' } }, 'TYPE_MISMATCH'],
    ['a rounded number', 0.1, { schema: { value: 'decimal(38,0)' } }, 'TYPE_MISMATCH'],
    ['NaN', Number.NaN, {}, 'TYPE_MISMATCH'],
    ['a function', [() => 0], {}, 'TYPE_MISMATCH'],
    ['a Map', { a: new Map() }, {}, 'TYPE_MISMATCH'],
    ['a cycle', cycle, {}, 'LIMIT_EXCEEDED'],
    ['a cycle as text', cycle, { schema: { value: 'string' } }, 'LIMIT_EXCEEDED'],
  ])('refuses %s', (_, value, options, code) => {
    expect(() => column([null, value], options)).toThrow(
      expect.objectContaining({ code, position: { row: 2, column: 'value' } }),
    )
  })

  test('refuses attributes with names of its own', () => {
    expect(() => tableFromChanges([change({ __seq: 1 })])).toThrow(expect.objectContaining({ code: 'COLUMN_CONFLICT' }))
  })

  test('more rows than a batch holds', () => {
    const table = tableFromChanges(Array.from({ length: 70_000 }, (_, n) => change({ n })))
    expect(table.batches.map(({ numRows }) => numRows)).toEqual([65_536, 70_000 - 65_536])
    expect(table.get(69_999)?.['n']).toBe(69_999n)
  })
})

describe('values within values', () => {
  test.each<[string, readonly unknown[], readonly unknown[]]>([
    ['a field of maps that mixes kinds', [{ a: 1 }, { a: 'x' }, { a: null }], [{ a: '1' }, { a: '"x"' }, { a: null }]],
    ['a field of lists of maps that does', [[{ a: 1 }], [{ a: 'x' }]], [[{ a: '1' }], [{ a: '"x"' }]]],
    ['items that mix kinds', [[1, 'x', true], [null]], [['1', '"x"', 'true'], [null]]],
    ['bytes among others', [Buffer.from('a'), 1], ['"YQ=="', '1']],
    ['dates among others', [new Date(0), 1], ['"1970-01-01T00:00:00.000Z"', '1']],
    ['sets among others', [new Set(['b', 'a']), 1], ['["a","b"]', '1']],
    ['maps among others', [{ b: 1, a: undefined, c: [null] }, 1], ['{"b":1,"c":[null]}', '1']],
    ['decimals of maps', [{ a: 2n ** 64n }, { a: 0.5 }], [{ a: '18446744073709551616.0' }, { a: '0.5' }]],
  ])('%s', (_, values, expected) => {
    expect(column(values)[1]).toEqual(expected)
  })

  test('an instance of a class among others is TYPE_MISMATCH with its row', () => {
    expect(() => column([1, new (class A {})()])).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', position: { row: 2, column: 'value' } }),
    )
  })

  test('numbers of a class of its own alone make no empty column', () => {
    const table = tableFromChanges([change({ value: NumberValueImpl.from('1') })])
    const field = table.schema.fields.find(({ name }) => name === 'value') as Field
    expect([columnTypeName(field.type), isEmptyColumn(field)]).toEqual(['string', false])
    const empty = tableFromChanges([change({ value: null })]).schema.fields.find(
      ({ name }) => name === 'value',
    ) as Field
    expect(isEmptyColumn(empty)).toBe(true)
  })

  test('a set list type takes what its items take', () => {
    const item = new Field('item', new Utf8(), true)
    const schema = new Schema([new Field('value', new List(item), true)])
    expect(column([['a', 1, null], new Set(['b'])], { schema })[1]).toEqual([['a', '1', null], ['b']])
  })

  test('names of items, and which may be null', () => {
    const table = tableFromChanges([change({ value: [] })])
    const fieldOf = (name: string) => table.schema.fields.find((each) => each.name === name)?.type.children[0]
    expect(fieldOf('value')).toMatchObject({ name: 'item', nullable: true })
    expect(fieldOf('__changed')).toMatchObject({ name: 'item', nullable: true })
  })

  test('no changes are one batch without rows; keys are sorted', () => {
    const none = tableFromChanges([])
    expect([none.batches.length, none.numRows]).toEqual([1, 0])
    const keys = { sort: 1, id: 2 }
    const table = tableFromChanges([change({}, { keys, after: keys })])
    expect(table.schema.fields.slice(0, 2).map(({ name }) => name)).toEqual(['id', 'sort'])
  })
})
