import {
  Dictionary,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float32,
  Int8,
  Int32,
  List,
  Schema,
  Struct,
  TimeMicrosecond,
  TimeMillisecond,
  TimestampSecond,
  Uint8,
  Uint64,
  Utf8,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { columnBuilder } from '../../src/columns/column-builder.ts'
import { type ColumnTypeName, columnType } from '../../src/columns/column-type.ts'
import { isEmptyColumn } from '../../src/columns/empty-column.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { valueReader } from '../../src/columns/value-reader.ts'
import { dataOf } from '../support/arbitrary-table.ts'

function taken(type: ColumnTypeName | Parameters<typeof columnBuilder>[0], ...values: unknown[]): unknown[] {
  const builder = columnBuilder(columnType(type))
  const results = values.map((value) => builder.append(value))
  const data = builder.finish()
  const read = valueReader(data)
  let row = 0
  return results.map((result) => (result ? read(row++) : 'REFUSED'))
}
const R = 'REFUSED'
const time = (text: string): Date => new Date(text)

describe('columnBuilder: what each type takes', () => {
  test('integers: whole and in range', () => {
    expect(taken('int32', 1, -(2 ** 31), 2 ** 31, 1.5, NaN, '1', 5n, null, true)).toEqual([
      1,
      -(2 ** 31),
      R,
      R,
      R,
      R,
      5,
      null,
      R,
    ])
    expect(
      taken('int64', 1, 2 ** 53, 2n ** 63n - 1n, 2n ** 63n, '9007199254740993', '007', '-0', '', '1e3', null),
    ).toEqual([1n, R, 2n ** 63n - 1n, R, 9007199254740993n, R, R, R, R, null])
    expect(taken(new Int8(), -128, 128)).toEqual([-128, R])
    expect(taken(new Uint8(), 255, -1)).toEqual([255, R])
    expect(taken(new Uint64(), 2n ** 64n - 1n, -1n)).toEqual([2n ** 64n - 1n, R])
  })

  test('floats: numbers, and bigints that are exact', () => {
    expect(taken('float64', 0.1, -0, NaN, Infinity, 2n ** 60n, 2n ** 53n + 1n, '1')).toEqual([
      0.1,
      -0,
      NaN,
      Infinity,
      2 ** 60,
      R,
      R,
    ])
    expect(taken(new Float32(), 0.5, 0.1, NaN)).toEqual([0.5, R, NaN])
  })

  test('text without lone surrogates, bytes, booleans', () => {
    expect(taken('string', '', 'é😀\0', '\ud800', 'x'.repeat(300), 5, null)).toEqual([
      '',
      'é😀\0',
      R,
      'x'.repeat(300),
      R,
      null,
    ])
    expect(taken('binary', new Uint8Array([1]), Buffer.from('a'), 'a', [1])).toEqual([
      new Uint8Array([1]),
      new Uint8Array([97]),
      R,
      R,
    ])
    expect(taken(new FixedSizeBinary(2), new Uint8Array(2), new Uint8Array(3), null)).toEqual([
      new Uint8Array(2),
      R,
      null,
    ])
    expect(taken('bool', true, false, 0, 'true', null)).toEqual([true, false, R, R, null])
  })

  test('dates and times, exact in their unit', () => {
    expect(
      taken('date', time('1969-12-31'), time('1969-12-31T00:00:00.001Z'), '2024-02-29', '2023-02-29', 5, time('x')),
    ).toEqual([time('1969-12-31'), R, time('2024-02-29'), R, R, R])
    expect(
      taken('timestamp', new Date(-1), '1969-12-31T23:59:59.999Z', '2024-01-01T00:00:00.0001Z', 5n, 5, time('x')),
    ).toEqual([new Date(-1), new Date(-1), R, new Date(5), R, R])
    expect(taken('timestamp[us]', new Date(-1), -1n, '2024-01-01T00:00:00.000001Z')).toEqual([
      -1000n,
      -1n,
      1704067200000001n,
    ])
    expect(taken('timestamp[ns]', new Date(8.64e15), new Date(1))).toEqual([R, 1_000_000n])
    expect(taken(new TimestampSecond(), new Date(1000), new Date(1001))).toEqual([new Date(1000), R])
    expect(taken(new TimeMicrosecond(), 5, 86_400_000_000n, -1n)).toEqual(['00:00:00.000005', R, R])
  })

  test('times of day: units since midnight or text, exact in their unit', () => {
    expect(
      taken(new TimeMillisecond(), 5, 5n, '23:59:59.999', '12:00:00', '24:00:00', '12:00', '12:00:00.0001'),
    ).toEqual(['00:00:00.005', '00:00:00.005', '23:59:59.999', '12:00:00.000', R, R, R])
    expect(taken(new TimeMicrosecond(), '00:00:00.000001', '00:00:00.1000000', 86_400_000_000)).toEqual([
      '00:00:00.000001',
      '00:00:00.100000',
      R,
    ])
  })

  test('decimals: exact text, integers, numbers of up to 15 digits', () => {
    expect(taken('decimal(5,2)', '1.5', '123.456', 12.34, 5n, 1000, '-999.99', '1.500', 0.1 + 0.2, NaN, 'x')).toEqual([
      '1.50',
      R,
      '12.34',
      '5.00',
      R,
      '-999.99',
      '1.50',
      R,
      R,
      R,
    ])
    expect(taken('decimal(38,0)', '9'.repeat(38), '9'.repeat(39))).toEqual(['9'.repeat(38), R])
    expect(taken('decimal(76,10)', `-${'9'.repeat(66)}.0000000001`)).toEqual([`-${'9'.repeat(66)}.0000000001`])
  })

  test('nested values: a misfit deep inside takes nothing', () => {
    const list = new List(new Field('item', new Int32(), true))
    expect(taken(list, [1, null], [2, 'x'], [], null, Int32Array.of(7))).toEqual([[1, null], R, [], null, [7]])
    const struct = new Struct([new Field('a', new Int32(), false), new Field('b', list, true)])
    expect(
      taken(struct, { a: 1, b: [1] }, { b: [1] }, { a: 1, c: 2 }, { a: 2, b: [3, 'x'] }, { a: 3 }, null, new Date(0)),
    ).toEqual([{ a: 1, b: [1] }, R, R, R, { a: 3, b: null }, null, R])
    expect(taken(new FixedSizeList(2, new Field('item', new Int32(), true)), [1, 2], [1], null)).toEqual([
      [1, 2],
      R,
      null,
    ])
  })

  test('dictionaries: each distinct value once, as many as the index can count', () => {
    const builder = columnBuilder(new Dictionary(new Utf8(), new Int8()))
    for (let index = 0; index < 128; index++) expect(builder.append(`v${index}`)).toBe(true)
    expect(builder.append('v7')).toBe(true)
    expect(builder.append('one more')).toBe(false)
    const data = builder.finish()
    expect(data.dictionary?.length).toBe(128)
    expect(valueReader(data)(128)).toBe('v7')
  })

  test('a builder can be used again after finish, and the data returned before stays', () => {
    const builder = columnBuilder(columnType('string'))
    builder.append('a')
    builder.appendNull()
    const first = builder.finish()
    builder.append('bcd')
    const second = builder.finish()
    expect([first, second].map((data) => [data.length, data.nullCount, valueReader(data)(0)])).toEqual([
      [2, 1, 'a'],
      [1, 0, 'bcd'],
    ])
  })

  test('types that cannot be built are refused with a code', () => {
    expect(() => columnBuilder(columnType('int128' as 'int64'))).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })
})

describe('tableFromRows', () => {
  const types = (rows: Record<string, unknown>[]): string[] =>
    tableFromRows(rows).schema.fields.map(({ type }) => String(type))

  test('types by kind of value, columns by first appearance', () => {
    const rows = [
      { n: 1, i: 1n, d: new Date(0), s: '' },
      { x: true, y: new Uint8Array(1), l: [{ a: 1 }], m: new Map([['k', null]]) },
    ]
    expect(types(rows)).toEqual([
      'Float64',
      'Int64',
      'Timestamp<MILLISECOND, UTC>',
      'Utf8',
      'Bool',
      'Binary',
      'List<Struct<{a:Float64}>>',
      'Map<{key:Utf8, value:Utf8}>',
    ])
  })

  test('a column without any value is text, marked', () => {
    const { schema } = tableFromRows([{ a: null, b: 1 }])
    expect(schema.fields.map(isEmptyColumn)).toEqual([true, false])
  })

  test('fields of structs and items of lists are learnt from all rows', () => {
    const rows = [{ a: { x: 1, l: [] } }, { a: { y: 'b', l: [2] } }]
    expect([...rowsFromTable(tableFromRows(rows))]).toEqual([
      { a: { x: 1, l: [], y: null } },
      { a: { x: null, l: [2], y: 'b' } },
    ])
  })

  test('a schema pins some columns; those that no row has are null; an Arrow schema sets the order', () => {
    expect([...rowsFromTable(tableFromRows([{ a: 1, b: 2 }], { schema: { b: 'int64', z: 'date' } }))]).toEqual([
      { a: 1, b: 2n, z: null },
    ])
    const schema = new Schema([new Field('b', new Utf8(), true), new Field('1', new Utf8(), true)])
    expect(tableFromRows([{ 1: 'x', b: 'y', c: 1 }], { schema }).schema.fields.map(({ name }) => name)).toEqual([
      'b',
      '1',
      'c',
    ])
    expect(tableFromRows([], { schema: { id: 'int64' } }).numCols).toBe(1)
  })

  test('__proto__ and constructor are names like others', () => {
    const rows = [JSON.parse('{"__proto__": 1, "constructor": "c"}'), {}]
    const out = [...rowsFromTable(tableFromRows(rows))]
    expect(out.map((row) => Object.entries(row))).toEqual([
      [
        ['__proto__', 1],
        ['constructor', 'c'],
      ],
      [
        ['__proto__', null],
        ['constructor', null],
      ],
    ])
    expect(Object.getPrototypeOf(out[0])).toBe(Object.prototype)
  })

  test.each([
    ['mixed kinds', [{ a: 1 }, { a: 'x' }], 2],
    ['a number among bigints', [{ a: 1n }, { a: 1 }], 2],
    ['over 64 bits', [{ a: 2n ** 63n }], 1],
    ['a function', [{ a: () => 1 }], 1],
    ['an invalid Date', [{ a: new Date(Number.NaN) }], 1],
    ['a lone surrogate', [{ a: 'ok' }, { a: '\udc00' }], 2],
    ['a class instance', [{ a: new URL('http://x') }], 1],
  ])('%s: TYPE_MISMATCH with row and column', (_, rows, row) => {
    expect(() => tableFromRows(rows as Record<string, unknown>[])).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', position: { row, column: 'a' } }),
    )
  })

  test.each([
    new Map([['a', 1]]),
    new Set([1]),
    new Date(0),
    [1],
    new Uint8Array(2),
    new ArrayBuffer(2),
    Promise.resolve({ a: 1 }),
    null,
    'row',
  ])('%o is no row', (row) => {
    expect(() => tableFromRows([{}, row] as Record<string, unknown>[])).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', position: { row: 2 } }),
    )
  })

  test.each([null, 5, { a: 1 }])('%o is no iterable of rows', (rows) => {
    expect(() => tableFromRows(rows as never)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }))
  })

  test('an instance of a class is a row of its own fields', () => {
    class Order {
      readonly id = 1n
    }
    const rows = [new Order()] as object[] as Record<string, unknown>[]
    expect([...rowsFromTable(tableFromRows(rows))]).toEqual([{ id: 1n }])
  })

  test.each([null, 'int64', { a: undefined }, { a: 5 }, { a: 'int' }, { a: 'decimal(0,0)' }, { a: 'decimal(5,6)' }])(
    '%o is no schema',
    (schema) => {
      expect(() => tableFromRows([{ a: 1 }], { schema: schema as never })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      )
    },
  )

  test('a value that holds itself', () => {
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    expect(() => tableFromRows([{ loop }])).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
  })

  test('batches of 65,536 rows, one at least', () => {
    expect(
      tableFromRows(Array.from({ length: 65_537 }, (_, id) => ({ id }))).batches.map(({ numRows }) => numRows),
    ).toEqual([65_536, 1])
    expect(tableFromRows([]).batches.length).toBe(1)
    expect(tableFromRows([{}, {}]).numRows).toBe(2)
  })
})

describe('rowsFromTable', () => {
  test('refuses what an object cannot keep', () => {
    const twice = new Schema([new Field('a', new Utf8(), true), new Field('b', new Utf8(), true)])
    const table = tableFromRows([{ a: 'x', b: 'y' }], { schema: twice })
    const clash = Object.assign(Object.create(Object.getPrototypeOf(table)), table, {
      schema: new Schema([twice.fields[0] as Field, twice.fields[0] as Field]),
    })
    expect(() => [...rowsFromTable(clash)]).toThrow(expect.objectContaining({ code: 'COLUMN_CONFLICT' }))
    const late = tableFromRows([{ t: 0n }, { t: 2n ** 62n }], { schema: { t: 'timestamp' } })
    expect(() => [...rowsFromTable(late)]).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', position: { row: 2, column: 't' } }),
    )
  })

  test('bytes are copies', () => {
    const data = dataOf(columnType('binary'), [new Uint8Array([1, 2])])
    ;(valueReader(data)(0) as Uint8Array)[0] = 9
    expect(valueReader(data)(0)).toEqual(new Uint8Array([1, 2]))
  })
})
