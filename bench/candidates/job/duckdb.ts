import { defineCandidate } from '../../candidate.ts'
import { oneThread } from '../../duckdb.ts'

export const candidate = defineCandidate({
  async run({ file, output }) {
    const connection = await oneThread()
    await connection.run(`
      COPY (
        SELECT "Event ID" AS event_id, "User ID" AS user_id, "Event Type" AS event_type, coalesce("Status", 'unknown') AS status,
          coalesce("Amount", 0) AS amount, coalesce("Created At", current_localtimestamp()) AS created_at, "Note" AS note,
          "Is Priority" AS is_priority, current_localtimestamp() AS processed_at,
          strftime(current_localtimestamp(), 'batch_%Y%m%d_%H%M%S') AS batch_id
        FROM (SELECT DISTINCT * FROM read_csv('${file}', types = {'Created At': 'TIMESTAMP'}))
      ) TO '${output}' (FORMAT parquet, COMPRESSION snappy)`)
    connection.closeSync()
  },
})
