import { Field, Int64, Schema, TimeNanosecond, Utf8 } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { type CsvOptions, decodeCsv, encodeCsv } from '../../../src/codecs/csv/csv.ts'
import type { InvalidRow } from '../../../src/codecs/invalid-row.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { cellsOf, errorOf, readAll, schemaText, utf8 } from './support.ts'

const lines = (count: number, line: (row: number) => string): string =>
  Array.from({ length: count }, (_, row) => `${line(row)}\n`).join('')

const factsOf = ({ line, row, code, reason }: InvalidRow) => [line, row, code, reason]

function read(bytes: Uint8Array, options: CsvOptions) {
  const refused: InvalidRow[] = []
  const table = decodeCsv(bytes, { ...options, onInvalidRow: (row) => refused.push(row) })
  return { cells: cellsOf(table), refused: refused.map(factsOf) }
}

async function stream(bytes: Uint8Array, options: CsvOptions) {
  const refused: InvalidRow[] = []
  const batches = await readAll(bytes, { ...options, onInvalidRow: (row) => refused.push(row) })
  return { cells: cellsOf(batches), refused: refused.map(factsOf) }
}

describe('the reason of a rejected row', () => {
  test.each<[string, CsvOptions['schema'], string, string]>([
    ['a pinned type', { a: 'int64' }, 'x', 'column "a": the value does not fit int64'],
    ['binary', { a: 'binary' }, '?', 'column "a": the value does not fit binary'],
    [
      'a required column without the value',
      new Schema([new Field('a', new Int64(), false), new Field('b', new Utf8(), true)]),
      '',
      'column "a": a required column contains null',
    ],
    [
      'a required column with another value',
      new Schema([new Field('a', new Int64(), false), new Field('b', new Utf8(), true)]),
      'x',
      'column "a": the value does not fit int64',
    ],
  ])('names %s', (_, schema, value, reason) => {
    const { refused } = read(utf8(`a,b\n${value},y\n`), { ...(schema && { schema }) })
    expect(refused).toEqual([[2, 1, 'TYPE_MISMATCH', reason]])
  })

  test('names the way out where the type was inferred', async () => {
    const { refused } = await stream(utf8(`a,b\n1,y\nx,y\n`), { inferRows: 1 })
    expect(refused).toEqual([
      [
        3,
        2,
        'TYPE_MISMATCH',
        'column "a": the value does not fit int64, the type of the rows before; pin the column in schema, or raise inferRows',
      ],
    ])
  })

  test('comes in the order of rows, not of columns, and once a row', () => {
    const { cells, refused } = read(utf8('a,b\n1,x\n1,1,1\ny,2\n3,3\nz,z\n'), { schema: { a: 'int64', b: 'int64' } })
    expect(refused.map(([line, row]) => [line, row])).toEqual([
      [2, 1],
      [3, 2],
      [4, 3],
      [6, 5],
    ])
    expect(cells).toEqual([[3n], [3n]])
  })

  test.each([
    ['the first cell of a file', { header: ['a', 'b'] }, Buffer.from([0xff, 0x2c, 0x79, 0x0a]), 1, 'a'],
    ['a quoted cell', {}, Buffer.concat([utf8('a,b\nx,"""'), Buffer.of(0xff), utf8('"\n')]), 2, 'b'],
  ])('names the column of %s that is not UTF-8', (_, options, bytes, line, column) => {
    const { refused } = read(Buffer.concat([bytes, utf8('1,2\n')]), options)
    expect(refused).toEqual([
      [line, 1, 'ENCODING_INVALID', `column "${column}": the text is not valid UTF-8; see the option encoding`],
    ])
  })
})

describe('types', () => {
  test('a value of another type after 600 rows makes the only column text', async () => {
    const bytes = utf8(`a\n${lines(600, (row) => `${row}`)}x\n`)
    const batches = await readAll(bytes)
    expect(schemaText(batches[0] as (typeof batches)[0])).toEqual(['a:Utf8'])
    expect(cellsOf(batches)[0]?.slice(-2)).toEqual(['599', 'x'])
    expect(schemaText(decodeCsv(bytes))).toEqual(['a:Utf8'])
  })

  test('dates and bools beside decimal commas are still dates and bools', () => {
    const table = decodeCsv(utf8('d;b;n\n2024-01-05;true;1,5\n'), { delimiter: ';', decimal: ',' })
    expect(schemaText(table)).toEqual(['d:Date32<DAY>', 'b:Bool', 'n:Float64'])
  })

  test('a decimal with more digits than a double has is no value of an inferred column', async () => {
    const options = { delimiter: ';', decimal: ',', inferRows: 1 }
    const { cells, refused } = await stream(utf8('n\n1,5\n1,23456789012345678901\n'), options)
    expect(cells).toEqual([[1.5]])
    expect(refused.map(([line, , code]) => [line, code])).toEqual([[3, 'TYPE_MISMATCH']])
  })

  test.each<[string, CsvOptions, RegExp]>([
    [
      'a time of nanoseconds',
      { schema: new Schema([new Field('a', new TimeNanosecond(), true)]) },
      /cannot be read as Time64<NANOSECOND>/,
    ],
    [
      'an integer with the format of a time',
      { schema: { a: 'int64' }, formats: { a: '%H:%M' } },
      /pinned as another type than its format has/,
    ],
  ])('%s is refused', async (_, options, message) => {
    const error = await errorOf(() => decodeCsv(utf8('a\n10:11\n'), options))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', message: expect.stringMatching(message) })
  })

  test('a formatted date beyond the nanoseconds of 64 bits does not fit', () => {
    const { cells, refused } = read(utf8('a\n2024-01-05 00:00\n3000-01-01 00:00\n1500-01-01 00:00\n'), {
      schema: { a: 'timestamp[ns]' },
      formats: { a: '%Y-%m-%d %H:%M' },
    })
    expect(cells[0]).toHaveLength(1)
    expect(refused.map(([line]) => line)).toEqual([3, 4])
  })

  test('a formatted text has at most 200 bytes', () => {
    const format = `${'x'.repeat(192)}%Y%m%d`
    const { cells, refused } = read(utf8(`a\n${'x'.repeat(192)}20240105\n`), { formats: { a: format } })
    expect([cells[0]?.length, refused]).toEqual([1, []])
    const longer = read(utf8(`a\n${'x'.repeat(193)}20240105\n`), { formats: { a: `x${format}` } })
    expect(longer.refused.map(([line, , code]) => [line, code])).toEqual([[2, 'TYPE_MISMATCH']])
  })
})

describe('a misfit among many rows', () => {
  const value = (row: number): string => (row === 777 ? 'x' : `${row}`)

  test.each(['int32', 'int64', 'float64', 'decimal(9,2)', 'time'])('of %s takes its own row alone', (type) => {
    const time = (row: number): string => `00:00:${String(row % 60).padStart(2, '0')}`
    const cell = (row: number): string => (type === 'time' && row !== 777 ? time(row) : value(row))
    const bytes = utf8(`a,b,c\n${lines(2000, (row) => `${cell(row)},${row % 7 === 0 ? '' : row},text ${row}`)}`)
    const { cells, refused } = read(bytes, { schema: { a: type as 'int32' } })
    expect(refused.map(([line, row]) => [line, row])).toEqual([[779, 778]])
    const kept = Array.from({ length: 2000 }, (_, row) => row).filter((row) => row !== 777)
    expect(cells[0]).toHaveLength(1999)
    expect(cells[1]).toEqual(kept.map((row) => (row % 7 === 0 ? null : BigInt(row))))
    expect(cells[2]).toEqual(kept.map((row) => `text ${row}`))
    if (type === 'int32') expect(cells[0]).toEqual(kept)
  })
})

describe('the first line sep=', () => {
  test('rows are read with the delimiter that it names, many of them too', () => {
    const bytes = utf8(`sep=;\na;b\n${lines(4000, (row) => `x${row};2,5`)}`)
    const [a, b] = cellsOf(decodeCsv(bytes, { schema: { b: 'string' } }))
    expect([a?.length, a?.[3999], new Set(b)]).toEqual([4000, 'x3999', new Set(['2,5'])])
  })

  test('a delimiter with which the comment begins is refused, one in the comment is not', async () => {
    const bytes = utf8('sep=#\na#b\n1#2\n')
    const error = await errorOf(() => decodeCsv(bytes, { comment: '#;' }))
    expect(error).toMatchObject({ code: 'CSV_INVALID', position: { line: 1 } })
    expect(cellsOf(decodeCsv(bytes, { comment: ';#' }))).toEqual([[1n], [2n]])
  })
})

describe('chunks', () => {
  test('a header may be longer than a chunk', async () => {
    const names = Array.from({ length: 400 }, (_, column) => `column_${column}`)
    const bytes = utf8(`${names.join(',')}\n${names.map(() => '1').join(',')}\n`)
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += 700) yield bytes.slice(at, at + 700)
    }
    const [batch] = await readAll(chunks())
    expect(batch?.schema.fields.map(({ name }) => name)).toEqual(names)
  })

  test.each(['\n', ''])('a last row that is shorter than the mark of comments is a row (%j)', async (end) => {
    const rows = lines(400, (row) => `${row},y`)
    const bytes = utf8(`a,b\n${rows}### ,z\n1,${end}`)
    for (const size of [5, 7, 64]) {
      async function* chunks() {
        for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
      }
      const [a] = cellsOf(await readAll(chunks(), { comment: '####' }))
      expect(a?.slice(-3)).toEqual(['399', '### ', '1'])
      const short = utf8(`a\n${lines(400, (row) => `${row}`)}### comment\n7${end}`)
      async function* shorter() {
        for (let at = 0; at < short.length; at += size) yield short.slice(at, at + size)
      }
      expect(cellsOf(await readAll(shorter(), { comment: '###' }))[0]?.slice(-2)).toEqual([399n, 7n])
    }
  })
})

describe('batches', () => {
  const MIB = 2 ** 20

  test.each([',', '::'])('hold rows up to 4 MiB and no more, with the delimiter %s', async (delimiter) => {
    const bytes = utf8(`a${delimiter}b\n${lines(12, (row) => `${row}${delimiter}${'x'.repeat(MIB)}`)}`)
    const batches = await readAll(bytes, { delimiter })
    expect(batches.map(({ numRows }) => numRows)).toEqual([4, 4, 4])
  })

  test('a file whose valid rows are as many as its broken ones is not empty', () => {
    const { cells, refused } = read(utf8('1,2\n1,2,3\n'), { header: ['a', 'b'] })
    expect([cells, refused.length]).toEqual([[[1n], [2n]], 1])
  })
})

test('encodeCsv names itself where an option is unknown', async () => {
  const error = await errorOf(() => encodeCsv(tableFromRows([{ a: 1 }]), { delimeter: ';' } as CsvOptions))
  expect(error.message).toMatch(/^encodeCsv/)
})
