/** Rows to take from a batch, as ranges: filters and deduplication mostly keep long ranges. */
export interface RowRanges {
  readonly starts: Int32Array
  readonly lengths: Int32Array
  /** Number of ranges in the two arrays. */
  readonly count: number
  /** Total rows of all ranges. */
  readonly rows: number
}

/** Ranges of the first `count` row indices, in their order; they may be in any order and repeat. */
export function rowRangesOf(indices: Int32Array, count: number): RowRanges {
  const starts = new Int32Array(count)
  const lengths = new Int32Array(count)
  let runs = 0
  let next = -1
  for (let at = 0; at < count; at++) {
    const index = indices[at] as number
    if (index !== next) starts[runs++] = index
    lengths[runs - 1] = (lengths[runs - 1] as number) + 1
    next = index + 1
  }
  return { starts, lengths, count: runs, rows: count }
}

/** Ranges of the rows below `rows` for which a predicate, called once per row in order, is true. */
export function runsWhere(rows: number, isKept: (row: number) => boolean): RowRanges {
  // Two ranges are at least one row apart.
  const starts = new Int32Array((rows + 1) >> 1)
  const lengths = new Int32Array((rows + 1) >> 1)
  let runs = 0
  let kept = 0
  for (let row = 0; row < rows; ) {
    if (!isKept(row++)) continue
    const start = row - 1
    // The row after the range was tested too, and is not kept.
    while (row < rows && isKept(row)) row++
    starts[runs] = start
    lengths[runs++] = row - start
    kept += row++ - start
  }
  return { starts, lengths, count: runs, rows: kept }
}

/** Ranges of the rows in which the numbers from `next` to `end` first appear, in ascending order. */
export function countingRuns(numbers: Int32Array, next: number, end: number): RowRanges {
  const rows = end - next
  // Two ranges are at least one row apart, and none is empty.
  const most = Math.min(rows, numbers.length - rows + 1)
  const starts = new Int32Array(most)
  const lengths = new Int32Array(most)
  let runs = 0
  for (let row = 0; row < numbers.length; row++) {
    const start = row
    while (next < end && numbers[row] === next) {
      row++
      next++
    }
    if (row === start) continue
    starts[runs] = start
    lengths[runs++] = row - start
  }
  return { starts, lengths, count: runs, rows }
}

/** The ranges of a list's items for ranges of its rows. */
export function itemRuns(runs: RowRanges, offsets: ArrayLike<number>): RowRanges {
  const starts = new Int32Array(runs.count)
  const lengths = new Int32Array(runs.count)
  let rows = 0
  for (let run = 0; run < runs.count; run++) {
    const start = runs.starts[run] as number
    const first = offsets[start] as number
    const length = (offsets[start + (runs.lengths[run] as number)] as number) - first
    starts[run] = first
    lengths[run] = length
    rows += length
  }
  return { starts, lengths, count: runs.count, rows }
}

/** The number of items. */
export function itemCount({ starts, lengths, count }: RowRanges, offsets: ArrayLike<number>): number {
  let items = 0
  for (let run = 0; run < count; run++) {
    const start = starts[run] as number
    items += (offsets[start + (lengths[run] as number)] as number) - (offsets[start] as number)
  }
  return items
}

/** The same for lists of fixed size. */
export function scaledRuns(runs: RowRanges, size: number): RowRanges {
  const scale = (value: number): number => value * size
  return { starts: runs.starts.map(scale), lengths: runs.lengths.map(scale), count: runs.count, rows: runs.rows * size }
}
