const MIB = 1024 * 1024

/** Approximate bytes of a batch. */
export const BATCH_BYTES = 4 * MIB
/** Bytes of the source held for a row group: its whole columns if they fit, otherwise a window of each. */
const SOURCE_BYTES = 12 * MIB
const MIN_WINDOW_BYTES = MIB / 4
/** Bytes of inflated pages. */
const PAGE_BYTES = 16 * MIB
/** A page of usual size, 1 MiB and some excess: held whole, however many columns there are. */
const ORDINARY_PAGE_BYTES = 1.25 * MIB
const MAX_WHOLE_PAGE_BYTES = 8 * MIB

/**
 * Bytes held while reading a row group of `columns` columns: the source, a page of each column and a batch. 32 MiB for
 * up to 12 columns. Dictionaries are added, and pages over 1.25 MiB in encodings that cannot be inflated piece by
 * piece.
 */
export function readBudget(columns: number): number {
  const source = Math.max(SOURCE_BYTES, columns * MIN_WINDOW_BYTES)
  return BATCH_BYTES + source + Math.max(PAGE_BYTES, columns * ORDINARY_PAGE_BYTES)
}

/** Bytes of the window of a column chunk; a chunk of up to this size is read whole. */
export function windowBytes(chunkSizes: readonly number[]): number {
  return fairShare(chunkSizes, SOURCE_BYTES, MIN_WINDOW_BYTES)
}

/** Pages of plain values over this size are inflated piece by piece. Most writers produce pages of 1 MiB, some a single page per column chunk. */
export function wholePageBytes(inflatedChunkSizes: readonly number[]): number {
  return Math.min(MAX_WHOLE_PAGE_BYTES, fairShare(inflatedChunkSizes, PAGE_BYTES, ORDINARY_PAGE_BYTES))
}

/** Largest equal share of `total`, including what smaller sizes leave over. Infinity if there is enough for all, `least` if there are too many. */
function fairShare(sizes: readonly number[], total: number, least: number): number {
  let left = total
  const sorted = [...sizes].sort((a, b) => a - b)
  for (const [index, size] of sorted.entries()) {
    const share = left / (sorted.length - index)
    if (size > share) return Math.max(least, Math.floor(share))
    left -= size
  }
  return Number.POSITIVE_INFINITY
}
