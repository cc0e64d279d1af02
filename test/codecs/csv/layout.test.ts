import { describe, expect, test } from 'vitest'
import { decodeCsv } from '../../../src/codecs/csv/csv.ts'
import type { InvalidRow } from '../../../src/codecs/invalid-row.ts'
import { cellsOf, errorOf, lines, read, readAll, utf8 } from './support.ts'

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

test.each([1, 2])('skipLines over the end of the file leaves no rows (%d)', async (skipLines) => {
  const error = await errorOf(() => decodeCsv(utf8('a'), { skipLines }))
  expect(error).toMatchObject({ code: 'CSV_INVALID', message: expect.stringMatching(/no rows, not even a header/) })
})

test('a header in UTF-16 below other lines names the encoding', async () => {
  const bytes = Buffer.concat([utf8(lines(100, () => 'a comment')), Buffer.from('ab,cd\n1,2\n', 'utf16le')])
  const error = await errorOf(() => decodeCsv(bytes, { skipLines: 100 }))
  expect(error).toMatchObject({ code: 'ENCODING_INVALID', message: expect.stringMatching(/set encoding: 'utf-16le'/) })
})

describe('chunks', () => {
  test('a rejected row may be longer than a field', async () => {
    const before = lines(400, (row) => `row ${row}`)
    const bytes = utf8(`a\n${before}x"${'y'.repeat(300)}\nlast\n`)
    const refused: InvalidRow[] = []
    const options = {
      limits: { maxFieldBytes: 16, maxRowBytes: 1000 },
      onInvalidRow: (row: InvalidRow) => refused.push(row),
    }
    for (const size of [16, 100, 5000]) {
      async function* chunks() {
        for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
      }
      expect(cellsOf(await readAll(chunks(), options))[0]?.slice(-2)).toEqual(['row 399', 'last'])
    }
    expect(refused.map(({ line, code }) => [line, code])).toEqual(Array(3).fill([402, 'CSV_INVALID']))
  })

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

  test.each([',', '::'])('end at the row that fills them, with the delimiter %s', async (delimiter) => {
    const line = (row: number): string => `${String(row).padStart(4, '0')}${delimiter}${'x'.repeat(1000)}`
    const bytes = utf8(`a${delimiter}b\n${lines(6000, line)}`)
    const batches = await readAll(bytes, { delimiter, schema: { a: 'string' } })
    const rows = Math.ceil((4 * MIB) / (line(0).length + 1))
    expect(batches.map(({ numRows }) => numRows)).toEqual([rows, 6000 - rows])
  })

  test('the exact reader keeps every row of its blocks', () => {
    const [a, b] = cellsOf(decodeCsv(utf8(`a::b\n${lines(10_000, (row) => `${row}::x${row}`)}`), { delimiter: '::' }))
    expect(a).toEqual(Array.from({ length: 10_000 }, (_, row) => BigInt(row)))
    expect(b).toEqual(Array.from({ length: 10_000 }, (_, row) => `x${row}`))
  })

  test('a file whose valid rows are as many as its broken ones is not empty', () => {
    const { cells, refused } = read(utf8('1,2\n1,2,3\n'), { header: ['a', 'b'] })
    expect([cells, refused.length]).toEqual([[[1n], [2n]], 1])
  })
})
