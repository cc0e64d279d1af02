import { defineCandidate } from '../../candidate.ts'
import { oneThread } from '../../duckdb.ts'
import { duckdbFacts } from '../../duckdb-facts.ts'

export const candidate = defineCandidate({
  async prepare({ file }) {
    const connection = await oneThread()
    await connection.run(`CREATE TABLE events AS SELECT * FROM read_json('${file}', format = 'newline_delimited')`)
    return connection
  },
  async run(_, connection) {
    await connection.run('CREATE TABLE distinct_events AS SELECT DISTINCT * FROM events')
    return connection
  },
  facts: (connection) => duckdbFacts(connection, 'distinct_events', 'amount'),
})
