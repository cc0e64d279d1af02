import { defineCandidate } from '../../candidate.ts'
import { firstRow, oneThread } from '../../duckdb.ts'
import { duckdbFacts } from '../../duckdb-facts.ts'

export const candidate = defineCandidate({
  prepare: oneThread,
  async run({ file }, connection) {
    await connection.run(`CREATE TABLE events AS SELECT * FROM read_parquet('${file}')`)
    return connection
  },
  async facts(connection) {
    const column = await firstRow(
      connection,
      `SELECT column_name AS name FROM information_schema.columns WHERE column_name IN ('amount', 'distance')`,
    )
    return duckdbFacts(connection, 'events', String(column['name']))
  },
})
