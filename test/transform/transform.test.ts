import type { RecordBatch } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { addBatchMetadata } from '../../src/transform/add-batch-metadata.ts'
import { addColumns } from '../../src/transform/add-columns.ts'
import { castColumns } from '../../src/transform/cast-columns.ts'
import { cleanColumnNames } from '../../src/transform/clean-column-names.ts'
import { dropDuplicates } from '../../src/transform/drop-duplicates.ts'
import { fillNulls } from '../../src/transform/fill-nulls.ts'
import { filterRows } from '../../src/transform/filter-rows.ts'
import { renameColumns } from '../../src/transform/rename-columns.ts'
import { rowCounter } from '../../src/transform/row-counter.ts'
import { scoreRows } from '../../src/transform/score-rows.ts'
import { selectColumns } from '../../src/transform/select-columns.ts'
import { defineTransform, type Transform } from '../../src/transform/transform.ts'
import { transformTable } from '../../src/transform/transform-table.ts'

describe('a transform of your own', () => {
  test('a transform that the library did not make', () => {
    const own = Object.assign(async function* own() {}, {
      start: () => (batch: unknown) => batch,
    }) as unknown as Transform
    expect(transformTable(tableFromRows([{ a: 1 }]), own).numRows).toBe(1)
    const halved = defineTransform('halved', () => ({ next: (batch) => [batch.slice(0, batch.numRows >> 1)] }))
    expect(transformTable(tableFromRows([{ a: 1 }, { a: 2 }]), halved).numRows).toBe(1)
  })

  test('a transform without defineTransform may hold its rows until the end', () => {
    const held = () => {
      let kept: RecordBatch | undefined
      return (batch: RecordBatch | undefined) => {
        if (batch === undefined) return kept
        kept = batch
        return undefined
      }
    }
    const byHand = Object.assign(async function* () {}, { start: held }) as unknown as Transform
    expect(transformTable(tableFromRows([{ a: 1 }, { a: 2 }]), byHand).numRows).toBe(2)
    const renamed = transformTable(tableFromRows([{ a: 1 }]), renameColumns({ a: 'b' }), byHand)
    expect([renamed.schema.names, renamed.batches.length]).toEqual([['b'], 1])
    expect(transformTable(tableFromRows([{ a: 1 }]), byHand, renameColumns({ a: 'b' })).schema.names).toEqual(['b'])
  })

  test('a transform that gives no batch leaves a table without rows', () => {
    const none = defineTransform('none', () => ({ next: () => [] }))
    const table = transformTable(tableFromRows([{ a: 1 }]), none)
    expect([table.numRows, table.schema.names]).toEqual([0, ['a']])
  })
})

describe('transforms, at its edges', () => {
  test.each<[string, () => Transform]>([
    ['addBatchMetadata', () => addBatchMetadata()],
    ['addColumns', () => addColumns({})],
    ['castColumns', () => castColumns({})],
    ['cleanColumnNames', () => cleanColumnNames()],
    ['dropDuplicates', () => dropDuplicates()],
    ['fillNulls', () => fillNulls({})],
    ['filterRows', () => filterRows(() => true)],
    ['renameColumns', () => renameColumns({})],
    ['rowCounter', () => rowCounter()],
    ['scoreRows', () => scoreRows()],
    ['selectColumns', () => selectColumns(['a'])],
  ])('%s has its own name', (name, made) => {
    expect(made().name).toBe(name)
  })
})
