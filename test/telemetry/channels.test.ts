import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytesSource, codecFor, csv, encodeCsv, encodeParquet, parquet, tableFromRows } from '../../src/codecs/index.ts'
import { mergeParquet } from '../../src/dataset/merge/merge-parquet.ts'
import { type EventRecord, jsonPayload, textPayload } from '../../src/events/index.ts'
import { planSplits } from '../../src/fanout/plan-splits.ts'
import { readSplit } from '../../src/fanout/read-split.ts'
import { deadline, failFrom, processBatch, processBatches, type RemainingTime, retry } from '../../src/flow/index.ts'
import { traceHeaderOf } from '../../src/flow/trace-header.ts'
import { idempotent, memoryCheckpointStore, memoryStore } from '../../src/idempotency/index.ts'
import { channels } from '../../src/internal/channels.ts'
import { s3Sink } from '../../src/s3/s3-sink.ts'
import { s3Source } from '../../src/s3/s3-source.ts'
import { defineTransform, dropDuplicates, fillNulls, transformTable } from '../../src/transform/index.ts'
import { memoryBucket } from '../fanout/support/memory-bucket.ts'
import { queueEvent } from '../flow/support/batch-events.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'
import { disorder, endsOf, heardOf, ignoringUncaught, listening } from './support.ts'

const drain = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of items);
}
const text = (value: string): Uint8Array => new TextEncoder().encode(value)
async function* once<T>(value: T) {
  yield value
}

describe('read and write', () => {
  const table = tableFromRows([{ id: 1n }, { id: 2n }])

  test('a compressed file is one operation, with the bytes that lie there', async () => {
    const [batch] = table.batches
    let bytes = 0
    const codec = codecFor('a.csv.gz')
    const { heard } = await heardOf(async () => {
      const chunks: Uint8Array[] = []
      for await (const chunk of codec.write()(once(batch as never))) chunks.push(chunk)
      bytes = Buffer.concat(chunks).length
      await drain(codec.read(Buffer.concat(chunks)))
    })
    expect(endsOf(heard, 'write')).toEqual([{ format: 'csv', bytes, rows: 2 }])
    expect(endsOf(heard, 'read')).toEqual([{ format: 'csv', bytes, rows: 2, batches: 1, refused: {} }])
  })

  test('a ByteSource counts the ranges that are taken, and keeps its size and length', async () => {
    const file = await encodeParquet(tableFromRows(Array.from({ length: 200_000 }, (_, id) => ({ id, other: -id }))))
    const asked: string[] = []
    const source = {
      ...bytesSource(file),
      length: async () => {
        asked.push('length')
        return file.length
      },
    }
    const { size: _, ...sizeless } = source
    const { heard } = await heardOf(async () => {
      await drain(parquet({ columns: ['id'] }).read(source))
      await drain(parquet({ columns: ['id'] }).read(sizeless))
    })
    const [whole, ranges] = endsOf(heard, 'read')
    expect(whole).toEqual(ranges)
    expect(Number(ranges?.['bytes'])).toBeLessThan(file.length * 0.8)
    expect(Number(ranges?.['bytes'])).toBeGreaterThan(file.length * 0.2)
    expect(asked).toEqual(['length'])
  })

  test('refused rows by code, and the code of what fails', async () => {
    const { heard } = await heardOf(async () => {
      await drain(csv({ onInvalidRow: () => {} }).read(text('a,b\n1,2\n3\n4\n')))
      await drain(csv().read(text('a,b\n1\n')))
    })
    expect(endsOf(heard, 'read')).toMatchObject([
      { rows: 1, refused: { CSV_INVALID: 2 } },
      { refused: {}, code: 'CSV_INVALID' },
    ])
  })
})

describe('transform', () => {
  test('rows in and out under its name, and the nulls that fillNulls filled, of a stream and of a table', async () => {
    const table = tableFromRows([
      { n: null, m: 1 },
      { n: 1, m: null },
      { n: null, m: 2 },
    ])
    const double = defineTransform('double', () => ({ next: (batch) => [batch, batch] }))
    const fill = () => fillNulls({ n: 0, m: () => 9 })
    const { heard } = await heardOf(async () => {
      await drain(double(fill()(once(table.batches[0] as never))))
      transformTable(table, fill(), double)
    })
    const filled = { name: 'fillNulls', rowsIn: 3, rowsOut: 3, nullsFilled: 3 }
    const doubled = { name: 'double', rowsIn: 3, rowsOut: 6 }
    const ends = endsOf(heard, 'transform')
    expect(ends.slice(2)).toEqual([filled, doubled])
    expect(ends.slice(0, 2)).toEqual(expect.arrayContaining([filled, doubled]))
  })
})

test('a transform that gives its rows at the end counts them; one that fills nothing says 0', async () => {
  const table = tableFromRows([{ n: 1 }, { n: 1 }, { n: 2 }])
  const { heard } = await heardOf(async () => {
    await drain(dropDuplicates({ keep: 'last' })(once(table.batches[0] as never)))
    transformTable(table, dropDuplicates({ keep: 'none' }), fillNulls({ n: 0 }), fillNulls({}))
  })
  expect(endsOf(heard, 'transform')).toEqual([
    { name: 'dropDuplicates', rowsIn: 3, rowsOut: 2 },
    { name: 'dropDuplicates', rowsIn: 3, rowsOut: 1 },
    { name: 'fillNulls', rowsIn: 1, rowsOut: 1, nullsFilled: 0 },
    { name: 'fillNulls', rowsIn: 1, rowsOut: 1, nullsFilled: 0 },
  ])
})

describe('source and sink', () => {
  let server: S3Server
  beforeAll(async () => {
    server = await startS3Server()
  })
  afterAll(() => server.close())

  test('requests, retries and bytes of a stream; bytes and parts of an object', async () => {
    const body = randomBytes(6 * 1024 * 1024)
    const client = server.client()
    const { heard } = await heardOf(async () => {
      const target = { bucket: BUCKET, key: 'secret-key' }
      await s3Sink(client, { ...target, key: 'empty' })([])
      await s3Sink(client, target)([text('ab')])
      await s3Sink(client, target, { singlePutLimit: 1024, partBytes: 5 * 1024 * 1024 })([body])
      let isFirst = true
      server.fault(() => {
        const fault = isFirst ? { breakAfter: 1000 } : undefined
        isFirst = false
        return fault
      })
      const source = s3Source(client, target, { sleep: async () => {} })
      await drain(source.stream())
      await source.read(10, 20)
      await drain(s3Source(client, { ...target, key: 'none' }).stream()).catch(() => {})
    })
    expect(endsOf(heard, 'sink')).toEqual([
      { bytes: 0, parts: 0 },
      { bytes: 2, parts: 0 },
      { bytes: body.length, parts: 2 },
    ])
    expect(endsOf(heard, 'source')).toEqual([
      { requests: 2, retries: 1, bytes: body.length },
      { requests: 1, retries: 0, bytes: 10 },
      { requests: 1, retries: 0, bytes: 0, code: 'SOURCE_UNAVAILABLE' },
    ])
    expect(JSON.stringify(heard)).not.toContain('secret-key')
  })

  test('mergeParquet: one sink for each object, by a put or in parts, and no write', async () => {
    server.reset()
    const client = server.client()
    const small = await encodeParquet(tableFromRows([{ id: 'a' }]))
    const large = await encodeParquet(tableFromRows([{ id: randomBytes(6 * 1024 * 1024).toString('latin1') }]))
    await server.put('small', small)
    await server.put('large', large)
    const at = (key: string) => ({ bucket: BUCKET, key })
    const { heard } = await heardOf(async () => {
      await mergeParquet(client, [at('small'), at('small')], at('put'))
      await mergeParquet(client, [at('large'), at('small')], at('parts'))
    })
    const [put, parts] = [(await server.get('put')).length, (await server.get('parts')).length]
    expect(endsOf(heard, 'sink')).toEqual([
      { bytes: put, parts: 0 },
      { bytes: parts, parts: 2 },
    ])
    expect(endsOf(heard, 'write')).toEqual([])
  })
})

test('split: its rows, refused ones and bytes; its rows are read, by a part of a file and by a whole one', async () => {
  const file = text(
    `id,name\n${Array.from({ length: 100 }, (_, id) => (id === 50 ? '50\n' : `${id},name ${id}\n`)).join('')}`,
  )
  const { client } = memoryBucket({ 'a.csv': file, 'b.csv.gz': gzipSync(file) })
  const objects = ['a.csv', 'b.csv.gz'].map((key) => ({ bucket: 'b', key }))
  const codec = { onInvalidRow: () => {} }
  const plan = await planSplits(client, objects, { codec, targetBytes: 600, probeBytes: 1000 })
  const { heard } = await heardOf(async () => {
    for (const split of plan.splits) await drain(readSplit(client, split, { codec }))
  })
  const splits = endsOf(heard, 'split')
  const sum = (list: readonly Record<string, unknown>[], field: string) =>
    list.reduce((total, each) => total + Number(each[field]), 0)
  expect(splits.map(({ index, of }) => [index, of])).toEqual(plan.splits.map(({ index, of }) => [index, of]))
  expect([sum(splits, 'rows'), sum(splits, 'refused'), sum(splits, 'bytes')]).toEqual([198, 2, plan.bytes])
  const reads = endsOf(heard, 'read')
  expect(reads.length).toBe(plan.splits.length)
  expect([sum(reads, 'rows'), sum(reads, 'bytes')]).toEqual([198, plan.bytes])
  expect(reads.filter(({ refused }) => Object(refused).CSV_INVALID === 1).length).toBe(2)
})

describe('batch and record', () => {
  const root = 'Root=1-5759e988-bd862e3fe1be46a994272793'

  test.each([
    [`${root};Parent=53995c3f42cd8ad8;Sampled=1`, `${root};Parent=53995c3f42cd8ad8;Sampled=1`],
    [`Sampled=0;${root};Lineage=a:1;Self=secret`, `${root};Sampled=0`],
    ['Root=secret', undefined],
    [`x${root}`, undefined],
    [7, undefined],
  ])('the trace header of a message is %s: %s', async (AWSTraceHeader, traceHeader) => {
    const event = { Records: [{ eventSource: 'aws:sqs', messageId: '1', body: '1', attributes: { AWSTraceHeader } }] }
    const { heard } = await heardOf(() => processBatch(event, async () => {}, { payload: jsonPayload() }))
    const [record] = heard.filter(({ channel, event }) => channel === 'record' && event === 'start')
    expect(record?.fields).toEqual({ source: 'sqs', status: 'running', ...(traceHeader && { traceHeader }) })
  })

  test('the age of the oldest record of a stream, and the request', async () => {
    const at = (seconds: number) => ({
      eventSource: 'aws:kinesis',
      kinesis: {
        sequenceNumber: '1',
        partitionKey: 'k',
        data: 'MQ==',
        approximateArrivalTimestamp: Date.now() / 1000 - seconds,
      },
    })
    const context = { getRemainingTimeInMillis: () => 10_000, awsRequestId: 'a-1' }
    const { heard } = await heardOf(() =>
      processBatch({ Records: [at(5), at(90), at(7)] }, async () => {}, { payload: jsonPayload(), context }),
    )
    const [batch] = endsOf(heard, 'batch')
    expect(batch).toMatchObject({ source: 'kinesis', records: 3, succeeded: 3, requestId: 'a-1' })
    expect(Math.round(Number(batch?.['iteratorAgeMs']) / 1000)).toBe(90)
  })

  test('an age is never below 0, and a context that throws is none', async () => {
    const record = { sequenceNumber: '1', partitionKey: 'k', data: 'MQ==', approximateArrivalTimestamp: Date.now() }
    const context = Object.defineProperty({ getRemainingTimeInMillis: () => 9000 }, 'awsRequestId', {
      get: () => {
        throw new Error('no')
      },
    })
    const { heard, outcome } = await heardOf(() =>
      processBatch({ Records: [{ eventSource: 'aws:kinesis', kinesis: record }] }, async () => {}, {
        payload: jsonPayload(),
        context,
      }),
    )
    expect(outcome.status).toBe('fulfilled')
    expect(endsOf(heard, 'batch')).toMatchObject([{ iteratorAgeMs: 0 }])
  })

  test('at the deadline: what runs has failed, the rest has not begun, and what comes later is not heard', async () => {
    let finish = (): void => {}
    const late = new Promise<void>((resolve) => {
      finish = resolve
    })
    const items = [0, 1, 2].map((number) => ({ number, key: 'a' }))
    const { heard } = await heardOf(async () => {
      const context = { getRemainingTimeInMillis: () => 1020 }
      await processBatch(queueEvent(items, { isFifo: true }), () => late, { payload: jsonPayload(), context })
      finish()
      await late
    })
    expect(endsOf(heard, 'batch')).toMatchObject([{ records: 3, failed: 3, notBegun: 2, deadlineHit: true }])
    expect(endsOf(heard, 'record')).toEqual([{ source: 'sqs', status: 'failed', code: 'DEADLINE_EXCEEDED' }])
  })

  test('records that their checkpoint says are done are skipped', async () => {
    const event = {
      Records: ['1', '2'].map((sequenceNumber) => ({
        eventSource: 'aws:kinesis',
        eventID: `shardId-0:${sequenceNumber}`,
        eventSourceARN: 'arn:aws:kinesis:eu-west-1:1:stream/orders',
        kinesis: { sequenceNumber, partitionKey: 'k', data: 'MQ==' },
      })),
    }
    const checkpointStore = memoryCheckpointStore()
    await processBatch({ Records: event.Records.slice(0, 1) }, async () => {}, {
      payload: jsonPayload(),
      checkpointStore,
    })
    const { heard } = await heardOf(() =>
      processBatch(event, async () => {}, { payload: jsonPayload(), checkpointStore }),
    )
    expect(endsOf(heard, 'batch')).toMatchObject([{ records: 2, succeeded: 1, skipped: 1, failed: 0 }])
    expect(endsOf(heard, 'record').map(({ status }) => status)).toEqual(['skipped', 'succeeded'])
  })

  test('S3 Batch: a result that is a failure has failed', async () => {
    const tasks = ['a', 'b', 'c'].map((taskId) => ({ taskId, s3Key: 'k', s3Bucket: 'b' }))
    const results = [{ resultCode: 'TemporaryFailure' }, { resultCode: 'Succeeded' }, 'text']
    const event = { invocationId: 'i', job: { id: 'j' }, tasks }
    const options = { payload: jsonPayload(), concurrency: 1 }
    const { heard } = await heardOf(() => processBatch(event as object, async () => results.shift(), options))
    expect(endsOf(heard, 'batch')).toMatchObject([{ records: 3, succeeded: 2, failed: 1 }])
    expect(endsOf(heard, 'record').map(({ status }) => status)).toEqual(['failed', 'succeeded', 'succeeded'])
  })

  test('a handler that ends while the checkpoint is written has failed all the same', async () => {
    const event = {
      Records: ['1', '2'].map((sequenceNumber) => ({
        eventSource: 'aws:kinesis',
        eventID: `shardId-0:${sequenceNumber}`,
        eventSourceARN: 'arn:aws:kinesis:eu-west-1:1:stream/orders',
        kinesis: { sequenceNumber, partitionKey: 'k', data: sequenceNumber === '1' ? 'MQ==' : 'Mg==' },
      })),
    }
    let finish = (): void => {}
    const late = new Promise<void>((resolve) => {
      finish = resolve
    })
    const writeCheckpoint = async () => {
      finish()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const context = { getRemainingTimeInMillis: () => 1020 }
    const checkpointStore = { ...memoryCheckpointStore(), writeCheckpoint }
    const { heard } = await heardOf(() =>
      processBatch(event, async (value) => (value === 1 ? undefined : late), {
        payload: jsonPayload(),
        context,
        checkpointStore,
      }),
    )
    expect(endsOf(heard, 'batch')).toMatchObject([{ records: 2, succeeded: 1, failed: 1 }])
  })

  test('Firehose: what the response reports as failed has failed', async () => {
    const records = ['a', 'b', 'c', 'd'].map((recordId) => ({ recordId, data: 'Zm9v' }))
    const results = [{ result: 'ProcessingFailed' }, { result: 'Dropped' }, 'x'.repeat(2000), 'y']
    const { heard } = await heardOf(() =>
      processBatch({ deliveryStreamArn: 'arn', records } as object, async () => results.shift(), {
        payload: textPayload(),
        maxResponseBytes: 1000,
        concurrency: 1,
      }),
    )
    expect(endsOf(heard, 'batch')).toMatchObject([{ records: 4, succeeded: 2, failed: 2 }])
  })

  test('a group that fails from a record on: those before it have succeeded, the others failed for its reason', async () => {
    const event = queueEvent([0, 1, 2].map((number) => ({ number, key: 'a' })))
    const handler = async (records: readonly EventRecord<unknown>[]) => {
      throw failFrom(records[1] as never, new RangeError('no'))
    }
    const { heard } = await heardOf(() => processBatches(event, handler, { payload: jsonPayload() }))
    expect(endsOf(heard, 'batch')).toMatchObject([{ records: 3, succeeded: 1, failed: 2, notBegun: 0 }])
    const failed = { source: 'sqs', status: 'failed', code: 'RangeError' }
    expect(endsOf(heard, 'record')).toEqual([{ source: 'sqs', status: 'succeeded' }, failed, failed])
  })

  test('a group whose handler resolves with failures has failed', async () => {
    const event = queueEvent([0, 1].map((number) => ({ number, key: 'a' })))
    const handler = async () => ({ batchItemFailures: [{ itemIdentifier: '0' }] })
    const { heard } = await heardOf(() => processBatches(event, handler, { payload: jsonPayload() }))
    expect(endsOf(heard, 'batch')).toMatchObject([{ records: 2, succeeded: 0, failed: 2 }])
    const failed = { source: 'sqs', status: 'failed', code: 'TYPE_MISMATCH' }
    expect(endsOf(heard, 'record')).toEqual([failed, failed])
  })

  test('a batch that is rejected says why; one that cannot be read has no records', async () => {
    const none = { records: 0, succeeded: 0, failed: 0, notBegun: 0, quarantined: 0, skipped: 0, deadlineHit: false }
    const { heard } = await heardOf(async () => {
      const topic = { Records: [{ EventSource: 'aws:sns', Sns: { MessageId: '1', Message: '1' } }] }
      const fail = () => Promise.reject(new Error('no'))
      await processBatch(topic, fail, { payload: jsonPayload() }).catch(() => {})
      await processBatch({ Records: [{}] }, fail, { payload: jsonPayload() }).catch(() => {})
    })
    expect(endsOf(heard, 'batch')).toEqual([
      { ...none, source: 'sns', records: 1, failed: 1, code: 'BATCH_FAILED' },
      { ...none, source: 'unknown', code: 'EVENT_INVALID' },
    ])
  })

  test('a context that breaks while a record is at work: the record has failed with the batch', async () => {
    let asked = 0
    const getRemainingTimeInMillis = () => {
      if (++asked > 3) throw new Error('gone')
      return 10_000
    }
    const event = queueEvent([0, 1, 2].map((number) => ({ number, key: 'a' })))
    const handler = async (value: unknown) => (Object(value).number === 0 ? new Promise(() => {}) : undefined)
    const options = { payload: jsonPayload(), context: { getRemainingTimeInMillis }, concurrency: 2 }
    const { heard, outcome } = await heardOf(() => processBatch(event, handler, options))
    expect(outcome.status).toBe('rejected')
    const records = endsOf(heard, 'record')
    expect(records).toContainEqual({ source: 'sqs', status: 'failed', code: 'Error' })
    expect(records).toHaveLength(2)
  })

  test('a context that breaks once: what begins after the batch has ended is not published', async () => {
    let asked = 0
    const getRemainingTimeInMillis = () => {
      if (++asked === 4) throw new Error('gone')
      return 10_000
    }
    const begun: unknown[] = []
    const event = queueEvent([0, 1, 2, 3, 4].map((number) => ({ number, key: 'a' })))
    const handler = async (value: unknown) => {
      begun.push(value)
      if (begun.length === 1) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const options = { payload: jsonPayload(), context: { getRemainingTimeInMillis }, concurrency: 2 }
    const { heard } = await heardOf(async () => {
      await processBatch(event, handler, options).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 20))
    })
    expect(begun.length).toBeGreaterThan(2)
    expect(disorder(heard)).toEqual([])
    expect(endsOf(heard, 'record')).toHaveLength(2)
  })

  test.each([7, 'a b', ' a', 'a'.repeat(65), ''])('%j is no id of a request', async (awsRequestId) => {
    const context = { getRemainingTimeInMillis: () => 10_000, awsRequestId }
    const event = queueEvent([{ number: 0, key: 'a' }])
    const { heard } = await heardOf(() =>
      processBatch(event, async () => {}, { payload: jsonPayload(), context: context as RemainingTime }),
    )
    expect(endsOf(heard, 'batch')[0]).not.toHaveProperty('requestId')
  })

  test('batches are heard where nobody listens to records', async () => {
    const ends: object[] = []
    const onEnd = (message: unknown) => void ends.push({ ...(message as object) })
    channels.batch.asyncEnd.subscribe(onEnd)
    try {
      const change = { topic: 'orders', partition: 0, offset: 1, value: 'MQ==' }
      const event = { eventSource: 'aws:kafka', records: { 'orders-0': [change] } }
      const checkpointStore = memoryCheckpointStore()
      const options = { payload: jsonPayload(), checkpointStore }
      for (let round = 0; round < 2; round++) await processBatch(event, async () => {}, options)
      await processBatches(event, async () => {}, { payload: jsonPayload() })
    } finally {
      channels.batch.asyncEnd.unsubscribe(onEnd)
    }
    expect(ends).toMatchObject([{ succeeded: 1 }, { skipped: 1 }, { succeeded: 1 }])
  })

  test('a trace header that is too long, or cannot be read, is none', async () => {
    const long = `${root};Lineage=${'a'.repeat(1024)}`
    const get = () => {
      throw new Error('no')
    }
    const messages = [{ AWSTraceHeader: long }, Object.defineProperty({}, 'AWSTraceHeader', { get })]
    for (const attributes of messages) expect(traceHeaderOf({ attributes })).toBeUndefined()
    expect(traceHeaderOf({ attributes: { AWSTraceHeader: long.slice(0, 1024) } })).toBe(root)
  })

  test('what subscribers bind to start is seen by the handler', async () => {
    const storage = new AsyncLocalStorage<string>()
    channels.record.start.bindStore(storage, ({ source }) => `span of ${source}`)
    try {
      const seen: unknown[] = []
      const handler = async () => {
        await undefined
        seen.push(storage.getStore())
      }
      await processBatch(queueEvent([{ number: 1, key: 'a' }]), handler, { payload: jsonPayload() })
      expect(seen).toEqual(['span of sqs'])
    } finally {
      channels.record.start.unbindStore(storage)
    }
  })
})

describe('idempotent', () => {
  const outcomesOf = async (run: () => Promise<unknown>) =>
    endsOf((await heardOf(run)).heard, 'idempotent').map(({ outcome, code, namespace }) => [outcome, code ?? namespace])

  test('each outcome', async () => {
    let time = 0
    const store = memoryStore()
    const options = { store, key: (id: string) => id, now: () => time, leaseMs: 100, namespace: 'orders' }
    const pay = idempotent(async (id: string) => {
      if (id === 'late') time += 1000
      if (id === 'fails') throw new RangeError('no')
    }, options)
    const other = idempotent(async (_: string) => {}, { ...options, fingerprint: () => Math.random() })
    const outcomes = await outcomesOf(async () => {
      await pay('a')
      await pay('a')
      await pay('fails').catch(() => {})
      await pay('fails').catch(() => {})
      await other('b')
      await other('b').catch(() => {})
      const nested = idempotent(async (): Promise<unknown> => nested().catch((error) => error.code), {
        ...options,
        key: () => 'c',
      })
      await nested()
      const slow = idempotent(
        async () => {
          time += 1000
          await pay('d')
        },
        { ...options, key: () => 'd' },
      )
      await slow().catch(() => {})
    })
    expect(outcomes).toEqual([
      ['ran', 'orders'],
      ['replayed', 'orders'],
      ['ran', 'RangeError'],
      ['ran', 'RangeError'],
      ['ran', 'orders'],
      ['mismatch', 'IDEMPOTENCY_PAYLOAD_MISMATCH'],
      ['in-progress', 'IDEMPOTENCY_IN_PROGRESS'],
      ['ran', 'orders'],
      ['taken-over', 'orders'],
      ['lease-lost', 'IDEMPOTENCY_LEASE_LOST'],
    ])
  })

  test('a completion that fails is no lost lease', async () => {
    const store = { ...memoryStore(), complete: async () => Promise.reject(new RangeError('down')) }
    const call = idempotent(async () => 1, { store, key: () => 'a' })
    expect(await outcomesOf(() => call().catch(() => {}))).toEqual([['ran', 'RangeError']])
  })

  test('a dead holder under onTakeover: fail, and a store that fails, are unknown', async () => {
    let time = 0
    const store = memoryStore()
    const options = { store, key: () => 'a', now: () => time, leaseMs: 100, onTakeover: 'fail' as const }
    const broken = { ...store, claim: async () => Promise.reject(new Error('no')) }
    const outcomes = await outcomesOf(async () => {
      const dies = idempotent(async (): Promise<unknown> => {
        time += 1000
        return idempotent(async () => {}, options)().catch(() => {})
      }, options)
      await dies()
      await idempotent(async () => {}, { ...options, store: broken })().catch(() => {})
    })
    expect(outcomes[0]).toEqual(['unknown', 'IDEMPOTENCY_OUTCOME_UNKNOWN'])
    expect(outcomes[2]).toEqual(['unknown', 'Error'])
  })
})

describe('retry and deadline', () => {
  test('attempts and waits', async () => {
    let calls = 0
    const flaky = async () => {
      if (++calls < 3) throw Object.assign(new Error('slow'), { name: 'ThrottlingException' })
    }
    const options = { sleep: async () => {}, random: () => 1, baseMs: 10 }
    const { heard } = await heardOf(async () => {
      await retry(flaky, options)
      calls = -10
      await retry(flaky, { ...options, attempts: 2 }).catch(() => {})
    })
    expect(endsOf(heard, 'retry')).toEqual([
      { attempts: 3, waitedMs: 30, exhausted: false },
      { attempts: 2, waitedMs: 10, exhausted: true, code: 'RETRY_EXHAUSTED' },
    ])
  })

  test('a deadline is heard when it passes, in the context in which it was made', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    const { heard } = await heardOf(async () => {
      await listening(
        ({ channel, event }) => channel === 'deadline' && event === 'asyncEnd' && seen.push(storage.getStore()),
        async () => {
          const signal = storage.run('job', () => deadline({ getRemainingTimeInMillis: () => 30 }, { reserveMs: 20 }))
          await new Promise((resolve) => setTimeout(resolve, 40))
          expect(signal.aborted).toBe(true)
        },
      )
    })
    expect(seen).toEqual(['job'])
    expect(endsOf(heard, 'deadline')).toEqual([{ reserveMs: 20, code: 'DEADLINE_EXCEEDED' }])
  })
})

test('what a subscriber throws is raised by Node, outside of the operation', async () => {
  const run = async () => encodeCsv(tableFromRows([{ id: 1 }])).length
  const { result, raised } = await ignoringUncaught(() =>
    listening(() => {
      throw new Error('subscriber')
    }, run),
  )
  expect(result).toBe(5)
  expect(raised.length).toBe(4)
})

test.each([
  ['a sentence', 'Error'],
  [{ name: 'a sentence of data' }, 'Error'],
  [Object.assign(new Error('x'), { name: 'ThrottlingException' }), 'ThrottlingException'],
  [
    Object.defineProperty({}, 'name', {
      get: () => {
        throw new Error('no')
      },
    }),
    'Error',
  ],
  [undefined, 'Error'],
])('the code of what is thrown is a word: %#', async (thrown, code) => {
  const { heard, outcome } = await heardOf(() => retry(() => Promise.reject(thrown), { isRetryable: () => false }))
  expect(outcome).toEqual({ status: 'rejected', reason: thrown })
  expect(endsOf(heard, 'retry')).toMatchObject([{ code }])
})
