import {
  Binary,
  Bool,
  Data,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationMillisecond,
  DurationNanosecond,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  IntervalYearMonth,
  LargeBinary,
  LargeUtf8,
  List,
  Map_,
  makeData,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimeSecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { encodeJson, encodeNdjson, json, ndjson } from '../../../../src/codecs/json/json.ts'
import { EXTENSION_KEY, JSON_EXTENSION } from '../../../../src/columns/extension-type.ts'
import { type Cell, dataOf } from '../../../support/arbitrary-table.ts'
import { stream } from '../../../support/streams.ts'
import { bytes, collect, failureOf, text } from '../support.ts'

/** The JSON of a column, value by value. */
function columnText(
  data: Data,
  options: Parameters<typeof encodeNdjson>[1] = {},
  field = new Field('v', data.type),
): string[] {
  return text(encodeNdjson(tableOf([[field, data]]), options))
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/^\{"v":(.*)\}$/, '$1'))
}

function tableOf(columns: readonly (readonly [Field, Data])[]): Table {
  const schema = new Schema(columns.map(([field]) => field))
  const children = columns.map(([, data]) => data)
  const length = children[0]?.length ?? 0
  return new Table([
    new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children })),
  ])
}

const day = 86_400_000n
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const

describe('values of every type', () => {
  test.each<[string, DataType, readonly Cell[], readonly string[]]>([
    ['bool', new Bool(), [true, false, null, true], ['true', 'false', 'null', 'true']],
    ['int8', new Int8(), [-128, 127, null], ['-128', '127', 'null']],
    ['int16', new Int16(), [-32_768, 32_767], ['-32768', '32767']],
    ['int32', new Int32(), [-(2 ** 31), 2 ** 31 - 1], ['-2147483648', '2147483647']],
    ['int64', new Int64(), [0n, null, ...INT64], ['0', 'null', '-9223372036854775808', '9223372036854775807']],
    ['uint8', new Uint8(), [0, 255], ['0', '255']],
    ['uint16', new Uint16(), [65_535], ['65535']],
    ['uint32', new Uint32(), [2 ** 32 - 1], ['4294967295']],
    ['uint64', new Uint64(), [2n ** 64n - 1n, 2n ** 63n], ['18446744073709551615', '9223372036854775808']],
    ['float64', new Float64(), [-0, 1.5, 1e21, null, 2 ** 53], ['-0', '1.5', '1e+21', 'null', '9.007199254740992e+15']],
    ['float32', new Float32(), [0.1, -0, 16_777_217, 1e-45].map(Math.fround), ['0.1', '-0', '16777216', '1.4013e-45']],
    [
      'float32 of more digits',
      new Float32(),
      [1.2345678, 8.589973e9, 0].map(Math.fround),
      ['1.2345678', '8589973504', '0'],
    ],
    [
      'text',
      new Utf8(),
      ['', null, 'é"\\/', '\n\r\t\b\f\0\x1f\x7f'],
      ['""', 'null', '"é\\"\\\\/"', '"\\n\\r\\t\\b\\f\\u0000\\u001f\x7f"'],
    ],
    ['binary', new Binary(), [new Uint8Array(0), Uint8Array.of(1, 2, 3, 4), null], ['""', '"AQIDBA=="', 'null']],
    ['bytes of one length', new FixedSizeBinary(2), [Uint8Array.of(0, 255), Uint8Array.of(1, 2)], ['"AP8="', '"AQI="']],
    ['date', new DateDay(), [0, -1, 19_782, null], ['"1970-01-01"', '"1969-12-31"', '"2024-02-29"', 'null']],
    ['decimal', new Decimal(2, 6, 128), [-1n, 0n, 123_456n], ['-0.01', '0.00', '1234.56']],
    [
      'decimal without scale',
      new Decimal(0, 38, 128),
      [10n ** 37n, -(10n ** 37n)],
      [`1${'0'.repeat(37)}`, `-1${'0'.repeat(37)}`],
    ],
    ['time of day [s]', new TimeSecond(), [0, 86_399], ['"00:00:00"', '"23:59:59"']],
    ['time of day [ms]', new TimeMillisecond(), [0, 86_399_999], ['"00:00:00"', '"23:59:59.999"']],
    ['time of day [us]', new TimeMicrosecond(), [1n], ['"00:00:00.000001"']],
    ['time of day [ns]', new TimeNanosecond(), [86_399_999_999_999n], ['"23:59:59.999999999"']],
    [
      'timestamp [ms]',
      new TimestampMillisecond('UTC'),
      [0n, -1n, null],
      ['"1970-01-01T00:00:00Z"', '"1969-12-31T23:59:59.999Z"', 'null'],
    ],
    ['timestamp [us]', new TimestampMicrosecond('UTC'), [1n], ['"1970-01-01T00:00:00.000001Z"']],
    ['timestamp [ns]', new TimestampNanosecond('Europe/Berlin'), [-1n], ['"1969-12-31T23:59:59.999999999Z"']],
    ['local time [s]', new TimestampSecond(), [day / 1000n, -1n], ['"1970-01-02T00:00:00"', '"1969-12-31T23:59:59"']],
    ['instant [s]', new TimestampSecond('UTC'), [day / 1000n], ['"1970-01-02T00:00:00Z"']],
    ['local time [ms]', new TimestampMillisecond(), [1n], ['"1970-01-01T00:00:00.001"']],
    ['local time [us]', new TimestampMicrosecond(''), [1n], ['"1970-01-01T00:00:00.000001"']],
    ['duration [ms]', new DurationMillisecond(), [-5n, 2n ** 40n], ['-5', '1099511627776']],
    ['duration [ns]', new DurationNanosecond(), [...INT64], ['-9223372036854775808', '9223372036854775807']],
    ['nothing', new Null(), [null, null], ['null', 'null']],
    ['dictionary', new Dictionary(new Utf8(), new Int8()), ['a', null, 'b"', 'a'], ['"a"', 'null', '"b\\""', '"a"']],
    ['dictionary of numbers', new Dictionary(new Int64(), new Int32()), [7n, -7n, 7n], ['7', '-7', '7']],
    [
      'list',
      new List(new Field('item', new Int64(), true)),
      [[], null, [1n], [2n, null, 3n]],
      ['[]', 'null', '[1]', '[2,null,3]'],
    ],
    [
      'list of one length',
      new FixedSizeList(2, new Field('item', new Bool(), true)),
      [[true, null], null, [false, false]],
      ['[true,null]', 'null', '[false,false]'],
    ],
    [
      'struct',
      new Struct([new Field('x', new Int32(), true), new Field('é"', new Utf8(), true)]),
      [{ x: 1, 'é"': null }, null],
      ['{"x":1,"é\\"":null}', 'null'],
    ],
    ['struct without fields', new Struct([]), [{}, null], ['{}', 'null']],
  ])('%s', (_, type, cells, expected) => {
    expect(columnText(dataOf(type, cells))).toEqual(expected)
    const sliced = dataOf(type, [...cells, ...cells]).slice(1, 2 * cells.length - 1)
    expect(columnText(sliced)).toEqual([...expected, ...expected].slice(1))
    const whole = columnText(
      dataOf(
        type,
        Array.from({ length: 40 }, (_, row) => cells[row % cells.length] as Cell),
      ),
    )
    expect(whole).toEqual(Array.from({ length: 40 }, (_, row) => expected[row % expected.length]))
  })

  test('texts and bytes with 64-bit offsets, and views', () => {
    expect(columnText(vectorFromArray(['a', null, 'é"'], new LargeUtf8()).data[0] as Data)).toEqual([
      '"a"',
      'null',
      '"é\\""',
    ])
    const large = vectorFromArray([Uint8Array.of(1, 2), null, Uint8Array.of()], new LargeBinary()).data[0] as Data
    expect(columnText(large)).toEqual(['"AQI="', 'null', '""'])
  })

  test('floats of 16 bits in few digits, integers with all of them', () => {
    const data = makeData({
      type: new Float16(),
      length: 5,
      nullCount: 0,
      data: Uint16Array.of(0x2e66, 0x3c00, 0x8000, 0x7bff, 1),
    })
    expect(columnText(data)).toEqual(['0.099975586', '1', '-0', '65504', '5.9604645e-8'])
  })

  test('dates in milliseconds are instants', () => {
    const data = makeData({
      type: new DateMillisecond(),
      length: 2,
      nullCount: 0,
      data: BigInt64Array.of(0n, -day) as never,
    })
    expect(columnText(data)).toEqual(['"1970-01-01T00:00:00Z"', '"1969-12-31T00:00:00Z"'])
  })

  test('columns without validity bits have no nulls', () => {
    const type = new Int32()
    const values = Int32Array.of(1, 2)
    for (const bits of [undefined, null, new Uint8Array(0)])
      expect(columnText(new Data(type, 0, 2, -1, [undefined, values, bits as never]))).toEqual(['1', '2'])
    expect(columnText(new Data(type, 0, 2, 0, [undefined, values, Uint8Array.of(0)] as never))).toEqual(['1', '2'])
    expect(columnText(new Data(type, 0, 2, 1, [undefined, values, Uint8Array.of(2)] as never))).toEqual(['null', '2'])
    expect(columnText(makeData({ type: new Null(), length: 1 }))).toEqual(['null'])
  })

  test('a dictionary of several chunks, and one that is missing', () => {
    const type = new Dictionary(new Utf8(), new Int32())
    const dictionary = vectorFromArray(['a', 'b'], new Utf8()).concat(vectorFromArray(['c'], new Utf8()))
    const data = makeData({ type, length: 5, nullCount: 0, data: Int32Array.of(2, 0, 1, 2, 0), dictionary })
    expect(columnText(data)).toEqual(['"c"', '"a"', '"b"', '"c"', '"a"'])
    expect(columnText(new Data(type, 0, 1, 0, [undefined, Int32Array.of(0)] as never))).toEqual(['null'])
  })

  test('NaN and infinities', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.5]
    for (const type of [new Float64(), new Float32()]) {
      expect(columnText(dataOf(type, values), { nonFinite: 'null' })).toEqual(['null', 'null', 'null', '1.5'])
      for (const value of values.slice(0, 3)) {
        const error = failureOf(() => columnText(dataOf(type, [1.5, value])))
        expect(error).toMatchObject({ code: 'TYPE_MISMATCH', position: { row: 2, column: 'v' } })
      }
    }
    expect(failureOf(() => encodeJson(new Table(), { nonFinite: 'none' as never })).code).toBe('OPTION_INVALID')
    expect(failureOf(() => json({ nonFinite: 'none' as never })).code).toBe('OPTION_INVALID')
  })

  test('types that JSON cannot hold', () => {
    const data = makeData({ type: new IntervalYearMonth(), length: 1, nullCount: 0, data: Int32Array.of(1) })
    expect(failureOf(() => columnText(data))).toMatchObject({ code: 'UNSUPPORTED_FORMAT', position: { column: 'v' } })
    const list = makeData({
      type: new List(new Field('x', data.type)),
      length: 1,
      nullCount: 0,
      valueOffsets: Int32Array.of(0, 1),
      child: data,
    })
    expect(failureOf(() => columnText(list))).toMatchObject({ position: { column: 'v.item' } })
    const struct = makeData({
      type: new Struct([new Field('x', data.type)]),
      length: 1,
      nullCount: 0,
      children: [data],
    })
    expect(failureOf(() => columnText(struct))).toMatchObject({ position: { column: 'v.x' } })
  })
})

describe('maps', () => {
  const mapOf = (key: DataType, value: DataType): DataType =>
    new Map_(
      new Field('entries', new Struct([new Field('key', key, false), new Field('value', value, true)]) as never, false),
    )
  const written = (key: DataType, cells: readonly Cell[]): string[] =>
    columnText(dataOf(mapOf(key, new Int64()), cells))

  test.each<[string, DataType, Cell, string]>([
    ['text', new Utf8(), 'é"', '"é\\""'],
    ['int32', new Int32(), -5, '"-5"'],
    ['int64', new Int64(), 2n ** 60n, '"1152921504606846976"'],
    ['date', new DateDay(), 1, '"1970-01-02"'],
  ])('with keys of type %s', (_, type, key, expected) => {
    expect(written(type, [[[key, 1n]], []])).toEqual([`{${expected}:1}`, '{}'])
  })

  test('of several entries', () => {
    expect(
      written(new Utf8(), [
        [
          ['a', 1n],
          ['b', null],
        ],
        null,
        [['a', 3n]],
      ]),
    ).toEqual(['{"a":1,"b":null}', 'null', '{"a":3}'])
  })

  test('that repeat a key, and whose keys are of other types', () => {
    const repeated = (): unknown =>
      written(new Utf8(), [
        [['a', 1n]],
        [
          ['a', 1n],
          ['b', 2n],
          ['a', 3n],
        ],
      ])
    expect(failureOf(repeated)).toMatchObject({ code: 'TYPE_MISMATCH', position: { row: 2, column: 'v' } })
    for (const key of [new Bool(), new Binary()]) {
      const error = failureOf(() => columnText(dataOf(mapOf(key, new Int64()), [[]])))
      expect(error).toMatchObject({ code: 'UNSUPPORTED_FORMAT', position: { column: 'v' } })
    }
    const value = makeData({ type: new IntervalYearMonth(), length: 0, nullCount: 0, data: new Int32Array(0) })
    const keys = dataOf(new Utf8(), [])
    const type = mapOf(new Utf8(), value.type) as Map_
    const entries = makeData({
      type: type.children[0]?.type as Struct,
      length: 0,
      nullCount: 0,
      children: [keys, value],
    })
    const data = makeData({ type, length: 1, nullCount: 0, valueOffsets: Int32Array.of(0, 0), child: entries as never })
    expect(failureOf(() => columnText(data))).toMatchObject({ position: { column: 'v.value' } })
  })
})

describe('text marked as JSON', () => {
  const marked = (name: string) => new Field(name, new Utf8(), true, new Map([[EXTENSION_KEY, JSON_EXTENSION]]))
  const jsonText = (cells: readonly Cell[]): string[] => columnText(dataOf(new Utf8(), cells), {}, marked('v'))

  test('is written as JSON without white space, at any length', () => {
    const long = `[${'1, '.repeat(50_000)}1]`
    expect(jsonText(['1', ' {"a" :\r\n[ true,"\\" x" ] }\t', null, '"é"', long])).toEqual([
      '1',
      '{"a":[true,"\\" x"]}',
      'null',
      '"é"',
      long.replaceAll(' ', ''),
    ])
    const edges = [65_533, 65_534, 65_535, 65_536, 65_537].map((length) => `"${'x'.repeat(length)}"`)
    expect(jsonText(edges)).toEqual(edges)
    expect(jsonText(edges.toReversed())).toEqual(edges.toReversed())
  })

  test('in structs and lists, too', () => {
    const struct = new Struct([marked('j'), new Field('s', new Utf8(), true)])
    expect(columnText(dataOf(struct, [{ j: '[1 ]', s: '[1 ]' }]))).toEqual(['{"j":[1],"s":"[1 ]"}'])
    expect(columnText(dataOf(new List(marked('item')), [['[1 ]', null]]))).toEqual(['[[1],null]'])
  })

  test.each(['', ' ', 'x', '1 1', '{', '"a', '[1,]', '1,', '"\\ud800"'])('that is not JSON is refused: %j', (value) => {
    const error = failureOf(() => jsonText(['1', '[2]', value]))
    expect(error).toMatchObject({ code: 'TYPE_MISMATCH', position: { row: 3, column: 'v' } })
  })

  test('deep nesting is written, and bytes that are not UTF-8 are not', () => {
    const deep = `${'['.repeat(400)}${']'.repeat(400)}`
    expect(jsonText([deep])).toEqual([deep])
    const data = makeData({
      type: new Utf8(),
      length: 1,
      nullCount: 0,
      valueOffsets: Int32Array.of(0, 3),
      data: Uint8Array.of(0x22, 0xff, 0x22),
    })
    expect(failureOf(() => columnText(data, {}, marked('v')))).toMatchObject({
      code: 'TYPE_MISMATCH',
      position: { row: 1 },
    })
    expect(failureOf(() => columnText(data))).toMatchObject({ code: 'ENCODING_INVALID', position: { column: 'v' } })
    const outside = makeData({
      type: new Utf8(),
      length: 1,
      nullCount: 0,
      valueOffsets: Int32Array.of(1, 2),
      data: Uint8Array.of(0xff, 0x61, 0xff),
    })
    expect(columnText(outside)).toEqual(['"a"'])
    const none = makeData({
      type: new Utf8(),
      length: 0,
      nullCount: 0,
      valueOffsets: Int32Array.of(0),
      data: Uint8Array.of(0xff),
    })
    expect(columnText(none)).toEqual([])
  })
})

describe('names', () => {
  const value = dataOf(new Int64(), [1n])

  test('are distinct at every depth, and well-formed', () => {
    const twice = new Struct([new Field('a', new Int64()), new Field('a', new Int64())])
    const data = makeData({ type: twice, length: 1, nullCount: 0, children: [value, value] })
    const inDictionary = makeData({
      type: new Dictionary(twice, new Int32()),
      length: 1,
      nullCount: 0,
      data: Int32Array.of(0),
      dictionary: vectorFromArray([], twice),
    })
    const inList = makeData({
      type: new List(new Field('item', twice)),
      length: 1,
      nullCount: 0,
      valueOffsets: Int32Array.of(0, 1),
      child: data,
    })
    for (const [given, column] of [
      [data, 's.a'],
      [inDictionary, 's.a'],
      [inList, 's.item.a'],
    ] as const) {
      const error = failureOf(() => encodeJson(tableOf([[new Field('s', given.type), given]])))
      expect(error).toMatchObject({ code: 'COLUMN_CONFLICT', position: { column } })
    }
    expect(failureOf(() => encodeJson(tableOf([[new Field('\ud800', new Int64()), value]]))).code).toBe(
      'ENCODING_INVALID',
    )
    const apart = new Struct([new Field('a', new Int64()), new Field('s', new Int64())])
    const nested = makeData({ type: apart, length: 1, nullCount: 0, children: [value, value] })
    expect(
      text(
        encodeNdjson(
          tableOf([
            [new Field('s', apart), nested],
            [new Field('a', new Int64()), value],
          ]),
        ),
      ),
    ).toBe('{"s":{"a":1,"s":1},"a":1}\n')
  })

  test('are written with the escapes that they need', () => {
    expect(
      text(
        encodeNdjson(
          tableOf([
            [new Field('a"\\\n', new Int64()), value],
            [new Field('', new Int64()), value],
          ]),
        ),
      ),
    ).toBe('{"a\\"\\\\\\n":1,"":1}\n')
  })
})

describe('chunks', () => {
  const batch = (rows: number, value: string): RecordBatch =>
    tableOf([[new Field('v', new Utf8()), dataOf(new Utf8(), new Array<string>(rows).fill(value))]])
      .batches[0] as RecordBatch

  test('are of about 256 KiB, of whole rows, and together the text', async () => {
    const batches = [batch(900, 'x'.repeat(1000)), batch(1, 'y'.repeat(600_000)), batch(2, '')]
    for (const codec of [json, ndjson]) {
      const chunks = await collect(codec().write()(stream(batches)))
      const whole = codec === json ? encodeJson(new Table(batches)) : encodeNdjson(new Table(batches))
      expect(Buffer.concat(chunks).equals(whole)).toBe(true)
      const rowBytes = 1000 + '{"v":""}'.length + (codec === json ? ',\n' : '\n').length
      const rows = Math.ceil(262_144 / rowBytes)
      expect(chunks.slice(0, 3).map((chunk) => chunk.length)).toEqual([1, 2, 3].map(() => rows * rowBytes))
      expect(chunks.length).toBe(5)
    }
  })

  test('the last one is left out if it is empty', async () => {
    const exact = batch(1, 'x'.repeat(262_144 - '{"v":""}\n'.length))
    expect((await collect(ndjson().write()(stream([exact])))).map((chunk) => chunk.length)).toEqual([262_144])
    expect((await collect(json().write()(stream([exact])))).map((chunk) => chunk.length)).toEqual([262_145, 3])
    expect(await collect(ndjson().write()(stream([])))).toEqual([])
    expect((await collect(json().write()(stream([])))).map(text)).toEqual(['[]\n'])
    expect((await collect(json().write()(stream([batch(0, '')])))).map(text)).toEqual(['[]\n'])
  })

  test('rows are counted through all batches', () => {
    const floats = (...values: number[]) =>
      tableOf([[new Field('v', new Float64()), dataOf(new Float64(), values)]]).batches[0] as RecordBatch
    const error = failureOf(() => encodeNdjson(new Table([floats(1, 2), floats(3, Number.NaN)])))
    expect(error.position).toEqual({ row: 4, column: 'v' })
    expect(text(encodeJson(new Table([floats(1, 2), floats(3)])))).toBe('[\n{"v":1},\n{"v":2},\n{"v":3}\n]\n')
  })

  test('text of any length is written as it is, with escapes or none', () => {
    for (const length of [0, 1, 31, 32, 33, 681, 682, 683, 4090, 4096, 5000]) {
      for (const letter of ['x', '"', '\0', 'é', '😀']) {
        const value = letter.repeat(length)
        expect(JSON.parse(text(encodeNdjson(new Table([batch(1, value)]))))).toEqual({ v: value })
      }
      const key = 'k'.repeat(length)
      const table = tableOf([[new Field(key, new Int64()), dataOf(new Int64(), [1n, 2n])]])
      expect(text(encodeNdjson(table))).toBe(`{"${key}":1}\n{"${key}":2}\n`)
    }
    expect(bytes('')).toEqual(encodeNdjson(new Table([batch(0, '')])))
  })
})
