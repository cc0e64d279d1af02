import { type Data, type DataType, type Field, makeData } from 'apache-arrow'
import { QUOTE, type RowBlock, unescapeQuotes } from './row-block.ts'

/** Collects one column of row blocks into the buffers of an Arrow column. */
export interface TextColumn {
  readonly field: Field
  /** The column type's name in messages. */
  readonly typeName: string
  length: number
  nullCount: number
  /** Rows of the last block that do not fit the type, or are null where the field is required. Their cells hold nothing of use. */
  readonly misfits: number[]
  append(block: RowBlock, column: number): void
  /** Take the last block back. */
  rollback(): void
  /** Hand the buffers over and begin afresh. */
  finish(): Data
}

/** Parses `bytes[start, end)` into place `index` of `values`; false where the text does not fit. */
export type Parse<Values> = (bytes: Uint8Array, start: number, end: number, values: Values, index: number) => boolean

export type FixedValues = Int32Array | Float64Array | Uint8Array

/** What all columns keep of their cells. */
export interface CellState {
  length: number
  nullCount: number
  /** Arrow's validity bitmap, all ones until the first null: undefined. */
  validity: Uint8Array | undefined
  capacity: number
  readonly isRequired: boolean
  readonly isEmptyNull: boolean
  readonly misfits: number[]
}

/** What a loop over the cells of a block works on. */
export interface Cells<Values> extends CellState {
  values: Values
  readonly parse: Parse<Values>
}

export interface FixedColumnOptions<Values extends FixedValues> {
  readonly field: Field
  readonly typeName: string
  readonly isEmptyNull: boolean
  /** Values of the buffer for so many rows. */
  readonly allocate: (rows: number) => Values
  readonly parse: Parse<Values>
  /** The loop over the cells of a block, its kernel called directly. */
  readonly append: (cells: Cells<Values>, block: RowBlock, column: number) => void
  readonly finish: (values: Values, rows: number) => DataType['TArray']
}

const FIRST_CAPACITY = 1024

/** A column of values of one width. */
export function fixedColumn<Values extends FixedValues>(options: FixedColumnOptions<Values>): TextColumn {
  const { field, typeName, isEmptyNull, allocate, parse, append, finish } = options
  const cells: Cells<Values> = { ...newCells(field, isEmptyNull), values: allocate(0), parse }
  let markedLength = 0
  let markedNulls = 0
  return {
    field,
    typeName,
    misfits: cells.misfits,
    get length() {
      return cells.length
    },
    get nullCount() {
      return cells.nullCount
    },
    append(block, column) {
      markedLength = cells.length
      markedNulls = cells.nullCount
      cells.misfits.length = 0
      const room = cells.length + block.rows
      if (room > cells.capacity) {
        reserveRows(cells, room)
        const values = allocate(cells.capacity)
        values.set(cells.values)
        cells.values = values
      }
      append(cells, block, column)
      cells.length += block.rows
    },
    rollback() {
      takeBack(cells, markedLength, markedNulls)
    },
    finish() {
      const { length, nullCount, validity } = cells
      const data = finish(cells.values, length)
      cells.values = allocate(restart(cells))
      return makeData({ type: field.type, length, nullCount, nullBitmap: validity, data } as never)
    },
  }
}

export function newCells(field: Field, isEmptyNull: boolean): CellState {
  return {
    length: 0,
    nullCount: 0,
    validity: undefined,
    capacity: 0,
    isRequired: !field.nullable,
    isEmptyNull,
    misfits: [],
  }
}

/** Grow the capacity, and the validity bitmap with it. A multiple of 64, so that bitmaps are whole words. */
export function reserveRows(cells: CellState, room: number): void {
  cells.capacity = (Math.max(room, cells.capacity * 2, Math.min(FIRST_CAPACITY, room * 2)) + 63) & ~63
  if (cells.validity === undefined) return
  const validity = new Uint8Array(cells.capacity >> 3).fill(0xff)
  validity.set(cells.validity)
  cells.validity = validity
}

/** Begin the next batch. @returns the capacity to begin with: a little over the rows of the last one, since most are alike. */
export function restart(cells: CellState): number {
  cells.capacity = (cells.length + (cells.length >> 4) + 63) & ~63
  cells.length = 0
  cells.nullCount = 0
  cells.validity = undefined
  return cells.capacity
}

export function takeBack(cells: CellState, length: number, nullCount: number): void {
  const { validity } = cells
  if (validity !== undefined) {
    for (let row = length; row < cells.length; row++)
      validity[row >> 3] = (validity[row >> 3] as number) | (1 << (row & 7))
  }
  cells.length = length
  cells.nullCount = nullCount
}

/** A cell that its column's loop does not take at once: null, with escaped quotes, or of text that does not fit. */
export function takeOtherCell<Values>(
  cells: Cells<Values>,
  block: RowBlock,
  row: number,
  start: number,
  end: number,
): void {
  const index = cells.length + row
  if (isNullCell(block, start, end, cells.isEmptyNull)) setNull(cells, row)
  else if (start < 0) {
    const text = new Uint8Array(end - ~start)
    const length = unescapeQuotes(block.bytes, ~start, end, text, 0)
    if (!cells.parse(text, 0, length, cells.values, index)) cells.misfits.push(row)
  } else if (!cells.parse(block.bytes, start, end, cells.values, index)) cells.misfits.push(row)
}

export function isNullCell(block: RowBlock, start: number, end: number, isEmptyNull: boolean): boolean {
  return end < 0 || (end === start && isEmptyNull && block.bytes[start - 1] !== QUOTE)
}

export function setNull(cells: CellState, row: number): void {
  if (cells.isRequired) {
    cells.misfits.push(row)
    return
  }
  const index = cells.length + row
  cells.validity ??= new Uint8Array(cells.capacity >> 3).fill(0xff)
  cells.validity[index >> 3] = (cells.validity[index >> 3] as number) & ~(1 << (index & 7))
  cells.nullCount++
}
