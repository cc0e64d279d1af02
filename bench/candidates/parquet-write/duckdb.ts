import { defineCandidate } from '../../candidate.ts'
import { oneThread } from '../../duckdb.ts'

export const candidate = defineCandidate({
  async prepare({ file }) {
    const connection = await oneThread()
    await connection.run(`CREATE TABLE events AS SELECT * FROM read_parquet('${file}')`)
    return connection
  },
  async run({ output }, connection) {
    await connection.run(`COPY events TO '${output}' (FORMAT parquet, COMPRESSION snappy)`)
  },
})
