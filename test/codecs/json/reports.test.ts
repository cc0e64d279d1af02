import { Field, Int32, Int64, Map_, Struct, Table, Utf8 } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import {
  decodeJson,
  decodeNdjson,
  encodeNdjson,
  type JsonOptions,
  json,
  ndjson,
} from '../../../src/codecs/json/json.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { bytes, chunked, collect, failure, failureOf, rowsOf, text, typesOf } from './support.ts'

/** Cases from public bug reports of other libraries, and more of each kind. */

describe('numbers that are not the text of a double stay text', () => {
  test.each([
    ['82544000000000707.52'],
    ['9007199254740993.0'],
    ['1e-400'],
    ['0E12'],
    ['32E0134'],
    ['123456789012345678901234567890'],
    ['0.1234567890123456789'],
    ['1e400'],
  ])('%s', (number) => {
    const table = decodeJson(bytes(`[{"v":${number}},{"v":1}]`))
    expect([typesOf(table), rowsOf(table)]).toEqual([{ v: 'Utf8' }, [{ v: number }, { v: '1' }]])
    expect(typesOf(decodeNdjson(bytes(`${'{"v":1.5}\n'.repeat(2000)}{"v":${number}}\n`)))).toEqual({ v: 'Utf8' })
  })

  test.each([
    ['0.1', 0.1],
    ['1e05', undefined],
    ['1e-05', 1e-5],
    ['1E5', 1e5],
    ['0.30000000000000004', 0.30000000000000004],
    ['5e-324', 5e-324],
    ['1.50', 1.5],
    ['-0.0', -0],
  ])('%s is %s', (number, value) => {
    expect(rowsOf(decodeJson(bytes(`[{"v":${number}}]`)))).toEqual([{ v: value ?? number }])
  })

  test('a column pinned as float64 accepts any number, rounded to the nearest double', () => {
    const table = decodeJson(bytes('[{"v":82544000000000707.52},{"v":9007199254740993},{"v":1e-400}]'), {
      schema: { v: 'float64' },
    })
    expect(rowsOf(table)).toEqual([{ v: Number('82544000000000707.52') }, { v: 9007199254740992 }, { v: 0 }])
  })
})

describe('pinned columns take the spellings that exporters write', () => {
  const files = (value: string): [string, Uint8Array][] => {
    const line = `{"n":1,"v":${JSON.stringify(value)}}\n`
    return [
      ['one row', bytes(line)],
      ['rows for the kernel', bytes(`{"n":1,"v":null}\n`.repeat(3000) + line)],
      [
        'escaped',
        bytes(
          line
            .replace('"v":"', `"v":"\\u00${value.charCodeAt(0).toString(16)}`)
            .replace(`${value}"`, `${value.slice(1)}"`),
        ),
      ],
    ]
  }
  const last = (table: Parameters<typeof rowsOf>[0]) => rowsOf(table).at(-1)?.['v']

  test.each([
    ['2024-01-01 00:00:00 UTC', Date.UTC(2024, 0, 1)],
    ['2024-01-01 00:00:00.123 UTC', Date.UTC(2024, 0, 1, 0, 0, 0, 123)],
    ['2024-01-01 00:00:00 +01:00', Date.UTC(2023, 11, 31, 23)],
    ['2024-01-01', Date.UTC(2024, 0, 1)],
  ])('timestamp: %s', async (value, time) => {
    for (const [, file] of files(value)) {
      const schema = { v: 'timestamp' } as const
      expect(last(decodeNdjson(file, { schema }))).toEqual(new Date(time))
      expect(last(new Table(await collect(ndjson({ schema }).read(chunked(file, [1, 7, 30])))))).toEqual(new Date(time))
    }
    expect(typesOf(decodeNdjson(bytes(`{"v":"${value}"}\n{"v":"2024-01-01T00:00:00Z"}\n`)))).toEqual({ v: 'Utf8' })
  })

  test.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-inf', Number.NEGATIVE_INFINITY],
  ])('float64: "%s"', async (value, number) => {
    for (const [, file] of files(value)) {
      const schema = { v: 'float64' } as const
      expect(last(decodeNdjson(file, { schema }))).toBe(number)
      expect(last(new Table(await collect(ndjson({ schema }).read(chunked(file, [1, 7, 30])))))).toBe(number)
    }
    expect(typesOf(decodeNdjson(bytes(`{"v":"${value}"}\n{"v":1.5}\n`)))).toEqual({ v: 'Utf8' })
  })

  test.each([
    ['timestamp', '2024-01-01 UTC'],
    ['timestamp', '2024-01-01 00:00:00 CET'],
    ['float64', '1.5'],
    ['float64', 'infinite'],
    ['float64', ''],
  ] as const)('%s refuses "%s"', (type, value) => {
    expect(failureOf(() => decodeNdjson(bytes(`{"v":"${value}"}\n`), { schema: { v: type } })).code).toBe(
      'TYPE_MISMATCH',
    )
  })
})

describe('what the bytes are', () => {
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')
  test.each<[string, Uint8Array, string, RegExp]>([
    ['UTF-16 with a byte order mark', utf16('[{"a":1}]'), 'ENCODING_INVALID', /utf-16le/],
    ['UTF-16 without one', Buffer.from('[{"a":1,"b":2}]', 'utf16le'), 'ENCODING_INVALID', /utf-16le/],
    ['UTF-16, big end first', Buffer.from('[{"a":1,"b":2}]', 'utf16le').swap16(), 'ENCODING_INVALID', /utf-16be/],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), 'ENCODING_INVALID', /gzip/],
    ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), 'ENCODING_INVALID', /zstd/],
    ['zip', Uint8Array.of(0x50, 0x4b, 3, 4, 0), 'UNSUPPORTED_FORMAT', /zip/],
    ['Parquet', Uint8Array.of(0x50, 0x41, 0x52, 0x31, 0x15), 'UNSUPPORTED_FORMAT', /Parquet/],
  ])('%s', async (_, source, code, message) => {
    for (const read of [
      async () => failureOf(() => decodeJson(source)),
      async () => failureOf(() => decodeNdjson(source, { onInvalidRow: () => {} })),
      () => failure(collect(ndjson().read(chunked(source, [1])))),
    ]) {
      const error = await read()
      expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)])
    }
  })
})

describe('errors say where and what was found', () => {
  test.each<[string, string, RegExp, object, (string | number)[]]>([
    ['a trailing comma in an object', '{"a":{"b":1,}}', /trailing comma/, { line: 1, row: 1, byteOffset: 12 }, ['a']],
    ['a trailing comma in a list', '{"a":[1,2,]}', /trailing comma/, { byteOffset: 10 }, ['a', 2]],
    ['a trailing comma after rows', '[{"a":1},\n]', /trailing comma/, { line: 2, byteOffset: 10 }, []],
    ['a comment', '[{"a":1}, // one\n{"a":2}]', /comment/, { line: 1, row: 2, byteOffset: 10 }, []],
    ['a comment of blocks', '{"a":/* x */1}', /comment/, { byteOffset: 5 }, ['a']],
    ['a hash comment', '# x\n{"a":1}', /comment/, { line: 1, byteOffset: 0 }, []],
    ['NaN', '{"a":{"b":[1,NaN]}}', /NaN or Infinity/, { byteOffset: 13 }, ['a', 'b', 1]],
    ['nan', '{"a":nan}', /NaN or Infinity/, { byteOffset: 6 }, ['a']],
    ['nothing of another format in an escape', '{"a":"\\x41"}', /valid escape \(/, { byteOffset: 7 }, ['a']],
    ['nothing of another format in null', '[{"a":1},null]', /must be an object \(/, { row: 2, byteOffset: 9 }, []],
    ['-Infinity', '{"a":-Infinity}', /number must/, { byteOffset: 6 }, ['a']],
    ['None', '{"a":None}', /Python/, { byteOffset: 5 }, ['a']],
    ['undefined', '{"a":undefined}', /undefined/, { byteOffset: 5 }, ['a']],
    ['single quotes', "{'a':1}", /single quote/, { byteOffset: 1 }, []],
    ['a key without quotes', '{a:1}', /without quotes/, { byteOffset: 1 }, []],
    ['a plus', '{"a":+1}', /begin with a digit/, { byteOffset: 5 }, ['a']],
    ['a hexadecimal number', '{"a":0x1F}', /hexadecimal/, { byteOffset: 6 }, ['a']],
    ['XML', '<html></html>', /XML or HTML/, { line: 1, byteOffset: 0 }, []],
    ['a BOM in the middle', '{"a":1}\n\ufeff{"a":2}\n', /byte order mark/, { line: 2, row: 2, byteOffset: 8 }, []],
    ['a BOM in the middle of a line', '{"a":1}\ufeff{"a":2}\n', /byte order mark/, { line: 1, byteOffset: 7 }, []],
    ['an object without its end', '{"a":1}\n{"a":{"b":', /not closed/, { line: 2, row: 2, byteOffset: 18 }, ['a', 'b']],
    ['CR line ends', '{"a":1}\r{"a":2}\r{"a":x}\r', /without quotes/, { line: 3, row: 3, byteOffset: 21 }, ['a']],
    ['a comma between lines', '{"a":1},\n{"a":2}', /only another one/, { line: 1, row: 1, byteOffset: 7 }, []],
    [
      'a broken object over lines',
      '{\n  "a": 1\n  "b": 2\n}\n',
      /comma or }/,
      { line: 3, row: 1, byteOffset: 13 },
      ['a'],
    ],
  ])('%s', async (_, source, message, position, path) => {
    const errors = [failureOf(() => decodeJson(bytes(source))), failureOf(() => decodeNdjson(bytes(source)))]
    for (const size of [1, 3, 7]) errors.push(await failure(collect(json().read(chunked(bytes(source), [size])))))
    for (const error of errors) {
      expect(error.code).toBe('JSON_INVALID')
      expect(error.message).toMatch(message)
      expect(error.position).toMatchObject(position)
      expect(error.path).toEqual(path)
    }
  })

  test('a value that does not fit', async () => {
    const source = '{"a":{"b":[1]}}\n{"a":{"b":[2,"x"]}}\n'
    const error = await failure(collect(ndjson({ inferRows: 1 }).read(bytes(source))))
    expect(error.position).toEqual({ line: 2, row: 2, column: 'a.b.item', byteOffset: 29 })
    expect(error.path).toEqual(['a', 'b', 1])
  })

  test('offsets count from the start of the file, whatever was read before', async () => {
    const source = `${'{"a":"é"}\n'.repeat(50_000)}{"a":x}\n`
    const error = await failure(collect(ndjson().read(chunked(bytes(source), [65_536]))))
    expect(error.position).toEqual({ line: 50_001, row: 50_001, byteOffset: 50_000 * 11 + 5 })
  })

  test('no message quotes the data', () => {
    for (const source of ['{"a":hunter2}', "{'hunter2':1}", '{"a":"hunter2', '{"a":1} hunter2', 'hunter2']) {
      expect(failureOf(() => decodeNdjson(bytes(source))).message).not.toContain('hunter2')
    }
  })
})

describe('objects one after the other', () => {
  test('on one line without an end', async () => {
    const source = bytes('{"a":1}{"a":2}{"a":3}')
    expect(rowsOf(decodeNdjson(source))).toEqual([{ a: 1n }, { a: 2n }, { a: 3n }])
    expect((await collect(json().read(chunked(source, [2])))).flatMap((batch) => batch.numRows)).toEqual([3])
  })

  test('many of them, by the kernel', () => {
    const source = Array.from({ length: 5000 }, (_, row) => `{"id":${row},"name":"row ${row}"}`)
    expect(decodeJson(bytes(source.join(''))).numRows).toBe(5000)
    expect(decodeJson(bytes(source.join('\r'))).numRows).toBe(5000)
    expect(decodeJson(bytes(source.map((row) => JSON.stringify(JSON.parse(row), null, 2)).join('\n'))).numRows).toBe(
      5000,
    )
  })

  test('a rejected object over lines is one row, and so are the lines that are cut off', () => {
    const reject = (source: string) => {
      const rejected: [number, number][] = []
      const onInvalidRow: JsonOptions['onInvalidRow'] = ({ line, row }) => rejected.push([line, row])
      return { rows: rowsOf(decodeJson(bytes(source), { onInvalidRow, schema: { a: 'int64' } })), rejected }
    }
    expect(reject('{\n  "a": 1,\n  "b": {\n    "a": 5\n  },\n}\n{\n  "a": 2\n}\n')).toEqual({
      rows: [{ a: 2n }],
      rejected: [[1, 1]],
    })
    expect(reject('{"a":1,\n{"a":2}\n{"a":\n{"a":3}\n')).toEqual({
      rows: [{ a: 2n }, { a: 3n }],
      rejected: [
        [1, 1],
        [3, 3],
      ],
    })
    expect(reject('{"a":[\n{"a":1},\n{"a":2}\n]},\n{"a":3}\n')).toEqual({ rows: [{ a: 3n }], rejected: [[1, 1]] })
    expect(reject(' {"a":1}\n {"a":\n {"a":2}\n {\n  "b":\n {"a":3}\n')).toEqual({
      rows: [{ a: 1n }, { a: 2n }, { a: 3n }],
      rejected: [
        [2, 2],
        [4, 4],
      ],
    })
  })
})

describe('rows', () => {
  const trail = '{"version":"1","Records":[{"a":1},\n{"a":2}],"next":{"x":[1,2]}}'

  test('leads to the array of rows, as a stream and a whole table', async () => {
    const options = { rows: ['Records'] }
    expect(rowsOf(decodeJson(bytes(trail), options))).toEqual([{ a: 1n }, { a: 2n }])
    const batches = await collect(json(options).read(chunked(bytes(trail), [1])))
    expect(batches.map((batch) => batch.numRows)).toEqual([2])
  })

  test('through several objects, and of several pages', () => {
    const page = (rows: string) => `{"data":{"count":2,"items":${rows},"more":false},"ok":true}`
    const source = `${page('[{"a":1}]')}\n${page('[]')}${page('null')}\n${page('[{"a":2},{"a":3}]')}\n`
    expect(rowsOf(decodeJson(bytes(source), { rows: ['data', 'items'] }))).toEqual([{ a: 1n }, { a: 2n }, { a: 3n }])
  })

  test.each<[string, string, string[], RegExp, (string | number)[]]>([
    ['no such key', '{"records":[]}', ['Records'], /has no key that/, ['Records']],
    ['no such key inside', '{"a":{"c":[]}}', ['a', 'b'], /has no key that/, ['a', 'b']],
    ['no array', '{"Records":{"a":1}}', ['Records'], /must lead to an array/, []],
    ['no object', '{"a":[{}]}', ['a', 'b'], /must lead through objects/, []],
    ['an array', '[{"a":1}]', ['Records'], /must lead through objects/, []],
    ['a repeated key', '{"R":[],"R":[]}', ['R'], /repeated/, []],
    ['a file that is cut off', '{"R":[{"a":1}]', ['R'], /cut off/, []],
    ['a file that is cut off in a member', '{"x":[1,2', ['R'], /cut off/, []],
    ['a broken member', '{"x":NaN,"R":[]}', ['R'], /NaN/, []],
    ['a trailing comma', '{"R":[],}', ['R'], /trailing comma/, []],
    ['text behind', '{"R":[]} x', ['R'], /must lead through objects/, []],
  ])('%s', async (_, source, rows, message, path) => {
    const errors = [failureOf(() => decodeJson(bytes(source), { rows }))]
    for (const size of [1, 5]) errors.push(await failure(collect(json({ rows }).read(chunked(bytes(source), [size])))))
    for (const error of errors) {
      expect([error.code, error.message]).toEqual(['JSON_INVALID', expect.stringMatching(message)])
      expect(error.position).toMatchObject({ line: 1, byteOffset: expect.any(Number) })
      expect(error.path ?? []).toEqual(path)
    }
  })

  test('rejected rows in it', () => {
    const rejected: unknown[] = []
    const table = decodeJson(bytes('{"R":[{"a":1},\n5,\n{"a":2}]}'), {
      rows: ['R'],
      onInvalidRow: (row) => rejected.push(row.line),
    })
    expect([rowsOf(table), rejected]).toEqual([[{ a: 1n }, { a: 2n }], [2]])
  })

  test.each(['{"x":"\ue000","R":[]}', '{"\ue000":1,"R":[]}', '{"R":[{"a":1}],"x":["\ue000"]}'])(
    'invalid UTF-8 around the rows is refused: %j',
    async (source) => {
      const [start, end] = source.split('\ue000').map((part) => bytes(part)) as [Uint8Array, Uint8Array]
      const file = Buffer.concat([start, Buffer.of(0xff), end])
      for (const size of [1, 4, 100]) {
        const error = await failure(collect(json({ rows: ['R'] }).read(chunked(file, [size]))))
        expect(error.code).toBe('ENCODING_INVALID')
      }
    },
  )

  test('must be keys', () => {
    expect(failureOf(() => json({ rows: [1] as never })).code).toBe('OPTION_INVALID')
    expect(failureOf(() => json({ rows: 'Records' as never })).code).toBe('OPTION_INVALID')
  })
})

describe("schema: 'json'", () => {
  test('keeps any value as its JSON text, also after the rows used for inference', async () => {
    const source = '{"v":1}\n{"v":"x"}\n{"v":{ "k" : [1, 2.50] }}\n{"v":null}\n{}\n'
    const expected = ['1', '"x"', '{"k":[1,2.50]}', null, null]
    for (const input of [bytes(source), chunked(bytes(source), [3])]) {
      const batches = await collect(ndjson({ inferRows: 1, schema: { v: 'json' } }).read(input))
      expect(batches.flatMap((batch) => [...(batch.getChild('v') ?? [])])).toEqual(expected)
    }
  })

  test('is written as the values again, and marked as JSON', () => {
    const source = '{"v":1}\n{"v":"x"}\n{"v":{"k":[1,2.50]}}\n{"v":null}\n'
    const table = decodeNdjson(bytes(source), { schema: { v: 'json' } })
    expect(table.schema.fields[0]?.metadata.get('ARROW:extension:name')).toBe('arrow.json')
    expect(text(encodeNdjson(table))).toBe(source)
    expect(rowsOf(decodeNdjson(encodeNdjson(table), { schema: table.schema }))).toEqual(rowsOf(table))
  })

  test.each(['', 'x', '{"a":1', '1 2'])('text that is not JSON, %j, is not written', (v) => {
    const table = tableFromRows([{ v: '1' }, { v }], { schema: { v: 'json' } })
    expect(failureOf(() => encodeNdjson(table))).toMatchObject({
      code: 'TYPE_MISMATCH',
      position: { row: 2, column: 'v' },
    })
  })
})

describe('maps with integer keys', () => {
  test.each([new Int32(), new Int64()])('%s', (key) => {
    const entries = new Struct([new Field('key', key, false), new Field('value', new Utf8(), true)])
    const schema = { m: new Map_(new Field('entries', entries, false)) }
    const source = '{"m":{"1":"a","-20":null}}\n{"m":null}\n'
    const table = decodeNdjson(bytes(source), { schema })
    expect(text(encodeNdjson(table))).toBe(source)
    for (const wrong of ['01', '1.0', '', 'x', '1e1', '99999999999999999999', '-0']) {
      expect(failureOf(() => decodeNdjson(bytes(`{"m":{"${wrong}":"a"}}`), { schema })).code).toBe('TYPE_MISMATCH')
    }
  })
})
