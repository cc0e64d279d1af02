import type { Field } from 'apache-arrow'
import type {
  BOOL,
  DATE,
  FLOAT64,
  INT64,
  OTHER,
  TEXT,
  TIMESTAMP_MS,
  TIMESTAMP_NS,
  TIMESTAMP_US,
} from '../../../../../kernels/csv-rows/record.ts'
import { MAX_BATCH_ROWS } from '../../../batch-limits.ts'
import { isNullField, type RowBlock, unescapedText } from '../rows/row-index.ts'

/** Parses `bytes[start, end)` into `values[index]`; false if the text does not fit. */
export type Parse<Values> = (bytes: Uint8Array, start: number, end: number, values: Values, index: number) => boolean

export type FixedValues = Int32Array | Float64Array | Uint8Array

/** The way the kernel `csv-rows` reads a cell; cells of other types are deferred to the column's `parse`. */
export type CellKind =
  | typeof TEXT
  | typeof INT64
  | typeof FLOAT64
  | typeof BOOL
  | typeof DATE
  | typeof TIMESTAMP_MS
  | typeof TIMESTAMP_US
  | typeof TIMESTAMP_NS
  | typeof OTHER

/** A column's cells, the state of the loops over a block's or a row's cells. All columns have the same members in the same order. */
export interface Cells<Values> {
  readonly kind: CellKind
  readonly isRequired: boolean
  readonly isEmptyNull: boolean
  length: number
  nullCount: number
  capacity: number
  /** The capacity that earlier batches needed, with a small margin; 0 before the first. */
  usualCapacity: number
  /** Arrow's validity bitmap, all ones until the first null: undefined. */
  validity: Uint8Array | undefined
  /** The values, or the offsets of text. */
  values: Values
  /** See {@link Parse}. */
  parse(bytes: Uint8Array, start: number, end: number, values: Values, index: number): boolean
  /** The bytes of text, and a view of them. */
  text: Uint8Array
  target: DataView
  /** Rows of the last block that do not fit the type, or are null where the field is required. The content of their cells is undefined. */
  readonly misfits: number[]
}

const FIRST_CAPACITY = 1024
/** Slightly more than expected. */
const SPARE = 17 / 16
export const NO_TEXT = new Uint8Array(0)

export function newCells<Values>(
  kind: CellKind,
  field: Field,
  isEmptyNull: boolean,
  values: Values,
  parse: Parse<Values>,
): Cells<Values> {
  return {
    kind,
    isRequired: !field.nullable,
    isEmptyNull,
    length: 0,
    nullCount: 0,
    capacity: 0,
    usualCapacity: 0,
    validity: undefined,
    values,
    parse,
    text: NO_TEXT,
    target: new DataView(NO_TEXT.buffer),
    misfits: [],
  }
}

/**
 * The initial size of a buffer, or the size to grow it to: never less than needed.
 *
 * @param used - bytes in use of its current `size`.
 * @param more - bytes needed beyond those.
 * @param growth - how many times `more` is expected until the end of the batch, this one included; 0 if unknown.
 * @param usual - the size that earlier batches needed.
 */
export function grownSize(used: number, more: number, growth: number, size: number, usual: number): number {
  const needed = used + more
  const isFirst = size === 0 && usual >= needed
  if (growth === 0) return isFirst ? usual : Math.max(needed, size * 2)
  const expected = Math.ceil(used + more * growth * SPARE)
  // A batch of about the usual size gets exactly that size.
  return isFirst && expected * 4 >= usual * 3 ? usual : Math.max(needed, expected)
}

/**
 * Make room for more rows: grow the capacity if it is too small, and the validity bitmap with it. It is a multiple of
 * 64, so that bitmaps are whole words.
 *
 * @param growth - see {@link grownSize}.
 * @returns whether it grew, so that the values must grow too.
 */
export function reserveRows(cells: Cells<unknown>, rows: number, growth: number): boolean {
  const { length, capacity, usualCapacity } = cells
  const room = length + rows
  if (room <= capacity) return false
  const grown = Math.min(MAX_BATCH_ROWS, grownSize(length, rows, growth, capacity, usualCapacity))
  cells.capacity = (Math.max(room, grown, Math.min(FIRST_CAPACITY, room * 2)) + 63) & ~63
  if (cells.validity !== undefined) {
    const validity = new Uint8Array(cells.capacity >> 3).fill(0xff)
    validity.set(cells.validity)
    cells.validity = validity
  }
  return true
}

/** Begin the next batch, without allocating until its first row, which may never come. */
export function restart(cells: Cells<unknown>): void {
  cells.usualCapacity = Math.ceil(cells.length * SPARE)
  cells.capacity = 0
  cells.length = 0
  cells.nullCount = 0
  cells.validity = undefined
}

/** Undo the last rows. */
export function undoRows(cells: Cells<unknown>, length: number, nullCount: number): void {
  const { validity } = cells
  if (validity !== undefined) {
    for (let row = length; row < cells.length; row++)
      validity[row >> 3] = (validity[row >> 3] as number) | (1 << (row & 7))
  }
  cells.length = length
  cells.nullCount = nullCount
}

/** Add a cell that its column's loop does not parse: null, with escaped quotes, or text that does not fit. */
export function addOtherCell<Values>(
  cells: Cells<Values>,
  block: RowBlock,
  row: number,
  start: number,
  end: number,
): void {
  const index = cells.length + row
  if (isNullField(block, start, end, cells.isEmptyNull)) setNull(cells, row)
  else if (start < 0) {
    const text = unescapedText(block, ~start, end)
    if (!cells.parse(text, 0, text.length, cells.values, index)) cells.misfits.push(row)
  } else if (!cells.parse(block.bytes, start, end, cells.values, index)) cells.misfits.push(row)
}

/** Add a block's cells of a column, one by one. */
export function appendOtherCells<Values>(cells: Cells<Values>, block: RowBlock, column: number): void {
  for (let row = 0, cell = column * 2; row < block.rows; row++, cell += block.width * 2) {
    addOtherCell(cells, block, row, block.bounds[cell] as number, block.bounds[cell + 1] as number)
  }
}

export function setNull(cells: Cells<unknown>, row: number): void {
  if (cells.isRequired) {
    cells.misfits.push(row)
    return
  }
  const index = cells.length + row
  cells.validity ??= new Uint8Array(cells.capacity >> 3).fill(0xff)
  cells.validity[index >> 3] = (cells.validity[index >> 3] as number) & ~(1 << (index & 7))
  cells.nullCount++
}
