import { Field, Int64, Schema, TimeNanosecond, Utf8 } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { type CsvOptions, decodeCsv } from '../../../src/codecs/csv/csv.ts'
import { cellsOf, errorOf, lines, read, readAll, schemaText, stream, utf8 } from './support.ts'

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

  test('a decimal with too many digits stays out of an inferred column of plain numbers, too', async () => {
    const { cells, refused } = await stream(utf8('n\n1.5\n1.23456789012345678901\n2.5\n'), { inferRows: 1 })
    expect(cells).toEqual([[1.5, 2.5]])
    expect(refused.map(([line, , code]) => [line, code])).toEqual([[3, 'TYPE_MISMATCH']])
  })

  test('falseValues alone leave true as it is', () => {
    const { cells, refused } = read(utf8('a\ntrue\nno\nyes\nfalse\n'), { schema: { a: 'bool' }, falseValues: ['no'] })
    expect(cells).toEqual([[true, false]])
    expect(refused.map(([line]) => line)).toEqual([4, 5])
  })

  test('a time has at most 40 bytes', () => {
    const time = `10:11:12.${'0'.repeat(31)}`
    const { cells, refused } = read(utf8(`a\n${time}\n${time}0\n`), { schema: { a: 'time' } })
    expect([cells[0]?.length, refused.map(([line]) => line)]).toEqual([1, [3]])
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
