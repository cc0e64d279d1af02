import { expect, test } from 'vitest'
import { type CsvOptions, decodeCsv, type InvalidRow } from '../../../src/codecs/index.ts'
import { cellsOf, errorOf } from './support.ts'

/** Rows enough for a kernel, the text of one of them not UTF-8. */
const ROWS = 2000
const BAD = 1234
const bytes = Buffer.concat([
  Buffer.from('id,note\n'),
  ...Array.from({ length: ROWS }, (_, row) =>
    Buffer.concat([Buffer.from(`${row + 1},n`), Buffer.from(row + 1 === BAD ? [0xff] : []), Buffer.from('ote\n')]),
  ),
])

test.each<[string, CsvOptions]>([
  ['inferred types', {}],
  ['pinned types', { schema: { id: 'int64', note: 'string' } }],
])('of many rows the one that is not UTF-8 is refused alone, with its line and number: %s', async (_, options) => {
  const refused: InvalidRow[] = []
  const table = decodeCsv(bytes, { ...options, onInvalidRow: (row) => refused.push(row) })
  expect(refused).toEqual([expect.objectContaining({ code: 'ENCODING_INVALID', line: BAD + 1, row: BAD })])
  const [ids, notes] = cellsOf(table)
  expect(ids).toEqual(Array.from({ length: ROWS }, (__, row) => BigInt(row + 1)).filter((id) => id !== BigInt(BAD)))
  expect(new Set(notes)).toEqual(new Set(['note']))
  const error = await errorOf(() => decodeCsv(bytes, options))
  expect({ code: error.code, position: error.position }).toMatchObject({
    code: 'ENCODING_INVALID',
    position: { line: BAD + 1, row: BAD },
  })
})
