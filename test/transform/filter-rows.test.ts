import { describe, expect, test } from 'vitest'
import { filterRows } from '../../src/transform/filter-rows.ts'
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
})
