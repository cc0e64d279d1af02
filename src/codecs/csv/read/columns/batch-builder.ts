import type { RecordBatch } from 'apache-arrow'
import { recordBatch, schemaOf } from '../../../../columns/record-batch.ts'
import type { InvalidRow } from '../../../invalid-row.ts'
import { TypesTooNarrow } from '../../../text/settle-types.ts'
import type { CsvTyping } from '../../csv-options.ts'
import { nullMarker } from '../rows/null-tokens.ts'
import { isNullField, type RowBlock } from '../rows/row-index.ts'
import { type TablePlan, textColumn } from './column-plan.ts'
import type { TextColumn } from './csv-column.ts'
import {
  invalidRow,
  misencodedRows,
  type RejectedRows,
  rejectionError,
  rejections,
  removeRows,
} from './rejected-rows.ts'

/** Consequence of a value that does not fit an inferred type: its row is rejected, or types are inferred again ({@link TypesTooNarrow}). */
export type OnMisfit = 'reject' | 'infer-again'

/** Turns row blocks into record batches. */
export interface BatchBuilder {
  readonly rows: number
  /** Columns for a reader that writes rows directly into them; {@link BatchBuilder.addRead} counts those rows. */
  readonly columns: readonly TextColumn[]
  addRead(rows: number, onMisfit: OnMisfit): void
  /** Add a block, which must not push the batch over its limits. */
  add(block: RowBlock, onMisfit: OnMisfit): void
  finish(): RecordBatch
}

/**
 * @param onInvalidRow - called with each rejected row; without it the first is thrown.
 */
export function batchBuilder(
  plan: TablePlan,
  typing: CsvTyping,
  encoding: string,
  onInvalidRow: ((row: InvalidRow) => void) | undefined,
): BatchBuilder {
  const schema = schemaOf(plan.fields)
  const markNulls = nullMarker(typing.nullValues)
  const columns = plan.fields.map((field, column) => textColumn(field, plan.isInferred[column] === false, typing))
  let rows = 0

  function append(block: RowBlock): void {
    for (let column = 0; column < columns.length; column++) (columns[column] as TextColumn).append(block, column)
    rows += block.rows
  }

  /** Record the rows with a value that does not fit. */
  function noteMisfits(block: RowBlock, rejected: RejectedRows, onMisfit: OnMisfit): void {
    for (const [index, column] of columns.entries()) {
      const isInferred = plan.isInferred[index] === true
      if (onMisfit === 'infer-again' && isInferred && column.cells.misfits.length > 0) throw new TypesTooNarrow()
      for (const row of column.cells.misfits) {
        if (!rejected.has(row)) rejected.set(row, misfit(block, row, index, column, isInferred))
      }
    }
  }

  /** In a column without any value so far, a value may have any type. */
  function checkDecided(onMisfit: OnMisfit): void {
    if (onMisfit !== 'infer-again') return
    for (const [index, { cells }] of columns.entries()) {
      if (plan.isUndecided[index] === true && cells.nullCount < cells.length) throw new TypesTooNarrow()
    }
  }

  function report(block: RowBlock, rejected: RejectedRows): void {
    for (const rejection of rejections(block, rejected)) {
      if (onInvalidRow === undefined) throw rejectionError(rejection)
      onInvalidRow(invalidRow(rejection))
    }
  }

  return {
    get rows() {
      return rows
    },
    columns,
    addRead(count, onMisfit) {
      rows += count
      checkDecided(onMisfit)
    },
    add(block, onMisfit) {
      const rejected = misencodedRows(block, plan.names, encoding)
      markNulls?.(block)
      append(block)
      checkDecided(onMisfit)
      noteMisfits(block, rejected, onMisfit)
      if (rejected.size === 0 && block.faults.length === 0) return
      report(block, rejected)
      if (rejected.size === 0) return
      for (const column of columns) column.rollback()
      rows -= block.rows
      removeRows(block, rejected)
      append(block)
    },
    finish() {
      const batch = recordBatch(
        schema,
        columns.map((column) => column.finish()),
        rows,
      )
      rows = 0
      return batch
    },
  }
}

function misfit(block: RowBlock, row: number, index: number, column: TextColumn, isInferred: boolean) {
  const isNull = !column.field.nullable && isNullAt(block, row, index)
  const reason = isNull
    ? 'a required column contains null'
    : isInferred
      ? `the value does not fit ${column.typeName}, the type of the rows before; pin the column in schema, or raise inferRows`
      : `the value does not fit ${column.typeName}`
  return { code: 'TYPE_MISMATCH' as const, reason, column: column.field.name }
}

function isNullAt(block: RowBlock, row: number, column: number): boolean {
  const field = (row * block.width + column) * 2
  return isNullField(block, block.bounds[field] as number, block.bounds[field + 1] as number, true)
}
