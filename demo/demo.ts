// npm run demo [-- file ...]: real files land in an S3 on this machine, the example handler turns them into clean Parquet.
import { fork } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { SingleBar } from 'cli-progress'
import { BUCKET, type S3Server, startS3Server } from '../test/support/s3-server.ts'
import { openDuckDb } from './duckdb.ts'
import type { JobMessage, JobReport, JobRequest } from './job.ts'
import { runPartitioned } from './partitioned.ts'
import { type FileReport, isFine, line, printFile, printTotals, sizeText } from './report.ts'
import { s3Event } from './s3-event.ts'

const vegaFile = (name: string): string =>
  fileURLToPath(new URL(`../data/${name}`, import.meta.resolve('vega-datasets')))
const own = process.argv.slice(2)
const files =
  own.length > 0
    ? own
    : [
        fileURLToPath(new URL('messy orders.csv', import.meta.url)),
        vegaFile('birdstrikes.csv'),
        vegaFile('flights-200k.json'),
        vegaFile('flights-3m.parquet'),
      ]

const folder = await mkdtemp(join(tmpdir(), 'millrace-demo-'))
const server = await startS3Server()
try {
  line(
    `The S3 job of millrace on ${files.length === 1 ? 'one file' : `${files.length} files`}. Each file is uploaded to landing/ on a local S3 server;`,
  )
  line('a new process runs the job on the S3 event; DuckDB then reads input and output and compares.\n')
  const reports: FileReport[] = []
  for (const file of files) {
    const report = await runFile(server, file)
    printFile(report)
    reports.push(report)
  }
  const isPartitionedFine = own.length > 0 || (await runPartitioned(server, vegaFile('seattle-weather.csv'), folder))
  printTotals(reports)
  if (!reports.every(isFine) || !isPartitionedFine) process.exitCode = 1
} catch (error) {
  line(`The demo failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await server.close()
  await rm(folder, { recursive: true, force: true })
}

async function runFile(server: S3Server, file: string): Promise<FileReport> {
  const name = basename(file)
  const key = `landing/${name}`
  const bytes = await readFile(file)
  await server.put(key, bytes)

  const bar = new SingleBar({
    format: `  {bar} {percentage}%  ${name}, {read} of ${sizeText(bytes.length)}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  })
  bar.start(bytes.length, 0, { read: sizeText(0) })
  const keysBefore = server.keys().length
  try {
    const { startupMs, job } = await runJob(
      { endpoint: server.endpoint, event: s3Event(BUCKET, key, bytes.length) },
      (bytesRead) => bar.update(Math.min(bytesRead, bytes.length), { read: sizeText(bytesRead) }),
    )
    bar.stop()
    const head = await server.client().send(new HeadObjectCommand({ Bucket: BUCKET, Key: job.output }))
    const written = join(folder, basename(job.output))
    await writeFile(written, await server.get(job.output))
    const checked = await checkWithDuckDb(file, written)
    return { kind: 'done', job, startupMs, bytesIn: bytes.length, metadata: head.Metadata ?? {}, ...checked }
  } catch (error) {
    bar.stop()
    const reason = error instanceof Error ? error.message : String(error)
    return { kind: 'failed', key, reason, left: server.keys().length - keysBefore + server.openUploads() }
  }
}

/** Open DuckDB after the job is done, so that it uses neither its time nor its memory. */
async function checkWithDuckDb(input: string, written: string) {
  const duckDb = await openDuckDb()
  try {
    const output = await duckDb.readOutput(written)
    const witness = await duckDb.countInput(input).catch((error: Error) => firstLine(error.message))
    return { output, witness }
  } finally {
    duckDb.close()
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

function runJob(
  request: JobRequest,
  onProgress: (bytesRead: number) => void,
): Promise<{ startupMs: number; job: JobReport }> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('job.ts', import.meta.url))
    let startupMs = 0
    child.on('message', (message: JobMessage) => {
      if (message.type === 'ready') {
        startupMs = message.startupMs
        child.send(request)
      } else if (message.type === 'progress') onProgress(message.bytesRead)
      else if (message.type === 'done') resolve({ startupMs, job: message.report })
      else reject(new Error(message.message))
    })
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`the job ended with exit code ${code}`)))
  })
}
