import { describe, expect, test } from 'vitest'
import { type CsvOptions, decodeCsv } from '../../../src/codecs/csv/csv.ts'
import { cellsOf, chunksAt, readAll, schemaText, utf8 } from './support.ts'

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

describe.each([['numbers', NUMBERS]] as const)('reported: %s', (_, cases) => {
  test.each(cases)('%s', async (__, text, options, columns, cells) => {
    const table = decodeCsv(utf8(text), options)
    expect(schemaText(table)).toEqual(columns)
    expect(cellsOf(table)).toEqual(cells)
    // Long enough for the kernel, and cut at every byte for the exact reader.
    const [head = '', ...rows] = text.trimEnd().split('\n')
    const repeated = decodeCsv(utf8([head, ...Array.from({ length: 2000 }, () => rows).flat()].join('\n')), options)
    expect(schemaText(repeated)).toEqual(columns)
    expect(cellsOf(repeated).map((column) => column.slice(0, rows.length))).toEqual(cells)
    expect(cellsOf(repeated).map((column) => column.slice(-rows.length))).toEqual(cells)
    const cuts = Array.from({ length: text.length }, (___, at) => at)
    expect(cellsOf(await readAll(chunksAt(utf8(text), cuts), options))).toEqual(cells)
  })
})
