import { makeData, Table, TimestampMillisecond, Vector } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { filterRows } from '../../src/transform/filter-rows.ts'
import { collect, stream } from '../support/streams.ts'
import { failure, fault, run } from './support/run-rows.ts'

describe('filterRows', () => {
  test('a predicate sees only what rows hold, and cannot change them', () => {
    const rows = [{ a: 1 }, { a: 0 }]
    expect(
      run(
        rows,
        filterRows((row) => row['a']),
      ),
    ).toEqual([{ a: 1 }])
    expect(
      run(
        rows,
        filterRows((row) => row['constructor'] !== undefined),
      ),
    ).toEqual([])
    expect(() =>
      run(
        rows,
        filterRows((row) => Object.assign(row, { a: 2 })),
      ),
    ).toThrow(TypeError)
  })

  test('a predicate that returns a promise is refused', () => {
    expect(
      fault(() =>
        run(
          [{ a: 1 }],
          filterRows(async () => false),
        ),
      ),
    ).toEqual(failure('OPTION_INVALID'))
  })

  test('a cell that cannot be read has its row in the stream', async () => {
    const type = new TimestampMillisecond('UTC')
    const batchOf = (...at: bigint[]) =>
      new Table({ at: new Vector([makeData({ type, length: at.length, data: new BigInt64Array(at) })]) }).batches[0]
    const batches = [batchOf(1n, 2n), batchOf(3n, 10n ** 17n)].filter((batch) => batch !== undefined)
    await expect(collect(filterRows(({ at }) => at)(stream(batches)))).rejects.toMatchObject({
      position: { row: 4, column: 'at' },
    })
  })
})
