import { existsSync, renameSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { seededRandom } from './random.ts'
import { DATA, textFile } from './text-file.ts'

const SEED = 20_240_229
const RECENT_ROWS = 5_000
const DUPLICATE_SHARE = 0.03

const EVENT_TYPES = ['page_view', 'purchase', 'refund', 'signup', 'logout', 'search', 'add_to_cart']
const STATUSES = ['completed', 'pending', 'failed', 'unknown', 'cancelled']
const WORDS =
  'the parcel left at door customer asked for a later slot and paid by card then called again to say thanks order was late two boxes one broken glass inside return label sent'.split(
    ' ',
  )
const START_MS = Date.UTC(2023, 0, 1)

/** Lines of a CSV of events: unique ids, few-valued texts, integers, decimals, ISO times, quoted notes, booleans; nulls and repeated rows. */
function* eventLines(rows: number): Iterable<string> {
  const random = seededRandom(SEED)
  const below = (limit: number): number => Math.floor(random() * limit)
  const pick = (list: readonly string[]): string => list[below(list.length)] ?? ''
  const recent: string[] = []
  let unique = 0
  yield 'Event ID,User ID,Event Type,Status,Amount,Created At,Note,Is Priority\n'
  for (let row = 0; row < rows; row += 1) {
    if (recent.length > 0 && random() < DUPLICATE_SHARE) {
      yield recent[below(recent.length)] ?? ''
      continue
    }
    const id = `evt_${row.toString(36).padStart(6, '0')}${below(2 ** 31)
      .toString(36)
      .padStart(6, '0')}`
    const status = random() < 0.05 ? '' : pick(STATUSES)
    const amount = random() < 0.04 ? '' : (below(1_000_000) / 100).toFixed(2)
    const time = random() < 0.02 ? '' : new Date(START_MS + below(63_072_000_000)).toISOString()
    const words = `${pick(WORDS)} ${pick(WORDS)}, ${pick(WORDS)} ${pick(WORDS)}`
    const note = random() < 0.1 ? '' : `"${words}${random() < 0.05 ? ' ""as is""' : ''} ${below(1_000)}"`
    const line = `${id},${below(250_000)},${pick(EVENT_TYPES)},${status},${amount},${time},${note},${random() < 0.3}\n`
    recent[unique % RECENT_ROWS] = line
    unique += 1
    yield line
  }
}

/** Path of a CSV of so many events, made once and kept: 1,000,000 rows are about 100 MB. */
export function eventsCsv(rows: number): Promise<string> {
  return textFile(`${DATA}events-${rows}.csv`, eventLines(rows))
}

/** The same events as NDJSON, keys in the names' lower case, or as DuckDB's own snappy Parquet. */
export async function eventsAs(format: 'ndjson' | 'parquet', rows: number): Promise<string> {
  const path = `${DATA}events-${rows}.${format}`
  if (existsSync(path)) return path
  const csv = await eventsCsv(rows)
  process.stderr.write(`making ${path}\n`)
  const iso = `strftime("Created At", '%Y-%m-%dT%H:%M:%S.%gZ')`
  const time = format === 'ndjson' ? iso : '"Created At"::TIMESTAMP_MS'
  const columns = `"Event ID" AS event_id, "User ID" AS user_id, "Event Type" AS event_type, "Status" AS status, "Amount" AS amount,
    ${time} AS created_at, "Note" AS note, "Is Priority" AS is_priority`
  const form = format === 'ndjson' ? 'FORMAT json' : 'FORMAT parquet, COMPRESSION snappy'
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`SET TimeZone = 'UTC'`).catch(() => undefined)
  await connection.run(
    `COPY (SELECT ${columns} FROM read_csv('${csv}', types = {'Created At': 'TIMESTAMP'})) TO '${path}.part' (${form})`,
  )
  connection.closeSync()
  renameSync(`${path}.part`, path)
  return path
}

/** The same events as Parquet, in row groups of so many rows. */
export async function eventsInGroups(rows: number, groupRows: number): Promise<string> {
  const path = `${DATA}events-${rows}-by-${groupRows}.parquet`
  if (existsSync(path)) return path
  const events = await eventsAs('parquet', rows)
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(
    `COPY (SELECT * FROM '${events}') TO '${path}.part' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${groupRows})`,
  )
  connection.closeSync()
  renameSync(`${path}.part`, path)
  return path
}

/** The same events as Parquet, with a column `part` of 100 values. */
export async function eventsInParts(rows: number): Promise<string> {
  const path = `${DATA}events-${rows}-parts.parquet`
  if (existsSync(path)) return path
  const events = await eventsAs('parquet', rows)
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(
    `COPY (SELECT *, 'p' || (user_id % 100) AS part FROM '${events}') TO '${path}.part' (FORMAT parquet, COMPRESSION snappy)`,
  )
  connection.closeSync()
  renameSync(`${path}.part`, path)
  return path
}

if (import.meta.main) {
  const rows = Number(process.argv[2] ?? 1_000_000)
  for (const path of [await eventsCsv(rows), await eventsAs('ndjson', rows), await eventsAs('parquet', rows)])
    console.log(path)
}
