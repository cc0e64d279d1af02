// One job in a process of its own, as in a fresh Lambda environment: so its start-up time and peak memory are its own.
import { existsSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { type GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3'
import { createHandler } from '../examples/s3-job/handler.ts'

export interface JobRequest {
  readonly endpoint: string
  readonly event: unknown
}

export type JobMessage =
  | { readonly type: 'ready'; readonly startupMs: number }
  | { readonly type: 'progress'; readonly bytesRead: number }
  | { readonly type: 'done'; readonly report: JobReport }
  | { readonly type: 'failed'; readonly message: string }

export interface JobReport {
  readonly source: string
  readonly output: string
  readonly rowsIn: number
  readonly rowsOut: number
  readonly bytes: number
  readonly seconds: number
  readonly peakBytes: number
  readonly refused: number
  readonly firstRefused: readonly RefusedRow[]
}

export interface RefusedRow {
  readonly line: number
  readonly reason: string
}

const SHOWN_REFUSALS = 5

const tell = (message: JobMessage): void => {
  process.send?.(message)
}

process.once('message', (request: JobRequest) => {
  run(request)
    .then((report) => tell({ type: 'done', report }))
    .catch((error: unknown) => tell({ type: 'failed', message: textOf(error) }))
    .finally(() => process.disconnect())
})
tell({ type: 'ready', startupMs: performance.now() })

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? `${error.code}: ${error.message}` : error.message
}

async function run({ endpoint, event }: JobRequest): Promise<JobReport> {
  const client = clientThatCounts(endpoint, (bytesRead) => tell({ type: 'progress', bytesRead }))
  const firstRefused: RefusedRow[] = []
  let refused = 0
  const onInvalidRow = ({ line, reason }: RefusedRow): void => {
    refused++
    if (firstRefused.length < SHOWN_REFUSALS) firstRefused.push({ line, reason })
  }
  const handler = createHandler({ client, codec: { onInvalidRow } })
  const startedAt = performance.now()
  const [result] = await handler(event)
  const seconds = (performance.now() - startedAt) / 1000
  client.destroy()
  if (result === undefined) throw new Error('the event names no object')
  return { ...result, seconds, peakBytes: peakBytes(), refused, firstRefused }
}

/** Linux counts what the parent held when it started this process into `maxRSS`, but not into the high-water mark of the memory map. */
function peakBytes(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]
  return 1024 * (kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes))
}

const PROGRESS_STEP_BYTES = 500_000

/** A client of the demo's server that tells how many bytes of objects have come. */
function clientThatCounts(endpoint: string, onBytes: (bytesRead: number) => void): S3Client {
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' },
  })
  let bytesRead = 0
  let told = 0
  async function* counted(body: AsyncIterable<Uint8Array>) {
    for await (const chunk of body) {
      bytesRead += chunk.length
      if (bytesRead - told >= PROGRESS_STEP_BYTES) {
        told = bytesRead
        onBytes(bytesRead)
      }
      yield chunk
    }
  }
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args)
      if (context['commandName'] === 'GetObjectCommand') {
        const output = result.output as Partial<GetObjectCommandOutput>
        if (output.Body instanceof Readable) Object.assign(output, { Body: counted(output.Body) })
      }
      return result
    },
    { step: 'initialize' },
  )
  return client
}
