import type { RecordBatch, Table } from 'apache-arrow'
import { describe, expectTypeOf, test } from 'vitest'
import type { Stage } from '../../src/internal/stage.ts'
import {
  addColumns,
  filterRows,
  type Row,
  rowCounter,
  type Transform,
  transformTable,
} from '../../src/transform/index.ts'

describe('transform types', () => {
  test('a transform is a stage for pipeline', () => {
    expectTypeOf<Transform>().toExtend<Stage<RecordBatch, RecordBatch>>()
    expectTypeOf(rowCounter().rows).toEqualTypeOf<number>()
    expectTypeOf(transformTable).returns.toEqualTypeOf<Table>()
  })

  test('callbacks infer the type of their row', () => {
    addColumns({ source: 'shop', total: (row) => expectTypeOf(row).toEqualTypeOf<Row>() })
    filterRows((row) => expectTypeOf(row).toEqualTypeOf<Row>())
    addColumns({} as Record<string, unknown>)
  })
})
