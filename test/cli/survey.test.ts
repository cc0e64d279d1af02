import { describe, expect, test } from 'vitest'
import { refusedRows } from '../../src/cli/refused-rows.ts'
import { survey } from '../../src/cli/survey.ts'
import { codecFor, tableFromRows } from '../../src/codecs/index.ts'
import { stream } from '../support/streams.ts'

describe('survey', () => {
  const surveyed = async (...batches: readonly (readonly Record<string, unknown>[])[]) => {
    const tables = batches.map((rows) => tableFromRows(rows, { schema: { t: 'string', j: 'json', n: 'int64' } }))
    const codec = { ...codecFor('a.json'), read: () => stream(tables.flatMap((table) => table.batches)) }
    return survey(() => codec, new Uint8Array(), refusedRows(20))
  }

  test('counts rows and nulls, and keeps the first texts of columns of text', async () => {
    const { columns, rows, refused } = await surveyed(
      [{ t: 'a', j: '1', n: 1n }, { t: null, j: '2', n: null }, { t: 'b' }],
      [{ t: null, j: '3', n: null }],
      [{ t: 'c', j: '3', n: 1n }],
    )
    expect([rows, refused.count]).toEqual([5, 0])
    expect(columns).toEqual([
      { name: 't', type: 'string', nulls: 2, sample: ['a', 'b', 'c'] },
      { name: 'j', type: 'json', nulls: 1, sample: [] },
      { name: 'n', type: 'int64', nulls: 3, sample: [] },
    ])
    expect((await surveyed()).columns).toEqual([])
  })

  test('keeps at most 1,000 texts of a column', async () => {
    const rows = Array.from({ length: 700 }, (_, row) => ({ t: String(row), n: 1n }))
    const [column] = (await surveyed(rows, rows, rows)).columns
    expect([column?.sample.length, column?.sample[699], column?.sample[700]]).toEqual([1000, '699', '0'])
  })

  test('keeps at most 100,000 texts of all columns', async () => {
    const row = Object.fromEntries(Array.from({ length: 150 }, (_, column) => [`c${column}`, 'x']))
    const table = tableFromRows(Array.from({ length: 700 }, () => row))
    const codec = { ...codecFor('a.json'), read: () => stream(table.batches) }
    const { columns } = await survey(() => codec, new Uint8Array(), refusedRows(20))
    expect(columns.map(({ sample }) => sample.length)).toEqual(new Array(150).fill(667))
  })

  test('keeps at most 8 Mi characters of all columns, over several batches, but one text of each', async () => {
    const large = { t: 'x'.repeat(1024 * 1024), n: 1n }
    const [column] = (await surveyed([large, large], [large, large])).columns
    // A third of them belongs to each of three columns.
    expect(column?.sample.length).toBe(3)
    const huge = { t: 'x'.repeat(9 * 1024 * 1024), n: 1n }
    expect((await surveyed([huge, huge], [huge])).columns[0]?.sample.length).toBe(1)
  })
})
