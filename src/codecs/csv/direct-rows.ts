import { BOOL, type Cells, type FixedValues, FLOAT64, INT64, setNull, TEXT, TIMESTAMP } from './cells.ts'
import {
  takeBool,
  takeFloat64,
  takeInt64,
  takeParsed,
  takeQuotedText,
  takeText,
  takeTimestamp,
} from './direct-cells.ts'
import { CR, LF, QUOTE } from './row-block.ts'

/** Where rows lie that are to be read straight into their columns. */
export interface DirectRun {
  readonly bytes: Uint8Array
  /** The same bytes. Some more follow the last row, see `PADDING` of `scan-state.ts`. */
  readonly view: DataView
  readonly delimiter: number
  /** Where the first row begins. */
  readonly start: number
  /** After a line feed; no row is read that ends later. */
  readonly end: number
  /** No row is read that begins here or later. */
  readonly stopAt: number
  /** Columns have room for so many. */
  readonly maxRows: number
}

export interface DirectRows {
  readonly rows: number
  /** Where the first row begins that was not read. */
  readonly at: number
}

/**
 * Read rows straight into their columns, every byte once: fields are found by the kernels that read them, without an index. Stops before the
 * first row that is not like most rows: blank, with a line break inside quotes, a field too many, a value that does not fit. The reader
 * that indexes rows takes it, and knows what is wrong with it, if anything is.
 */
export function takeRows(columns: readonly Cells<FixedValues>[], run: DirectRun): DirectRows {
  const { bytes, view, delimiter, start, end, stopAt, maxRows } = run
  let at = start
  let rows = 0
  while (rows < maxRows && at < end && at < stopAt) {
    const next = takeRow(columns, bytes, view, delimiter, at, rows)
    if (next < 0) {
      takeNullsBack(columns, rows)
      break
    }
    at = next
    rows++
  }
  for (const cells of columns) cells.length += rows
  return { rows, at }
}

/** @returns where the next row begins, or -1 where this one is not read; some of its cells may be null then. */
function takeRow(
  columns: readonly Cells<FixedValues>[],
  bytes: Uint8Array,
  view: DataView,
  delimiter: number,
  start: number,
  row: number,
): number {
  const last = columns.length - 1
  const first = bytes[start]
  if (first === LF || first === CR) return -1
  let at = start
  for (let column = 0; ; column++) {
    const cells = columns[column] as Cells<FixedValues>
    const byte = bytes[at]
    if (byte === delimiter || byte === LF || byte === CR) {
      if (cells.isRequired) return -1
      takeNull(cells, row)
    } else if (byte !== QUOTE) {
      at = takeCell(cells, bytes, view, at, cells.length + row, delimiter)
    } else if (cells.kind === TEXT) {
      at = takeQuotedText(cells as Cells<Int32Array>, view, at + 1, cells.length + row)
    } else {
      at = takeCell(cells, bytes, view, at + 1, cells.length + row, delimiter)
      at = at > 0 && bytes[at] === QUOTE ? at + 1 : -1
    }
    if (at < 0) return -1
    if (column === last) break
    if (bytes[at++] !== delimiter) return -1
  }
  if (bytes[at] === LF) return at + 1
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1
}

/** A switch rather than a kernel held by its column, so that every call has one target. */
function takeCell(
  cells: Cells<FixedValues>,
  bytes: Uint8Array,
  view: DataView,
  at: number,
  index: number,
  delimiter: number,
): number {
  switch (cells.kind) {
    case TEXT:
      return takeText(cells as Cells<Int32Array>, view, at, index, delimiter)
    case INT64:
      return takeInt64(cells as Cells<Int32Array>, bytes, at, index)
    case FLOAT64:
      return takeFloat64(cells as Cells<Float64Array>, bytes, at, index, delimiter)
    case BOOL:
      return takeBool(cells as Cells<Uint8Array>, bytes, at, index)
    case TIMESTAMP:
      return takeTimestamp(cells as Cells<Int32Array>, bytes, at, index, delimiter)
    default:
      return takeParsed(cells, bytes, at, index, delimiter)
  }
}

function takeNull(cells: Cells<FixedValues>, row: number): void {
  setNull(cells, row)
  if (cells.kind !== TEXT) return
  const index = cells.length + row
  cells.values[index + 1] = cells.values[index] as number
}

/** All values after the last row are marked as valid. */
function takeNullsBack(columns: readonly Cells<FixedValues>[], row: number): void {
  for (const cells of columns) {
    const index = cells.length + row
    const bits = cells.validity?.[index >> 3] ?? 0xff
    if ((bits & (1 << (index & 7))) !== 0 || cells.validity === undefined) continue
    cells.validity[index >> 3] = bits | (1 << (index & 7))
    cells.nullCount--
  }
}
