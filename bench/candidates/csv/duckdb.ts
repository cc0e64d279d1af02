import { defineCandidate } from '../../candidate.ts'
import { oneThread } from '../../duckdb.ts'
import { duckdbFacts } from '../../duckdb-facts.ts'

export const candidate = defineCandidate({
  prepare: oneThread,
  async run({ file }, connection) {
    await connection.run(
      `CREATE TABLE events AS SELECT * FROM read_csv('${file}', types = {'Created At': 'TIMESTAMP'})`,
    )
    return connection
  },
  facts: (connection) => duckdbFacts(connection, 'events', 'Amount'),
})
