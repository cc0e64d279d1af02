import type { DuckDBConnection } from '@duckdb/node-api'
import type { Table } from 'apache-arrow'
import type { Facts } from '../../candidate.ts'
import { firstRow } from '../../duckdb.ts'

/** Rows, and the sum of the first column, which every shape has as integers. */
export function tableFacts(table: Table): Facts {
  let sum = 0
  for (const value of table.getChildAt(0) ?? []) sum += Number(value)
  return { rows: table.numRows, sum }
}

/** The same of a DuckDB table. */
export async function duckdbFacts(connection: DuckDBConnection, table: string): Promise<Facts> {
  const facts = await firstRow(
    connection,
    `SELECT count(*) AS rows, sum(first)::BIGINT AS sum FROM (SELECT #1 AS first FROM ${table})`,
  )
  return { rows: Number(facts['rows']), sum: Number(facts['sum']) }
}
