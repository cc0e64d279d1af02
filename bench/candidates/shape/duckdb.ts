import { defineCandidate } from '../../candidate.ts'
import { oneThread } from '../../duckdb.ts'
import { duckdbFacts } from './duckdb-first-column.ts'

export const candidate = defineCandidate({
  prepare: oneThread,
  async run({ file }, connection) {
    await connection.run(`CREATE TABLE rows AS SELECT * FROM read_csv('${file}')`)
    return connection
  },
  facts: (connection) => duckdbFacts(connection, 'rows'),
})
