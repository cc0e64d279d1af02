import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareWithDuckdb } from '../examples/support/compare-with-duckdb.ts'
import { createFanOutTable } from '../examples/support/fan-out.ts'
import { ROOT, removeFolder, scratchFolder } from '../package/support/packed.ts'
import { type Answer, type LambdaService, startLambda } from './lambda.ts'
import { realPackage } from './packages.ts'
import { type StepFunctions, startStepFunctions } from './step-functions.ts'

const ric = realPackage('aws-lambda-ric')
const hasMoto = process.env['REAL_STEP_FUNCTIONS'] !== undefined
const BUCKET = 'lake'
const MIB = 1024 * 1024

/** The functions, small settings, and faults that a test asks for through the client context. */
const HANDLERS = `
import { S3Client } from '@aws-sdk/client-s3'
import { createFinish } from './examples/fan-out/finish.ts'
import { createPlan } from './examples/fan-out/plan.ts'
import { createReduce } from './examples/fan-out/reduce.ts'
import { createWorker } from './examples/fan-out/worker.ts'
const client = new S3Client({ forcePathStyle: true })
const settings = JSON.parse(process.env.FAN_OUT_SETTINGS)
const failing = (handler) => async (event, context) => {
  const { throws } = context.clientContext ?? {}
  if (throws === 'before') throw new RangeError('before its work')
  const result = await handler(event, context)
  if (throws === 'after') throw new RangeError('after its work')
  return result
}
export const plan = failing(createPlan({ ...settings, client }))
export const worker = failing(createWorker({ client }))
export const reduce = failing(createReduce({ client }))
export const finish = failing(createFinish({ client }))
`
const SMALL = { targetBytes: 14_000, probeBytes: 2000, bucketBytes: 20_000 }
const ENV = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
const CSV = orders(1000)
const COLUMNS = 'order_id, amount, status, note'
const FILLED = "order_id, coalesce(amount, 0), coalesce(status, 'unknown'), note"
const ALL_ROWS = `select ${FILLED} from file`
const DISTINCT = `select ${FILLED} from (select distinct * from file)`
const FUNCTIONS = ['plan', 'worker', 'reduce', 'finish'] as const

/** Kind of fault of an invocation; `requests` counts those of all functions until the process is killed. */
type Fault = { readonly throws: 'before' | 'after' } | { readonly kills: number } | 'twice'

describe.skipIf(ric === undefined || !hasMoto)(
  "the state machine under AWS's runtime client (needs aws-lambda-ric, and pip install 'moto[server]')",
  () => {
    const folder = scratchFolder()
    let states: StepFunctions
    let lambda: LambdaService
    let s3: S3Client
    let dynamodb: DynamoDBClient
    let tableName: string
    let faultOf: (name: string, number: number) => Fault | undefined = () => undefined
    const calls = new Map<string, number>()
    const countdowns = new Map<() => void, number>()
    let early = 0
    let killed = 0

    beforeAll(async () => {
      await bundle(folder)
      states = await startStepFunctions({ invoke, onRequest })
      const config = {
        endpoint: states.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      }
      s3 = new S3Client({ ...config, forcePathStyle: true })
      dynamodb = new DynamoDBClient(config)
      await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
      tableName = await createFanOutTable(states.endpoint)
    }, 120_000)
    afterAll(async () => {
      lambda?.close()
      await states?.close()
      s3?.destroy()
      dynamodb?.destroy()
      removeFolder(folder)
    })

    async function invoke(name: string, payload: string): Promise<Answer> {
      const number = calls.get(name) ?? 0
      calls.set(name, number + 1)
      const fault = faultOf(name, number)
      if (fault === 'twice') {
        const both = await Promise.all([lambda.invoke(name, payload), lambda.invoke(name, payload)])
        const [answer] = await Promise.all(both.map((each) => each.answer))
        return answer as Answer
      }
      const invocation = await lambda.invoke(name, payload, fault)
      if (fault !== undefined && 'kills' in fault) countdowns.set(invocation.kill, fault.kills)
      return invocation.answer.finally(() => countdowns.delete(invocation.kill))
    }

    function onRequest(method: string, path: string): void {
      if (method !== 'GET' && method !== 'HEAD' && path.startsWith(`/${BUCKET}/processed/`) && !calls.has('finish'))
        early++
      for (const [kill, left] of countdowns) {
        countdowns.set(kill, left - 1)
        if (left !== 1) continue
        killed++
        kill()
      }
    }

    /** Run the state machine over a file, and read what it published. */
    async function run(name: string, csv: string, fault: typeof faultOf = () => undefined, settings: object = SMALL) {
      calls.clear()
      early = 0
      faultOf = fault
      const env = { ...ENV, AWS_ENDPOINT_URL: states.endpoint, FAN_OUT_TABLE: tableName }
      lambda = startLambda({
        ric: ric ?? '',
        task: join(folder, 'task'),
        handlers: Object.fromEntries(FUNCTIONS.map((each) => [each, `index.${each}`])),
        env: { ...env, FAN_OUT_SETTINGS: JSON.stringify(settings) },
      })
      try {
        const key = `landing/${name}.csv`
        await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: csv }))
        const execution = await states.execute(definition(), { bucket: BUCKET, key })
        return { execution, output: await objects(`processed/${name}`) }
      } finally {
        lambda.close()
      }
    }

    async function objects(Prefix: string): Promise<Map<string, Uint8Array>> {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }))
      const found = new Map<string, Uint8Array>()
      for (const { Key = '' } of Contents) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))
        found.set(Key, (await Body?.transformToByteArray()) ?? new Uint8Array(0))
      }
      return found
    }

    const isRight = async ({ execution, output }: Awaited<ReturnType<typeof run>>): Promise<void> => {
      expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { rowsIn: 1334, rows: 1000, refused: 0 } })
      expect(early).toBe(0)
      expect(await compareWithDuckdb(CSV, output, DISTINCT, COLUMNS)).toEqual({ lacks: 0, has: 0, rows: 1000 })
    }

    test('a file becomes one Parquet file without duplicates, and nothing is final before finish', async () => {
      await isRight(await run('plain', CSV))
      expect(calls.get('worker')).toBeGreaterThan(3)
      expect(calls.get('reduce')).toBeGreaterThan(1)
    })

    test('where duplicates may stay, no reducer runs', async () => {
      const { execution, output } = await run('kept', CSV, () => undefined, { ...SMALL, duplicates: 'keep' })
      expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { rows: 1334 } })
      expect(calls.has('reduce')).toBe(false)
      expect(await compareWithDuckdb(CSV, output, ALL_ROWS, COLUMNS)).toEqual({ lacks: 0, has: 0, rows: 1334 })
    })

    test('functions that throw before and after their work change nothing', async () => {
      const throws = ['before', 'after'] as const
      await isRight(
        await run('thrown', CSV, (_, number) => {
          const kind = throws[number]
          return kind && { throws: kind }
        }),
      )
    })

    test('processes that are killed change nothing', async () => {
      await isRight(
        await run('killed', CSV, (name, number) =>
          number < 3 && name !== 'finish' ? { kills: 1 + 4 * number } : undefined,
        ),
      )
      expect(killed).toBeGreaterThan(3)
    })

    test('functions that run twice at once change nothing', async () => {
      await isRight(await run('twice', CSV, (name) => (name === 'worker' || name === 'reduce' ? 'twice' : undefined)))
    })

    test('a worker that fails for good: finish publishes nothing, and its row says why', async () => {
      const { execution, output } = await run('failed', CSV, (name) =>
        name === 'worker' ? { throws: 'before' } : undefined,
      )
      expect(execution).toMatchObject({ status: 'FAILED', error: 'SPLIT_MISMATCH' })
      expect(calls.has('reduce')).toBe(false)
      expect(output.size).toBe(0)
      expect(await failedRows()).toContainEqual({ outcomes: ['WORKER_FAILED'] })
    })

    test('a quoted field of several megabytes: no reducer runs, and nothing is published', async () => {
      const rows = (from: number, count: number): string =>
        Array.from({ length: count }, (_, at) => `${from + at},1.5,paid,a note of some length to fill\n`).join('')
      const field = '7,0.5,open,not a row\n'.repeat((3 * MIB) / 21)
      const csv = `order_id,amount,status,note\n${rows(0, 20_000)}20000,1.5,paid,"${field}"\n${rows(20_001, 20_000)}`
      const { execution, output } = await run('hidden', csv, () => undefined, { targetBytes: MIB })
      expect(execution).toMatchObject({ status: 'FAILED', error: 'SPLIT_MISMATCH' })
      expect(calls.has('reduce')).toBe(false)
      expect(output.size).toBe(0)
      const items = await failedRows()
      expect(items.some(({ outcomes }) => outcomes.includes('SPLIT_MISMATCH'))).toBe(true)
    })

    /** Rows of runs that failed. */
    async function failedRows(): Promise<{ outcomes: string[] }[]> {
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: tableName }))
      return Items.filter(({ status }) => status?.S === 'failed').map(({ outcomes }) => {
        return { outcomes: (outcomes?.L ?? []).map(({ S = '' }) => S) }
      })
    }
  },
)

/** The state machine of the example, with the functions' ARNs, and retries that do not wait long. */
function definition(): object {
  const text = readFileSync(join(ROOT, 'examples/fan-out/state-machine.asl.json'), 'utf8')
  return JSON.parse(
    text.replaceAll(/\$\{(\w+)FunctionArn\}/g, (_, name: string) => {
      return `arn:aws:lambda:us-east-1:123456789012:function:${name.toLowerCase()}`
    }),
    (name, value) => ({ IntervalSeconds: 1, MaxDelaySeconds: 2 })[name] ?? value,
  )
}

async function bundle(folder: string): Promise<void> {
  const task = join(folder, 'task')
  mkdirSync(task, { recursive: true })
  await build({
    stdin: { contents: HANDLERS, resolveDir: ROOT, loader: 'js' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: join(task, 'index.js'),
    logLevel: 'silent',
  })
  writeFileSync(join(task, 'package.json'), '{"type":"commonjs"}')
}

/** Orders, every third of them once more, far from the first. */
function orders(rows: number): string {
  const row = (id: number): string => `${id},${id / 4},${id % 5 === 0 ? '' : 'paid'},"note ""${id}"",\nof two lines"\n`
  const first = Array.from({ length: rows }, (_, id) => row(id))
  return `order_id,amount,status,note\n${[...first, ...first.filter((_, id) => id % 3 === 0)].join('')}`
}
