import type { Table } from 'apache-arrow'
import type { Facts } from './candidate.ts'

/** Rows, and the sum of the amounts in cents, of values as JavaScript has them; null, undefined and '' count as nothing. */
export function amountFacts(rows: number, amounts: Iterable<unknown>): Facts {
  let cents = 0
  for (const amount of amounts) cents += Math.round(Number(amount || 0) * 100)
  return { rows, cents }
}

/** The same of an Arrow table. */
export function tableFacts(table: Table, column: string): Facts {
  return amountFacts(table.numRows, table.getChild(column) ?? [])
}
