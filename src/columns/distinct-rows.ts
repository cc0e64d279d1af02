import type { Data } from 'apache-arrow'
import { gatherColumns } from './gather-rows.ts'
import type { HashColumn } from './hash-column.ts'
import { hashSet, type IsSameRow } from './hash-set.ts'
import { equalRows } from './row-equality.ts'
import type { RowHash } from './row-hash.ts'
import { BLOCK_ROWS, type RowHashKernel } from './row-hash-kernel.ts'
import { rowRangesOf } from './row-ranges.ts'
import { hashColumnOf } from './to-hash-column.ts'

/** Numbers rows so that equal rows have equal numbers, across batches. */
export interface DistinctRows {
  /** Distinct rows so far. */
  readonly size: number
  /** Write the number of every row. A new row gets the next number, `size`. */
  number(columns: readonly Data[], rows: number, out: Int32Array): void
}

export interface DistinctRowsOptions {
  readonly kernel: RowHashKernel
  /** In the same kernel. */
  readonly hash: RowHash
  /**
   * `hash`: rows with the same 128-bit hash count as equal. `copy`: their values are compared too, with copies of the
   * distinct rows. `share`: likewise, with the batches themselves, which stay in memory anyway.
   */
  readonly compare: 'hash' | 'copy' | 'share'
}

/** The distinct rows of a batch: those numbered from `first` on. `rows` are their indices, if the batch holds others too. */
interface KnownRows {
  readonly first: number
  readonly cells: readonly HashColumn[]
  readonly rows?: Int32Array
}

export function distinctRows({ kernel, hash, compare }: DistinctRowsOptions): DistinctRows {
  const set = hashSet(kernel)
  const known: KnownRows[] = []

  const number = (columns: readonly Data[], rows: number, out: Int32Array): void => {
    const cells = columns.map(hashColumnOf)
    const first = set.size
    const fresh = new Int32Array(compare === 'hash' ? 0 : rows)
    let next = first
    let noted = 0
    /** Record the indices of this batch's new rows before `end`, for comparison with later rows. */
    const note = (end: number): void => {
      for (; noted < end; noted++) if (out[noted] === next) fresh[next++ - first] = noted
    }
    let start = 0
    let isSame: IsSameRow | undefined
    if (compare !== 'hash') {
      known.push({ first, cells, rows: fresh })
      isSame = (number, index) => {
        note(start + index)
        return isKnownRow(known, number, cells, start + index)
      }
    }
    for (; start < rows; start += BLOCK_ROWS) {
      const end = Math.min(start + BLOCK_ROWS, rows)
      set.add(hash(cells, start, end), end - start, out, start, isSame)
    }
    if (compare !== 'hash') note(rows)
    if (compare === 'copy') known[known.length - 1] = compacted(first, columns, cells, fresh, next - first, rows)
  }
  return {
    get size() {
      return set.size
    },
    number,
  }
}

function isKnownRow(known: readonly KnownRows[], number: number, cells: readonly HashColumn[], row: number): boolean {
  let low = 0
  for (let high = known.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1
    if ((known[middle] as KnownRows).first <= number) low = middle
    else high = middle - 1
  }
  const { first, rows, cells: others } = known[low] as KnownRows
  const place = rows === undefined ? number - first : (rows[number - first] as number)
  return equalRows(others, place, cells, row)
}

/** Keep only the new rows of a batch. */
function compacted(
  first: number,
  columns: readonly Data[],
  cells: readonly HashColumn[],
  fresh: Int32Array,
  count: number,
  rows: number,
): KnownRows {
  return count === rows
    ? { first, cells }
    : { first, cells: gatherColumns(columns, rowRangesOf(fresh, count)).map(hashColumnOf) }
}
