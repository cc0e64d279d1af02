import type { RecordBatch } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { type DropDuplicatesOptions, dropDuplicates } from '../../src/transform/drop-duplicates.ts'
import { collect, stream } from '../support/streams.ts'
import { failure, fault, run } from './support/run-rows.ts'

describe('dropDuplicates', () => {
  test('nulls, NaN and zeros equal; text and its absence do not', () => {
    const rows = [{ a: NaN }, { a: null }, { a: -0 }, { a: NaN }, { a: null }, { a: 0 }]
    expect(run(rows, dropDuplicates())).toEqual([{ a: NaN }, { a: null }, { a: -0 }])
  })

  test('subset compares some columns, keep picks', () => {
    const rows = [
      { id: 1, at: 1 },
      { id: 2, at: 2 },
      { id: 1, at: 3 },
    ]
    expect(run(rows, dropDuplicates({ subset: ['id'] }))).toEqual([rows[0], rows[1]])
    expect(run(rows, dropDuplicates({ subset: ['id'], keep: 'last' }))).toEqual([rows[1], rows[2]])
    expect(run(rows, dropDuplicates({ subset: ['id'], keep: 'none' }))).toEqual([rows[1]])
  })

  test('lists of the same items are apart where these belong to other lists', () => {
    const long = 'x'.repeat(300)
    const rows = [
      { a: ['ab', 'c'] },
      { a: ['a', 'bc'] },
      { a: ['', 'abc'] },
      { a: ['abc', ''] },
      { a: ['abc'] },
      { a: [`${long}a`, 'b'] },
      { a: [long, 'ab'] },
      { a: ['ab', 'c'] },
    ]
    expect(run(rows, dropDuplicates())).toEqual(rows.slice(0, -1))
    const nested = [{ a: [['b'], ['c', 'd']] }, { a: [['b', 'c'], ['d']] }, { a: [['b', 'c', 'd'], []] }]
    expect(run(nested, dropDuplicates())).toEqual(nested)
    const many = Array.from({ length: 300 }, (_, item) => item)
    const counted = [{ a: [many, [1]] }, { a: [[...many, 1], []] }, { a: [many, [1]] }]
    expect(run(counted, dropDuplicates())).toEqual(counted.slice(0, 2))
  })

  test('more rows than one table and one segment of hashes', async () => {
    const rows = Array.from({ length: 190_000 }, (_, index) => ({ id: BigInt(index % 180_000) }))
    const { batches } = tableFromRows(rows)
    for (const options of [{}, { exact: true }, { random: () => 0.5 }]) {
      const out = await collect(dropDuplicates(options)(stream(batches)))
      expect(out.reduce((sum, batch) => sum + batch.numRows, 0)).toBe(180_000)
    }
  })

  test('a stream holds no batch that has gone by, unless it is asked to be exact', async () => {
    const batchOf = () => tableFromRows([{ a: 1 }, { a: 2 }, { a: 3 }]).batches[0] as RecordBatch
    const left = async (options: DropDuplicatesOptions) => {
      const first = batchOf()
      async function* source() {
        yield first
        // Whoever made the batch may write the next one into its memory.
        const [{ values } = first.data] = first.data.children
        values.fill(9)
        yield batchOf()
      }
      const [, second] = await collect(dropDuplicates(options)(source()))
      return second?.numRows ?? 0
    }
    expect(await left({})).toBe(0)
    expect(await left({ exact: true })).toBe(3)
  })

  test('an exact stream keeps copies of the distinct rows, where a batch has others', async () => {
    const first = tableFromRows([{ a: 1 }, { a: 1 }, { a: 2 }, { a: 1 }]).batches[0] as RecordBatch
    async function* source() {
      yield first
      const [{ values } = first.data] = first.data.children
      values.fill(9)
      yield tableFromRows([{ a: 2 }, { a: 3 }, { a: 1 }]).batches[0] as RecordBatch
    }
    const out = await collect(dropDuplicates({ exact: true })(source()))
    expect(out.map(({ numRows }) => numRows)).toEqual([2, 1])
  })

  test('random is called for the 128 bits of each run', () => {
    let calls = 0
    const random = (): number => {
      calls++
      return 0.5
    }
    const distinct = dropDuplicates({ random })
    expect(calls).toBe(0)
    run([{ a: 1 }], distinct)
    run([{ a: 1 }], distinct)
    expect(calls).toBe(2 * 4)
  })

  test('faults', () => {
    expect(fault(() => run([{ a: 1 }], dropDuplicates({ subset: ['b'] })))).toEqual(
      failure('COLUMN_UNKNOWN', { column: 'b' }),
    )
    expect(fault(() => dropDuplicates({ subset: [] }))).toEqual(failure('OPTION_INVALID'))
    expect(fault(() => dropDuplicates({ keep: 'any' as 'first' }))).toEqual(failure('OPTION_INVALID'))
  })

  test('batches of other types in one stream are refused, not mixed up', async () => {
    const batches = [...tableFromRows([{ a: 1 }]).batches, ...tableFromRows([{ a: 'x' }]).batches]
    await expect(collect(dropDuplicates()(stream(batches)))).rejects.toEqual(failure('TYPE_MISMATCH'))
  })
})
