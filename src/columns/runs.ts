/** Rows to take from a batch, as ranges of neighbours: what filters and deduplication keep is mostly long ranges. */
export interface Runs {
  readonly starts: Int32Array
  readonly lengths: Int32Array
  /** Ranges in use of the two arrays. */
  readonly count: number
  /** Rows in all ranges together. */
  readonly rows: number
}

/** Ranges of the first `count` of these row indices, in their order; any order and repetition is fine. */
export function runsOf(indices: Int32Array, count: number): Runs {
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

/** The ranges of a list's items that belong to these ranges of its rows. */
export function itemRuns(runs: Runs, offsets: ArrayLike<number>): Runs {
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

/** The same for lists of one size. */
export function scaledRuns(runs: Runs, size: number): Runs {
  const scale = (value: number): number => value * size
  return { starts: runs.starts.map(scale), lengths: runs.lengths.map(scale), count: runs.count, rows: runs.rows * size }
}
