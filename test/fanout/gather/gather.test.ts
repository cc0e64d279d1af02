import { CreateTableCommand, type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dynamodbGather } from '../../../src/fanout/gather/dynamodb-gather.ts'
import { type Gather, gather, type Json, type PartResult } from '../../../src/fanout/gather/gather.ts'
import type { GatherStore } from '../../../src/fanout/gather/gather-store.ts'
import { memoryGather } from '../../../src/fanout/gather/memory-gather.ts'
import { s3Gather } from '../../../src/fanout/gather/s3-gather.ts'
import { createTableInput } from '../../../src/idempotency/dynamodb-store.ts'
import { type DynamoDBServer, startDynamoDB } from '../../support/dynamodb-server.ts'
import { BUCKET, type S3Server, startS3Server } from '../../support/s3-server.ts'

const code = (name: string, message?: RegExp) =>
  expect.objectContaining({ code: name, ...(message && { message: expect.stringMatching(message) }) })

async function resultsOf({ results }: Gather): Promise<PartResult[]> {
  const all: PartResult[] = []
  for await (const each of results()) all.push(each)
  return all
}

/** Count the requests of a client. */
function counted(client: { send(command: never): Promise<unknown> }) {
  const requests: string[] = []
  const send = (command: never): Promise<unknown> => {
    requests.push((command as object).constructor.name.replace('Command', ''))
    return client.send(command)
  }
  return { client: { send }, requests }
}

describe('gather', () => {
  test('counts parts, keeps first results, and is complete from the last part on', async () => {
    const run = gather({ store: memoryGather(), run: 'r', parts: 2 })
    expect(await run.arrive(1, { rows: 5 })).toEqual({ arrived: 1, isComplete: false })
    expect(await run.arrive(1, { rows: 6 })).toEqual({ arrived: 1, isComplete: false })
    expect(await run.arrive(0, null)).toEqual({ arrived: 2, isComplete: true })
    expect(await run.arrive(1, 'again')).toEqual({ arrived: 2, isComplete: true })
    expect(await resultsOf(run)).toEqual([
      { part: 0, result: null },
      { part: 1, result: { rows: 5 } },
    ])
  })

  test.each([
    [undefined, 'TYPE_MISMATCH'],
    ['run', 'OPTION_INVALID'],
    [{}, 'OPTION_INVALID'],
    [{ store: {}, run: 'r', parts: 1 }, 'OPTION_INVALID'],
    [{ store: memoryGather(), run: '', parts: 1 }, 'OPTION_INVALID'],
    [{ store: memoryGather(), parts: 1 }, 'OPTION_INVALID'],
    [{ store: memoryGather(), run: '\ud800', parts: 1 }, 'OPTION_INVALID'],
    [{ store: memoryGather(), run: 'x'.repeat(513), parts: 1 }, 'OPTION_INVALID'],
    [{ store: memoryGather(), run: 'r', parts: 0 }, 'OPTION_INVALID'],
    [{ store: memoryGather(), run: 'r', parts: 1.5 }, 'OPTION_INVALID'],
    [{ store: memoryGather(), run: 'r' }, 'OPTION_INVALID'],
    [{ store: memoryGather(), run: 'r', parts: 1, ttlSeconds: 0 }, 'OPTION_INVALID'],
    [{ store: memoryGather(), run: 'r', parts: 1, ttlSecond: 5 }, 'OPTION_INVALID'],
  ])('options that are wrong are refused at once: %#', (options, name) => {
    expect(() => gather(options as never)).toThrow(code(name))
  })

  test.each([-1, 2, 0.5, Number.NaN, '0', undefined])('a part outside of the run is refused: %s', async (part) => {
    const run = gather({ store: memoryGather(), run: 'r', parts: 2 })
    await expect(run.arrive(part as number, 1)).rejects.toThrow(code('OPTION_INVALID'))
    expect(await resultsOf(run)).toEqual([])
  })

  const cycle: Record<string, unknown> = {}
  cycle['me'] = cycle
  test.each([
    undefined,
    Number.NaN,
    1n,
    new Date(0),
    new Map(),
    [undefined],
    new Array(3),
    { a: [{ b: undefined }] },
    { toJSON: () => 'other' },
    () => 1,
    cycle,
    new (class Report {})(),
  ])('a result that JSON would change is refused: %#', async (result) => {
    const run = gather({ store: memoryGather(), run: 'r', parts: 2 })
    await expect(run.arrive(0, result as Json)).rejects.toThrow(code('TYPE_MISMATCH', /plain JSON/))
  })

  test('a refused result is named by its path, without its content', async () => {
    const run = gather({ store: memoryGather(), run: 'r', parts: 2 })
    const error = await run
      .arrive(0, { files: [{ secret: 'canary' }, { bytes: 1n }] } as never)
      .catch((e: unknown) => e)
    expect(error).toMatchObject({ path: ['files', 1, 'bytes'] })
    expect(String(error)).not.toContain('canary')
  })

  test('special JSON comes back as it is', async () => {
    const run = gather({ store: memoryGather(), run: 'r', parts: 1 })
    const result = JSON.parse('{"__proto__":{"x":1},"10":-0,"2":"\\ud800","":[[],{}],"e":1e300}')
    await run.arrive(0, result)
    const [{ result: found } = { result: null }] = await resultsOf(run)
    expect(JSON.stringify(found)).toBe(JSON.stringify(result))
    expect(found).toEqual(result)
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  test('an expired run starts again', async () => {
    let time = 1_700_000_000_000
    const store = memoryGather()
    const run = gather({ store, run: 'r', parts: 2, ttlSeconds: 60, now: () => time })
    await run.arrive(0, 'old')
    time += 61_000
    expect(await resultsOf(run)).toEqual([])
    expect(await run.arrive(0, 'new')).toEqual({ arrived: 1, isComplete: false })
    expect(await resultsOf(run)).toEqual([{ part: 0, result: 'new' }])
  })
})

describe('dynamodbGather', () => {
  let server: DynamoDBServer
  let client: DynamoDBClient
  let tables = 0
  beforeAll(async () => {
    server = await startDynamoDB()
    client = server.client()
  })
  afterAll(() => server.close())

  async function newTable() {
    const tableName = `gather-${++tables}`
    await client.send(new CreateTableCommand(createTableInput({ tableName })))
    const { client: counting, requests } = counted(client)
    return { tableName, store: dynamodbGather({ client: counting, tableName }), requests }
  }
  const itemsOf = async (TableName: string) => (await client.send(new ScanCommand({ TableName }))).Items ?? []

  test('one request while all results stay under 32 KiB, else two', async () => {
    const { store, requests } = await newTable()
    const small = gather({ store, run: 'small', parts: 100 })
    await small.arrive(7, 'x'.repeat(300))
    expect(requests.splice(0)).toEqual(['UpdateItem'])
    await small.arrive(8, 'x'.repeat(400))
    expect(requests.splice(0)).toEqual(['PutItem', 'UpdateItem'])
    expect(await resultsOf(small)).toEqual([
      { part: 7, result: 'x'.repeat(300) },
      { part: 8, result: 'x'.repeat(400) },
    ])
    expect(requests.splice(0)).toEqual(['GetItem', 'BatchGetItem'])
  })

  test('250 large results in the order of parts', async () => {
    const { store } = await newTable()
    const run = gather({ store, run: 'arn:aws:states:eu-west-1:1:execution:x#1/../y é', parts: 250 })
    const parts = Array.from({ length: 250 }, (_, part) => (part * 37) % 250)
    for (const part of parts) await run.arrive(part, { part, text: 'x'.repeat(5000) })
    const results = await resultsOf(run)
    expect(results.map(({ part }) => part)).toEqual(Array.from({ length: 250 }, (_, part) => part))
    expect(results.every(({ part, result }) => (result as { part: number }).part === part)).toBe(true)
  })

  test('another number of parts: nothing is stored, small or large', async () => {
    const { store, tableName } = await newTable()
    await gather({ store, run: 'r', parts: 3 }).arrive(0, 'first')
    const before = await itemsOf(tableName)
    for (const result of ['other', 'x'.repeat(20_000)])
      await expect(gather({ store, run: 'r', parts: 4 }).arrive(1, result)).rejects.toThrow(
        code('SPLIT_MISMATCH', /3 parts, not 4/),
      )
    expect(await itemsOf(tableName)).toEqual(before)
    await expect(resultsOf(gather({ store, run: 'r', parts: 4 }))).rejects.toThrow(code('SPLIT_MISMATCH'))
  })

  test('items have time to live, and an expired run that DynamoDB has not deleted starts again', async () => {
    const { store, tableName } = await newTable()
    let time = 1_700_000_000_000
    const run = gather({ store, run: 'r', parts: 2, ttlSeconds: 60, now: () => time })
    await run.arrive(0, 'x'.repeat(30_000))
    await run.arrive(1, 'old')
    for (const item of await itemsOf(tableName)) expect(item['ttl']).toEqual({ N: '1700000060' })
    time += 61_000
    expect(await resultsOf(run)).toEqual([])
    expect(await run.arrive(0, 'y'.repeat(30_000))).toEqual({ arrived: 1, isComplete: false })
    expect(await resultsOf(run)).toEqual([{ part: 0, result: 'y'.repeat(30_000) }])
  })

  test('results too large, too many parts, a table that is missing, a foreign item: typed, without the result', async () => {
    const { store, tableName } = await newTable()
    const run = gather({ store, run: 'r', parts: 1 })
    await expect(run.arrive(0, 'canary'.repeat(100_000))).rejects.toThrow(code('LIMIT_EXCEEDED', /600002 bytes/))
    await expect(gather({ store, run: 'r', parts: 60_000 }).arrive(0, 1)).rejects.toThrow(code('LIMIT_EXCEEDED'))
    const missing = gather({ store: dynamodbGather({ client, tableName: 'nowhere' }), run: 'r', parts: 1 })
    await expect(missing.arrive(0, 'canary')).rejects.toThrow(code('WRITE_FAILED', /ResourceNotFoundException/))
    await expect(resultsOf(missing)).rejects.toThrow(code('SOURCE_UNAVAILABLE', /ResourceNotFoundException/))
    await client.send(new PutItemCommand({ TableName: tableName, Item: { id: { S: 'gather#r' }, x: { S: 'canary' } } }))
    await expect(run.arrive(0, 1)).rejects.toThrow(code('PAYLOAD_INVALID'))
    await expect(resultsOf(run)).rejects.toThrow(code('PAYLOAD_INVALID'))
  })

  test.each([undefined, 'table', {}, { client: {} }, { tableName: 'x' }, { client: { send() {} }, tableName: '' }])(
    'options that are wrong are refused at once: %#',
    (options) => {
      expect(() => dynamodbGather(options as never)).toThrow(
        code(options === undefined || typeof options === 'string' ? 'TYPE_MISMATCH' : 'OPTION_INVALID'),
      )
    },
  )
})

let folders = 0

describe('s3Gather', () => {
  let server: S3Server
  let client: S3Client
  beforeAll(async () => {
    server = await startS3Server()
    client = server.client()
  })
  afterAll(() => server.close())
  const keysOf = async (Prefix: string) =>
    ((await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }))).Contents ?? []).map(({ Key }) => Key)
  /** A folder of its own, also where a test runs again. */
  const newFolder = (): string => `gather-${++folders}`
  const storeAt = (
    prefix: string,
    more: Partial<{ client: { send(command: never): Promise<unknown> } }> = {},
  ): GatherStore => s3Gather({ client, bucket: BUCKET, prefix, ...more })

  test('one put and one page of a listing an arrival; keys by run, parts and part', async () => {
    const { client: counting, requests } = counted(client)
    const folder = newFolder()
    const run = gather({ store: storeAt(folder, { client: counting }), run: 'plan/../é#1', parts: 12 })
    expect(await run.arrive(10, { rows: 1 })).toEqual({ arrived: 1, isComplete: false })
    expect(requests).toEqual(['PutObject', 'ListObjectsV2'])
    expect(await keysOf(`${folder}/`)).toEqual([`${folder}/plan%2F..%2F%C3%A9%231/12/00000010.json`])
    await run.arrive(2, { rows: 2 })
    expect((await resultsOf(run)).map(({ part }) => part)).toEqual([2, 10])
  })

  test('over 1,000 parts', async () => {
    const run = gather({ store: storeAt(newFolder()), run: 'r', parts: 1003 })
    for (let at = 0; at < 1002; at += 50)
      await Promise.all(Array.from({ length: Math.min(50, 1002 - at) }, (_, part) => run.arrive(at + part, at + part)))
    expect(await run.arrive(1002, 1002)).toEqual({ arrived: 1003, isComplete: true })
    expect((await resultsOf(run)).map(({ result }) => result)).toEqual(Array.from({ length: 1003 }, (_, part) => part))
  })

  test('another number of parts: what the call stored is deleted again, and the run goes on', async () => {
    const folder = newFolder()
    const store = storeAt(folder)
    const run = gather({ store, run: 'r', parts: 9 })
    await run.arrive(0, 'first')
    for (const parts of [8, 10])
      await expect(gather({ store, run: 'r', parts }).arrive(1, 'other')).rejects.toThrow(
        code('SPLIT_MISMATCH', /9 parts/),
      )
    expect(await keysOf(`${folder}/`)).toEqual([`${folder}/r/9/00000000.json`])
    expect(await run.arrive(1, 'second')).toEqual({ arrived: 2, isComplete: false })
  })

  test('objects of others in the folder are not counted', async () => {
    const folder = newFolder()
    const store = storeAt(folder)
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `${folder}/r/notes.txt`, Body: 'x' }))
    expect(await gather({ store, run: 'r', parts: 2 }).arrive(0, 1)).toEqual({ arrived: 1, isComplete: false })
  })

  test('a bucket that is missing, and options that are wrong: typed', async () => {
    const run = gather({ store: s3Gather({ client, bucket: 'nowhere' }), run: 'r', parts: 1 })
    await expect(run.arrive(0, 'canary')).rejects.toThrow(code('WRITE_FAILED', /NoSuchBucket/))
    await expect(resultsOf(run)).rejects.toThrow(code('SOURCE_UNAVAILABLE', /NoSuchBucket/))
    expect(() => s3Gather({ client } as never)).toThrow(code('OPTION_INVALID'))
    expect(() => s3Gather({ client, bucket: BUCKET, prefx: 'x' } as never)).toThrow(
      code('OPTION_INVALID', /did you mean prefix/),
    )
    expect(() => s3Gather(undefined as never)).toThrow(code('TYPE_MISMATCH'))
  })
})
