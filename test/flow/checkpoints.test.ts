import { describe, expect, test, vi } from 'vitest'
import { jsonPayload, kplPayload, textPayload } from '../../src/events/index.ts'
import { processBatch } from '../../src/flow/index.ts'
import { type CheckpointStore, memoryCheckpointStore } from '../../src/idempotency/index.ts'
import { aggregateRecords } from '../../src/testing/index.ts'

const kinesis = (sequence: string, data: Uint8Array | string) => ({
  eventSource: 'aws:kinesis',
  eventID: `shardId-0:${sequence}`,
  eventSourceARN: 'arn:aws:kinesis:eu-west-1:1:stream/orders',
  kinesis: { sequenceNumber: sequence, partitionKey: 'k', data: Buffer.from(data).toString('base64') },
})
const aggregate = (...texts: string[]) =>
  aggregateRecords(texts.map((text) => ({ partitionKey: 'k', data: Buffer.from(text) })))

/** Delivers an event twice; a record called `fails` fails the first time. */
async function deliverTwice(event: { Records: object[] }, checkpointStore: CheckpointStore): Promise<string[]> {
  const handled: string[] = []
  for (const isLast of [false, true]) {
    const handler = async (text: string) => {
      handled.push(text)
      if (text === 'fails' && !isLast) throw new Error('fails')
    }
    await processBatch(event, handler, { payload: kplPayload(textPayload()), checkpointStore })
  }
  return handled
}

describe('checkpoints of Kinesis records that aggregate others', () => {
  test('such a record is done when all of its user records are', async () => {
    const event = { Records: [kinesis('1', aggregate('one', 'fails'))] }
    expect(await deliverTwice(event, memoryCheckpointStore())).toEqual(['one', 'fails', 'one', 'fails'])
  })

  test('the record before it is done once, and is where the checkpoint stands', async () => {
    const store = memoryCheckpointStore()
    const event = {
      Records: [kinesis('1', 'zero'), kinesis('2', aggregate('one', 'fails', 'two')), kinesis('3', 'three')],
    }
    const writes: string[] = []
    const watched: CheckpointStore = {
      ...store,
      writeCheckpoint: (shard, sequence) => {
        writes.push(sequence)
        return store.writeCheckpoint(shard, sequence)
      },
    }
    expect(await deliverTwice(event, watched)).toEqual(['zero', 'one', 'fails', 'one', 'fails', 'two', 'three'])
    expect(writes).toEqual(['1', '3'])
  })
})

test('tumbling windows of DynamoDB: each shard has a checkpoint of its own', async () => {
  const checkpointStore = memoryCheckpointStore()
  const handled: unknown[] = []
  for (const [shardId, sequence] of [
    ['shard-a', '900'],
    ['shard-b', '100'],
    ['shard-a', '900'],
  ]) {
    const record = {
      eventSource: 'aws:dynamodb',
      eventName: 'REMOVE',
      eventSourceARN: 'arn:aws:dynamodb:eu-west-1:1:table/orders/stream/2026-01-01T00:00:00.000',
      dynamodb: { Keys: { id: { N: '1' } }, SequenceNumber: sequence },
    }
    const event = { Records: [record], shardId, window: {}, state: {} }
    await processBatch(event, async (_, { id }) => handled.push([shardId, id]), {
      payload: jsonPayload(),
      checkpointStore,
    })
  }
  expect(handled).toEqual([
    ['shard-a', '900'],
    ['shard-b', '100'],
  ])
})

test('tumbling windows of DynamoDB: a shard whose name is no well-formed text is none', async () => {
  const record = {
    eventSource: 'aws:dynamodb',
    eventName: 'REMOVE',
    eventSourceARN: 'arn:aws:dynamodb:eu-west-1:1:table/orders/stream/2026-01-01T00:00:00.000',
    dynamodb: { Keys: { id: { N: '1' } }, SequenceNumber: '1' },
  }
  const event = { Records: [record], shardId: 'shard-\ud800', window: {}, state: {} }
  const options = { payload: jsonPayload(), checkpointStore: memoryCheckpointStore() }
  await expect(processBatch(event, async () => {}, options)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})

test.each([{}, { readCheckpoint: () => {} }, { writeCheckpoint: () => {} }, 7])(
  '%o is no checkpointStore',
  async (checkpointStore) => {
    const event = { Records: [kinesis('1', 'x')] }
    const run = processBatch(event, async () => {}, {
      payload: textPayload(),
      checkpointStore: checkpointStore as never,
    })
    await expect(run).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  },
)

describe('a checkpoint that cannot be written', () => {
  const record = (partition: number) => ({ topic: 'orders', partition, offset: 1, value: 'eA==' })
  const event = { eventSource: 'aws:kafka', records: { 'orders-0': [record(0)], 'orders-1': [record(1)] } }
  const warningsOf = async (checkpointStore: CheckpointStore) => {
    const emit = vi.spyOn(process, 'emitWarning').mockReturnValue()
    try {
      const options = { payload: textPayload(), checkpointStore }
      expect(await processBatch(event, async () => {}, options)).toEqual({ batchItemFailures: [] })
      return emit.mock.calls.map(([, details]) => details)
    } finally {
      emit.mockRestore()
    }
  }

  test('is a warning with the reason of each shard; one that is written is none', async () => {
    const store = memoryCheckpointStore()
    const reasons: unknown[] = [new Error('down'), 'no error']
    const failing = { ...store, writeCheckpoint: () => Promise.reject(reasons.shift()) }
    expect(await warningsOf(failing)).toEqual([{ code: 'MILLRACE_CHECKPOINT_LEFT', detail: 'down\n' }])
    expect(await warningsOf(store)).toEqual([])
  })

  test('the response waits for it up to half of the reserve', async () => {
    let isWritten = false
    const checkpointStore = {
      ...memoryCheckpointStore(),
      writeCheckpoint: async () => {
        await new Promise((resolve) => setTimeout(resolve, 15))
        isWritten = true
      },
    }
    const context = { getRemainingTimeInMillis: () => 1500 }
    await processBatch(event, async () => {}, { payload: textPayload(), checkpointStore, context })
    expect(isWritten).toBe(true)
  })
})

test.each([1000, 999])('with %s ms left, of which 1,000 are kept back, no store is waited for', async (remaining) => {
  const checkpointStore = { ...memoryCheckpointStore(), readCheckpoint: () => new Promise<string>(() => {}) }
  const context = { getRemainingTimeInMillis: () => remaining }
  const event = { Records: [kinesis('1', 'x')] }
  const options = { payload: textPayload(), checkpointStore, context }
  expect((await processBatch(event, async () => {}, options)).batchItemFailures).toHaveLength(1)
})

test('an event of DynamoDB that names its shard by no text has none', async () => {
  const record = {
    eventSource: 'aws:dynamodb',
    eventName: 'REMOVE',
    eventSourceARN: 'arn:aws:dynamodb:eu-west-1:1:table/orders/stream/2026-01-01T00:00:00.000',
    dynamodb: { Keys: { id: { N: '1' } }, SequenceNumber: '1' },
  }
  const options = { payload: jsonPayload(), checkpointStore: memoryCheckpointStore() }
  for (const event of [{ Records: [record], shardId: 7 }, [record]])
    await expect(processBatch(event, async () => {}, options)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})
