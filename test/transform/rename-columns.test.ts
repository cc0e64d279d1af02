import { describe, expect, test } from 'vitest'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { renameColumns } from '../../src/transform/rename-columns.ts'
import { transformTable } from '../../src/transform/transform-table.ts'
import { failure, fault, run } from './support/run-rows.ts'

describe('renameColumns', () => {
  test('names swap; unknown names and collisions are refused', () => {
    expect(run([{ a: 1, b: 2 }], renameColumns({ a: 'b', b: 'a' }))).toEqual([{ b: 1, a: 2 }])
    expect(fault(() => run([{ a: 1 }], renameColumns({ z: 'y' })))).toEqual(failure('COLUMN_UNKNOWN', { column: 'z' }))
    expect(fault(() => run([{ a: 1, b: 2 }], renameColumns({ a: 'b' })))).toEqual(
      failure('COLUMN_CONFLICT', { column: 'b' }),
    )
  })

  test('a name that is there is COLUMN_CONFLICT before any row is read', () => {
    const table = tableFromRows([{ a: 1, b: 2 }])
    expect(() => transformTable(table, renameColumns({ a: 'b' }))).toThrow(failure('COLUMN_CONFLICT'))
    const renamed = transformTable(table, renameColumns({ a: 'c' }))
    expect(renamed.schema.fields.map(({ name }) => name)).toEqual(['c', 'b'])
  })
})
