import { expect, test } from 'vitest'
import { decodeCsv } from '../../../src/codecs/csv/csv.ts'
import { isJsonField } from '../../../src/columns/extension-type.ts'
import { cellsOf, errorOf, readAll, utf8 } from './support.ts'

test('a column pinned as json keeps its text and is marked as JSON', () => {
  const table = decodeCsv(utf8('a\n"{""b"": 1.0}"\n[]\n'), { schema: { a: 'json' } })
  expect(cellsOf(table)).toEqual([['{"b": 1.0}', '[]']])
  expect(table.schema.fields.map(isJsonField)).toEqual([true])
})

test('a column pinned as binary is base64: nulls, empty bytes and batches of many rows', async () => {
  const table = decodeCsv(utf8('id,a\n1,aGk=\n2,\n3,""\n4,"AP8="\n'), { schema: { a: 'binary' } })
  const [, cells] = cellsOf(table)
  expect(cells?.map((cell) => cell && [...(cell as Uint8Array)])).toEqual([[104, 105], null, [], [0, 255]])
  const many = utf8(`id,a\n${Array.from({ length: 5000 }, (_, row) => `${row},${row % 3 ? 'aGk=' : ''}\n`).join('')}`)
  const [, read] = cellsOf(await readAll(many, { schema: { a: 'binary' } }))
  expect(read?.map((cell) => cell && Buffer.from(cell as Uint8Array).toString())).toEqual(
    Array.from({ length: 5000 }, (_, row) => (row % 3 ? 'hi' : null)),
  )
})

test.each(['aGk', 'YR==', 'a Gk=', 'é', '_-8='])('%s is not base64: a misfit with line and column', async (text) => {
  const bytes = utf8(`id,a\n1,aGk=\n2,${text}\n`)
  const error = await errorOf(() => decodeCsv(bytes, { schema: { a: 'binary' } }))
  expect(error).toMatchObject({ code: 'TYPE_MISMATCH', position: { line: 3, row: 2, column: 'a' } })
})

test('formats naming a column that the file lacks is COLUMN_UNKNOWN', async () => {
  const error = await errorOf(() => decodeCsv(utf8('a\n1\n'), { formats: { b: '%Y-%m-%d' } }))
  expect(error).toMatchObject({ code: 'COLUMN_UNKNOWN', position: { column: 'b' } })
  expect(error.message).toMatch(/^formats names/)
})
