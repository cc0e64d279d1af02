import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { RecordBatch, Table } from 'apache-arrow'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { BUCKET, type S3Server } from '../support/s3-server.ts'

export const PREFIX = 'processed/orders'

/** Orders of some regions and days, the first rows of each in order. */
export function orders(rows: number, regions = ['eu', 'us', 'asia'], days = 4): Table {
  return tableFromRows(
    Array.from({ length: rows }, (_, id) => ({
      id: BigInt(id),
      region: regions[id % regions.length] ?? null,
      at: new Date(Date.UTC(2026, 0, 1 + (Math.floor(id / 7) % days), id % 24, 1, 2)),
      amount: id % 11 === 0 ? null : id / 4,
      note: `order ${id}`,
    })),
  )
}

export async function* streamOf(batches: readonly RecordBatch[]): AsyncGenerator<RecordBatch> {
  yield* batches
}

/** The rows of a table in batches of so many. */
export function cut(table: Table, size: number): RecordBatch[] {
  const batches: RecordBatch[] = []
  for (let at = 0; at < table.numRows; at += size) {
    for (const batch of table.slice(at, Math.min(table.numRows, at + size)).batches) batches.push(batch)
  }
  return batches
}

/** Every object below a prefix, by key. */
export async function objectsOf(server: S3Server, prefix = ''): Promise<Map<string, Uint8Array>> {
  const objects = new Map<string, Uint8Array>()
  for (const key of server.keys().filter((one) => one.startsWith(prefix))) objects.set(key, await server.get(key))
  return objects
}

/** What DuckDB answers about the objects as files, `{}` in the query being all of them. */
export async function askDuckdb(objects: ReadonlyMap<string, Uint8Array>, query: string): Promise<unknown[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-dataset-'))
  try {
    for (const [key, bytes] of objects) {
      const path = join(folder, key)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, bytes)
    }
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
    const connection = await instance.connect()
    const files = `read_parquet('${folder}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)`
    const answer = await connection.runAndReadAll(query.replaceAll('{}', files))
    connection.closeSync()
    instance.closeSync()
    return answer.getRowsJson() as unknown[][]
  } finally {
    await rm(folder, { recursive: true })
  }
}

export const nothingLeft = (server: S3Server): { keys: string[]; uploads: number } => ({
  keys: server.keys(),
  uploads: server.openUploads(),
})
export const NOTHING = { keys: [], uploads: 0 }
export const TARGET = { bucket: BUCKET, prefix: PREFIX, name: 'batch-1' }
