import type { Facts } from './candidate.ts'
import { firstRow, oneThread } from './duckdb.ts'

/** What the files of a partitioned dataset hold together, whoever wrote them. */
export async function factsOfParts(folder: string): Promise<Facts> {
  const connection = await oneThread()
  const facts = await firstRow(
    connection,
    `SELECT count(*) AS rows, count(DISTINCT part) AS parts, sum(user_id) AS users, sum(hash(event_id, part, note, created_at)) AS hashes
    FROM read_parquet('${folder}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)`,
  )
  connection.closeSync()
  return facts
}
