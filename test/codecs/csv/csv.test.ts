import {
  Bool,
  Dictionary,
  Field,
  FixedSizeBinary,
  Int8,
  Int32,
  makeData,
  makeVector,
  Table,
  tableFromArrays,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { type CsvOptions, csv, decodeCsv, encodeCsv } from '../../../src/codecs/csv/csv.ts'
import { bytesSource } from '../../../src/codecs/input/source.ts'
import type { InvalidRow } from '../../../src/codecs/invalid-row.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { cellsOf, chunksAt, collect, errorOf, readAll, schemaText, utf8 } from './support.ts'

function decode(text: string, options?: CsvOptions) {
  return decodeCsv(utf8(text), options)
}

async function* batchesOf(...tables: readonly Table[]) {
  for (const { batches } of tables) yield* batches
}

describe('reading', () => {
  test('types, nulls, quotes, newlines in quotes, CRLF, no trailing newline', () => {
    const table = decode(
      'id,amount,note,at,ok\r\n1,2.5,"a ""b""\nc",2024-02-29T12:00:00Z,TRUE\r\n,,,,\r\n3,-1e3,"",1969-12-31T23:59:59.999Z,false',
    )
    expect(schemaText(table)).toEqual([
      'id:Int64',
      'amount:Float64',
      'note:Utf8',
      'at:Timestamp<MILLISECOND, UTC>',
      'ok:Bool',
    ])
    expect(cellsOf(table)).toEqual([
      [1n, null, 3n],
      [2.5, null, -1000],
      ['a "b"\nc', null, ''],
      [Date.parse('2024-02-29T12:00:00Z'), null, -1],
      [true, null, false],
    ])
  })

  test.each(['\n', '\r\n', '\r'])('rows end at %j', (eol) => {
    expect(cellsOf(decode(['a,b', '1,x', '', '2,"y', 'z"', ''].join(eol)))).toEqual([
      [1n, 2n],
      ['x', `y${eol}z`],
    ])
  })

  test('the byte order mark is dropped, blank lines are skipped', () => {
    expect(cellsOf(decode('\ufeff\n\r\na,b\n\n1,2\n\n\n'))).toEqual([[1n], [2n]])
    expect(schemaText(decode('\ufeffa\n1'))).toEqual(['a:Int64'])
  })

  test('numbers in quotes are numbers; an empty quoted field is text', () => {
    expect(schemaText(decode('a,b\n"1","1"\n"2",""'))).toEqual(['a:Int64', 'b:Utf8'])
  })

  test('leading zeros, long digits and spaces stay text', () => {
    const table = decode('zip,big,padded\n08123,9223372036854775808, 1\n10001,1,2')
    expect(schemaText(table)).toEqual(['zip:Utf8', 'big:Utf8', 'padded:Utf8'])
    expect(cellsOf(table)).toEqual([
      ['08123', '10001'],
      ['9223372036854775808', '1'],
      [' 1', '2'],
    ])
  })

  test('NA is text, the country code of Namibia', () => {
    expect(cellsOf(decode('country\nNA\nDE'))).toEqual([['NA', 'DE']])
  })

  test('nullValues replace the empty field and never match quoted text', () => {
    const table = decode('a,b\nNA,"NA"\n-,\n1,x', { nullValues: ['NA', '-'] })
    expect(schemaText(table)).toEqual(['a:Int64', 'b:Utf8'])
    expect(cellsOf(table)).toEqual([
      [null, null, 1n],
      ['NA', '', 'x'],
    ])
  })

  test('a column without any value is text, all null, and marked as empty', () => {
    const table = decode('a,b\n1,\n2,')
    expect(schemaText(table)).toEqual(['a:Int64', 'b:Utf8'])
    expect(cellsOf(table)[1]).toEqual([null, null])
    expect(table.schema.fields[1]?.metadata.get('millrace.empty')).toBe('true')
  })

  test('header names: repeated, empty, __proto__', () => {
    expect(schemaText(decode('a,a,a_2,a,,__proto__\n1,2,3,4,5,6'))).toEqual(
      ['a', 'a_3', 'a_2', 'a_4', 'column_5', '__proto__'].map((name) => `${name}:Int64`),
    )
  })

  test('header: false names columns by place, an array names them', () => {
    expect(cellsOf(decode('1,x\n2,y', { header: false }))).toEqual([
      [1n, 2n],
      ['x', 'y'],
    ])
    expect(schemaText(decode('1,x', { header: false }))).toEqual(['column_1:Int64', 'column_2:Utf8'])
    expect(schemaText(decode('1,x', { header: ['id', 'name'] }))).toEqual(['id:Int64', 'name:Utf8'])
  })

  test('a header alone is one empty batch', async () => {
    const batches = await readAll(utf8('a,b\n'), { schema: { b: 'date' } })
    expect(batches.map((batch) => batch.numRows)).toEqual([0])
    expect(schemaText(batches[0] as never)).toEqual(['a:Utf8', 'b:Date32<DAY>'])
    expect(decode('a,b').numRows).toBe(0)
  })

  test('one column: blank lines are skipped, quoted empty ones are kept', () => {
    expect(cellsOf(decode('a\nx\n\n""\n'))).toEqual([['x', '']])
  })

  test('pinned columns', () => {
    const table = decode('a,b,c,d,e,f,g\n1,2,3,4.50,2024-01-01,true,2024-01-01T00:00:00.000000001Z', {
      schema: { a: 'string', b: 'float64', c: 'int32', d: 'decimal(10,3)', e: 'date', f: 'bool', g: 'timestamp[ns]' },
    })
    expect(schemaText(table)).toEqual([
      'a:Utf8',
      'b:Float64',
      'c:Int32',
      'd:Decimal[10e+3]',
      'e:Date32<DAY>',
      'f:Bool',
      'g:Timestamp<NANOSECOND, UTC>',
    ])
    expect(encodeCsv(table)).toEqual(
      utf8('a,b,c,d,e,f,g\n1,2,3,4.500,2024-01-01,true,2024-01-01T00:00:00.000000001Z\n'),
    )
  })

  test('pinned doubles accept named values, and integers that are exactly doubles', () => {
    const schema = { a: 'float64' } as const
    const text = 'a\nNaN\n-Infinity\n100000000000000000000\n'
    expect(cellsOf(decode(text, { schema }))).toEqual([[Number.NaN, Number.NEGATIVE_INFINITY, 1e20]])
  })

  test('other dialects: delimiters, quotes, escapes, comments', () => {
    const expected = [
      [1n, 2n],
      ['x;y', 'it\'s "q"'],
    ]
    expect(cellsOf(decode('a\tb\n1\tx;y\n2\t"it\'s ""q"""', { delimiter: '\t' }))).toEqual(expected)
    expect(cellsOf(decode('a||b\n1||x;y\n2||"it\'s ""q"""', { delimiter: '||' }))).toEqual(expected)
    expect(cellsOf(decode("a;b\n1;'x;y'\n2;'it''s \"q\"'", { delimiter: ';', quote: "'" }))).toEqual(expected)
    expect(cellsOf(decode('# c\na,b\n1,x;y\n#,,,"\n2,"it\'s \\"q\\""', { escape: '\\', comment: '#' }))).toEqual(
      expected,
    )
    expect(cellsOf(decode('a§b\n1§é\n', { delimiter: '§' }))).toEqual([[1n], ['é']])
    expect(cellsOf(decode('a,b\n1,"x"\n', { quote: false }))).toEqual([[1n], ['"x"']])
  })

  test('other encodings', () => {
    expect(cellsOf(decodeCsv(Buffer.from('\ufeffa,b\n1,é😀\n', 'utf16le'), { encoding: 'utf-16le' }))).toEqual([
      [1n],
      ['é😀'],
    ])
    expect(cellsOf(decodeCsv(Buffer.from('a\né\n', 'latin1'), { encoding: 'windows-1252' }))).toEqual([['é']])
  })

  test('types of a whole table come from all of its values, whatever their order', () => {
    const many = Array.from({ length: 12_000 }, (_, row) => `${row},,\n`).join('')
    expect(schemaText(decode(`a,b,c\n${many}1.5,x,\n`))).toEqual(['a:Float64', 'b:Utf8', 'c:Utf8'])
    expect(schemaText(decode(`a,b,c\n${many}x,7,2024-01-01\n`))).toEqual(['a:Utf8', 'b:Int64', 'c:Date32<DAY>'])
  })

  test('5,000 columns and a field of 10 MB, in chunks of 64 KiB', async () => {
    const names = Array.from({ length: 5000 }, (_, column) => `c${column}`)
    const rows = Array.from({ length: 30 }, (_, row) => names.map((_, column) => row * column).join(','))
    const wide = await readAll(utf8([names.join(','), ...rows].join('\n')))
    expect(cellsOf(wide)[4999]).toEqual(Array.from({ length: 30 }, (_, row) => BigInt(row * 4999)))
    const text = `a,b\n1,"${'x'.repeat(10_000_000)}"\n2,y\n`
    const cuts = Array.from({ length: 152 }, (_, index) => index * 65_536)
    const started = performance.now()
    const batches = await readAll(chunksAt(utf8(text), cuts))
    expect(cellsOf(batches)[1]).toEqual(['x'.repeat(10_000_000), 'y'])
    expect(performance.now() - started).toBeLessThan(5000)
  })

  test('batches hold at most 65,536 rows', async () => {
    const batches = await readAll(utf8(`a\n${'1\n'.repeat(70_000)}`))
    expect(batches.map((batch) => batch.numRows)).toEqual([65_536, 4_464])
  })

  test('inferRows: a later misfit is rejected, Infinity reads twice', async () => {
    const bytes = utf8('a\n1\n2\nx\n')
    const error = await errorOf(() => readAll(bytes, { inferRows: 2 }))
    expect([error.code, error.position]).toEqual(['TYPE_MISMATCH', { line: 4, row: 3, column: 'a' }])
    const batches = await readAll(bytesSource(bytes), { inferRows: Number.POSITIVE_INFINITY })
    expect(cellsOf(batches)).toEqual([['1', '2', 'x']])
    const stream = await errorOf(() => readAll(chunksAt(bytes, []), { inferRows: Number.POSITIVE_INFINITY }))
    expect(stream.code).toBe('OPTION_INVALID')
  })
})

const QUOTED_NOISE = Buffer.from('a,b\n1,"\xff"\n', 'latin1')

describe('faults', () => {
  test.each<[string, Uint8Array | string, CsvOptions, string, object]>([
    ['no bytes', '', {}, 'CSV_INVALID', { line: 1 }],
    ['blank lines only', '\n\r\n', {}, 'CSV_INVALID', { line: 1 }],
    ['only a byte order mark', '\ufeff', {}, 'CSV_INVALID', { line: 1 }],
    ['nothing under given names', '\n', { header: ['a'] }, 'CSV_INVALID', { line: 1 }],
    ['too few fields', 'a,b\n1,2\n3\n', {}, 'CSV_INVALID', { line: 3, row: 2 }],
    ['too many fields', 'a,b\n1,2,3\n', {}, 'CSV_INVALID', { line: 2, row: 1 }],
    ['an unclosed quote', 'a,b\n1,"x\n2,y\n', {}, 'CSV_INVALID', { line: 2, row: 1 }],
    ['an unclosed quote in the header', 'a,"b\n1,2', {}, 'CSV_INVALID', { line: 1 }],
    ['a quote in an unquoted field', 'a,b\n1,x"y\n', {}, 'CSV_INVALID', { line: 2, row: 1 }],
    ['text after a closing quote', 'a,b\n1,"x"y\n', {}, 'CSV_INVALID', { line: 2, row: 1 }],
    ['lines inside quotes count', 'a,b\n1,"x\r\ny"\n2\n', {}, 'CSV_INVALID', { line: 4, row: 2 }],
    [
      'invalid UTF-8',
      Buffer.from('a,b\n1,2\n1,\xe9\n', 'latin1'),
      {},
      'ENCODING_INVALID',
      { line: 3, row: 2, column: 'b' },
    ],
    ['invalid UTF-8 in quotes', QUOTED_NOISE, {}, 'ENCODING_INVALID', { line: 2, row: 1, column: 'b' }],
    ['invalid UTF-8 in the header', Buffer.from('a,\xe9\n1,2\n', 'latin1'), {}, 'ENCODING_INVALID', { line: 1 }],
    ['UTF-16 unannounced', Buffer.from('\ufeffa\n1', 'utf16le'), {}, 'ENCODING_INVALID', { line: 1 }],
    [
      'UTF-16 cut in the middle',
      Buffer.from('a\n1', 'utf16le').subarray(0, 5),
      { encoding: 'utf-16le' },
      'ENCODING_INVALID',
      { line: 2 },
    ],
    [
      'a misfit of a pinned type',
      'a,b\n1,2\n1,x\n',
      { schema: { b: 'int64' } },
      'TYPE_MISMATCH',
      { line: 3, row: 2, column: 'b' },
    ],
    [
      'an int32 over 32 bits',
      'a\n2147483648\n',
      { schema: { a: 'int32' } },
      'TYPE_MISMATCH',
      { line: 2, row: 1, column: 'a' },
    ],
    [
      'a pinned double beyond all doubles',
      'a\n1e400\n',
      { schema: { a: 'float64' } },
      'TYPE_MISMATCH',
      { line: 2, row: 1, column: 'a' },
    ],
    [
      'a decimal beyond its scale',
      'a\n1.005\n',
      { schema: { a: 'decimal(5,2)' } },
      'TYPE_MISMATCH',
      { line: 2, row: 1, column: 'a' },
    ],
    ['an unknown pinned column', 'a\n1\n', { schema: { z: 'int64' } }, 'COLUMN_UNKNOWN', { column: 'z' }],
    [
      'a type that CSV has no form for',
      'a\n1\n',
      { schema: { a: new FixedSizeBinary(2) } },
      'OPTION_INVALID',
      { column: 'a' },
    ],
    ['too many columns', 'a,b,c\n', { limits: { maxColumns: 2 } }, 'LIMIT_EXCEEDED', { line: 1 }],
    ['a field beyond its limit', 'a\nxxxxxx\n', { limits: { maxFieldBytes: 5 } }, 'LIMIT_EXCEEDED', { line: 2 }],
    ['a row beyond its limit', 'a,b\n1,2\nxxx,yyy\n', { limits: { maxRowBytes: 5 } }, 'LIMIT_EXCEEDED', { line: 3 }],
    ['an unknown encoding', 'a', { encoding: 'klingon' }, 'OPTION_INVALID', {}],
    ['one mark for two things', 'a', { delimiter: '"' }, 'OPTION_INVALID', {}],
    ['a comment that begins with the delimiter', 'a', { delimiter: '-', comment: '--' }, 'OPTION_INVALID', {}],
    ['an empty delimiter', 'a', { delimiter: '' }, 'OPTION_INVALID', {}],
    [
      'a ragged row, another dialect',
      'a;b\n1;2\n3\n',
      { comment: '#', delimiter: ';' },
      'CSV_INVALID',
      { line: 3, row: 2 },
    ],
    ['an unclosed quote, another dialect', "a,b\n1,'x\n2,y\n", { quote: "'" }, 'CSV_INVALID', { row: 1 }],
    [
      'invalid UTF-8, another dialect',
      Buffer.from('a,b\n1,\xe9\n', 'latin1'),
      { comment: '#' },
      'ENCODING_INVALID',
      { line: 2, row: 1, column: 'b' },
    ],
    [
      'a row beyond its limit, another dialect',
      'a,b\nxxx,yyy\n',
      { comment: '#', limits: { maxRowBytes: 5 } },
      'LIMIT_EXCEEDED',
      {},
    ],
  ])('%s', async (_, input, options, code, position) => {
    const bytes = typeof input === 'string' ? utf8(input) : input
    const whole = await errorOf(() => decodeCsv(bytes, options))
    expect(whole.code).toBe(code)
    expect(whole.position ?? {}).toMatchObject(position)
    const streamed = await errorOf(() => readAll(chunksAt(bytes, [1, 3, 5, 6, 7, 8, 9]), options))
    expect([streamed.code, streamed.message]).toEqual([whole.code, whole.message])
  })

  test('rejected rows reach the callback in order, and reading continues', async () => {
    const text = 'a,b,c\n1,x,2\n3,y\n4,z"z,5\n6,"x"y,7\n8,\xff,9\n\nx,y,z\n10,"o\r\nk",11\n12,13,14,15\n16,"end\n'
    const bytes = Buffer.from(text, 'latin1')
    const rows: InvalidRow[] = []
    const batches = await readAll(bytes, { schema: { a: 'int64' }, onInvalidRow: (row) => rows.push(row) })
    expect(cellsOf(batches)).toEqual([
      [1n, 10n],
      ['x', 'o\r\nk'],
      ['2', '11'],
    ])
    expect(rows.map(({ line, row, code }) => [line, row, code])).toEqual([
      [3, 2, 'CSV_INVALID'],
      [4, 3, 'CSV_INVALID'],
      [5, 4, 'CSV_INVALID'],
      [6, 5, 'ENCODING_INVALID'],
      [8, 6, 'TYPE_MISMATCH'],
      [11, 8, 'CSV_INVALID'],
      [12, 9, 'CSV_INVALID'],
    ])
    expect(rows.every((row) => row.reason.length > 0)).toBe(true)
  })

  test('rejected rows of other dialects too', async () => {
    const rows: InvalidRow[] = []
    const text = '# x\na,b\n\n1,"p\r\nq"\n2\n3,\xff\n# y\nz,r\n4,s\n5,"t'
    const batches = await readAll(Buffer.from(text, 'latin1'), {
      comment: '#',
      schema: { a: 'int64' },
      onInvalidRow: (row) => rows.push(row),
    })
    expect(cellsOf(batches)).toEqual([
      [1n, 4n],
      ['p\r\nq', 's'],
    ])
    expect(rows.map(({ line, row, code }) => [line, row, code])).toEqual([
      [6, 2, 'CSV_INVALID'],
      [7, 3, 'ENCODING_INVALID'],
      [9, 4, 'TYPE_MISMATCH'],
      [11, 6, 'CSV_INVALID'],
    ])
  })
})

describe('writing', () => {
  test('quotes only where needed; null and the empty string stay distinct', () => {
    const table = new Table({
      a: vectorFromArray(['x', '', null, 'a,b', 'q"q', 'l\nl', ' s ', 'r\r'], new Utf8()),
      b: vectorFromArray([1, 2, 3, 4, 5, 6, 7, 8], new Int32()),
    })
    expect(Buffer.from(encodeCsv(table)).toString()).toBe(
      'a,b\nx,1\n"",2\n,3\n"a,b",4\n"q""q",5\n"l\nl",6\n s ,7\n"r\r",8\n',
    )
    expect(
      Buffer.from(encodeCsv(table, { delimiter: ';', eol: '\r\n', nullValues: ['x'] }))
        .toString()
        .split('\r\n')
        .slice(0, 5),
    ).toEqual(['a;b', '"x";1', ';2', 'x;3', 'a,b;4'])
  })

  test('doubles', () => {
    const values = [0.1, -0, 1e21, 1e-7, 2 ** 53, 2 ** 60, Number.NaN, Number.NEGATIVE_INFINITY, 123.25, 5e-324]
    const text = Buffer.from(encodeCsv(tableFromArrays({ a: Float64Array.from(values) }))).toString()
    expect(text.split('\n').slice(1, -1)).toEqual([
      '0.1',
      '-0',
      '1e+21',
      '1e-7',
      '9.007199254740992e+15',
      '1.152921504606847e+18',
      'NaN',
      '-Infinity',
      '123.25',
      '5e-324',
    ])
  })

  test('slices, chunks and dictionaries are read as they are', () => {
    const strings = vectorFromArray(
      ['p', 'q', null, 'r', 's', 't', 'u', 'v', 'w', 'x'],
      new Dictionary(new Utf8(), new Int8()),
    )
    const bools = makeVector(
      makeData({ type: new Bool(), length: 10, nullCount: 0, data: Uint8Array.of(0b10101010, 0b01) }),
    )
    const table = new Table({ s: strings, b: bools }).slice(1, 9)
    const text = Buffer.from(encodeCsv(table.slice(1))).toString()
    expect(text).toBe('s,b\n,false\nr,true\ns,false\nt,true\nu,false\nv,true\nw,true\n')
    expect(
      Buffer.from(encodeCsv(table.concat(table.slice(0, 1))))
        .toString()
        .endsWith('q,true\n'),
    ).toBe(true)
  })

  test('a null of a single column is written as a token or refused', async () => {
    const table = new Table({ a: vectorFromArray(['x', null], new Utf8()) })
    const error = await errorOf(() => encodeCsv(table))
    expect([error.code, error.position]).toEqual(['TYPE_MISMATCH', { column: 'a', row: 2 }])
    expect(Buffer.from(encodeCsv(table, { nullValues: ['', 'NULL'] })).toString()).toBe('a\nx\nNULL\n')
  })

  test('a value that would begin a comment is quoted, whatever its type', () => {
    const table = tableFromRows([{ n: -5 }, { n: 7 }])
    const written = encodeCsv(table, { comment: '-' })
    expect(Buffer.from(written).toString()).toBe('n\n"-5"\n7\n')
    expect(cellsOf(decodeCsv(written, { comment: '-' }))).toEqual([[-5n, 7n]])
  })

  test('a batch with other columns than the first is refused', async () => {
    const others = [[{ b: 2 }], [{ a: 2, b: 2 }], [{}]].map((rows) => tableFromRows(rows))
    for (const other of others) {
      const error = await errorOf(() => collect(csv().write()(batchesOf(tableFromRows([{ a: 1 }]), other))))
      expect(error.code).toBe('COLUMN_CONFLICT')
    }
    const error = await errorOf(() =>
      collect(csv().write()(batchesOf(tableFromRows([{ a: 1, b: 2 }]), tableFromRows([{ b: 1, a: 2 }])))),
    )
    expect(error.code).toBe('COLUMN_CONFLICT')
  })

  test('what CSV cannot hold is refused', async () => {
    const nested = tableFromArrays({ a: [[1], [2]] })
    expect((await errorOf(() => encodeCsv(nested))).code).toBe('TYPE_MISMATCH')
    expect((await errorOf(() => encodeCsv(new Table()))).code).toBe('TYPE_MISMATCH')
    const unquoted = new Table({ a: vectorFromArray(['x,y'], new Utf8()) })
    expect((await errorOf(() => encodeCsv(unquoted, { quote: false }))).code).toBe('TYPE_MISMATCH')
  })

  test('a required field is kept, and a null in it refused', async () => {
    const schema = { a: new Int32() }
    expect(decode('a\n1', { schema }).schema.fields[0]?.nullable).toBe(true)
    const required = decode('a,b\n1,x', { schema }).schema.select(['a'])
    const pinned = new (required.constructor as typeof import('apache-arrow').Schema)([
      new Field('a', new Int32(), false),
    ])
    const error = await errorOf(() => decode('a,b\n1,x\n,y\n', { schema: pinned }))
    expect([error.code, error.position]).toEqual(['TYPE_MISMATCH', { line: 3, row: 2, column: 'a' }])
  })
})
