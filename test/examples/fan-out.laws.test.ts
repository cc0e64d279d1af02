import type { Table } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, beforeAll } from 'vitest'
import { readSplits } from '../../examples/fan-out/run.ts'
import { decodeCsv } from '../../src/codecs/csv/csv.ts'
import { decodeParquet } from '../../src/codecs/parquet/parquet.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { dropDuplicates } from '../../src/transform/drop-duplicates.ts'
import { fillNulls } from '../../src/transform/fill-nulls.ts'
import { transformTable } from '../../src/transform/transform-table.ts'
import { type DynamoDBServer, startDynamoDB } from '../support/dynamodb-server.ts'
import { law } from '../support/law.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'
import { createFanOutTable, fanOutFunctions } from './support/fan-out.ts'

const KEY = 'landing/orders.csv'
const codec = { schema: { id: 'int64', status: 'string', note: 'string' } } as const

let s3: S3Server
let dynamodb: DynamoDBServer
let tableName: string
beforeAll(async () => {
  s3 = await startS3Server()
  dynamodb = await startDynamoDB()
  tableName = await createFanOutTable(dynamodb.endpoint)
})
afterAll(async () => {
  await s3.close()
  await dynamodb.close()
})

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
const tricky = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', 'é', '7,paid,x\n'), maxLength: 12 })
const row = fc
  .record({
    id: fc.nat(40),
    status: fc.constantFrom('', 'paid', 'open'),
    note: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('plain', 'other') },
      { weight: 1, arbitrary: tricky.map(quoted) },
    ),
  })
  .map(({ id, status, note }) => `${id},${status},${note}\n`)
const file = fc
  .array(row, { minLength: 1, maxLength: 150, size: 'max' })
  .map((rows) => `id,status,note\n${rows.join('')}`)

/** Turns of invocations, each of some task, that fails at one of its requests or at none. */
const turns = fc.array(fc.record({ task: fc.nat(), failsAt: fc.option(fc.integer({ min: 1, max: 12 })) }), {
  maxLength: 12,
})

/** Run tasks in an order with repetitions and failures, and then those that are not done. */
async function runTasks(
  tasks: readonly (() => Promise<unknown>)[],
  order: readonly { task: number; failsAt: number | null }[],
) {
  const done = new Set<number>()
  for (const { task, failsAt } of order) {
    let left = failsAt ?? 0
    s3.fault(() => (--left === 0 ? { status: 403, code: 'AccessDenied' } : undefined))
    const isDone = await tasks[task % tasks.length]?.().then(
      () => true,
      () => false,
    )
    if (isDone) done.add(task % tasks.length)
  }
  s3.fault(() => undefined)
  for (const [index, task] of tasks.entries()) if (!done.has(index)) await task()
}

law(
  'fan-out example: any order of splits and buckets, repetitions and failures result in the distinct rows of the file',
  fc.asyncProperty(
    file,
    fc.record({ targetBytes: fc.integer({ min: 50, max: 800 }), bucketBytes: fc.integer({ min: 200, max: 1500 }) }),
    fc.boolean(),
    turns,
    turns,
    async (csv, sizes, keeps, splitTurns, bucketTurns) => {
      s3.reset()
      await s3.put(KEY, csv)
      const places = { s3: s3.endpoint, dynamodb: dynamodb.endpoint, sqs: '', tableName }
      const queues = { splitsUrl: 'splits', bucketsUrl: 'buckets', runsUrl: 'runs' }
      const duplicates = keeps ? 'keep' : []
      const { functions, client } = fanOutFunctions(
        { ...places, queues },
        { ...sizes, codec, duplicates, probeBytes: 4000 },
      )
      const run = await functions.plan({ bucket: BUCKET, key: KEY, time: new Date().toISOString() })
      const splits = await readSplits(client, run)
      await runTasks(
        splits.map((split) => () => functions.worker({ run, split })),
        splitTurns,
      )
      const buckets = Array.from({ length: run.buckets }, (_, hash) => () => functions.reduce({ run, hash }))
      if (buckets.length > 0) await runTasks(buckets, bucketTurns)
      await functions.finish({ run })
      const steps = [...(keeps ? [] : [dropDuplicates()]), fillNulls({ status: 'unknown' })]
      const wanted = rowsOf(transformTable(decodeCsv(Buffer.from(csv), codec), ...steps))
      const found = rowsOf(await decodeParquet(await s3.get(run.output)))
      return keeps ? isEqual(found, wanted) : isEqual(found.sort(), wanted.sort())
    },
  ),
  { runs: 25 },
)

/** Rows as text, without the columns that only say when. */
const rowsOf = (table: Table): string[] =>
  Array.from(rowsFromTable(table), ({ id, status, note }) => JSON.stringify([String(id), status, note]))
const isEqual = (one: readonly string[], other: readonly string[]): boolean => one.join('\n') === other.join('\n')
