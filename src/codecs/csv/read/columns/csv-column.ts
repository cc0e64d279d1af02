import { type Data, type DataType, type Field, makeData } from 'apache-arrow'
import type { RowBlock } from '../rows/row-index.ts'
import {
  type CellKind,
  type Cells,
  type FixedValues,
  newCells,
  type Parse,
  reserveRows,
  restart,
  undoRows,
} from './cell-buffer.ts'

/** Collects one column of text into the buffers of an Arrow column. */
export interface TextColumn {
  readonly field: Field
  /** The column type's name in messages. */
  readonly typeName: string
  readonly cells: Cells<FixedValues>
  /**
   * Make room for more rows, whose text in this column is up to `textBytes` long.
   *
   * @param growth - how many times as much is expected until the end of the batch; 0 if unknown.
   */
  reserve(rows: number, textBytes: number, growth: number): void
  append(block: RowBlock, column: number): void
  /** Undo the last block. */
  rollback(): void
  /** Return the buffers and begin the next column. */
  finish(): Data
}

export interface FixedColumnOptions<Values extends FixedValues> {
  readonly field: Field
  readonly typeName: string
  readonly kind: CellKind
  readonly isEmptyNull: boolean
  /** Number of values in the buffer for a number of rows. */
  readonly allocate: (rows: number) => Values
  readonly parse: Parse<Values>
  /** The loop over the cells of a block, which calls its kernel directly. */
  readonly append: (cells: Cells<Values>, block: RowBlock, column: number) => void
  readonly finish: (values: Values, rows: number) => DataType['TArray']
  /** Offsets at which each row's bytes begin, for values of no fixed length. Called before `finish`. */
  readonly offsets?: (values: Values, rows: number) => Int32Array
}

/** A column whose cells have a fixed width in `values`. */
export function fixedColumn<Values extends FixedValues>(options: FixedColumnOptions<Values>): TextColumn {
  const { field, typeName, kind, isEmptyNull, allocate, parse, append, finish, offsets } = options
  const cells = newCells<Values>(kind, field, isEmptyNull, allocate(0), parse)
  let markedLength = 0
  let markedNulls = 0

  function reserve(rows: number, growth: number): void {
    if (!reserveRows(cells, rows, growth)) return
    const values = allocate(cells.capacity)
    values.set(cells.values)
    cells.values = values
  }

  return {
    field,
    typeName,
    cells,
    reserve: (rows, _textBytes, growth) => reserve(rows, growth),
    append(block, column) {
      markedLength = cells.length
      markedNulls = cells.nullCount
      cells.misfits.length = 0
      reserve(block.rows, 0)
      append(cells, block, column)
      cells.length += block.rows
    },
    rollback() {
      undoRows(cells, markedLength, markedNulls)
    },
    finish() {
      const { length, nullCount, validity } = cells
      const valueOffsets = offsets?.(cells.values, length)
      const data = finish(cells.values, length)
      cells.values = allocate(0)
      restart(cells)
      return makeData({ type: field.type, length, nullCount, nullBitmap: validity, valueOffsets, data } as never)
    },
  }
}
