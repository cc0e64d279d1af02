import { defineCandidate } from '../../candidate.ts'
import { oneThread } from '../../duckdb.ts'

export const candidate = defineCandidate({
  prepare: oneThread,
  async run({ file, output }, connection) {
    await connection.run(`COPY (SELECT * FROM read_csv('${file}')) TO '${output}' (FORMAT parquet, COMPRESSION snappy)`)
    connection.closeSync()
  },
})
