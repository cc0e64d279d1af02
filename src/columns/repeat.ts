import type { Data } from 'apache-arrow'
import { runsOf } from './runs.ts'
import { takeColumn } from './take.ts'

/** Columns of one value: gives one of so many rows, all of them views of the longest. */
export function repeated(one: Data): (rows: number) => Data {
  let longest = one
  return (rows) => {
    if (rows > longest.length) longest = takeColumn(one, runsOf(new Int32Array(rows), rows))
    return longest.slice(0, rows)
  }
}
