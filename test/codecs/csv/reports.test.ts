import { describe, expect, test } from 'vitest'
import { type CsvOptions, decodeCsv, encodeCsv } from '../../../src/codecs/csv/csv.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { cellsOf, chunksAt, errorOf, readAll, schemaText, utf8 } from './support.ts'

// Files that other libraries were reported to read wrong: each row is a name, a file, options, the columns and their cells.
const NUMBERS: [string, string, CsvOptions, string[], unknown[][]][] = [
  [
    'decimals that no double keeps',
    'amount\n82544000000000707.52\n0.01\n',
    {},
    ['amount:Utf8'],
    [['82544000000000707.52', '0.01']],
  ],
  ['2 ** 53 + 1 as a decimal', 'id\n9007199254740993.0\n1.0\n', {}, ['id:Utf8'], [['9007199254740993.0', '1.0']]],
  ['a number below all doubles', 'x\n1e-400\n1.5\n', {}, ['x:Utf8'], [['1e-400', '1.5']]],
  [
    'codes with an E',
    'ref,qty\n32E0134,1\n12E12,2\n',
    {},
    ['ref:Utf8', 'qty:Int64'],
    [
      ['32E0134', '12E12'],
      [1n, 2n],
    ],
  ],
  ['a zero with an exponent', 'ref\n0E12\n1.5\n', {}, ['ref:Utf8'], [['0E12', '1.5']]],
  [
    'exponents as C, Java and JavaScript write them',
    'a\n1e-05\n1.5E10\n2.5e+21\n0.000000e+00\n',
    {},
    ['a:Float64'],
    [[1e-5, 1.5e10, 2.5e21, 0]],
  ],
  [
    'doubles of 16 and 17 digits',
    'a\n0.30000000000000004\n9007199254740992.0\n5e-324\n1.7976931348623157e308\n4.9E-324\n',
    {},
    ['a:Float64'],
    [[0.1 + 0.2, 2 ** 53, 5e-324, Number.MAX_VALUE, 5e-324]],
  ],
  [
    'any decimal in a pinned column',
    'a\n82544000000000707.52\n9007199254740993\n9007199254740993.0\n1e-400\n0E12\n1e05\n',
    { schema: { a: 'float64' } },
    ['a:Float64'],
    [[Number('82544000000000707.52'), 2 ** 53, 2 ** 53, 0, 0, 1e5]],
  ],
]

const OPTIONS: typeof NUMBERS = [
  [
    'sep=',
    'sep=;\nid;name\n1;a\n2;b\n',
    {},
    ['id:Int64', 'name:Utf8'],
    [
      [1n, 2n],
      ['a', 'b'],
    ],
  ],
  [
    'a delimiter at the end of rows',
    'A,B,C\n1,4,7,\n2,5,8,\n',
    { trailingDelimiter: 'ignore' },
    ['A:Int64', 'B:Int64', 'C:Int64'],
    [
      [1n, 2n],
      [4n, 5n],
      [7n, 8n],
    ],
  ],
  [
    'a delimiter at the end of the header too',
    'A,B,\n1,4,\n2,5\n',
    { trailingDelimiter: 'ignore' },
    ['A:Int64', 'B:Int64'],
    [
      [1n, 2n],
      [4n, 5n],
    ],
  ],
  [
    'lines before the header',
    'Report "2024\nid,name\n1,a\n2,b\n',
    { skipLines: 1 },
    ['id:Int64', 'name:Utf8'],
    [
      [1n, 2n],
      ['a', 'b'],
    ],
  ],
  ['a space before a quote', 'a, b\n1, "x, y" \n', { trim: true }, ['a:Int64', 'b:Utf8'], [[1n], ['x, y']]],
  [
    'short rows',
    'name,age,notes\nJohn,10,x\nSam,12\n',
    { shortRows: 'null' },
    ['name:Utf8', 'age:Int64', 'notes:Utf8'],
    [
      ['John', 'Sam'],
      [10n, 12n],
      ['x', null],
    ],
  ],
  [
    'short rows where no text is null',
    'a,b\n1\n',
    { shortRows: 'null', nullValues: [] },
    ['a:Int64', 'b:Utf8'],
    [[1n], [null]],
  ],
  [
    'a quote inside a field',
    'id,size,note\n1,5" pipe,"a, b"\n',
    { lazyQuotes: true },
    ['id:Int64', 'size:Utf8', 'note:Utf8'],
    [[1n], ['5" pipe'], ['a, b']],
  ],
  [
    'PostgreSQL text',
    'id\tnote\n1\tline 1\\nline 2\n2\t\\N\n',
    { delimiter: '\t', quote: false, nullValues: ['\\N'] },
    ['id:Int64', 'note:Utf8'],
    [
      [1n, 2n],
      ['line 1\\nline 2', null],
    ],
  ],
  ['a decimal comma', 'a;b\n1,5;x\n', { delimiter: ';', decimal: ',' }, ['a:Float64', 'b:Utf8'], [[1.5], ['x']]],
  [
    'a decimal comma in a pinned column',
    'a;b\n1,5;x\n',
    { delimiter: ';', decimal: ',', schema: { a: 'float64' } },
    ['a:Float64', 'b:Utf8'],
    [[1.5], ['x']],
  ],
  [
    'a point where the decimal is a comma',
    'a;b\n1.5;1.000\n',
    { delimiter: ';', decimal: ',' },
    ['a:Utf8', 'b:Utf8'],
    [['1.5'], ['1.000']],
  ],
  [
    'groups of thousands',
    'a,b,c\n"1,000","1,234,567.5","1,00"\n',
    { thousands: ',' },
    ['a:Int64', 'b:Float64', 'c:Utf8'],
    [[1000n], [1234567.5], ['1,00']],
  ],
  [
    'groups of thousands in a pinned column',
    'a,b\n"1,000",x\n',
    { thousands: ',', schema: { a: 'int64' } },
    ['a:Int64', 'b:Utf8'],
    [[1000n], ['x']],
  ],
  [
    'a time of BigQuery',
    't\n2024-01-01 00:00:00 UTC\n2024-01-01 00:00:00 +01:00\n2024-01-01\n',
    { schema: { t: 'timestamp' } },
    ['t:Timestamp<MILLISECOND, UTC>'],
    [[Date.UTC(2024, 0, 1), Date.UTC(2023, 11, 31, 23), Date.UTC(2024, 0, 1)]],
  ],
  [
    'a date in its own format',
    'd\n31/12/2024\n',
    { formats: { d: '%d/%m/%Y' } },
    ['d:Date32<DAY>'],
    [[Date.UTC(2024, 11, 31)]],
  ],
  [
    'a date-time in its own format',
    'd\n"Feb 29, 24 12:30 AM +0100"\n',
    { formats: { d: '%b %d, %y %I:%M %p %z' } },
    ['d:Timestamp<MILLISECOND, UTC>'],
    [[Date.UTC(2024, 1, 28, 23, 30)]],
  ],
  [
    'inf and nan',
    'a\n1.5\ninf\n-inf\nnan\n',
    { schema: { a: 'float64' } },
    ['a:Float64'],
    [[1.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]],
  ],
  [
    'words of bools',
    'a,b\nY,1\nN,0\n',
    { schema: { a: 'bool', b: 'bool' }, trueValues: ['Y', '1'], falseValues: ['N', '0'] },
    ['a:Bool', 'b:Bool'],
    [
      [true, false],
      [true, false],
    ],
  ],
  [
    'integers of all widths',
    'a,b,c,d\n-128,65535,4294967295,18446744073709551615\n',
    { schema: { a: 'int8', b: 'uint16', c: 'uint32', d: 'uint64' } },
    ['a:Int8', 'b:Uint16', 'c:Uint32', 'd:Uint64'],
    [[-128], [65535], [4294967295], [2n ** 64n - 1n]],
  ],
  [
    'a single and a time of day',
    'a,t\n0.1,12:34:56.5\n',
    { schema: { a: 'float32', t: 'time' } },
    ['a:Float32', 't:Time64<MICROSECOND>'],
    [[Math.fround(0.1)], [45_296_500_000n]],
  ],
]

describe.each([
  ['numbers', NUMBERS],
  ['options', OPTIONS],
] as const)('reported: %s', (_, cases) => {
  test.each(cases)('%s', async (__, text, options, columns, cells) => {
    const table = decodeCsv(utf8(text), options)
    expect(schemaText(table)).toEqual(columns)
    expect(cellsOf(table)).toEqual(cells)
    // Long enough for the kernel, and cut at every byte for the exact reader.
    const lines = text.trimEnd().split('\n')
    const rows = lines.splice(-(cells[0]?.length ?? 1))
    const head = lines.join('\n')
    const repeated = decodeCsv(utf8([head, ...Array.from({ length: 2000 }, () => rows).flat()].join('\n')), options)
    expect(schemaText(repeated)).toEqual(columns)
    expect(cellsOf(repeated).map((column) => column.slice(0, rows.length))).toEqual(cells)
    expect(cellsOf(repeated).map((column) => column.slice(-rows.length))).toEqual(cells)
    const cuts = Array.from({ length: text.length }, (___, at) => at)
    expect(cellsOf(await readAll(chunksAt(utf8(text), cuts), options))).toEqual(cells)
  })
})

test.each<[string, CsvOptions]>([
  ['a decimal that is the delimiter', { decimal: ',' }],
  ['thousands that are the decimal', { thousands: '.' }],
  ['a decimal of two letters', { decimal: '::' }],
  ['a word for true and false', { trueValues: ['x'], falseValues: ['x'] }],
  ['an unknown directive', { formats: { a: '%d/%m/%Q' } }],
  ['a date without its year', { formats: { a: '%d/%m' } }],
  ['an hour of twelve without its half', { formats: { a: '%I:%M' } }],
  ['a negative number of lines', { skipLines: -1 }],
  ['an unknown choice', { shortRows: 'pad' as never }],
])('%s is OPTION_INVALID', (_, options) => {
  expect(() => decodeCsv(utf8('a\n1\n'), options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test.each([
  ['int8', '128'],
  ['uint8', '-1'],
  ['uint64', '18446744073709551616'],
  ['float32', '1e39'],
  ['time', '24:00:00'],
  ['timestamp', '2024-02-30'],
] as const)('%s: %s is TYPE_MISMATCH', (type, text) => {
  const decode = () => decodeCsv(utf8(`a\n${text}\n`), { schema: { a: type } })
  expect(decode).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }))
})

test.each(['sep=;', 'SEP=,', 'sep=', ' a', 'a\t'])('%j is written so that it is read back', (text) => {
  for (const options of [{}, { trim: true }]) {
    for (const table of [tableFromRows([{ [text]: text }]), tableFromRows([{ [text]: text, '': 'x' }])]) {
      const back = decodeCsv(encodeCsv(table, options), options)
      expect([back.schema.fields[0]?.name, back.getChildAt(0)?.get(0)]).toEqual([text, text])
    }
  }
})

test('a NUL in the header has one place, the line of the header', async () => {
  const error = await errorOf(() => decodeCsv(utf8('x\na\0b,c\n1,2\n'), { skipLines: 1 }))
  expect(error.message).toMatch(/convert it to UTF-8 \(line 2\)$/)
})
