import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCompact } from '../../examples/streaming-etl/compact.ts'
import { createIngest } from '../../examples/streaming-etl/ingest.ts'
import { askDuckdb, objectsOf } from '../dataset/support.ts'
import { BUCKET, type S3Request, type S3Server, startS3Server } from '../support/s3-server.ts'

/** `KILLS=200` for the long run. */
const KILLS = Number(process.env['KILLS'] ?? 8)
const ROUND = 20
const TARGET_BYTES = 4000
const HOUR = '2026-01-05-13'
const FIRST = Date.UTC(2026, 0, 5, 13) / 1000

let server: S3Server
beforeAll(async () => {
  server = await startS3Server()
})
afterAll(() => server.close())

const eventOf = (id: number) => ({
  eventSource: 'aws:kinesis',
  eventSourceARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/events',
  eventID: `shardId-000000000000:${id}`,
  kinesis: {
    data: Buffer.from(JSON.stringify({ event_id: `e${id}`, amount: id })).toString('base64'),
    partitionKey: 'user',
    sequenceNumber: String(id),
    approximateArrivalTimestamp: FIRST + (id % 3000),
  },
})
const records = (from: number, to: number) => ({
  Records: Array.from({ length: to - from }, (_, at) => eventOf(from + at)),
})
const isCompletion = ({ method, query, key }: S3Request) =>
  method === 'POST' && 'uploadId' in query && key.startsWith('processed/')
const counts = async () =>
  askDuckdb(await objectsOf(server, 'processed/'), 'select count(*), count(distinct event_id), sum(amount) from {}')

/** Run the compaction in a process that is killed when its `nth` request arrives; resolves to whether it was. */
async function killedAt(nth: number): Promise<boolean> {
  const path = fileURLToPath(new URL('compact-child.ts', import.meta.url))
  const child = spawn(process.execPath, [path, server.endpoint, BUCKET, HOUR, String(TARGET_BYTES)], {
    stdio: 'ignore',
  })
  const ended = new Promise<boolean>((resolve) => child.once('exit', (_, signal) => resolve(signal === 'SIGKILL')))
  let seen = 0
  server.fault(() => {
    if (++seen === nth) child.kill('SIGKILL')
    return undefined
  })
  const wasKilled = await ended
  server.fault(() => undefined)
  return wasKilled
}

test(
  `a compaction killed at ${KILLS} points and run again: no event is lost or doubled`,
  async () => {
    const ingest = createIngest({ client: server.client(), bucket: BUCKET })
    const compact = createCompact({ client: server.client(), bucket: BUCKET, targetBytes: TARGET_BYTES })
    let events = 0
    let requests = 0
    for (let kill = 0; kill < KILLS; kill++) {
      // Every run reads all that came before: a long test begins anew from time to time.
      if (kill % ROUND === 0) {
        server.reset()
        events = 100
        await ingest(records(0, events))
        await compact({ hour: HOUR })
        requests = server.requests.length
      }
      // Late records, and some that were delivered before.
      await ingest(records(events - 10, events + 20))
      events += 20
      const before = await objectsOf(server, 'processed/')
      const from = server.requests.length
      const wasKilled = await killedAt(1 + ((kill * 7919) % requests))
      const hasCompleted = server.requests.slice(from).some(isCompletion)
      if (wasKilled && !hasCompleted) expect(await objectsOf(server, 'processed/')).toEqual(before)
      const again = server.requests.length
      const { files } = await compact({ hour: HOUR })
      requests = server.requests.length - again
      expect(files).toBeGreaterThan(1)
      expect(await counts()).toEqual([[String(events), String(events), (events * (events - 1)) / 2]])
    }
  },
  KILLS * 20_000,
)
