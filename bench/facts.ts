import type { DuckDBConnection } from '@duckdb/node-api'
import type { Table } from 'apache-arrow'
import type { Facts } from './candidate.ts'
import { firstRow } from './duckdb.ts'

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

/** The same of a DuckDB table. */
export async function duckdbFacts(connection: DuckDBConnection, table: string, column: string): Promise<Facts> {
  const facts = await firstRow(
    connection,
    `SELECT count(*) AS rows, sum(round("${column}" * 100))::BIGINT AS cents FROM ${table}`,
  )
  return { rows: Number(facts['rows']), cents: Number(facts['cents']) }
}
