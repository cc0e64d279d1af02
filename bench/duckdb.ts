import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Facts } from './candidate.ts'

/** A DuckDB in memory that works on one thread, as the others do. */
export async function oneThread(): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  await connection.run(`SET TimeZone = 'UTC'`)
  return connection
}

/** The first row of a query. */
export async function firstRow(connection: DuckDBConnection, sql: string): Promise<Facts> {
  const [row] = (await connection.runAndReadAll(sql)).getRowObjectsJson()
  return row as Facts
}
