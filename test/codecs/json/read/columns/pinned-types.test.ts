import {
  Binary,
  Bool,
  DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationMillisecond,
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
  LargeBinary,
  LargeUtf8,
  List,
  Map_,
  Null,
  Schema,
  Struct,
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
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { decodeJson, decodeNdjson, type JsonOptions, ndjson } from '../../../../../src/codecs/json/json.ts'
import { ndjsonPartReader } from '../../../../../src/codecs/json/read/json-parts.ts'
import { isMillraceError } from '../../../../../src/errors.ts'
import type { Cell } from '../../../../support/arbitrary-table.ts'
import { tableCells } from '../../../../support/column-cells.ts'
import { bytes, chunked, collect, failure, failureOf, rowsOf } from '../../support.ts'

/** Values of every kind that JSON has, and texts that some types accept. */
const VALUES = [
  ...['0', '-1', '127', '128', '255', '256', '32768', '65536', '2147483647', '2147483648', '-2147483649', '4294967296'],
  ...[
    '9007199254740993',
    '9223372036854775807',
    '9223372036854775808',
    '-9223372036854775808',
    '18446744073709551615',
    '18446744073709551616',
  ],
  ...[
    '1.5',
    '-0',
    '-0.0',
    '1e2',
    '1.50',
    '123.456',
    '1e400',
    '1e-400',
    '16777217',
    'true',
    'false',
    '{}',
    '[]',
    '[1]',
    '{"a":1}',
  ],
  ...[
    '""',
    '"x"',
    '"1"',
    '"-7"',
    '"01"',
    '"1.5"',
    '"1.234"',
    '"NaN"',
    '"-inf"',
    '"true"',
    '"AQI="',
    '"AQI"',
    '"AQIDBA=="',
    '"\\u0031"',
  ],
  ...[
    '"2024-02-29"',
    '"2023-02-29"',
    '"2024-02-29T12:00:00"',
    '"2024-02-29T12:00:00.123Z"',
    '"2024-02-29 12:00:00.123456 UTC"',
  ],
  ...['"2024-02-29T12:00:00.123456789+01:00"', '"12:00:00"', '"12:00:00.123"', '"12:00:00.123456789"', '"24:00:00"'],
]

const NOON = 1_709_208_000n
const DAY = 19_782
const MS = NOON * 1000n
/** What times are in a unit of which a second has so many, up to the digits that the unit has. */
function times(perSecond: bigint): Record<string, Cell> {
  const at = (nanoseconds: bigint): bigint => NOON * perSecond + (nanoseconds * perSecond) / 10n ** 9n
  const all: Record<string, Cell> = { '"2024-02-29T12:00:00"': at(0n) }
  if (perSecond >= 1000n) {
    all['"2024-02-29"'] = at(-43_200n * 10n ** 9n)
    all['"2024-02-29T12:00:00.123Z"'] = at(123_000_000n)
  }
  if (perSecond >= 10n ** 6n) all['"2024-02-29 12:00:00.123456 UTC"'] = at(123_456_000n)
  if (perSecond >= 10n ** 9n) all['"2024-02-29T12:00:00.123456789+01:00"'] = at(123_456_789n - 3600n * 10n ** 9n)
  return all
}

const numbers = (min: bigint, max: bigint): Record<string, Cell> =>
  Object.fromEntries(
    VALUES.filter((text) => /^-?\d+$/.test(text) && text !== '-0' && BigInt(text) >= min && BigInt(text) <= max).map(
      (text) => [text, max < 2n ** 32n ? Number(text) : BigInt(text)],
    ),
  )
const texts = (one: (text: string) => Cell): Record<string, Cell> =>
  Object.fromEntries(VALUES.filter((text) => text.startsWith('"')).map((text) => [text, one(JSON.parse(text))]))
const span = (bits: bigint): [bigint, bigint] => [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n]
const BASE64 = {
  '""': new Uint8Array(0),
  '"true"': Uint8Array.of(182, 187, 158),
  '"AQI="': Uint8Array.of(1, 2),
  '"AQIDBA=="': Uint8Array.of(1, 2, 3, 4),
}
const floats = (most: number): Record<string, Cell> =>
  Object.fromEntries(
    VALUES.filter((text) => /^[-\d]/.test(text) && Math.abs(Number(text)) <= most).map((text) => [text, Number(text)]),
  )

const ACCEPTED: readonly (readonly [DataType, Readonly<Record<string, Cell>>])[] = [
  [new Bool(), { true: true, false: false }],
  [new Int8(), numbers(...span(8n))],
  [new Int16(), numbers(...span(16n))],
  [new Int32(), numbers(...span(32n))],
  [new Int64(), { ...numbers(...span(64n)), '"1"': 1n, '"-7"': -7n, '"\\u0031"': 1n }],
  [new Uint8(), numbers(0n, 2n ** 8n - 1n)],
  [new Uint16(), numbers(0n, 2n ** 16n - 1n)],
  [new Uint32(), numbers(0n, 2n ** 32n - 1n)],
  [new Uint64(), { ...numbers(0n, 2n ** 64n - 1n), '"1"': 1n, '"\\u0031"': 1n }],
  [new Float64(), { ...floats(Number.MAX_VALUE), '"NaN"': Number.NaN, '"-inf"': Number.NEGATIVE_INFINITY }],
  [new Utf8(), texts((text) => text)],
  [new Dictionary(new Utf8(), new Int32()), texts((text) => text)],
  [new Binary(), BASE64],
  [new FixedSizeBinary(2), { '"AQI="': Uint8Array.of(1, 2) }],
  [new DateDay(), { '"2024-02-29"': DAY }],
  [new DateMillisecond(), { '"2024-02-29"': MS - 43_200_000n }],
  [new TimeSecond(), { '"12:00:00"': 43_200 }],
  [new TimeMillisecond(), { '"12:00:00"': 43_200_000, '"12:00:00.123"': 43_200_123 }],
  [new TimeMicrosecond(), { '"12:00:00"': 43_200_000_000n, '"12:00:00.123"': 43_200_123_000n }],
  [
    new TimeNanosecond(),
    {
      '"12:00:00"': 43_200n * 10n ** 9n,
      '"12:00:00.123"': 43_200_123n * 10n ** 6n,
      '"12:00:00.123456789"': 43_200_123_456_789n,
    },
  ],
  [new TimestampSecond(), times(1n)],
  [new TimestampMillisecond(), times(1000n)],
  [new TimestampMicrosecond('UTC'), times(10n ** 6n)],
  [new TimestampNanosecond(), times(10n ** 9n)],
  [new DurationMillisecond(), numbers(...span(64n))],
  [new Null(), {}],
  [new List(new Field('item', new Int64(), true)), { '[]': [], '[1]': [1n] }],
  [new FixedSizeList(1, new Field('item', new Int64(), true)), { '[1]': [1n] }],
  [new Struct([new Field('a', new Int64(), true)]), { '{}': { a: null }, '{"a":1}': { a: 1n } }],
]

function cellOf(type: DataType, text: string): Cell | undefined {
  const schema = new Schema([new Field('v', type, true)])
  try {
    return tableCells(decodeNdjson(bytes(`{"v":${text}}\n`), { schema }))[0]?.[0]
  } catch (error) {
    if (isMillraceError(error, 'TYPE_MISMATCH')) return undefined
    throw error
  }
}

describe('a pinned type accepts its own kind of value and no other', () => {
  test.each(ACCEPTED.map(([type, cells]) => [String(type), type, cells] as const))('%s', (_, type, cells) => {
    const found = VALUES.map((text) => [text, cellOf(type, text)])
    expect(found.filter(([, cell]) => cell !== undefined)).toEqual(
      VALUES.filter((text) => Object.hasOwn(cells, text)).map((text) => [text, cells[text]]),
    )
    expect(cellOf(type, 'null')).toBeNull()
  })

  test('also in lists of one length, maps and dictionaries', () => {
    const inside = (type: DataType, text: string) => [
      cellOf(new FixedSizeList(1, new Field('item', type, true)), `[${text}]`),
      cellOf(mapOf(type), `{"k":${text}}`),
    ]
    for (const [type, cells] of ACCEPTED.slice(0, 25)) {
      // Columns of these types read spellings besides those of a builder.
      if (DataType.isTimestamp(type) || DataType.isInt(type) || DataType.isFloat(type)) continue
      for (const text of VALUES) {
        const cell = Object.hasOwn(cells, text) ? cells[text] : undefined
        const expected = cell === undefined ? [undefined, undefined] : [[cell], [['k', cell]]]
        expect([String(type), text, ...inside(type, text)]).toEqual([String(type), text, ...expected])
      }
    }
    expect(inside(new TimestampMillisecond(), '1709208000000')).toEqual([undefined, undefined])
    expect(inside(new TimestampNanosecond(), '9223372036854775807')).toEqual([undefined, undefined])
    expect(inside(new TimestampMillisecond(), '"2024-02-29T12:00:00"')).toEqual([[MS], [['k', MS]]])
    expect(inside(new Int64(), '9223372036854775807')).toEqual([[2n ** 63n - 1n], [['k', 2n ** 63n - 1n]]])
    expect(inside(new Float64(), '9007199254740993')).toEqual([[2 ** 53], [['k', 2 ** 53]]])
    expect(inside(new Float64(), '123456789012345678901234567890')).toEqual([
      [1.2345678901234568e29],
      [['k', 1.2345678901234568e29]],
    ])
    expect(inside(new Float64(), '1e400')).toEqual([undefined, undefined])
    expect(inside(new Float64(), '-0.1')).toEqual([[-0.1], [['k', -0.1]]])
    expect(inside(new Float32(), '0.1')).toEqual([[Math.fround(0.1)], [['k', Math.fround(0.1)]]])
    expect(inside(new Int32(), '1.5')).toEqual([undefined, undefined])
    expect(inside(new Bool(), 'null')).toEqual([[null], [['k', null]]])
  })

  test('floats of 32 bits: decimals to the nearest, integers exactly', () => {
    const found = ['0.1', '1.5', '-0', '16777216', '16777217', '1e39', '3.4028235e38', '"NaN"', '-1e-50', 'true'].map(
      (text) => cellOf(new Float32(), text),
    )
    expect(found).toEqual([
      Math.fround(0.1),
      1.5,
      -0,
      16_777_216,
      undefined,
      undefined,
      Math.fround(3.4028235e38),
      undefined,
      -0,
      undefined,
    ])
  })

  test('decimals: numbers and their text, of the scale and precision', () => {
    const type = new Decimal(2, 5, 128)
    const found = [
      '1',
      '-1.5',
      '999.99',
      '1000',
      '1.234',
      '"1.5"',
      '"\\u0031"',
      '"x"',
      '""',
      'true',
      '[]',
      '1e1',
      '0.10',
      '-0',
    ].map((text) => cellOf(type, text))
    expect(found).toEqual([
      100n,
      -150n,
      99_999n,
      undefined,
      undefined,
      150n,
      100n,
      undefined,
      undefined,
      undefined,
      undefined,
      1000n,
      10n,
      0n,
    ])
  })

  test('types that cannot be built are refused', () => {
    for (const type of [new Float16(), new LargeUtf8(), new LargeBinary()]) {
      const schema = new Schema([new Field('v', type, true)])
      expect(failureOf(() => decodeNdjson(bytes('{"v":null}'), { schema })).code).toBe('UNSUPPORTED_FORMAT')
    }
  })
})

function mapOf(value: DataType, key: DataType = new Utf8()): DataType {
  return new Map_(
    new Field('entries', new Struct([new Field('key', key, false), new Field('value', value, true)]) as never, false),
  )
}

describe('nested values without a loop of their own', () => {
  test('structs in lists of one length: missing keys are null, others do not fit', () => {
    const struct = new Struct([new Field('a', new Int64(), true), new Field('é', new Utf8(), true)])
    const type = new FixedSizeList(2, new Field('item', struct, true))
    expect(cellOf(type, '[{"a":1},{"\\u00e9":"x" , "a":null}]')).toEqual([
      { a: 1n, é: null },
      { a: null, é: 'x' },
    ])
    expect(cellOf(type, '[null , {}]')).toEqual([null, { a: null, é: null }])
    for (const text of [
      '[{"b":1},{}]',
      '[{"a":"x"},{}]',
      '[{},[]]',
      '[{},1]',
      '[{}]',
      '[{},{},{}]',
      '{}',
      '[{"a":{}},{}]',
    ])
      expect([text, cellOf(type, text)]).toEqual([text, undefined])
    const proto = new FixedSizeList(1, new Field('item', new Struct([new Field('__proto__', new Int64(), true)]), true))
    expect(Object.getPrototypeOf((cellOf(proto, '[{"__proto__":5}]') as Cell[])[0])).not.toBe(5)
  })

  test('maps: their keys by their type', () => {
    expect(cellOf(mapOf(new Int64()), '{"a":1,"":2,"\\n":null}')).toEqual([
      ['a', 1n],
      ['', 2n],
      ['\n', null],
    ])
    expect(cellOf(mapOf(new Int64()), '{"a":1,"a":2}')).toEqual([['a', 2n]])
    expect(cellOf(mapOf(new Int64(), new Int32()), '{"0":1,"-5":2,"12":3}')).toEqual([
      [0, 1n],
      [-5, 2n],
      [12, 3n],
    ])
    expect(cellOf(mapOf(new Int64(), new Int64()), '{"-9223372036854775808":1}')).toEqual([[-(2n ** 63n), 1n]])
    for (const key of ['x', '', '1.0', '1e1', '01', '-0', '+1', '1 ', ' 1', '2147483648', '1x', 'x1']) {
      expect([key, cellOf(mapOf(new Int64(), new Int32()), `{"${key}":1}`)]).toEqual([key, undefined])
    }
    for (const text of ['[]', '[["a",1]]', '"a"', '1', '{"a":"x"}', '{"a":{}}'])
      expect(cellOf(mapOf(new Int64()), text)).toBeUndefined()
    const lists = new List(new Field('item', new Float64(), true))
    expect(cellOf(mapOf(lists), '{"a":[1,2.5],"b":[]}')).toEqual([
      ['a', [1, 2.5]],
      ['b', []],
    ])
    expect(cellOf(mapOf(lists), '{"a":[1,1e400]}')).toBeUndefined()
    expect(cellOf(mapOf(mapOf(new Bool())), '{"a":{"b":true}}')).toEqual([['a', [['b', true]]]])
    expect(cellOf(new Dictionary(new Int64(), new Int8()), '9223372036854775807')).toBe(2n ** 63n - 1n)
  })

  test('required fields', () => {
    const required = new Struct([new Field('a', new Int64(), false)])
    const type = new FixedSizeList(1, new Field('item', required, true))
    expect(['[{"a":1}]', '[{}]', '[{"a":null}]', '[null]'].map((text) => cellOf(type, text))).toEqual([
      [{ a: 1n }],
      undefined,
      undefined,
      [null],
    ])
  })

  test('broken values of every type are broken rows', () => {
    for (const [type] of ACCEPTED) {
      const schema = new Schema([new Field('v', type, true)])
      for (const [value, code] of [
        ['"\\ud800"', 'ENCODING_INVALID'],
        ['"\\x"', 'JSON_INVALID'],
        ['1.', 'JSON_INVALID'],
        ['[', 'JSON_INVALID'],
        ['tru', 'JSON_INVALID'],
        ['nul', 'JSON_INVALID'],
        ['{"a"', 'JSON_INVALID'],
        ['"x', 'JSON_INVALID'],
        ['', 'JSON_INVALID'],
        ['-', 'JSON_INVALID'],
      ] as const) {
        const error = failureOf(() => decodeNdjson(bytes(`{"v":null}\n{"v":${value}}\n`), { schema }))
        expect([String(type), value, error.code, error.position?.row]).toEqual([String(type), value, code, 2])
      }
    }
  })
})

describe('limits.maxFieldBytes', () => {
  const schema = {
    i: 'int64',
    s: 'int32',
    f: 'float64',
    d: 'decimal(30,2)',
    t: 'timestamp',
    y: 'date',
    b: 'binary',
    x: 'string',
    o: 'json',
    c: 'time',
  } as const
  const LONG = {
    i: ['12345678901', '"12345678901"', '-1234567890'],
    s: ['-2000000000'],
    f: ['1.234567890', '"-infinity"'],
    d: ['12345678.90', '"12345678.90"'],
    t: ['"2024-01-01T00:00"', '"2024-01-01 "'],
    y: ['"+002024-01-01"'],
    b: ['"AQIDBAUGBwgJ"'],
    x: ['"12345678901"', '"1234\\u0035"'],
    o: ['"12345678901"', '[12345678901]'],
    c: ['"12:00:00.123"'],
  }

  test.each(Object.keys(schema) as (keyof typeof schema)[])(
    'holds for every row of %s, however it is read',
    async (name) => {
      for (const value of LONG[name]) {
        const most = value.replace(/^["[]|["\]]$/g, '').length
        for (const before of [0, 1, 600]) {
          const text = `${`{"${name}":null}\n`.repeat(before)}{"${name}":${value}}\n`
          const read = (maxFieldBytes: number) =>
            failureOf(() => decodeNdjson(bytes(text), { schema: { [name]: schema[name] }, limits: { maxFieldBytes } }))
          const error = read(most - 1)
          expect([value, before, error.code, error.position?.row]).toEqual([
            value,
            before,
            'LIMIT_EXCEEDED',
            before + 1,
          ])
        }
        const fits = { schema: { [name]: schema[name] }, limits: { maxFieldBytes: most } }
        const error = await failure(collect(ndjson(fits).read(bytes(`{"${name}":${value}}\n{"${name}":\n`))))
        expect(['JSON_INVALID', 'TYPE_MISMATCH']).toContain(error.code)
      }
    },
  )
})

describe('lists and memory', () => {
  const list = (length: number): string => `{"l":[${new Array(length).fill('0').join()}]}`

  test('the lists of a row need no more than limits.maxRowBytes', () => {
    const read = (length: number, maxRowBytes: number): number =>
      rowsOf(decodeNdjson(bytes(list(length)), { limits: { maxRowBytes } })).length
    expect(read(64, 500)).toBe(1)
    expect(read(65, 1024)).toBe(1)
    expect(failureOf(() => read(65, 1023)).code).toBe('LIMIT_EXCEEDED')
    expect(read(129, 2048)).toBe(1)
    expect(failureOf(() => read(129, 2047)).code).toBe('LIMIT_EXCEEDED')
  })

  test.each([{}, { limits: { maxRowBytes: 60_000_000 } }])(
    'a batch is full when its lists are: %j',
    async (options: JsonOptions) => {
      const keys = Array.from({ length: 20 }, (_, index) => `"k${index}":1`).join()
      const text = `{"l":[{${keys}}]}\n${`{"l":[${new Array(1000).fill('{}').join()}]}\n`.repeat(60)}`
      const batches = await collect(ndjson(options).read(chunked(bytes(text), [10_000])))
      // An item has 20 values of 8 bytes and a bit, a row an offset and a bit: 4 MiB are 26.2 rows.
      expect(batches.map(({ numRows }) => numRows)).toEqual([28, 27, 6])
    },
  )
})

test('flags that say no more than the kind of a value mean text', () => {
  for (const [kind, text, cell] of [
    [1 << 16, '12', '12'],
    [1 << 17, '"x"', 'x'],
  ] as const) {
    const reader = ndjsonPartReader(
      { names: ['v'], inference: [kind] },
      { pins: new Map(), limits: {}, onInvalidRow: undefined },
    )
    const batches = [...reader.push(bytes(`{"v":${text}}\n`)), ...reader.push(undefined)]
    expect(batches.map((batch) => [...(batch.getChild('v') ?? [])])).toEqual([[cell]])
  }
})

test('a column that no row has is unknown, unless there are no rows', () => {
  const schema = { a: 'int64', b: 'int64' } as const
  for (const text of ['{"a":1}', '{}', '[{"a":1},{"a":2}]', '{"a":1,"c":{"b":1}}']) {
    const error = failureOf(() => decodeJson(bytes(text), { schema }))
    expect(error).toMatchObject({ code: 'COLUMN_UNKNOWN', position: { column: text === '{}' ? 'a' : 'b' } })
  }
  expect(decodeJson(bytes('[]'), { schema }).schema.fields.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(decodeJson(bytes('{"b":null,"a":1}'), { schema }).schema.fields.map(({ name }) => name)).toEqual(['b', 'a'])
})
