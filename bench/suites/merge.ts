import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BUCKET, type S3Request, type S3Server, startS3Server } from '../../test/support/s3-server.ts'
import { oneThread } from '../duckdb.ts'
import { median } from '../measure.ts'
import { formatTable } from '../table.ts'
import type { Suite } from './suite.ts'

const CHILD = fileURLToPath(new URL('../merge-child.ts', import.meta.url))
const FILES = 100
/** Rows of a file of some 7 MB: more than the 5 MiB from which S3 copies ranges. */
const ROWS_OF_A_FILE = 170_000
const WAYS = { 'read and write': 'read-and-write', mergeParquet: 'merge' }

/** What one process took: milliseconds of CPU, and bytes between it and S3. */
interface MergeCost {
  readonly cpuMs: number
  readonly movedBytes: number
}

/** 100 files made one on an S3 in this process: by `mergeParquet`, and by reading and writing their rows, in processes of their own, in turns. */
export const merge: Suite = async ({ runs = 3 }, print) => {
  const server = await startS3Server()
  try {
    const file = await eventsFile()
    for (let index = 0; index < FILES; index++) await server.put(`part-${index}.parquet`, file)
    const costs = new Map<string, MergeCost[]>()
    for (let run = 0; run < runs; run++) {
      for (const [name, way] of Object.entries(WAYS)) {
        process.stderr.write(`merge, run ${run + 1} of ${runs}: ${name}\n`)
        costs.set(name, [...(costs.get(name) ?? []), await costOf(way, server)])
      }
    }
    const total = file.length * FILES
    const figures = [...costs].map(([name, list]) => ({
      name,
      cpuMs: median(list.map(({ cpuMs }) => cpuMs)),
      movedBytes: median(list.map(({ movedBytes }) => movedBytes)),
    }))
    const text = formatTable(
      ['', 'CPU', 'bytes through the process', 'of all bytes'],
      figures.map(({ name, cpuMs, movedBytes }) => [
        name,
        `${Math.round(cpuMs)} ms`,
        `${(movedBytes / 1e6).toFixed(1)} MB`,
        `${((100 * movedBytes) / total).toFixed(2)}%`,
      ]),
    )
    print(`merge: ${FILES} files of ${(file.length / 1e6).toFixed(1)} MB\n${text}`)
    return { other: { text, figures } }
  } finally {
    await server.close()
  }
}

async function costOf(way: string, server: S3Server): Promise<MergeCost> {
  const before = server.requests.length
  const args = [CHILD, way, server.endpoint, BUCKET, String(FILES)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const moved = server.requests.slice(before).map((request) => bytesOf(request))
  return { cpuMs: Number(stdout), movedBytes: moved.reduce((sum, bytes) => sum + bytes, 0) }
}

/** Bytes of a request's body, or of the range that it asks for. */
function bytesOf({ method, headers }: S3Request): number {
  if (method !== 'GET') return Number(headers['content-length'] ?? 0)
  const [, from = 0, to = -1] = /^bytes=(\d+)-(\d+)$/.exec(String(headers.range)) ?? []
  return Number(to) + 1 - Number(from)
}

async function eventsFile(): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-merge-'))
  const path = join(folder, 'events.parquet')
  try {
    const connection = await oneThread()
    await connection.run(`copy (select i as id, md5(i::varchar) as event_id, i % 1000 as user_id, i * 1.25 as amount,
      timestamp '2026-01-05' + interval (i) second as at, ['click', 'view', 'order'][1 + i % 3] as kind
      from range(${ROWS_OF_A_FILE}) r(i)) to '${path}' (format parquet)`)
    connection.closeSync()
    return new Uint8Array(readFileSync(path))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
