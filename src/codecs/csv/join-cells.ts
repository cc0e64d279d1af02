import type { CellText } from './cell-text.ts'

/** What stands between and in place of cells. */
export interface RowLayout {
  readonly delimiter: Uint8Array
  readonly eol: Uint8Array
  /** A null's text; undefined where a null cannot be written. */
  readonly nullToken: Uint8Array | undefined
}

/**
 * The text of the first `count` rows, cell by cell from the columns' buffers, each copied once.
 *
 * @param refuseNull - throws for the null of that column and row, where there is no text for it.
 */
export function joinCells(
  columns: readonly CellText[],
  count: number,
  { delimiter, eol, nullToken }: RowLayout,
  refuseNull: (column: number, row: number) => never,
): Uint8Array {
  const out = new Uint8Array(joinedBytes(columns, count, delimiter.length + eol.length, nullToken?.length ?? 0))
  const last = columns.length - 1
  let at = 0
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= last; column++) {
      const { bytes, starts, ends } = columns[column] as CellText
      const end = ends[row] as number
      if (end >= 0) at = copy(bytes, starts[row] as number, end, out, at)
      else if (nullToken === undefined) refuseNull(column, row)
      else at = copy(nullToken, 0, nullToken.length, out, at)
      at = column < last ? copy(delimiter, 0, delimiter.length, out, at) : copy(eol, 0, eol.length, out, at)
    }
  }
  return out.subarray(0, at)
}

/** Cells from this length on are copied natively; below, a loop is faster than a call. */
const NATIVE_COPY_BYTES = 64

function copy(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  if (end - start > NATIVE_COPY_BYTES) {
    out.set(bytes.subarray(start, end), at)
    return at + end - start
  }
  while (start < end) out[at++] = bytes[start++] as number
  return at
}

/** The bytes of the joined rows, or a few more. */
function joinedBytes(columns: readonly CellText[], count: number, between: number, nullBytes: number): number {
  let size = columns.length * count * between
  for (const { starts, ends } of columns) {
    for (let row = 0; row < count; row++) {
      const end = ends[row] as number
      size += end < 0 ? nullBytes : end - (starts[row] as number)
    }
  }
  return size
}
