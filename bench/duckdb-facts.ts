import type { DuckDBConnection } from '@duckdb/node-api'
import type { Facts } from './candidate.ts'
import { firstRow } from './duckdb.ts'

/** Rows of a DuckDB table, and the sum of the amounts in cents: a module of its own, so that no other candidate loads DuckDB. */
export async function duckdbFacts(connection: DuckDBConnection, table: string, column: string): Promise<Facts> {
  const facts = await firstRow(
    connection,
    `SELECT count(*) AS rows, sum(round("${column}" * 100))::BIGINT AS cents FROM ${table}`,
  )
  return { rows: Number(facts['rows']), cents: Number(facts['cents']) }
}
