import type { Data } from 'apache-arrow'
import { takeColumn } from './gather-rows.ts'
import type { RowRanges } from './row-ranges.ts'

/** Columns that repeat one value, all views of the longest. */
export function repeated(one: Data): (rows: number) => Data {
  let longest = one
  return (rows) => {
    while (longest.length < rows) longest = takeColumn(longest, again(longest.length, rows))
    return longest.slice(0, rows)
  }
}

/** All rows, then as many of them again as wanted, at most all. */
function again(rows: number, wanted: number): RowRanges {
  const more = Math.min(rows, wanted - rows)
  return { starts: Int32Array.of(0, 0), lengths: Int32Array.of(rows, more), count: 2, rows: rows + more }
}
