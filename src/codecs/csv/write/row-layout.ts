import type { CellText } from './cell-text.ts'

/** Text between cells and in place of them. */
export interface RowLayout {
  readonly delimiter: Uint8Array
  readonly eol: Uint8Array
  /** A null's text; undefined if a null cannot be written. */
  readonly nullToken: Uint8Array | undefined
}

/**
 * The text of the first `count` rows: each cell copied once from its column's buffer.
 *
 * Works column by column, so that every loop reads from one buffer, and keeps the current end of each row.
 *
 * @param refuseNull - throws for the null of that column and row, if nulls have no text.
 */
export function joinCells(
  columns: readonly CellText[],
  count: number,
  { delimiter, eol, nullToken }: RowLayout,
  refuseNull: (column: number, row: number) => never,
): Uint8Array {
  const sizes = new Int32Array(count)
  for (const [column, { starts, ends }] of columns.entries()) {
    for (let row = 0; row < count; row++) {
      const end = ends[row] as number
      const size = end < 0 ? (nullToken ?? refuseNull(column, row)).length : end - (starts[row] as number)
      sizes[row] = (sizes[row] as number) + size
    }
  }
  const between = delimiter.length * (columns.length - 1) + eol.length
  const places = new Int32Array(count)
  let size = 0
  for (let row = 0; row < count; row++) {
    places[row] = size
    size += (sizes[row] as number) + between
  }
  const out = new Uint8Array(size)
  for (const [column, cells] of columns.entries()) {
    putCells(cells, count, out, places, nullToken)
    putBetween(column === columns.length - 1 ? eol : delimiter, count, out, places)
  }
  return out
}

/** Cells over this length are copied natively; below, a loop is faster than a call. */
const NATIVE_COPY_BYTES = 64

function putCells(
  { bytes, starts, ends }: CellText,
  count: number,
  out: Uint8Array,
  places: Int32Array,
  nullToken: Uint8Array | undefined,
): void {
  for (let row = 0; row < count; row++) {
    let at = places[row] as number
    const end = ends[row] as number
    if (end < 0) {
      if (nullToken !== undefined && nullToken.length > 0) out.set(nullToken, at)
      places[row] = at + (nullToken?.length ?? 0)
      continue
    }
    let from = starts[row] as number
    if (end - from > NATIVE_COPY_BYTES) {
      out.set(bytes.subarray(from, end), at)
      at += end - from
    } else while (from < end) out[at++] = bytes[from++] as number
    places[row] = at
  }
}

function putBetween(mark: Uint8Array, count: number, out: Uint8Array, places: Int32Array): void {
  for (let row = 0; row < count; row++) {
    let at = places[row] as number
    for (let index = 0; index < mark.length; index++) out[at++] = mark[index] as number
    places[row] = at
  }
}
