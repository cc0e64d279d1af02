import { createHash } from 'node:crypto'
import { parquetReadObjects } from 'hyparquet'
import type { LocalServices } from '../local-services.ts'
import type { Effects } from './example-case.ts'

const MANY_ROWS = 1000

/** The objects under some prefixes: rows of Parquet files, read whole by hyparquet, without the clock of the run; the text of others. */
export async function objectEffects({ s3, get }: LocalServices, ...prefixes: readonly string[]): Promise<Effects> {
  const keys = s3.keys().filter((key) => prefixes.some((prefix) => key.startsWith(prefix)))
  const contents = keys.map(async (key) => {
    const bytes = await get(key)
    return [key, key.endsWith('.parquet') ? await rowsOf(bytes) : Buffer.from(bytes).toString()] as const
  })
  return Object.fromEntries(await Promise.all(contents))
}

async function rowsOf(bytes: Uint8Array): Promise<unknown> {
  const file = Uint8Array.from(bytes).buffer
  const rows = (await parquetReadObjects({ file })).map(({ processed_at: _, batch_id: __, ...row }) => row)
  return rows.length <= MANY_ROWS ? rows.map(asJson) : { rows: rows.length, digest: digestOf(rows) }
}

const asJson = (row: object): unknown => JSON.parse(textOf(row))

function digestOf(rows: readonly object[]): string {
  const hash = createHash('sha256')
  for (const row of rows) hash.update(textOf(row))
  return hash.digest('hex')
}

function textOf(row: object): string {
  return JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))
}
