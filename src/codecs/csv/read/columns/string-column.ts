import { type Field, makeData, type Utf8 } from 'apache-arrow'
import { TEXT } from '../../../../../kernels/csv-rows/record.ts'
import { copyUnescaped } from '../rows/marks.ts'
import { isNullField, type RowBlock } from '../rows/row-index.ts'
import { type Cells, grownSize, NO_TEXT, newCells, reserveRows, restart, setNull, undoRows } from './cell-buffer.ts'
import type { TextColumn } from './csv-column.ts'
import { trimmed } from './fixed-width-columns.ts'

/** Fields from this length on are copied natively; below, a loop over words is faster than a call. */
const NATIVE_COPY_BYTES = 256
/** Padding after the text for the excess bytes of the last word copied. */
const PADDING = 8

/** A column of text: its bytes are copied, with quotes unescaped. */
export function stringColumn(field: Field<Utf8>, isEmptyNull: boolean): TextColumn {
  const cells = newCells<Int32Array>(TEXT, field, isEmptyNull, new Int32Array(1), () => true)
  let markedLength = 0
  let markedNulls = 0
  /** The largest number of bytes reserved at a time. */
  let spare = 0
  /** The bytes that the text of earlier batches needed, with a small margin. */
  let usualBytes = 0

  function reserve(rows: number, textBytes: number, growth: number): void {
    if (reserveRows(cells, rows, growth)) {
      const offsets = new Int32Array(cells.capacity + 1)
      offsets.set(cells.values)
      cells.values = offsets
    }
    spare = Math.max(spare, textBytes)
    const used = cells.values[cells.length] as number
    const { length } = cells.text
    if (used + textBytes + PADDING <= length) return
    const content = cells.text.subarray(0, used)
    // Not zeroed: only bytes that were written are ever read.
    const size = grownSize(used, textBytes, growth, length, usualBytes) + PADDING
    cells.text = new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)
    cells.target = new DataView(cells.text.buffer)
    cells.text.set(content)
  }

  return {
    field,
    typeName: 'string',
    cells,
    reserve,
    append(block, column) {
      markedLength = cells.length
      markedNulls = cells.nullCount
      cells.misfits.length = 0
      reserve(block.rows, textBytes(block, column), 0)
      appendText(cells, block, column)
      cells.length += block.rows
    },
    rollback() {
      undoRows(cells, markedLength, markedNulls)
    },
    finish() {
      const { length, nullCount, validity: nullBitmap } = cells
      const used = cells.values[length] as number
      const valueOffsets = trimmed(cells.values, length + 1)
      const data = trimmed(cells.text, used)
      cells.values = new Int32Array(1)
      cells.text = NO_TEXT
      cells.target = new DataView(NO_TEXT.buffer)
      restart(cells)
      usualBytes = used + Math.max(used >> 4, spare)
      spare = 0
      return makeData({ type: field.type, length, nullCount, nullBitmap, valueOffsets, data })
    },
  }
}

/** An upper bound of the bytes that a column's text occupies. */
function textBytes(block: RowBlock, column: number): number {
  const { bounds, rows, width } = block
  let sum = 0
  for (let row = 0, field = column * 2; row < rows; row++, field += width * 2) {
    const start = bounds[field] as number
    const end = bounds[field + 1] as number
    if (end > 0) sum += end - (start < 0 ? ~start : start)
  }
  return sum
}

function appendText(cells: Cells<Int32Array>, block: RowBlock, column: number): void {
  const { bytes, view, bounds, rows } = block
  const { values: offsets, length, text, target } = cells
  let at = offsets[length] as number
  for (let row = 0, field = column * 2; row < rows; row++, field += block.width * 2) {
    const start = bounds[field] as number
    const end = bounds[field + 1] as number
    if (start < 0) at = copyUnescaped(bytes, ~start, end, block.marks, text, at)
    else if (end <= start) {
      if (isNullField(block, start, end, cells.isEmptyNull)) setNull(cells, row)
    } else {
      const next = at + end - start
      if (next - at > NATIVE_COPY_BYTES) text.set(bytes.subarray(start, end), at)
      else for (let from = start; at < next; at += 4, from += 4) target.setInt32(at, view.getInt32(from, true), true)
      at = next
    }
    offsets[length + row + 1] = at
  }
}
