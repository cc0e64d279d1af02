import type { DuckDBConnection } from '@duckdb/node-api'
import type { Facts } from '../../candidate.ts'
import { firstRow } from '../../duckdb.ts'

/** The same of a DuckDB table. */
export async function duckdbFacts(connection: DuckDBConnection, table: string): Promise<Facts> {
  const facts = await firstRow(
    connection,
    `SELECT count(*) AS rows, sum(first)::BIGINT AS sum FROM (SELECT #1 AS first FROM ${table})`,
  )
  return { rows: Number(facts['rows']), sum: Number(facts['sum']) }
}
