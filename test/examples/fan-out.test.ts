import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import type { Table } from 'apache-arrow'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { decodeCsv, encodeCsv } from '../../src/codecs/csv/csv.ts'
import { encodeNdjson } from '../../src/codecs/json/json.ts'
import { encodeParquet } from '../../src/codecs/parquet/write/write-parquet.ts'
import { objectsOf } from '../dataset/support.ts'
import { type DynamoDBServer, startDynamoDB } from '../support/dynamodb-server.ts'
import { BUCKET, type S3Request, type S3Server, startS3Server } from '../support/s3-server.ts'
import { type SqsServer, startSqs } from '../support/sqs-server.ts'
import { compareWithDuckdb } from './support/compare-with-duckdb.ts'
import {
  createFanOutTable,
  deliverAll,
  type FanOutPlaces,
  fanOutFunctions,
  type Message,
  type PlanSettings,
  resultRow,
  type Step,
  sqsEvent,
} from './support/fan-out.ts'

const KEY = 'landing/orders.csv'
const TIME = '2026-01-05T13:00:00.000Z'
const SMALL: PlanSettings = { targetBytes: 10_000, probeBytes: 2000, bucketBytes: 20_000 }
const COLUMNS = 'order_id, amount, status, note'
const CLEAN = `select "Order ID" as order_id, coalesce("Amount", 0) as amount, coalesce("Status", 'unknown') as status, "Note" as note from`
const ALL_ROWS = `${CLEAN} file`
const DISTINCT = `${CLEAN} (select distinct * from file)`

type Handlers = ReturnType<typeof fanOutFunctions>['handlers']

let s3: S3Server
let sqs: SqsServer
let dynamodb: DynamoDBServer
let places: FanOutPlaces
let queueNumber = 0

beforeAll(async () => {
  s3 = await startS3Server()
  sqs = await startSqs()
  dynamodb = await startDynamoDB()
  // The handlers log what fails.
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterAll(async () => {
  vi.restoreAllMocks()
  await s3.close()
  await sqs.close()
  await dynamodb.close()
})
beforeEach(async () => {
  s3.reset()
  const queue = (name: string) => sqs.queue(`${name}-${queueNumber}`)
  queueNumber++
  places = {
    s3: s3.endpoint,
    dynamodb: dynamodb.endpoint,
    sqs: sqs.endpoint,
    queues: { splitsUrl: await queue('splits'), bucketsUrl: await queue('buckets'), runsUrl: await queue('runs') },
    tableName: await createFanOutTable(dynamodb.endpoint),
  }
})

/** Orders, every third of them once more, far from the first, with line breaks in quotes. */
function orders(rows: number): string {
  const row = (id: number): string =>
    `${id},${id % 7 === 0 ? '' : id / 4},${id % 5 === 0 ? '' : 'paid'},"note ""${id}"",\nof two lines"\n`
  const first = Array.from({ length: rows }, (_, id) => row(id))
  const again = first.filter((_, id) => id % 3 === 0)
  return `Order ID,Amount,Status,Note\n${[...first, ...again].join('')}`
}

/** A message with the notification of S3. */
function landed(key: string): Message {
  const record = {
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    eventTime: TIME,
    s3: { bucket: { name: BUCKET }, object: { key } },
  }
  return { MessageId: 'landed', Body: JSON.stringify({ Records: [record] }) }
}

const invoke = async (handlers: Handlers, step: Step, message: Message): Promise<boolean> => {
  const { batchItemFailures } = await handlers[step](sqsEvent([message]))
  return batchItemFailures.length === 0
}
const isFinal = ({ method, key }: S3Request): boolean =>
  method !== 'GET' && method !== 'HEAD' && key.startsWith('processed/')
const output = () => objectsOf(s3, 'processed/')

interface QueueRun {
  readonly settings?: PlanSettings
  readonly deliver?: typeof invoke
  readonly maxReceives?: number
  readonly notifications?: number
  /** The file as another format has it. */
  readonly as?: { readonly key: string; readonly body: Uint8Array }
}

/** Land a file and deliver all messages. `early` counts what was final before `finish` ran. */
async function runOverQueues(csv: string, options: QueueRun = {}) {
  const {
    settings = SMALL,
    deliver = invoke,
    maxReceives = 20,
    notifications = 1,
    as = { key: KEY, body: Buffer.from(csv) },
  } = options
  const { key, body } = as
  await s3.put(key, body)
  const { handlers, functions, messages, table } = fanOutFunctions(places, settings)
  for (let sent = 0; sent < notifications; sent++) expect(await invoke(handlers, 'plan', landed(key))).toBe(true)
  const run = await functions.plan({ bucket: BUCKET, key, time: TIME })
  let early = 0
  let isFinishing = false
  const dead = await deliverAll(messages, places.queues, {
    maxReceives,
    invoke: async (step, message) => {
      isFinishing ||= step === 'finish'
      const isDone = await deliver(handlers, step, message)
      if (!isFinishing) early = s3.requests.filter(isFinal).length
      return isDone
    },
  })
  return { dead, early, run, functions, row: await resultRow(table, places.tableName, run.id) }
}

describe('the fan-out over queues', () => {
  test('a file becomes one Parquet file without duplicates, and nothing is final before finish', async () => {
    const csv = orders(1000)
    const { dead, early, run, row } = await runOverQueues(csv)
    expect(run.splits).toBeGreaterThan(3)
    expect(run.buckets).toBeGreaterThan(1)
    expect({ dead, early }).toEqual({ dead: [], early: 0 })
    expect([...(await output()).keys()]).toEqual(['processed/orders.parquet'])
    expect(row).toMatchObject({ status: 'published', rows: 1000, rowsIn: 1334, refused: 0, parts: run.buckets })
    expect(await compareWithDuckdb(csv, await output(), DISTINCT, COLUMNS)).toEqual({ lacks: 0, has: 0, rows: 1000 })
  })

  test('where duplicates may stay, workers write the final parts, in the order of the file', async () => {
    const csv = orders(500)
    const { dead, early, run, row } = await runOverQueues(csv, { settings: { ...SMALL, duplicates: 'keep' } })
    expect({ dead, early, buckets: run.buckets }).toEqual({ dead: [], early: 0, buckets: 0 })
    expect(row).toMatchObject({ status: 'published', rows: 667, parts: run.splits })
    expect(await compareWithDuckdb(csv, await output(), ALL_ROWS, COLUMNS)).toEqual({ lacks: 0, has: 0, rows: 667 })
  })

  test('the first of the rows that some columns make equal stays', async () => {
    const csv = `Order ID,Amount,Status,Note\n${Array.from({ length: 900 }, (_, n) => `${n % 300},${n},paid,x\n`).join('')}`
    const { row } = await runOverQueues(csv, {
      settings: { ...SMALL, targetBytes: 2000, bucketBytes: 3000, duplicates: ['order_id'] },
    })
    expect(row).toMatchObject({ status: 'published', rows: 300, rowsIn: 900 })
    const first = `${CLEAN} (select * from file where "Amount" < 300)`
    expect(await compareWithDuckdb(csv, await output(), first, COLUMNS)).toEqual({ lacks: 0, has: 0, rows: 300 })
  })

  test('a manifest names the parts', async () => {
    const csv = orders(400)
    await runOverQueues(csv, { settings: { ...SMALL, publish: 'manifest' } })
    expect([...(await output()).keys()]).toEqual(['processed/orders.manifest.json'])
    const manifest: { entries: { url: string; meta: { content_length: number } }[] } = JSON.parse(
      Buffer.from(await s3.get('processed/orders.manifest.json')).toString(),
    )
    const parts = new Map<string, Uint8Array>()
    for (const { url, meta } of manifest.entries) {
      const bytes = await s3.get(url.replace(`s3://${BUCKET}/`, ''))
      expect(bytes.length).toBe(meta.content_length)
      parts.set(url.replace(/^.*parts\//, ''), bytes)
    }
    expect(await compareWithDuckdb(csv, parts, DISTINCT, COLUMNS)).toEqual({ lacks: 0, has: 0, rows: 400 })
  })

  test.each([
    ['ndjson', 4, encodeNdjson],
    ['parquet', 2, (table: Table) => encodeParquet(table, { rowGroupRows: 200 })],
    ['csv.gz', 1, (table: Table) => gzipSync(encodeCsv(table))],
  ] as const)('%s comes through as CSV does', async (ending, splits, encode) => {
    const csv = orders(1000)
    const as = { key: `landing/orders.${ending}`, body: await encode(decodeCsv(Buffer.from(csv))) }
    const { dead, early, run, row } = await runOverQueues(csv, { as })
    expect({ dead, early }).toEqual({ dead: [], early: 0 })
    expect(run.splits).toBeGreaterThanOrEqual(splits)
    expect(row).toMatchObject({ status: 'published', rows: 1000, rowsIn: 1334, output: 'processed/orders.parquet' })
    expect(await compareWithDuckdb(csv, await output(), DISTINCT, COLUMNS)).toEqual({ lacks: 0, has: 0, rows: 1000 })
  })

  test('a file of a header alone: no part of a bucket and nothing published, or an empty part', async () => {
    const header = 'Order ID,Amount,Status,Note\n'
    const { dead, row } = await runOverQueues(header)
    expect(dead).toEqual([])
    expect(row).toMatchObject({ status: 'published', rows: 0, parts: 0 })
    expect((await output()).size).toBe(0)
    const kept = await runOverQueues(header, { settings: { ...SMALL, duplicates: 'keep' } })
    expect(kept.row).toMatchObject({ status: 'published', rows: 0, parts: 1 })
    const names = 'order_id, amount, status, note'
    const nothing = `select ${names} from (select null as order_id, null as amount, null as status, null as note) where false`
    expect(await compareWithDuckdb(header, await output(), nothing, names)).toEqual({ lacks: 0, has: 0, rows: 0 })
  })
})

describe('what changes nothing in the result', () => {
  const csv = orders(1000)
  const isRight = async (): Promise<void> => {
    expect(await compareWithDuckdb(csv, await output(), DISTINCT, COLUMNS)).toEqual({ lacks: 0, has: 0, rows: 1000 })
  }

  test('notifications and messages that are delivered twice, at once and later', async () => {
    const { dead, early, row } = await runOverQueues(csv, {
      notifications: 2,
      deliver: async (handlers, step, message) => {
        const ends = await Promise.all([invoke(handlers, step, message), invoke(handlers, step, message)])
        return ends[0] && (await invoke(handlers, step, message))
      },
    })
    expect({ dead, early }).toEqual({ dead: [], early: 0 })
    expect(row).toMatchObject({ status: 'published', rows: 1000, rowsIn: 1334 })
    await isRight()
  })

  test('workers, reducers and finishers that throw at one request after another', async () => {
    const failed = new Map<Step, number>()
    const attempts = new Map<string, number>()
    let turn: Promise<unknown> = Promise.resolve()
    const { dead, early } = await runOverQueues(csv, {
      // One by one, so that it is clear whose request fails: the first, the third, the eighth.
      deliver: (handlers, step, message) => {
        const mine = turn.then(async () => {
          const { MessageId = '' } = message
          const attempt = attempts.get(MessageId) ?? 0
          attempts.set(MessageId, attempt + 1)
          let left = [1, 3, 8][attempt]
          s3.fault(() => (left !== undefined && --left === 0 ? { status: 403, code: 'AccessDenied' } : undefined))
          const isDone = await invoke(handlers, step, message)
          if (!isDone) failed.set(step, (failed.get(step) ?? 0) + 1)
          return isDone
        })
        turn = mine
        return mine
      },
    })
    s3.fault(() => undefined)
    expect({ dead, early }).toEqual({ dead: [], early: 0 })
    expect([...failed.keys()]).toEqual(['worker', 'reduce', 'finish'])
    await isRight()
  })

  test('processes that are killed at any request', async () => {
    const living = new Map<ReturnType<typeof spawn>, number>()
    const path = fileURLToPath(new URL('fan-out-child.ts', import.meta.url))
    let invocations = 0
    let killed = 0
    s3.fault(() => {
      for (const [child, left] of living) {
        living.set(child, left - 1)
        if (left === 1) child.kill('SIGKILL')
      }
      return undefined
    })
    const { dead, early, row } = await runOverQueues(csv, {
      maxReceives: 50,
      deliver: async (_, step, message) => {
        const args = [places, step, message].map((value) => JSON.stringify(value))
        const child = spawn(process.execPath, [path, ...args], { stdio: 'ignore' })
        const invocation = invocations++
        // Every other invocation dies, at one of its first requests or of those around it.
        living.set(child, invocation % 2 === 0 ? 1 + ((invocation * 7919) % 9) : Number.POSITIVE_INFINITY)
        const [status, signal] = await once(child, 'exit')
        living.delete(child)
        if (signal === 'SIGKILL') killed++
        // Whoever comes after a finisher that was killed has to wait until its lease is over.
        else if (status !== 0) await wait(1000)
        return status === 0
      },
    })
    expect({ dead, early }).toEqual({ dead: [], early: 0 })
    expect(killed).toBeGreaterThan(3)
    expect(row).toMatchObject({ status: 'published', rows: 1000, rowsIn: 1334 })
    await isRight()
  }, 240_000)

  test('a run that is delivered again after it was published', async () => {
    const { run, functions } = await runOverQueues(csv)
    const before = await output()
    const published = s3.requests.filter(isFinal).length
    expect(await functions.finish({ run })).toMatchObject({ rows: 1000, output: 'processed/orders.parquet' })
    expect(s3.requests.filter(isFinal).length).toBe(published)
    expect(await output()).toEqual(before)
  })
})

describe('what is never published', () => {
  const MIB = 1024 * 1024
  const rows = (from: number, count: number): string =>
    Array.from({ length: count }, (_, at) => `${from + at},1.5,paid,a note of some length to fill the file\n`).join('')
  /** A quoted field of 3 MiB, whose lines look like rows, between 1 MiB of rows each. */
  const hidden = `Order ID,Amount,Status,Note\n${rows(0, 20_000)}20000,1.5,paid,"${'7,0.5,open,not a row\n'.repeat((3 * MIB) / 21)}"\n${rows(20_001, 20_000)}`

  test('a file with a quoted field of several megabytes, unless it is read whole', async () => {
    const settings: PlanSettings = { targetBytes: MIB, bucketBytes: 8 * MIB }
    const { dead, row, run, functions } = await runOverQueues(hidden, { settings, maxReceives: 2 })
    expect(run.splits).toBeGreaterThan(4)
    expect(dead.map(({ step }) => step)).toContain('worker')
    expect(row).toBeUndefined()
    await expect(functions.finish({ run, outcomes: ['READ', 'SPLIT_MISMATCH'] })).rejects.toMatchObject({
      code: 'SPLIT_MISMATCH',
    })
    const { table } = fanOutFunctions(places)
    expect(await resultRow(table, places.tableName, run.id)).toMatchObject({
      status: 'failed',
      code: 'SPLIT_MISMATCH',
      outcomes: ['READ', 'SPLIT_MISMATCH'],
    })
    expect(s3.requests.filter(isFinal)).toEqual([])

    const whole = await runOverQueues(hidden, { settings: { ...settings, whole: () => true } })
    expect(whole.row).toMatchObject({ status: 'published', rows: 40_001 })
    const found = await compareWithDuckdb(hidden, await output(), DISTINCT, COLUMNS)
    expect(found).toEqual({ lacks: 0, has: 0, rows: 40_001 })
  })

  test('a file that is replaced between plan and worker', async () => {
    await s3.put(KEY, orders(500))
    const { functions, handlers, messages } = fanOutFunctions(places, SMALL)
    await invoke(handlers, 'plan', landed(KEY))
    const run = await functions.plan({ bucket: BUCKET, key: KEY, time: TIME })
    await s3.put(KEY, orders(501))
    const deliver = (step: Step, message: Message) => invoke(handlers, step, message)
    const dead = await deliverAll(messages, places.queues, { invoke: deliver, maxReceives: 1 })
    expect(dead).toHaveLength(run.splits)
    await expect(functions.finish({ run })).rejects.toMatchObject({ code: 'SPLIT_MISMATCH' })
    expect(s3.requests.filter(isFinal)).toEqual([])
  })

  test('rows that were lost on the way from the workers to the reducers', async () => {
    await s3.put(KEY, orders(500))
    const { functions } = fanOutFunctions(places, SMALL)
    const run = await functions.plan({ bucket: BUCKET, key: KEY, time: TIME })
    const splits = JSON.parse(Buffer.from(await s3.get(`${run.work}/splits.json`)).toString())
    for (const split of splits) await functions.worker({ run, split })
    await expect(functions.finish({ run })).rejects.toMatchObject({ code: 'SPLIT_MISMATCH' })
    const gone = s3.keys().find((key) => key.includes('/shuffle/hash=0/')) ?? ''
    await fanOutFunctions(places).client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: gone }))
    for (let hash = 0; hash < run.buckets; hash++) await functions.reduce({ run, hash })
    await expect(functions.finish({ run })).rejects.toMatchObject({ code: 'SPLIT_MISMATCH' })
    expect(s3.requests.filter(isFinal)).toEqual([])
  })
})
