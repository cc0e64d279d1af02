import { defineCandidate } from '../../candidate.ts'
import { factsOfParts } from '../../dataset-facts.ts'
import { oneThread } from '../../duckdb.ts'

export const candidate = defineCandidate({
  async prepare({ file }) {
    const connection = await oneThread()
    await connection.run(`CREATE TABLE events AS SELECT * FROM read_parquet('${file}')`)
    return connection
  },
  async run({ output }, connection) {
    await connection.run(`COPY events TO '${output}.d' (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (part))`)
  },
  facts: (_, { output }) => factsOfParts(`${output}.d`),
})
