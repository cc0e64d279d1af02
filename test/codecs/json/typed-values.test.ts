import {
  type Data,
  DataType,
  Field,
  FixedSizeList,
  Int32,
  Int64,
  List,
  Map_,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampSecond,
  Utf8,
} from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeJson,
  decodeNdjson,
  encodeJson,
  encodeNdjson,
  type JsonOptions,
  json,
  ndjson,
} from '../../../src/codecs/json/json.ts'
import { rowsFromTable } from '../../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { isMillraceError } from '../../../src/errors.ts'
import { law } from '../../support/law.ts'

/** A value: its JSON, and what it is read as. */
interface Value {
  readonly text: string
  readonly value: unknown
}
const of = (text: string, value: unknown): Value => ({ text, value })
const rowsOf = (table: Table): unknown[] => [...rowsFromTable(table)]

/** A letter as JSON may spell it. */
const letters = fc
  .tuple(
    fc.constantFrom('a', '"', '\\', '/', '\n', '\t', '\0', 'é', '߿', 'ࠀ', '€', '\uffff', '😀', '\u{10ffff}'),
    fc.nat(2),
  )
  .map(([letter, way]): Value => {
    const escaped = Array.from({ length: letter.length }, (_, at) =>
      letter.charCodeAt(at).toString(16).padStart(4, '0'),
    )
    if (way === 1) return of(escaped.map((code) => `\\u${code}`).join(''), letter)
    if (way === 2) return of(escaped.map((code) => `\\u${code.toUpperCase()}`).join(''), letter)
    return of(letter === '/' ? '\\/' : JSON.stringify(letter).slice(1, -1), letter)
  })
const string = fc
  .array(letters, { maxLength: 6 })
  .map((all) => of(`"${all.map(({ text }) => text).join('')}"`, all.map(({ value }) => value).join('')))

const int64 = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -9n, max: 99n }))
const instant = fc.integer({ min: -1e12, max: 1e12 })
const date = fc.integer({ min: -20_000, max: 20_000 }).map((days) => {
  const value = new Date(days * 86_400_000)
  return of(`"${value.toISOString().slice(0, 10)}"`, value)
})
const COLUMNS: Readonly<Record<string, { readonly type: unknown; readonly values: fc.Arbitrary<Value> }>> = {
  int32: { type: 'int32', values: fc.integer().map((value) => of(String(value), value)) },
  int64: { type: 'int64', values: int64.map((value) => of(String(value), value)) },
  float64: {
    type: 'float64',
    values: fc.oneof(
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((value) => of(Object.is(value, -0) ? '-0.0' : String(value), value)),
      fc.integer({ min: -999, max: 999 }).map((value) => of(`${value}e-2`, Number(`${value}e-2`))),
    ),
  },
  bool: { type: 'bool', values: fc.boolean().map((value) => of(String(value), value)) },
  date: { type: 'date', values: date },
  timestamp: { type: 'timestamp', values: instant.map((ms) => of(`"${new Date(ms).toISOString()}"`, new Date(ms))) },
  decimal: {
    type: 'decimal(12,2)',
    values: fc.integer({ min: 0, max: 99_999 }).map((cents) => {
      const text = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
      return of(text, text)
    }),
  },
  string: { type: 'string', values: string },
  time: {
    type: 'time',
    values: fc.nat(86_399).map((second) => {
      const text = new Date(second * 1000).toISOString().slice(11, 19)
      return of(`"${text}"`, `${text}.000000`)
    }),
  },
  list: {
    type: new List(new Field('item', new Int64(), true)),
    values: fc
      .array(fc.option(int64), { maxLength: 4 })
      .map((items) => of(`[${items.map((item) => String(item)).join(' , ')}]`, items)),
  },
  struct: {
    type: new Struct([new Field('x', new Int32(), true), new Field('y', new Utf8(), true)]),
    values: fc.tuple(fc.option(fc.integer()), fc.option(string), fc.boolean()).map(([x, y, isTurned]) => {
      const fields = [...(x === null ? [] : [`"x":${x}`]), `"y" :${y === null ? 'null' : y.text}`]
      return of(`{${(isTurned ? fields.reverse() : fields).join(',')}}`, { x, y: y === null ? null : y.value })
    }),
  },
}

const cases = fc.uniqueArray(fc.constantFrom(...Object.keys(COLUMNS)), { minLength: 1, maxLength: 4 }).chain((names) =>
  fc
    .array(
      fc.tuple(
        ...names.map((name) =>
          fc.oneof(
            { weight: 4, arbitrary: COLUMNS[name]?.values as fc.Arbitrary<Value> },
            fc.constant(of('null', null)),
            fc.constant(of('', null)),
          ),
        ),
      ),
      {
        minLength: 1,
        maxLength: 10,
      },
    )
    // A pinned column that no row names is refused.
    .filter((rows) => names.every((_, at) => rows.some((row) => row[at]?.text !== '')))
    .map((rows) => ({ names, rows })),
)

async function read(bytes: Uint8Array, chunkBytes: number, options: JsonOptions): Promise<unknown[]> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
  }
  const rows: unknown[] = []
  for await (const batch of json(options).read(chunks())) rows.push(...rowsOf(new Table([batch])))
  return rows
}

law(
  'json: values of every pinned type are read as what they are, by the kernel and by the exact reader, however rows are laid out and cut',
  fc.asyncProperty(
    cases,
    fc.constantFrom(1, 1, 1, 500),
    fc.constantFrom(5, 64, 1 << 16),
    fc.constantFrom('lines', 'array', 'path', 'spread'),
    fc.boolean(),
    async ({ names, rows }, times, chunkBytes, shape, isTurned) => {
      // A pinned column that no row has is an error of its own.
      fc.pre(names.every((_, at) => rows.some((row) => row[at]?.text !== '')))
      const space = shape === 'spread' ? ' ' : ''
      const line = (row: readonly Value[], index: number): string => {
        const fields = names.flatMap((name, at) => (row[at]?.text === '' ? [] : [`"${name}":${space}${row[at]?.text}`]))
        return `{${space}${(isTurned && index % 2 === 1 ? fields.reverse() : fields).join(`,${space}`)}}`
      }
      const all = Array.from({ length: times }, () => rows.map(line)).flat()
      const texts = {
        lines: `${all.join('\n')}\n`,
        spread: all.join(' \r\n'),
        array: `[${all.join(',\n')}]`,
        path: `{"a":1,"rows":[${all.join(',')}],"b":[2]}`,
      }
      const schema = new Schema(
        names.map((name) => {
          const type = COLUMNS[name]?.type
          return typeof type === 'string'
            ? (tableFromRows([], { schema: { [name]: type } } as never).schema.fields[0] as Field)
            : new Field(name, type as DataType, true)
        }),
      )
      const options: JsonOptions = { schema, ...(shape === 'path' && { rows: ['rows'] }) }
      const expected = rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]?.value ?? null])))
      const bytes = Buffer.from(texts[shape as 'lines'])
      const found = await read(bytes, times > 1 ? Math.max(4096, chunkBytes) : chunkBytes, options)
      expect(found.length).toBe(rows.length * times)
      for (let from = 0; from < found.length; from += rows.length)
        expect(found.slice(from, from + rows.length)).toEqual(expected)
      const whole = rowsOf(decodeJson(bytes, options))
      expect(whole.slice(-rows.length)).toEqual(expected)
    },
  ),
  { runs: 40 },
)

describe('escapes and letters', () => {
  const decode = (text: string | Uint8Array): unknown =>
    (rowsOf(decodeNdjson(Buffer.from(text)))[0] as { a: unknown }).a
  const codeOf = (text: string | Uint8Array): string | undefined => {
    try {
      decode(text)
      return undefined
    } catch (error) {
      return isMillraceError(error) ? error.code : 'untyped'
    }
  }

  test.each([
    ['\\u0041\\u00e9\\u00E9\\u07ff\\u0800\\uFfFf', 'Aéé\u07ff\u0800\uffff'],
    ['\\ud83d\\ude00\\uDBFF\\uDFFF', '😀\u{10ffff}'],
    ['\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000', '"\\/\b\f\n\r\t\0'],
    ['\u2028\u007f', '\u2028\u007f'],
  ])('%s', (text, expected) => {
    expect(decode(`{"a":"${text}"}\n`)).toBe(expected)
    expect(decode(`{"\\u0061":"x${text}x"}\n`)).toBe(`x${expected}x`)
  })

  test.each([
    '\\u00g0',
    '\\u00G0',
    '\\u00@0',
    '\\u00`0',
    '\\u00:0',
    '\\u00/0',
    '\\u123',
    '\\x',
    '\\',
    '\\U0041',
    '\n',
    '\t',
    '\0',
    '\x1f',
  ])('a text with %j is none', (text) => {
    expect(codeOf(`{"a":"${text}"}\n`)).toBe('JSON_INVALID')
  })

  test.each([
    '\\ud800',
    '\\udbff',
    '\\udc00',
    '\\udfff',
    '\\ud800x',
    '\\ud800\\u0041',
    '\\ud800\\ud800',
    '\\ude00\\ud83d',
  ])('%s has a lone surrogate', (text) => {
    expect(codeOf(`{"a":"${text}"}\n`)).toBe('ENCODING_INVALID')
  })

  test.each([[[0xff]], [[0xc3]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xf5, 0x80, 0x80, 0x80]], [[0x80]]])(
    'the bytes %j are no text',
    (bytes) => {
      const line = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}\n')])
      expect(codeOf(line)).toBe('ENCODING_INVALID')
    },
  )
})

describe('writing', () => {
  const table = tableFromRows([
    { id: 1n, at: new Date(0), none: null, ok: true, n: 1.5, tags: ['a', null], place: { city: 'x', zip: null } },
    { id: null, at: null, none: null, ok: null, n: null, tags: null, place: null },
    { id: -3n, at: new Date(1), none: null, ok: false, n: -0, tags: [], place: { city: 'y"\n', zip: 7n } },
  ])
  const lines = [
    '{"id":1,"at":"1970-01-01T00:00:00Z","none":null,"ok":true,"n":1.5,"tags":["a",null],"place":{"city":"x","zip":null}}',
    '{"id":null,"at":null,"none":null,"ok":null,"n":null,"tags":null,"place":null}',
    '{"id":-3,"at":"1970-01-01T00:00:00.001Z","none":null,"ok":false,"n":-0,"tags":[],"place":{"city":"y\\"\\n","zip":7}}',
  ]
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

  test('rows as lines, and as an array with one row per line', async () => {
    const found = text(encodeNdjson(table)).split('\n').slice(0, -1)
    expect(found.map((line) => JSON.parse(line))).toEqual(lines.map((line) => JSON.parse(line)))
    expect(found[1]).toBe(lines[1])
    expect(JSON.parse(text(encodeJson(table)))).toEqual(found.map((line) => JSON.parse(line)))
    expect(text(encodeJson(table))).toContain(found.join(',\n'))
    const none = tableFromRows([], { schema: { a: 'int64' } })
    expect([JSON.parse(text(encodeJson(none))), text(encodeNdjson(none))]).toEqual([[], ''])
    const pieces: Uint8Array[] = []
    for await (const piece of json().write()(table.batches as never)) pieces.push(piece)
    expect(text(Buffer.concat(pieces))).toBe(text(encodeJson(table)))
    const streamed: Uint8Array[] = []
    for await (const piece of ndjson().write()([...table.batches, ...table.batches] as never)) streamed.push(piece)
    expect(text(Buffer.concat(streamed))).toBe(text(encodeNdjson(table)).repeat(2))
  })

  test('lists of a fixed size, maps and slices', () => {
    const entries = new Struct([new Field('key', new Utf8(), false), new Field('value', new Int64(), true)])
    const schema = new Schema([
      new Field('pair', new FixedSizeList(2, new Field('item', new Int32(), true)), true),
      new Field('map', new Map_(new Field('entries', entries as never, false)), true),
    ])
    const given = '{"pair":[1,2],"map":{"a":1,"b":null}}\n{"pair":null,"map":null}\n{"pair":[null,3],"map":{}}\n'
    const read = decodeNdjson(Buffer.from(given), { schema })
    expect(text(encodeNdjson(read))).toBe(given)
    expect(text(encodeNdjson(read.slice(2, 3)))).toBe(`${given.split('\n')[2]}\n`)
    for (const bad of ['{"pair":[1]}', '{"pair":[1,2,3]}', '{"pair":{}}', '{"map":[]}', '{"map":{"a":"x"}}']) {
      expect(() => decodeNdjson(Buffer.from(`${bad}\n`), { schema })).toThrow(
        expect.objectContaining({ code: 'TYPE_MISMATCH' }),
      )
    }
  })

  test('options and names of functions', () => {
    expect(() => json({ rows: [1] as never })).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/INVALID|MISMATCH/) }),
    )
    expect(() => json({ row: ['a'] } as never)).toThrow(/^json: .*did you mean rows/)
    expect(() => ndjson({ inferRow: 1 } as never)).toThrow(/^ndjson: /)
    expect(() => encodeNdjson(7 as never)).toThrow(/^encodeNdjson: /)
    expect(() => encodeJson(7 as never)).toThrow(/^encodeJson: /)
    expect(() => decodeJson(7 as never)).toThrow(/^decodeJson: /)
    expect(() => decodeNdjson(7 as never)).toThrow(/^decodeNdjson: /)
    expect([json().name, ndjson().name]).toEqual(['json', 'ndjson'])
  })

  test('behind the last row there is white space alone', () => {
    const read = (given: string) => () => decodeJson(Buffer.from(given))
    for (const given of ['[{"a":1}]', '[{"a":1}] \n\t\r', '[]', '{"a":1} ']) expect(read(given)).not.toThrow()
    for (const given of [
      '[{"a":1}]x',
      '[{"a":1}] {}',
      '[{"a":1}',
      '[{"a":1},]',
      '[,{"a":1}]',
      '[{"a":1} {"a":2}]',
      '{"a":1} x',
      '',
    ]) {
      expect(read(given)).toThrow(expect.objectContaining({ code: 'JSON_INVALID' }))
    }
  })
})

describe('faults', () => {
  const faultOf = (text: string, options: JsonOptions = {}): { code: string; message: string; position?: object } => {
    try {
      decodeNdjson(Buffer.from(text), options)
    } catch (error) {
      if (isMillraceError(error)) return error as never
    }
    return { code: 'none', message: '' }
  }

  test.each([
    ['{"a":1,}', /trailing comma/],
    ['{"a":[1, ]}', /trailing comma/],
    ['{"a":NaN}', /NaN/],
    ['{"a":nan}', /nan|NaN/i],
    ['{"a":True}', /Python/],
    ['{"a":undefined}', /undefined/],
    ['{"a":1 // x\n}', /comment/],
    ['{"a":1 # x}', /comment/],
    ["{'a':1}", /single quote/],
    ['{a:1}', /name without quotes/],
    ['{"a":<b>}', /XML/],
    ['{"a":01}', /a number must/],
    ['{"a":+1}', /digit or minus/],
    ['{"a":.5}', /digit or minus/],
    ['{"a":0x1F}', /hexadecimal/],
    ['{"a":\0}', /NUL/],
    ['{"a":1}\n\ufeff{"a":1}', /byte order mark/],
    ['{"a":1', /is not closed/],
  ])('%j is described by its cause', (text, message) => {
    const fault = faultOf(`${text}\n`)
    expect(fault.code).toBe('JSON_INVALID')
    expect(fault.message).toMatch(message)
  })

  test.each(['{"a":}', '{"a" 1}', '{"a":1}}', '{"a":]}', '{,}'])('%j has no words but the place', (text) => {
    expect(faultOf(`${text}\n`)).toMatchObject({ code: 'JSON_INVALID', position: { line: 1 } })
    expect(faultOf(`${text}\n`).message).not.toMatch(/trailing comma/)
  })

  test('a row is as long as it may be, and no longer', () => {
    const row = '{"a":"xxxxxxxx"}'
    const limits = (maxRowBytes: number) => ({ limits: { maxRowBytes } })
    expect(faultOf(`${row}\n`, limits(row.length)).code).toBe('none')
    expect(faultOf(`${row}\n`, limits(row.length - 1)).code).toBe('LIMIT_EXCEEDED')
  })

  test('a lone surrogate counts where nothing else is wrong', () => {
    expect(faultOf('{"a":"\\ud800","b":1}\n').code).toBe('ENCODING_INVALID')
    expect(faultOf('{"a":"\\ud800","b":}\n').code).toBe('JSON_INVALID')
  })
})

describe('what cannot be written', () => {
  test('two columns of one name, at any depth', () => {
    const twice = new Schema([new Field('a', new Int64(), true), new Field('a', new Int64(), true)])
    const inner = new Schema([
      new Field('s', new Struct([new Field('b', new Int64(), true), new Field('b', new Int64(), true)]), true),
    ])
    expect(() => encodeNdjson(new Table(twice))).not.toThrow()
    for (const [schema, column] of [
      [twice, 'a'],
      [inner, 's.b'],
    ] as const) {
      const data = makeData({
        type: new Struct(schema.fields),
        length: 1,
        nullCount: 0,
        children: schema.fields.map(({ type }) => nulls(type)),
      })
      expect(() => encodeNdjson(new Table([new RecordBatch(schema, data)]))).toThrow(
        expect.objectContaining({ code: 'COLUMN_CONFLICT', position: { column } }),
      )
    }
  })

  test('seconds beyond 64 bits of milliseconds', () => {
    const encode = (...seconds: bigint[]) => {
      const type = new TimestampSecond()
      const data = makeData({ type, length: seconds.length, nullCount: 0, data: BigInt64Array.from(seconds) })
      const schema = new Schema([new Field('at', type, false)])
      const row = makeData({ type: new Struct(schema.fields), length: seconds.length, nullCount: 0, children: [data] })
      return Buffer.from(encodeNdjson(new Table([new RecordBatch(schema, row)]))).toString()
    }
    expect(encode(0n, 1_700_000_000n, -1n)).toBe(
      '{"at":"1970-01-01T00:00:00"}\n{"at":"2023-11-14T22:13:20"}\n{"at":"1969-12-31T23:59:59"}\n',
    )
    expect(() => encode(0n, 2n ** 62n)).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', position: { row: 2, column: 'at' } }),
    )
  })
})

function nulls(type: DataType): Data {
  if (!DataType.isStruct(type))
    return makeData({ type: type as Int64, length: 1, nullCount: 0, data: BigInt64Array.of(1n) })
  return makeData({ type, length: 1, nullCount: 0, children: type.children.map((field) => nulls(field.type)) })
}
