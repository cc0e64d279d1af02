import {
  Binary,
  BinaryView,
  Bool,
  type Data,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationMicrosecond,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  IntervalDayTime,
  LargeBinary,
  LargeUtf8,
  List,
  Map_,
  makeData,
  makeVector,
  Null,
  Schema,
  Struct,
  TimestampMillisecond,
  TimestampSecond,
  Uint8,
  Uint16,
  Uint32,
  Utf8,
  Utf8View,
} from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HASH } from '../../kernels/distinct-rows/record.ts'
import { trimmed, validity } from '../../src/columns/builders/buffers.ts'
import { castColumn } from '../../src/columns/cast.ts'
import { checkBatch, checkBatches, checkTable } from '../../src/columns/check-table.ts'
import { columnBuilder } from '../../src/columns/column-builder.ts'
import {
  type ColumnTypeName,
  columnType,
  columnTypeName,
  isSchema,
  schemaFields,
} from '../../src/columns/column-type.ts'
import { concatColumns } from '../../src/columns/concat.ts'
import { decodeDictionary } from '../../src/columns/decode-dictionary.ts'
import { distinctRows } from '../../src/columns/distinct-rows.ts'
import { missingRows, replaceRows } from '../../src/columns/fill.ts'
import { directGather } from '../../src/columns/gather.ts'
import { gatherInKernel } from '../../src/columns/gather-kernel.ts'
import { checkedOffset, layoutOf } from '../../src/columns/layout.ts'
import { plainColumn, plainType } from '../../src/columns/plain-column.ts'
import { changedField, recordBatch, sliceRows } from '../../src/columns/record-batch.ts'
import { rowViews } from '../../src/columns/row.ts'
import { rowHash } from '../../src/columns/row-hash.ts'
import { BLOCK_ROWS, rowHashKernel } from '../../src/columns/row-hash-kernel.ts'
import { countingRuns, itemCount, itemRuns, rowRangesOf } from '../../src/columns/row-ranges.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { emptyShape, isComplete, learnShape, shapeField } from '../../src/columns/shape.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { valueReader } from '../../src/columns/value-reader.ts'
import { law } from '../support/law.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)
const of = (type: DataType, ...values: unknown[]): Data => {
  const builder = columnBuilder(type)
  for (const value of values) if (!builder.append(value)) throw new Error(`refused ${String(value)}`)
  return builder.finish()
}
const read = (data: Data): unknown[] => Array.from({ length: data.length }, (_, row) => valueReader(data)(row))
const thrown = (run: () => unknown) => {
  try {
    return { result: run() }
  } catch (error) {
    const { code, message, position } = error as { code: string; message: string; position: unknown }
    return { code, message, position }
  }
}
const dataOfType = (type: DataType, parts: object): Data => makeData({ type, ...parts } as never) as Data
const list = (type: DataType) => new List(new Field('item', type, true))
const pairs = new Map_(
  new Field(
    'entries',
    new Struct([new Field('key', new Utf8(), false), new Field('value', new Int32(), true)]) as never,
    false,
  ),
)

describe('builders', () => {
  test('a column of nulls takes nothing else', () => {
    const builder = columnBuilder(new Null())
    expect([builder.append(null), builder.append(undefined), builder.append(0), builder.append('')]).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(builder.length).toBe(2)
    builder.appendNull()
    expect(builder.length).toBe(3)
    builder.truncate(1)
    const data = builder.finish()
    expect([data.length, data.nullCount, builder.length]).toEqual([1, 1, 0])
  })

  test('bytes under a null are zeros, also where a value was before', () => {
    const builder = columnBuilder(new FixedSizeBinary(4))
    for (const value of [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6, 7, 8)]) builder.append(value)
    builder.truncate(1)
    builder.append(null)
    expect([...builder.finish().values]).toEqual([1, 2, 3, 4, 0, 0, 0, 0])
  })

  test('a buffer is cut where more than a quarter of it is empty', () => {
    const full = new Uint8Array(100)
    expect(trimmed(full, 100).buffer).toBe(full.buffer)
    expect(trimmed(full, 80).buffer).toBe(full.buffer)
    expect(trimmed(full, 79).buffer).not.toBe(full.buffer)
    expect(trimmed(full, 0)).toHaveLength(0)
  })

  test('validity without a null has no bitmap', () => {
    const none = { bitmap: new Uint8Array(0), nullCount: 0 }
    const valid = validity()
    valid.set(0, true)
    expect(valid.take(1)).toEqual(none)
    valid.set(0, true)
    valid.set(1, false)
    expect(valid.take(1)).toEqual(none)
    valid.set(0, false)
    expect(valid.take(1)).toMatchObject({ nullCount: 1 })
  })

  test.each<[string, DataType, unknown, unknown, unknown]>([
    ['text', list(new Utf8()), ['a', 5], ['b'], ['b']],
    ['bytes', list(new Binary()), [bytes(1), 5], [bytes(2)], [bytes(2)]],
    ['fixed bytes', list(new FixedSizeBinary(2)), [bytes(1, 1), 5], [null], [null]],
    ['bits', list(new Bool()), [true, true, 5], [false, null], [false, null]],
    ['numbers', list(new Int32()), [7, 'x'], [null, 1], [null, 1]],
    ['decimals', list(new Decimal(2, 20, 128)), ['1.25', 'x'], [null], [null]],
    ['lists', list(list(new Utf8())), [['a'], ['b', 5]], [['c']], [['c']]],
    [
      'structs',
      list(new Struct([new Field('a', new Utf8(), true)])),
      [{ a: 'x' }, { a: 5 }],
      [{ a: null }],
      [{ a: null }],
    ],
    [
      'fixed lists',
      list(new FixedSizeList(2, new Field('item', new Utf8(), true))),
      [
        ['a', 'b'],
        ['c', 5],
      ],
      [null],
      [null],
    ],
    ['maps', list(pairs), [[['a', 1]], [['b', 'x']]], [[['c', null]]], [[['c', null]]]],
    ['dictionaries', list(new Dictionary(new Utf8(), new Int8())), ['a', 5], ['b'], ['b']],
  ])('what is left of a list of %s that did not fit is nothing', (_, type, bad, good, expected) => {
    const builder = columnBuilder(type)
    expect(builder.append(bad)).toBe(false)
    expect(builder.length).toBe(0)
    expect(builder.append(good)).toBe(true)
    expect([builder.append(bad), builder.append(good)]).toEqual([false, true])
    const data = builder.finish()
    const plain = (value: unknown): unknown =>
      value instanceof Map ? [...value] : Array.isArray(value) ? value.map(plain) : value
    expect(read(data).map(plain)).toEqual([expected, expected])
    // What lies under a null is zero, so that equal columns have equal bytes.
    const [items] = data.children
    if (items?.nullCount === 2 && items.values instanceof Uint8Array && items.length === 2)
      expect([...items.values].every((byte) => byte === 0)).toBe(true)
  })

  test.each<[DataType, readonly unknown[], readonly unknown[]]>([
    [new Uint8(), [0, 255], [256, 257, -1]],
    [new Uint16(), [65_535], [65_536, 65_537]],
    [new Uint32(), [2 ** 32 - 1], [2 ** 32, 2 ** 32 + 1]],
    [new Int16(), [-32_768, 32_767], [-32_769, 32_768]],
    [new DurationMicrosecond(), [5, 5n, -1n], ['5', 0.5, 2n ** 63n]],
    [new TimestampSecond(), ['1970-01-01T00:00:01Z', new Date(1000)], ['1970-01-01T00:00:01.5Z', new Date(1500)]],
    [
      new TimestampMillisecond('UTC'),
      ['1970-01-01T00:00:00.0000000000Z'.replace('0000000Z', 'Z')],
      [`1970-01-01T00:00:00.${'0'.repeat(60)}Z`],
    ],
    [new DateDay(), ['1970-01-02'], [`${'0'.repeat(70)}1970-01-02`]],
    [new Decimal(0, 38, 128), ['1', `1.${'0'.repeat(254)}`], [`1.${'0'.repeat(255)}`, '001']],
    [
      new Struct([new Field('a', new Int32(), true)]),
      [
        { a: 1, b: null },
        { a: null, b: undefined },
      ],
      [{ a: 1, b: 2 }, [1], 'a'],
    ],
    [
      pairs,
      [new Map([['a', 1]]), [['a', 1]], []],
      ['ab', {}, [['a']], ['ab'], [['a', 1, 2]], [[null, 1]], [[undefined, 1]], [5]],
    ],
    [list(new Int32()), [[1], Int32Array.of(1)], ['1', { 0: 1, length: 1 }, new DataView(new ArrayBuffer(4))]],
    [new Dictionary(new Utf8(), new Int8()), ['a', undefined, null], [1, true]],
  ])('%s takes %o, and not %o', (type, good, bad) => {
    const builder = columnBuilder(type)
    expect(good.map((value) => builder.append(value))).toEqual(good.map(() => true))
    expect(bad.map((value) => builder.append(value))).toEqual(bad.map(() => false))
    expect(builder.finish().length).toBe(good.length)
  })

  test('a dictionary keeps zeros, dates, bytes and numbers apart', () => {
    const zeros = read(of(new Dictionary(new Float64(), new Int8()), 0, -0, 0, 1, Number.NaN, Number.NaN))
    expect(zeros).toEqual([0, -0, 0, 1, Number.NaN, Number.NaN])
    const data = of(new Dictionary(new Float64(), new Int8()), 0, -0, 0)
    expect(data.dictionary?.length).toBe(2)
    expect(of(new Dictionary(new Utf8(), new Int8()), 'a', undefined, null)).toMatchObject({ nullCount: 2 })
    const dates = of(new Dictionary(new TimestampMillisecond('UTC'), new Int8()), new Date(1), new Date(1), new Date(2))
    expect(dates.dictionary?.length).toBe(2)
    const blobs = of(new Dictionary(new Binary(), new Int8()), bytes(1), bytes(1), bytes(1, 2))
    expect(blobs.dictionary?.length).toBe(2)
  })

  test.each<[string, DataType]>([
    ['indices of 64 bits', new Dictionary(new Utf8(), new Int64() as never)],
    ['views', new Utf8View()],
    ['intervals', new IntervalDayTime()],
  ])('%s cannot be built', (_, type) => {
    expect(thrown(() => columnBuilder(type)).code).toBe('UNSUPPORTED_FORMAT')
  })
})

describe('types by name', () => {
  test.each<[ColumnTypeName, DataType]>([
    ['bool', new Bool()],
    ['int8', new Int8()],
    ['int16', new Int16()],
    ['int32', new Int32()],
    ['int64', new Int64()],
    ['uint8', new Uint8()],
    ['uint16', new Uint16()],
    ['uint32', new Uint32()],
    ['float32', new Float32()],
    ['float64', new Float64()],
    ['string', new Utf8()],
    ['json', new Utf8()],
    ['binary', new Binary()],
    ['date', new DateDay()],
    ['decimal(38,2)', new Decimal(2, 38, 128)],
    ['decimal(39, 0)' as ColumnTypeName, new Decimal(0, 39, 256)],
  ])('%s', (name, type) => {
    expect(String(columnType(name))).toBe(String(type))
    expect(columnType(name).typeId).toBe(type.typeId)
    if (name !== 'json') expect(columnTypeName(columnType(name))).toBe(name.replace(' ', ''))
  })

  test.each([
    'int',
    'decimal(0,0)',
    'decimal(77,0)',
    'decimal(5,6)',
    'decimal(5,1)x',
    'xdecimal(5,1)',
    'decimal(5)',
    '',
    null,
    {},
    7,
  ])('%j is none', (name) => {
    expect(thrown(() => columnType(name as never)).code).toBe('OPTION_INVALID')
  })

  test('a schema is names and types, or one of any copy of Arrow', () => {
    for (const option of [7, 'int8', null, true])
      expect(thrown(() => schemaFields(option as never)).code).toBe('OPTION_INVALID')
    const schema = new Schema([new Field('a', new Int8(), false)])
    const copy = { fields: schema.fields, metadata: new Map() } as unknown as Schema
    for (const each of [schema, copy]) expect([isSchema(each), [...schemaFields(each).keys()]]).toEqual([true, ['a']])
    expect(isSchema({ fields: 'int8', metadata: 'int8' })).toBe(false)
    expect([...schemaFields({ fields: 'int8' }).keys()]).toEqual(['fields'])
    const [json, text] = [...schemaFields({ a: 'json', b: 'string' }).values()]
    expect([json?.metadata.size, text?.metadata.size]).toEqual([1, 0])
  })
})

describe('casts', () => {
  const cast = (data: Data, type: DataType) => thrown(() => read(castColumn(data, type, 'c', 10)))
  const day = (n: number) => new Date(n * 86_400_000)

  test('dates of both units, and timestamps', () => {
    const days = of(new DateDay(), day(1), null)
    const milliseconds = of(new DateMillisecond(), day(1), null)
    for (const dates of [days, milliseconds]) {
      expect(cast(dates, new Utf8())).toEqual({ result: ['1970-01-02', null] })
      expect(cast(dates, new TimestampSecond())).toEqual({ result: [day(1), null] })
      expect(cast(dates, new Int32())).toEqual({ result: [1, null] })
      expect(cast(dates, new DateMillisecond())).toEqual({ result: [day(1), null] })
      expect(cast(dates, new DateDay())).toEqual({ result: [day(1), null] })
      expect(cast(dates, new Bool())).toMatchObject({ code: 'TYPE_MISMATCH', position: { column: 'c' } })
    }
    const odd = makeData({ type: new DateMillisecond(), length: 1, data: BigInt64Array.of(5n) })
    for (const type of [new Utf8(), new TimestampSecond(), new Int32()])
      expect(cast(odd, type)).toMatchObject({ code: 'TYPE_MISMATCH', position: { row: 11, column: 'c' } })
  })

  test('decimals to floats: 15 digits, integers up to 2^53', () => {
    const decimals = (...values: string[]) => of(new Decimal(4, 38, 128), ...values)
    expect(cast(decimals('100.5', '-0.0001', '0', '-12345678901.2345', '9007199254740991'), new Float64())).toEqual({
      result: [100.5, -0.0001, 0, -12345678901.2345, 9007199254740991],
    })
    for (const value of ['9007199254740993', '123456789012.3456'])
      expect(cast(decimals(value), new Float64())).toMatchObject({ code: 'TYPE_MISMATCH' })
  })
})

test('messages name the kind of a value, and what to do', () => {
  const message = (...values: unknown[]) => String(thrown(() => tableFromRows(values.map((a) => ({ a })))).message)
  const pinned = (type: ColumnTypeName, a: unknown) =>
    String(thrown(() => tableFromRows([{ a }], { schema: { a: type } })).message)
  expect(message(new Date(Number.NaN))).toMatch(/this Date .*it is an invalid Date/)
  expect(pinned('date', new Date(1))).toMatch(/a date must be a Date at midnight UTC/)
  expect(pinned('date', new Date(Number.NaN))).toMatch(/it is an invalid Date \(row 1/)
  expect(pinned('timestamp', 'x')).toMatch(/^this string does not fit type timestamp exactly/)
  for (const [value, name] of [
    [1, 'number'],
    [bytes(1), 'Uint8Array'],
    [[1], 'array'],
    [new Map(), 'Map'],
    [{}, 'object'],
    [new Date(0), 'Date'],
  ] as const)
    expect(message('a', value)).toMatch(new RegExp(`^this ${name} does not fit a column of string values`))
  expect(message(Symbol('s'))).toMatch(/^this symbol cannot be stored in a column/)
})

test('what is no table, batch or source is refused with the way to one', () => {
  const [batch] = tableFromRows([{ a: 1 }]).batches
  const told = (run: () => unknown) => String(thrown(run).message)
  expect(told(() => checkTable('f', batch))).toMatch(/^f: the table .*write new Table\(batch\)/)
  expect(told(() => checkTable('f', Promise.resolve()))).toMatch(/await it first/)
  expect(told(() => checkTable('f', []))).toMatch(/tableFromRows/)
  expect(told(() => checkBatch('f', tableFromRows([])))).toMatch(/^f: a batch must be/)
  for (const source of ['text', 7, null, {}])
    expect(told(() => checkBatches('f', source))).toMatch(/^f: the source must be/)
  for (const source of [[], (async function* () {})(), new Set()]) checkBatches('f', source)
})

describe('joining columns', () => {
  const type = new Dictionary(new Utf8(), new Int8())

  test('one dictionary is shared, others are joined', () => {
    const one = of(type, 'a', 'b')
    const same = dataOfType(type, { length: 1, data: Int8Array.of(1), dictionary: one.dictionary })
    expect(concatColumns(type, [one, same]).dictionary).toBe(one.dictionary)
    const both = concatColumns(type, [one, of(type, 'b', 'c'), same])
    expect(both.dictionary).not.toBe(one.dictionary)
    expect(read(both)).toEqual(['a', 'b', 'b', 'c', 'b'])
  })

  test('indices that outgrow their type are LIMIT_EXCEEDED, those of 64 bits where they would move', () => {
    const many = (from: number) => of(type, ...Array.from({ length: 70 }, (_, n) => `${from + n}`))
    expect(thrown(() => concatColumns(type, [many(0), many(100)])).code).toBe('LIMIT_EXCEEDED')
    const wide = new Dictionary(new Utf8(), new Int64() as never)
    const column = (text: string) =>
      dataOfType(wide, { length: 1, data: BigInt64Array.of(0n), dictionary: makeVector(of(new Utf8(), text)) })
    expect(thrown(() => concatColumns(wide, [column('a'), column('b')])).code).toBe('LIMIT_EXCEEDED')
    const one = column('a')
    expect(concatColumns(wide, [one, one]).length).toBe(2)
  })

  test('slices are joined by what they hold', () => {
    const columns = (type: DataType, ...values: unknown[]) => {
      const whole = of(type, ...values)
      return concatColumns(type, [whole.slice(1, 2), whole.slice(0, 1), whole.slice(2, 0), whole.slice(3, 1)])
    }
    for (const [type, values] of [
      [new Utf8(), ['a', null, 'ccc', 'dd']],
      [new Binary(), [bytes(1), null, bytes(2, 3), bytes(4)]],
      [list(new Int32()), [[1], null, [2, 3], [4]]],
      [new Int32(), [1, null, 3, 4]],
      [new Bool(), [true, null, false, true]],
      [new FixedSizeList(2, new Field('item', new Int32(), true)), [[1, 2], null, [3, 4], [5, 6]]],
    ] as const) {
      const joined = columns(type, ...values)
      expect(read(joined)).toEqual([values[1], values[2], values[0], values[3]])
      expect(joined.nullCount).toBe(1)
      expect(concatColumns(type, [of(type, values[0]), of(type, values[2])]).nullCount).toBe(0)
    }
  })

  test('large texts and bytes are read, joined and compared as small ones', () => {
    const large = (type: DataType) =>
      dataOfType(type, { length: 3, valueOffsets: BigInt64Array.of(0n, 1n, 3n, 3n), data: Buffer.from('abb') })
    expect(read(large(new LargeUtf8()))).toEqual(['a', 'bb', ''])
    expect(read(large(new LargeBinary()))).toEqual([bytes(97), bytes(98, 98), bytes()])
    const joined = concatColumns(new LargeUtf8(), [large(new LargeUtf8()).slice(1, 2), large(new LargeUtf8())])
    expect(read(joined)).toEqual(['bb', '', 'a', 'bb', ''])
    const binary = concatColumns(new LargeBinary(), [large(new LargeBinary()).slice(1, 1), large(new LargeBinary())])
    expect(read(binary)).toEqual([bytes(98, 98), bytes(97), bytes(98, 98), bytes()])
  })

  test('a dictionary without entries has nulls alone', () => {
    for (const entries of [
      new Utf8(),
      new Int32(),
      new Bool(),
      list(new Int32()),
      new Struct([new Field('a', new Utf8())]),
    ]) {
      const type = new Dictionary(entries, new Int8())
      const nulls = { length: 2, nullCount: 2, nullBitmap: bytes(0), data: Int8Array.of(0, 0) }
      const decoded = decodeDictionary(dataOfType(type, { ...nulls, dictionary: makeVector(of(entries)) }))
      expect([decoded.nullCount, read(decoded)]).toEqual([2, [null, null]])
    }
  })

  test('views are plain columns of their bytes', () => {
    const views = (kind: DataType) => {
      const data = new Uint8Array(32)
      new DataView(data.buffer).setInt32(0, 1, true)
      data[4] = 97
      new DataView(data.buffer).setInt32(16, 2, true)
      data.set([98, 99], 20)
      return dataOfType(kind, { length: 2, views: data, variadicBuffers: [] })
    }
    for (const [kind, plain, values] of [
      [new Utf8View(), new Utf8(), ['a', 'bc']],
      [new BinaryView(), new Binary(), [bytes(97), bytes(98, 99)]],
    ] as const) {
      expect(layoutOf(kind)).toBe('view')
      expect(String(plainType(kind))).toBe(String(plain))
      expect(read(plainColumn(views(kind)))).toEqual(values)
      expect(plainColumn(views(kind)).type.typeId).toBe(plain.typeId)
      expect(thrown(() => concatColumns(kind, [views(kind), views(kind)])).code).toBe('UNSUPPORTED_FORMAT')
      const long = views(kind)
      new DataView(long.values.buffer).setInt32(0, 13, true)
      expect(thrown(() => read(long)).code).toBe('UNSUPPORTED_FORMAT')
    }
    for (const kind of [new LargeUtf8(), new LargeBinary()]) expect(layoutOf(kind)).toBe('bytes')
    expect(plainType(new Dictionary(new Utf8View(), new Int8())).typeId).toBe(new Utf8().typeId)
    expect(checkedOffset(2 ** 31 - 1)).toBe(2 ** 31 - 1)
    expect(thrown(() => checkedOffset(2 ** 31)).code).toBe('LIMIT_EXCEEDED')
  })
})

test('intervals and decimals of a negative scale are read', () => {
  const intervals = makeData({ type: new IntervalDayTime(), length: 2, data: Int32Array.of(1, 2, 3, 4) })
  expect(read(intervals)).toEqual([Int32Array.of(1, 2), Int32Array.of(3, 4)])
  const decimals = (scale: number) =>
    makeData({ type: new Decimal(scale, 10, 128), length: 1, data: Uint32Array.of(15, 0, 0, 0) })
  expect([-2, 0, 1].map((scale) => read(decimals(scale))[0])).toEqual(['1500', '15', '1.5'])
})

describe('missing rows and their replacement', () => {
  test('of nulls, and of entries of a dictionary, in a slice as well', () => {
    expect([...missingRows(of(new Null(), null, null))]).toEqual([0, 1])
    const type = new Dictionary(new Utf8(), new Int8())
    const data = of(type, 'a', null, 'b', null)
    expect([...missingRows(data)]).toEqual([1, 3])
    expect([...missingRows(data.slice(0, 3))]).toEqual([1])
    expect([...missingRows(data.slice(1, 2))]).toEqual([0])
    const numbers = of(new Int32(), ...Array.from({ length: 30 }, (_, row) => (row % 3 === 0 ? null : row)))
    for (const [start, length] of [
      [0, 30],
      [0, 12],
      [1, 3],
      [1, 2],
      [5, 17],
      [8, 8],
    ] as const) {
      const expected = Array.from({ length }, (_, row) => row).filter((row) => (start + row) % 3 === 0)
      expect([...missingRows(numbers.slice(start, length))]).toEqual(expected)
    }
    expect([...missingRows(of(new Float64(), 1, Number.NaN, null).slice(0, 1))]).toEqual([])
  })

  test('long texts, the last row among them, from a slice of more', () => {
    const [a, b] = ['a'.repeat(40), 'b'.repeat(40)]
    const fills = of(new Utf8(), 'c'.repeat(99), a, b, 'd'.repeat(99)).slice(1, 2)
    const data = of(new Utf8(), null, 'x', null)
    expect(read(replaceRows(data, Int32Array.of(0, 2), fills))).toEqual([a, 'x', b])
  })

  test('texts of several lengths, the last row among them, from a slice of more', () => {
    const data = of(new Utf8(), 'x', null, 'yy', null)
    const fills = of(new Utf8(), 'zero', 'aa', 'b', 'cccc').slice(1, 2)
    expect(read(replaceRows(data, Int32Array.of(1, 3), fills))).toEqual(['x', 'aa', 'yy', 'b'])
    expect(read(replaceRows(data, Int32Array.of(1, 3), fills.slice(0, 1)))).toEqual(['x', 'aa', 'yy', 'aa'])
  })
})

describe('rows', () => {
  const table = tableFromRows([{ a: 1, b: 'x' }])
  const [batch = table.batches[0] as never] = table.batches

  test('a view of a row has its columns alone, and cannot be written', () => {
    const row = rowViews(batch, 0)(0)
    expect(['a' in row, 'c' in row, Symbol.iterator in row, 'toString' in row]).toEqual([true, false, false, false])
    expect(Object.getOwnPropertyDescriptor(row, 'c')).toBeUndefined()
    expect(Object.getOwnPropertyDescriptor(row, Symbol.iterator)).toBeUndefined()
    expect(Object.getOwnPropertyDescriptor(row, 'a')).toEqual({
      value: 1,
      enumerable: true,
      configurable: true,
      writable: false,
    })
    expect((row as Record<symbol, unknown>)[Symbol.iterator]).toBeUndefined()
    expect({ ...row }).toEqual({ a: 1, b: 'x' })
    expect(Reflect.set(row, 'a', 2)).toBe(false)
  })

  test('a value that cannot be read is told with its row of the table', () => {
    const field = new Field('t', columnType('time'), true)
    const schema = new Schema([field])
    const units = (...values: bigint[]) =>
      dataOfType(field.type, { length: values.length, data: BigInt64Array.from(values) })
    const batches = [recordBatch(schema, [units(1n, 2n)], 2), recordBatch(schema, [units(3n, -1n)], 2)]
    const broken = { schema, batches } as never
    expect(thrown(() => [...rowsFromTable(broken)])).toMatchObject({ position: { row: 4, column: 't' } })
  })

  test('rows of a batch, as views', () => {
    const three = tableFromRows([{ a: 1 }, { a: 2 }, { a: 3 }]).batches[0] as never
    expect(sliceRows(three, 0, 3)).toBe(three)
    const some = (start: number, end: number) => {
      const part = sliceRows(three, start, end)
      return [part.numRows, read(part.data.children[0] as Data)]
    }
    expect([some(0, 2), some(1, 3), some(1, 1)]).toEqual([
      [2, [1, 2]],
      [2, [2, 3]],
      [0, []],
    ])
  })

  test('a field keeps its metadata under another name, not of another type', () => {
    const field = new Field('a', new Int8(), false, new Map([['k', 'v']]))
    expect(changedField(field, { name: 'b' })).toMatchObject({ name: 'b', nullable: false, metadata: field.metadata })
    expect(changedField(field, { type: new Int16() }).metadata.size).toBe(0)
  })

  test('batches of 65,536 rows, none empty but the first', () => {
    const counts = (rows: number) =>
      tableFromRows(Array.from({ length: rows }, () => ({ a: true }))).batches.map(({ numRows }) => numRows)
    expect([counts(0), counts(65_536), counts(65_537)]).toEqual([[0], [65_536], [65_536, 1]])
  })

  test('a pinned column takes what its type takes, of several kinds', () => {
    const rows = [{ a: '1.5' }, { a: 2n }, { a: 0.5 }, { a: null }]
    expect(Array.from(rowsFromTable(tableFromRows(rows, { schema: { a: 'decimal(5,2)' } })), ({ a }) => a)).toEqual([
      '1.50',
      '2.00',
      '0.50',
      null,
    ])
  })
})

describe('shapes', () => {
  const shapeOf = (...values: unknown[]) => {
    const shape = emptyShape()
    for (const value of values) learnShape(shape, value)
    return shape
  }

  test.each<[string, unknown[], boolean]>([
    ['nothing', [null], false],
    ['a number', [1], true],
    ['an empty list', [[]], false],
    ['a list of nothing', [[null]], false],
    ['a list', [[], [1]], true],
    ['an empty map', [new Map()], false],
    ['a map without values', [new Map([['a', null]])], false],
    ['a map without keys', [new Map([[null, 1]])], false],
    ['a map', [new Map([['a', 1]])], true],
    ['an empty struct', [{}], false],
    ['a struct of nothing', [{ a: 1, b: null }], false],
    ['a struct', [{ a: 1, b: [2] }], true],
  ])('%s is complete: %s %s', (_, values, isWhole) => {
    expect(isComplete(shapeOf(...values))).toBe(isWhole)
  })

  test('the fields that they become', () => {
    const map = shapeField('m', shapeOf(new Map([['a', 1]])))
    const entries = map.type.children[0] as Field
    expect([map.nullable, entries.name, entries.nullable]).toEqual([true, 'entries', false])
    expect((entries.type as Struct).children.map(({ name, nullable, type }) => [name, nullable, String(type)])).toEqual(
      [
        ['key', false, 'Utf8'],
        ['value', true, 'Float64'],
      ],
    )
    const empty = (shapeField('m', shapeOf(new Map())).type.children[0] as Field).type as Struct
    expect(empty.children.map(({ type }) => String(type))).toEqual(['Utf8', 'Utf8'])
    expect(String(shapeField('l', shapeOf([])).type)).toBe('List<Utf8>')
  })
})

describe('ranges of rows', () => {
  test('numbers that come first, one by one', () => {
    const runs = (numbers: number[], next: number, end: number) => {
      const { starts, lengths, count, rows } = countingRuns(Int32Array.from(numbers), next, end)
      return [[...starts.subarray(0, count)], [...lengths.subarray(0, count)], rows]
    }
    expect(runs([0, 1, 0, 2, 3, 1], 0, 4)).toEqual([[0, 3], [2, 2], 4])
    expect(runs([5, 6, 5, 7], 5, 7)).toEqual([[0], [2], 2])
    expect(runs([0, 1], 2, 2)).toEqual([[], [], 0])
  })

  test('items of lists', () => {
    const offsets = Int32Array.of(3, 5, 5, 9, 12)
    const runs = rowRangesOf(Int32Array.of(0, 1, 3), 3)
    expect(itemCount(runs, offsets)).toBe(2 + 3)
    expect(itemRuns(runs, offsets)).toMatchObject({
      starts: Int32Array.of(3, 9),
      lengths: Int32Array.of(2, 3),
      rows: 5,
    })
  })

  const rows = 9000
  const numbers = Int32Array.from({ length: rows }, (_, row) => row * 7)
  const texts = Array.from({ length: rows }, (_, row) => `${row}`.repeat(row % 40))
  const text = of(new Utf8(), ...texts)
  const bits = new Uint8Array(rows / 8 + 1).map((_, at) => at * 37)

  law(
    'gather: the kernel takes what the direct way does, of ranges in any order, near and far, short and long',
    fc.property(
      fc.array(fc.tuple(fc.nat(rows - 1), fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 400 }),
      fc.constantFrom('as drawn', 'ascending', 'ascending, of few'),
      (drawn, order) => {
        const sorted = order === 'as drawn' ? drawn : [...drawn].sort(([left], [right]) => left - right)
        const every =
          order === 'ascending'
            ? sorted.flatMap(([start, length], at) => (at % 2 === 0 ? [[start, length] as const] : []))
            : sorted
        const indices = every.flatMap(([start, length]) =>
          Array.from({ length }, (_, step) => start + step).filter((row) => row < rows),
        )
        const runs = rowRangesOf(Int32Array.from(indices), indices.length)
        const kernel = gatherInKernel()
        const [near, far] = [kernel, directGather].map((gather) => {
          const fixed = new Int32Array(indices.length)
          gather.fixed(numbers, 1, runs, fixed)
          const taken = new Uint8Array((indices.length + 7) >> 3)
          gather.bits(bits, 3, runs, taken)
          const offsets = new Int32Array(indices.length + 1)
          const out = new Uint8Array(itemCount(runs, text.valueOffsets))
          gather.text(text.values, text.valueOffsets, runs, out, offsets)
          return [Buffer.from(fixed.buffer), Buffer.from(taken), Buffer.from(offsets.buffer), Buffer.from(out)]
        })
        expect(near?.map((each, at) => each.equals(far?.[at] as Buffer))).toEqual([true, true, true, true])
        expect(Buffer.from(Int32Array.from(indices, (row) => row * 7).buffer).equals(far?.[0] as Buffer)).toBe(true)
      },
    ),
    { runs: 60 },
  )

  test('ranges with a wide gap between them are taken all the same', () => {
    const far = 60_000
    const wide = Int32Array.from({ length: 4 * (far + 6000) }, (_, at) => at)
    const indices = [
      ...Array.from({ length: 2500 }, (_, at) => at * 2),
      ...Array.from({ length: 2500 }, (_, at) => far + at * 2),
    ]
    const runs = rowRangesOf(Int32Array.from(indices), indices.length)
    const out = new Int32Array(4 * indices.length)
    gatherInKernel().fixed(wide, 4, runs, out)
    expect(out.every((value, at) => value === 4 * (indices[at >> 2] as number) + (at & 3))).toBe(true)
  })

  test('texts beyond what the kernel has room for are taken all the same', () => {
    const long = of(new Utf8(), ...Array.from({ length: 4000 }, (_, row) => `${row % 10}`.repeat(150)))
    const indices = Int32Array.from({ length: 2000 }, (_, at) => at * 2)
    const runs = rowRangesOf(indices, indices.length)
    const out = new Uint8Array(itemCount(runs, long.valueOffsets))
    const offsets = new Int32Array(indices.length + 1)
    gatherInKernel().text(long.values, long.valueOffsets, runs, out, offsets)
    const expected = Array.from(indices, (row) => `${row % 10}`.repeat(150)).join('')
    expect(Buffer.from(out).equals(Buffer.from(expected))).toBe(true)
    expect(offsets.at(-1)).toBe(expected.length)
  })
})

describe('rows whose hashes all meet', () => {
  /** Numbers the rows under one hash for all of them, so that only their comparison tells them apart. */
  function numbered(
    columns: readonly Data[][],
    compare: 'copy' | 'share',
    hashes: 'one' | 'two' | 'real' = 'one',
  ): number[][] {
    const kernel = rowHashKernel()
    const zeros = kernel.memory.reserve(BLOCK_ROWS * HASH)
    if (hashes === 'two')
      for (let row = 1; row < BLOCK_ROWS; row += 2)
        kernel.memory.bytes.fill(255, zeros + row * HASH, zeros + (row + 1) * HASH)
    const hash = hashes === 'real' ? rowHash(kernel, Int32Array.of(1, 2, 3, 4)) : () => zeros
    const distinct = distinctRows({ kernel, hash, compare })
    return columns.map((batch) => {
      const rows = batch[0]?.length ?? 0
      const out = new Int32Array(rows)
      distinct.number(batch, rows, out)
      return [...out]
    })
  }
  const struct = new Struct([new Field('f', new Float64(), true), new Field('l', list(new Utf8()), true)])
  const cases: [string, DataType, unknown[], number[]][] = [
    ['bool', new Bool(), [true, false, null, true, false, null], [0, 1, 2, 0, 1, 2]],
    ['int', new Int32(), [1, 2, 1, null, 0, null], [0, 1, 0, 2, 3, 2]],
    ['double', new Float64(), [0, -0, Number.NaN, null, Number.NaN, 1, null], [0, 0, 1, 2, 1, 3, 2]],
    ['float', new Float32(), [0, -0, Number.NaN, 0.5, Number.NaN, 0.5, 2], [0, 0, 1, 2, 1, 2, 3]],
    ['text', new Utf8(), ['', 'a', null, 'ab', 'b', 'a', '', null], [0, 1, 2, 3, 4, 1, 0, 2]],
    ['binary', new FixedSizeBinary(2), [bytes(1, 2), bytes(1, 3), bytes(1, 2)], [0, 1, 0]],
    [
      'list',
      list(new Float64()),
      [[0], [-0], [Number.NaN], [], null, [Number.NaN], [0, 0], [null], [1.5], [2.5]],
      [0, 0, 1, 2, 3, 1, 4, 5, 6, 7],
    ],
    [
      'struct',
      struct,
      [{ f: 0, l: ['a', 'b'] }, { f: -0, l: ['a', 'b'] }, { f: 0, l: ['ab', ''] }, { f: 0, l: null }, null],
      [0, 0, 1, 2, 3],
    ],
    ['list of bool', list(new Bool()), [[true], [false], [true], [true, false]], [0, 1, 0, 2]],
    ['list of int', list(new Int32()), [[1, 2], [1], [1, 2], [258]], [0, 1, 0, 2]],
    ['list of binary', list(new Binary()), [[bytes(1, 2)], [bytes(1), bytes(2)], [bytes(1, 2)]], [0, 1, 0]],
    ['dictionary', new Dictionary(new Utf8(), new Int8()), ['a', 'b', 'a', null], [0, 1, 0, 2]],
    ['null', new Null(), [null, null], [0, 0]],
  ]

  test.each(cases)('%s', (_, type, values, expected) => {
    const column = of(type, ...values)
    const mirrored = of(type, ...[...values].reverse())
    for (const compare of ['copy', 'share'] as const) {
      expect(numbered([[column], [column], [mirrored]], compare)).toEqual([expected, expected, [...expected].reverse()])
      const slices = [column.slice(0, 1), column.slice(1, values.length - 1)]
      expect(
        numbered(
          slices.map((each) => [each]),
          compare,
        ),
      ).toEqual([expected.slice(0, 1), expected.slice(1)])
    }
    expect(numbered([[column], [mirrored]], 'share', 'real')).toEqual([expected, [...expected].reverse()])
  })

  test('every NaN is one, whatever its bits', () => {
    const doubles = dataOfType(new Float64(), {
      length: 3,
      data: new Float64Array(BigUint64Array.of(0x7ff8n << 48n, (0xfff8n << 48n) | 1n, 1n).buffer),
    })
    const singles = dataOfType(new Float32(), {
      length: 3,
      data: new Float32Array(Uint32Array.of(0x7fc00000, 0xffc00001, 1).buffer),
    })
    const nested = dataOfType(list(new Float64()), {
      length: 3,
      valueOffsets: Int32Array.of(0, 1, 2, 3),
      child: doubles,
    })
    for (const column of [doubles, singles, nested])
      for (const hashes of ['one', 'real'] as const) expect(numbered([[column]], 'share', hashes)).toEqual([[0, 0, 1]])
  })

  test('hashes that lie side by side in their table, each of many rows', () => {
    const values = Array.from({ length: 40 }, (_, row) => row % 10)
    expect(numbered([[of(new Int32(), ...values)]], 'share', 'two')).toEqual([values])
  })

  test('many rows, in several blocks, of texts and nulls', () => {
    const values = Array.from({ length: 10_000 }, (_, row) =>
      row % 7 === 0 ? null : `${row % 5000}`.repeat(1 + ((row % 5000) % 4)),
    )
    const numbers = new Map<unknown, number>()
    const expected = values.map((value) => {
      const number = numbers.get(value) ?? numbers.size
      numbers.set(value, number)
      return number
    })
    const flags = values.map((_, row) => (row % 3 === 0 ? null : row % 2 === 0))
    expect(numbered([[of(new Utf8(), ...values)]], 'share', 'real')).toEqual([expected])
    expect(new Set(numbered([[of(new Bool(), ...flags)]], 'share', 'real')[0])).toEqual(new Set([0, 1, 2]))
  })

  test('of two columns both count', () => {
    const [a, b] = [of(new Int32(), 1, 1, 2, 1), of(new Utf8(), 'x', 'y', 'x', 'x')]
    expect(numbered([[a, b]], 'share')).toEqual([[0, 1, 2, 0]])
  })
})
