import type { Facts } from '../candidate.ts'
import { firstRow, oneThread } from '../duckdb.ts'
import { eventsCsv } from '../generate.ts'
import { contestSuite } from './contests.ts'

/** The whole S3 job from file to file: CSV in, clean names, drop duplicates, fill nulls, two columns more, snappy Parquet out. */
export const job = contestSuite(3, {
  'whole job': async (rows) => ({
    file: await eventsCsv(rows),
    candidates: {
      'csv-parse + Set + hyparquet-writer': 'job/hand-written',
      'DuckDB, one thread': 'job/duckdb',
      millrace: 'job/millrace',
    },
    factsOfOutput: factsOfJob,
  }),
})

/** What every output of the job holds, whoever wrote it. */
async function factsOfJob(output: string): Promise<Facts> {
  const connection = await oneThread()
  const facts = await firstRow(
    connection,
    `SELECT count(*) AS rows, count(DISTINCT event_id) AS ids, sum(user_id) AS users, sum(amount::DECIMAL(18, 2)) AS amounts,
      count(*) FILTER (status = 'unknown') AS unknown, sum(length(note)) AS "note chars", count(note) AS notes,
      count(*) FILTER (is_priority) AS priority, count(DISTINCT batch_id) AS batches,
      sum(epoch_ms(created_at)) FILTER (created_at < TIMESTAMP '2026-01-01') AS times, min(processed_at) > TIMESTAMP '2026-01-01' AS stamped
    FROM '${output}'`,
  )
  connection.closeSync()
  return facts
}
