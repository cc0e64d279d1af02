import type { Table } from 'apache-arrow'
import type { Facts } from '../../candidate.ts'

/** Rows, and the sum of the first column, which every shape has as integers. */
export function tableFacts(table: Table): Facts {
  let sum = 0
  for (const value of table.getChildAt(0) ?? []) sum += Number(value)
  return { rows: table.numRows, sum }
}
