import { Field, Float32, Int64, List, Map_, Struct, Table, Utf8 } from 'apache-arrow'
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
import { isEmptyColumn } from '../../../src/columns/empty-column.ts'
import { rowsFromTable } from '../../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { bytes, chunked, collect, failure, failureOf, rowsOf, text, typesOf } from './support.ts'

describe('forms', () => {
  test.each([
    ['an array', '[{"a":1},{"a":2}]'],
    ['an array over lines', ' [\n  {"a": 1},\r\n  {"a": 2}\n]\n'],
    ['lines', '{"a":1}\n{"a":2}\n'],
    ['lines with CRLF, blanks and no last newline', '\n{"a":1} \r\n\r\n \t\r\n  {"a":2}'],
    ['objects one after the other', '{"a":1}{"a":2}'],
    ['objects one after the other, with spaces', ' {"a":1} \t{"a":2} '],
    ['objects over lines', '{\n  "a": 1\n}\n{\n  "a": 2\n}\n'],
    ['objects over lines, one after the other', '{\n"a":1\n}{\n"a":2\n}'],
    ['an object in a line and one over lines', '{"a":1}\n{\n  "a": 2\n}'],
    ['lines that end with CR', '{"a":1}\r{"a":2}\r'],
    ['a byte order mark before an array', '\ufeff[{"a":1},{"a":2}]'],
    ['a byte order mark before lines', '\ufeff{"a":1}\n{"a":2}'],
  ])('%s: both readers find it by looking', (_, source) => {
    expect(rowsOf(decodeJson(bytes(source)))).toEqual([{ a: 1n }, { a: 2n }])
    expect(rowsOf(decodeNdjson(bytes(source)))).toEqual([{ a: 1n }, { a: 2n }])
  })

  test('one object over several lines is one row', () => {
    expect(rowsOf(decodeJson(bytes('{\n  "a": 1,\n  "b": [1,\n 2]\n}\n\n')))).toEqual([{ a: 1n, b: [1n, 2n] }])
  })

  test('an empty array has no rows and no columns, and one batch', async () => {
    const table = decodeJson(bytes('[ ]'))
    expect([table.numRows, table.numCols, table.batches.length]).toEqual([0, 0, 1])
    expect(await collect(json().read(bytes('[]')))).toHaveLength(1)
  })

  test('an empty array with a schema has its columns', () => {
    expect(typesOf(decodeJson(bytes('[]'), { schema: { a: 'int64' } }))).toEqual({ a: 'Int64' })
  })
})

describe('faults', () => {
  test.each([
    ['no bytes', '', 'JSON_INVALID', { line: 1 }],
    ['blank lines only', ' \n\r\n', 'JSON_INVALID', { line: 3 }],
    ['a value that is no object', '[{"a":1},2]', 'JSON_INVALID', { row: 2 }],
    ['a line that is no object', '{"a":1}\n[2]\n', 'JSON_INVALID', { line: 2, row: 2 }],
    ['a scalar', '12', 'JSON_INVALID', { line: 1 }],
    ['an array cut between rows', '[{"a":1},\n', 'JSON_INVALID', { line: 2 }],
    ['an array cut in a row', '[{"a":1},\n{"a":', 'JSON_INVALID', { line: 2, row: 2 }],
    ['a last line cut off', '{"a":1}\n{"a":"x', 'JSON_INVALID', { line: 2, row: 2 }],
    ['a middle line cut off', '{"a":1}\n{"a":\n{"a":2}\n', 'JSON_INVALID', { line: 2, row: 2 }],
    ['a first line cut off', '{"a":\n{"a":2}\n', 'JSON_INVALID', { line: 1, row: 1 }],
    ['an object and text in a line', '{"a":1} x', 'JSON_INVALID', { line: 1, row: 1 }],
    ['text after the array', '[{"a":1}]]', 'JSON_INVALID', { line: 1 }],
    ['a trailing comma', '[{"a":1},]', 'JSON_INVALID', { line: 1 }],
    ['a lone surrogate', '[{"a":"\\ud800"}]', 'ENCODING_INVALID', { line: 1, row: 1 }],
    ['a lone surrogate in a key', '{"\\udc00":1}', 'ENCODING_INVALID', { line: 1, row: 1 }],
    ['a control character', '{"a":"\u0001"}', 'JSON_INVALID', { line: 1 }],
  ])('%s', (_, source, code, position) => {
    for (const decode of [decodeJson, decodeNdjson]) {
      const error = failureOf(() => decode(bytes(source)))
      expect(error.code).toBe(code)
      expect(error.position).toMatchObject(position)
    }
  })

  test('invalid UTF-8 is rejected where it occurs', () => {
    const source = Buffer.concat([bytes('{"a":"x"}\n{"a":"'), Uint8Array.of(0xff), bytes('"}\n')])
    expect(failureOf(() => decodeNdjson(source))).toMatchObject({
      code: 'ENCODING_INVALID',
      position: { line: 2, row: 2 },
    })
    expect(
      failureOf(() => decodeJson(Buffer.concat([bytes('[{"'), Uint8Array.of(0xc0, 0xaf), bytes('":1}]')]))),
    ).toMatchObject({
      code: 'ENCODING_INVALID',
    })
  })

  test('nesting beyond 64 levels is refused, however deep it goes', () => {
    const nested = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`
    expect(decodeNdjson(bytes(nested(63))).numRows).toBe(1)
    expect(failureOf(() => decodeNdjson(bytes(nested(64)))).code).toBe('LIMIT_EXCEEDED')
    expect(failureOf(() => decodeJson(bytes(`[${nested(1_000_000)}]`))).code).toBe('LIMIT_EXCEEDED')
    expect(failureOf(() => decodeJson(bytes('['.repeat(1_000_000)))).code).toBe('LIMIT_EXCEEDED')
  })

  test('limits of columns, fields and rows', () => {
    const limits = { maxColumns: 2, maxFieldBytes: 10, maxRowBytes: 40 }
    for (const source of [
      '{"a":1,"b":2,"c":3}',
      '{"a":"12345678901"}',
      `{"a":1${' '.repeat(50)}}`,
      `{"a":1\n${' '.repeat(50)}}`,
    ]) {
      expect(failureOf(() => decodeNdjson(bytes(source), { limits })).code).toBe('LIMIT_EXCEEDED')
    }
  })

  test('a message names the place and never the data', () => {
    const error = failureOf(() => decodeNdjson(bytes('{"secret":1}\n{"secret":"hunter2" x}')))
    expect(error.message).not.toContain('hunter2')
    expect(error.message).toContain('line 2')
  })
})

describe('types', () => {
  const typeOf = (...values: string[]): string =>
    typesOf(decodeNdjson(bytes(values.map((value) => `{"v":${value}}`).join('\n'))))['v'] ?? ''

  test.each([
    [['1', '-2', 'null'], 'Int64'],
    [['9223372036854775807', '-9223372036854775808'], 'Int64'],
    [['9223372036854775808'], 'Utf8'],
    [['1', '1.5'], 'Float64'],
    [['1e2'], 'Float64'],
    [['-0'], 'Float64'],
    [['9007199254740993', '1.5'], 'Utf8'],
    [['1e400'], 'Utf8'],
    [['true', 'false'], 'Bool'],
    [['"true"'], 'Utf8'],
    [['"007"'], 'Utf8'],
    [['"2024-02-29"'], 'Date32<DAY>'],
    [['"2023-02-29"'], 'Utf8'],
    [['"2024-02-29T12:00:00Z"', '"2024-02-29T12:00:00.123+02:00"'], 'Timestamp<MILLISECOND, UTC>'],
    [['"2024-02-29T12:00:00Z"', '"2024-02-29T12:00:00.123456Z"'], 'Timestamp<MICROSECOND, UTC>'],
    [['"2024-02-29T12:00:00.123456789Z"'], 'Timestamp<NANOSECOND, UTC>'],
    [['"0001-01-01T00:00:00Z"', '"2024-02-29T12:00:00.123456789Z"'], 'Utf8'],
    [['"2024-02-29"', '"x"'], 'Utf8'],
    [['1', '"1"'], 'Utf8'],
    [['1', 'true'], 'Utf8'],
    [['{"a":1}', '{"b":"x"}'], 'Struct<{a:Int64, b:Utf8}>'],
    [['{"a":1}', '[1]'], 'Utf8'],
    [['[1,2]', '[]', '[null,2.5]'], 'List<Float64>'],
    [['[{"a":[1]},{"a":[]}]'], 'List<Struct<{a:List<Int64>}>>'],
    [['[1,"1"]'], 'List<Utf8>'],
    [['{}'], 'Struct<{}>'],
    [['[]'], 'List<Utf8>'],
  ])('%j is %s', (values, type) => expect(typeOf(...values)).toBe(type))

  test('a column of mixed kinds holds the JSON text of each value, without white space', () => {
    const table = decodeJson(
      bytes('[{"v":1},{"v":"1"},{"v":null},{},{"v":[1, "a \\" b"]},{"v":{ "k" : true }},{"v":1.50}]'),
    )
    expect([...(table.getChild('v') ?? [])]).toEqual(['1', '"1"', null, null, '[1,"a \\" b"]', '{"k":true}', '1.50'])
  })

  test('strings that hold their own JSON text stay strings', () => {
    expect(rowsOf(decodeNdjson(bytes('{"v":"\\"1\\""}')))).toEqual([{ v: '"1"' }])
  })

  test('a column without any value is marked', () => {
    const table = decodeNdjson(bytes('{"a":null,"b":1}\n{"c":{"d":null}}'))
    expect(table.schema.fields.map((field) => isEmptyColumn(field))).toEqual([true, false, false])
  })

  test('a late value widens the type of a whole table', () => {
    const lines = Array.from({ length: 20_000 }, (_, row) => `{"a":${row}}`)
    lines.push('{"a":0.5,"late":"x"}')
    const table = decodeNdjson(bytes(lines.join('\n')))
    expect(typesOf(table)).toEqual({ a: 'Float64', late: 'Utf8' })
    expect(table.get(20_000)?.toJSON()).toEqual({ a: 0.5, late: 'x' })
    expect(table.getChild('late')?.nullCount).toBe(20_000)
  })

  test('the keys of an object: escapes, the empty key, __proto__, the last of repeated ones', () => {
    const table = decodeJson(
      bytes('[{"\\u0061":1,"":2,"__proto__":{"x":3},"constructor":4},{"a":"x","a":{"b":1,"b":2},"a":5}]'),
    )
    expect(table.schema.fields.map((field) => field.name)).toEqual(['a', '', '__proto__', 'constructor'])
    const [first, second] = [...rowsFromTable(table)]
    expect(Object.getOwnPropertyDescriptor(first, '__proto__')?.value).toEqual({ x: 3n })
    expect(second?.['a']).toBe(5n)
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  test('every byte at every place of strings and keys of every length', () => {
    const rows: Record<string, string>[] = []
    for (const character of ['"', '\\', '\u001f', ' ', '!', '#', '[', ']', '\u007f', '\u0080', 'é', '\u{1f600}']) {
      for (let before = 0; before < 9; before++) {
        for (let after = 0; after < 5; after++)
          rows.push({ ['k'.repeat(before)]: 'x'.repeat(before) + character + 'y'.repeat(after) })
      }
    }
    const read = rowsOf(decodeNdjson(bytes(rows.map((row) => JSON.stringify(row)).join('\n'))))
    expect(read.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)))).toEqual(
      rows,
    )
  })

  test('keys in any order and number', () => {
    const rows = ['{"a":1,"b":2,"c":3}', '{"c":3,"a":1}', '{}', '{"b":2}', '{"c":3,"b":2,"a":1}']
    expect(rowsOf(decodeNdjson(bytes(rows.join('\n'))))).toEqual([
      { a: 1n, b: 2n, c: 3n },
      { a: 1n, b: null, c: 3n },
      { a: null, b: null, c: null },
      { a: null, b: 2n, c: null },
      { a: 1n, b: 2n, c: 3n },
    ])
  })
})

describe('schema', () => {
  test('pins some columns, the rest is inferred', () => {
    const options: JsonOptions = {
      schema: { id: 'int64', price: 'decimal(10,2)', bytes: 'binary', day: 'date', n: 'int32' },
    }
    const source =
      '{"id":"9007199254740993","price":1.10,"bytes":"AQI=","day":"2024-01-01","n":-5,"x":1}\n{"id":7,"price":"-0.5","n":null}'
    const table = decodeNdjson(bytes(source), options)
    expect(typesOf(table)).toMatchObject({ id: 'Int64', bytes: 'Binary', n: 'Int32', x: 'Int64' })
    expect(rowsOf(table)).toMatchObject([
      { id: 9007199254740993n, price: '1.10', bytes: Uint8Array.of(1, 2), n: -5, x: 1n },
      { id: 7n, price: '-0.50', bytes: null, n: null, x: null },
    ])
  })

  test('pins nested columns with Arrow types', () => {
    const item = new Struct([new Field('k', new Utf8(), true)])
    const entries = new Struct([new Field('key', new Utf8(), false), new Field('value', new Int64(), true)])
    const schema = { l: new List(new Field('item', item, true)), m: new Map_(new Field('entries', entries, false)) }
    const table = decodeNdjson(bytes('{"l":[{"k":"x"},null,{}],"m":{"a":1,"b":null}}'), { schema })
    expect(rowsOf(table)).toEqual([
      {
        l: [{ k: 'x' }, null, { k: null }],
        m: new Map([
          ['a', 1n],
          ['b', null],
        ]),
      },
    ])
    expect(failureOf(() => decodeNdjson(bytes('{"l":[{"z":1}]}'), { schema: { l: schema.l } }))).toMatchObject({
      code: 'TYPE_MISMATCH',
      position: { column: 'l.item.z' },
    })
  })

  test.each([
    ['int64', '1.5'],
    ['int64', '"x"'],
    ['int64', '9223372036854775808'],
    ['int64', 'true'],
    ['int32', '2147483648'],
    ['float64', '1e400'],
    ['string', '1'],
    ['bool', '"true"'],
    ['date', '"2024-01-01T00:00:00Z"'],
    ['timestamp', '"2024-01-01T00:00:00.123456Z"'],
    ['decimal(4,2)', '123.45'],
    ['decimal(4,2)', '1.234'],
    ['binary', '"AQI"'],
  ] as const)('%s does not take %s', (type, value) => {
    const error = failureOf(() => decodeNdjson(bytes(`{"v":null}\n{"v":${value}}`), { schema: { v: type } }))
    expect(error).toMatchObject({ code: 'TYPE_MISMATCH', position: { line: 2, row: 2, column: 'v' } })
  })

  test('a column that no row has', () => {
    expect(failureOf(() => decodeNdjson(bytes('{"a":1}'), { schema: { b: 'int64' } }))).toMatchObject({
      code: 'COLUMN_UNKNOWN',
      position: { column: 'b' },
    })
  })

  test('a required column that is null', () => {
    const schema = { a: new Struct([new Field('b', new Int64(), false)]) }
    expect(failureOf(() => decodeNdjson(bytes('{"a":{"b":1}}\n{"a":{}}'), { schema }))).toMatchObject({
      code: 'TYPE_MISMATCH',
      position: { row: 2, column: 'a.b' },
    })
  })
})

describe('streams', () => {
  const read = (source: string, options: JsonOptions = {}) =>
    collect(ndjson({ inferRows: 2, ...options }).read(bytes(source)))

  test.each([
    ['another kind', '{"a":1}\n{"a":2}\n{"a":"x"}', 'a', 3],
    ['a number too fine', '{"a":1}\n{"a":2}\n{"a":2.5}', 'a', 3],
    ['nested', '{"address":{"zip":"a"}}\n{}\n{"address":{"zip":5}}', 'address.zip', 3],
    ['a new key', '{"a":1}\n{"a":2}\n{"a":3,"b":1}', 'b', 3],
    ['a new nested key', '{"a":{"b":1}}\n{}\n{"a":{"b":1,"c":2}}', 'a.c', 3],
    ['no string in a column that had no value', '{"a":null}\n{}\n{"a":1}', 'a', 3],
  ])('past the rows looked at: %s', async (_, source, column, row) => {
    expect(await failure(read(source))).toMatchObject({ code: 'TYPE_MISMATCH', position: { line: row, row, column } })
    expect(await failure(read(`[${source.replaceAll('\n', ',\n')}]`))).toMatchObject({
      code: 'TYPE_MISMATCH',
      position: { line: row, row, column },
    })
  })

  test('a mixed column accepts everything, one without a value accepts strings', async () => {
    const [batch] = await read('{"a":1,"b":null}\n{"a":"x"}\n{"a":[{}],"b":"y"}')
    expect(batch?.toArray().map((row) => row.toJSON())).toEqual([
      { a: '1', b: null },
      { a: '"x"', b: null },
      { a: '[{}]', b: 'y' },
    ])
  })

  test('inferRows: Infinity infers from all rows of bytes, and is rejected for a stream', async () => {
    const source = '{"a":1}\n{"a":2}\n{"a":"x","b":1}'
    const [batch] = await read(source, { inferRows: Number.POSITIVE_INFINITY })
    expect(batch?.schema.fields.map((field) => field.name)).toEqual(['a', 'b'])
    const stream = ndjson({ inferRows: Number.POSITIVE_INFINITY }).read(chunked(bytes(source), [3]))
    expect((await failure(collect(stream))).code).toBe('OPTION_INVALID')
  })

  test('batches are at most 65,536 rows', async () => {
    const batches = await read('{"a":1}\n'.repeat(150_000))
    expect(batches.map((batch) => batch.numRows)).toEqual([65_536, 65_536, 18_928])
  })

  test('the window grows for large rows', async () => {
    const row = `{"a":"${'x'.repeat(1_000_000)}"}\n`
    const batches = await collect(ndjson().read(chunked(bytes(row.repeat(7)), [1_000_000])))
    expect(batches.map((batch) => batch.numRows)).toEqual([5, 2])
  })
})

describe('onInvalidRow', () => {
  test('a rejected row of an array is one row wherever chunks are cut', async () => {
    const source = bytes('[{"a":1},\n{"a":"\\ud800","b":2},{"a":3}]')
    for (let size = 1; size < source.length; size++) {
      const refused: unknown[] = []
      const codec = json({ schema: { a: 'int64' }, onInvalidRow: ({ line, row }) => refused.push([line, row]) })
      const batches = await collect(codec.read(chunked(source, [size])))
      expect([rowsOf(new Table(batches)), refused]).toEqual([[{ a: 1n }, { a: 3n }], [[2, 2]]])
    }
  })

  test('receives the rejected lines, with line, row and rule', () => {
    const refused: unknown[] = []
    const source = Buffer.concat([
      bytes('{"a":1}\n\n{"a":\nnot json\n{"a":"\\ud800"}\n{"a":"'),
      Uint8Array.of(0xff),
      bytes('"}\n[1]\n{"a":2} {"a":3}]\n{"a":"x"}\n{"a":4}'),
    ])
    const table = decodeNdjson(source, {
      schema: { a: 'int64' },
      onInvalidRow: (row) => refused.push([row.line, row.row, row.code]),
    })
    expect(rowsOf(table)).toEqual([{ a: 1n }, { a: 2n }, { a: 4n }])
    expect(refused).toEqual([
      [3, 2, 'JSON_INVALID'],
      [4, 3, 'JSON_INVALID'],
      [5, 4, 'ENCODING_INVALID'],
      [6, 5, 'ENCODING_INVALID'],
      [7, 6, 'JSON_INVALID'],
      [8, 8, 'JSON_INVALID'],
      [9, 9, 'TYPE_MISMATCH'],
    ])
  })

  test('receives the elements of an array whose end can be found', () => {
    const refused: unknown[] = []
    const onInvalidRow: JsonOptions['onInvalidRow'] = ({ line, row, code }) => refused.push([line, row, code])
    expect(rowsOf(decodeJson(bytes('[{"a":1},\n5,\n{"a":"\\ud800"},\n{"a":2}]'), { onInvalidRow }))).toEqual([
      { a: 1n },
      { a: 2n },
    ])
    expect(refused).toEqual([
      [2, 2, 'JSON_INVALID'],
      [3, 3, 'ENCODING_INVALID'],
    ])
    expect(failureOf(() => decodeJson(bytes('[{"a":1},{"a":x}]'), { onInvalidRow })).code).toBe('JSON_INVALID')
  })

  test('a value that only widens the type of a whole table does not reject its row', () => {
    const lines = `${'{"a":1}\n'.repeat(15_000)}oops\n{"a":"x"}`
    const refused: number[] = []
    expect(decodeNdjson(bytes(lines), { onInvalidRow: (row) => refused.push(row.line) }).numRows).toBe(15_001)
    expect(refused).toEqual([15_001])
  })
})

describe('writing', () => {
  test('an array has one row per line; lines are rows', () => {
    const table = decodeNdjson(bytes('{"id":9007199254740993,"name":"A\\"\\\\\\n\\u0001é","x":null}\n{"id":-1}'))
    expect(text(encodeNdjson(table))).toBe(
      '{"id":9007199254740993,"name":"A\\"\\\\\\n\\u0001é","x":null}\n{"id":-1,"name":null,"x":null}\n',
    )
    expect(text(encodeJson(table.slice(1)))).toBe('[\n{"id":-1,"name":null,"x":null}\n]\n')
    expect(text(encodeJson(decodeJson(bytes('[]'))))).toBe('[]\n')
  })

  test('every type exactly', () => {
    const rows = [
      {
        b: true,
        i: 2 ** 31 - 1,
        f: 0.1,
        s: 'x',
        y: Uint8Array.of(1, 2, 3),
        d: new Date('1969-12-31'),
        ts: new Date(-1),
        us: -1n,
        ns: 1n,
        dec: '12345678901234567890.10',
      },
    ]
    const schema = {
      b: 'bool',
      i: 'int32',
      f: 'float64',
      s: 'string',
      y: 'binary',
      d: 'date',
      ts: 'timestamp',
      us: 'timestamp[us]',
      ns: 'timestamp[ns]',
      dec: 'decimal(30,2)',
    } as const
    const table = tableFromRows(rows, { schema })
    const written = text(encodeNdjson(table))
    expect(written).toBe(
      '{"b":true,"i":2147483647,"f":0.1,"s":"x","y":"AQID","d":"1969-12-31","ts":"1969-12-31T23:59:59.999Z","us":"1969-12-31T23:59:59.999999Z","ns":"1970-01-01T00:00:00.000000001Z","dec":12345678901234567890.10}\n',
    )
    expect(rowsOf(decodeNdjson(bytes(written), { schema }))).toEqual(rowsOf(table))
  })

  test('NaN and infinities are refused, or null where asked', () => {
    const table = tableFromRows([{ a: 1.5 }, { a: Number.NaN }, { a: Number.NEGATIVE_INFINITY }])
    expect(failureOf(() => encodeJson(table))).toMatchObject({
      code: 'TYPE_MISMATCH',
      position: { row: 2, column: 'a' },
    })
    expect(text(encodeNdjson(table, { nonFinite: 'null' }))).toBe('{"a":1.5}\n{"a":null}\n{"a":null}\n')
  })

  test('floats of 32 bits in few digits, integers with all of them', () => {
    const schema = { f: new Float32() }
    const values = [0.1, -0, 3.4028235e38, 1e-45, 27_042_930_688, 16_777_216].map(Math.fround)
    const written = encodeNdjson(
      tableFromRows(
        values.map((f) => ({ f })),
        { schema },
      ),
    )
    expect(text(written).match(/:.*(?=})/g)).toEqual([
      ':0.1',
      ':-0',
      ':3.4028234663852886e+38',
      ':1.4013e-45',
      ':27042930688',
      ':16777216',
    ])
    expect(rowsOf(decodeNdjson(written, { schema })).map(({ f }) => f)).toEqual(values)
    expect(failureOf(() => decodeNdjson(bytes('{"f":16777217}'), { schema })).code).toBe('TYPE_MISMATCH')
    expect(failureOf(() => decodeNdjson(bytes('{"f":1e39}'), { schema })).code).toBe('TYPE_MISMATCH')
  })

  test('doubles read back as themselves', () => {
    const values = [-0, 2 ** 53, 1.2345678901234567e20, 5e-324, Number.MAX_VALUE]
    const table = tableFromRows(values.map((v) => ({ v })))
    expect(rowsOf(decodeNdjson(encodeNdjson(table), { schema: { v: 'float64' } }))).toEqual(values.map((v) => ({ v })))
  })

  test('two columns of one name are refused', () => {
    const table = decodeNdjson(bytes('{"a":1,"b":2}'))
    expect(
      failureOf(() =>
        encodeJson(
          table
            .select(['a'])
            .assign(table.select(['b']))
            .selectAt([0, 0]),
        ),
      ),
    ).toMatchObject({
      code: 'COLUMN_CONFLICT',
    })
  })

  test('slices of nested columns, of booleans and of validity', () => {
    const source = Array.from(
      { length: 40 },
      (_, row) => `{"b":${row % 3 === 0},"n":${row % 5 === 0 ? null : row},"l":[${row},null],"s":{"t":["${row}"]}}`,
    )
    const table = decodeNdjson(bytes(source.join('\n')))
    expect(text(encodeNdjson(table.slice(13, 31)))).toBe(`${source.slice(13, 31).join('\n')}\n`)
  })
})

test('keys of a column pinned as json, or by its shape, are no columns: any number of them, in streams and tables', async () => {
  const rows = Array.from({ length: 800 }, (_, row) => {
    const keys = Array.from({ length: 13 }, (_, key) => `"k${row}_${key}":1`).join()
    return `{"id":${row},"map":{${keys}},"late":${row < 700 ? row : '"x"'}}`
  })
  const bytes = Buffer.from(rows.join('\n'))
  const schema = { map: 'json' } as const
  expect(decodeNdjson(bytes, { schema }).numRows).toBe(800)
  let count = 0
  for await (const batch of ndjson({ schema }).read(bytes)) count += batch.numRows
  expect(count).toBe(800)
  expect(() => decodeNdjson(bytes)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
})
