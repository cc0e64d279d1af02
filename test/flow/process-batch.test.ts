import { spawnSync } from 'node:child_process'
import { describe, expect, test, vi } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { jsonPayload } from '../../src/events/index.ts'
import { processBatch } from '../../src/flow/index.ts'
import { type CheckpointStore, memoryCheckpointStore, memoryStore } from '../../src/idempotency/index.ts'
import { firehoseEvent, type Item, kafkaEvent, kinesisEvent, queueEvent, topicEvent } from './support/batch-events.ts'
import { numberPayload } from './support/batch-scripts.ts'

const items = (...keys: readonly string[]): Item[] => keys.map((key, number) => ({ number, key }))
const never = () => new Promise(() => {})
const failAt =
  (...numbers: readonly number[]) =>
  async ({ number }: { number: number }) => {
    if (numbers.includes(number)) throw new Error('refused')
  }
/** A promise, and what resolves it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
const raise = (message: string): never => {
  throw new Error(message)
}
const payload = numberPayload

describe('what the event is', () => {
  test('an empty list of records is full success, whatever the source', async () => {
    expect(await processBatch({ Records: [] }, never, { payload })).toEqual({ batchItemFailures: [] })
    expect(await processBatch(firehoseEvent([]), async () => {}, { payload })).toEqual({ records: [] })
  })

  test.each([[undefined], [[]], ['text'], [{}], [{ Records: [{}] }]])(
    'no event at all is refused: %j',
    async (event) => {
      await expect(processBatch(event, never, { payload })).rejects.toMatchObject({ code: 'EVENT_INVALID' })
    },
  )

  test('an event that throws when it is read is refused as one', async () => {
    const [record] = queueEvent(items('a')).Records
    const event = { Records: [Object.defineProperty({ ...record }, 'eventSourceARN', { get: () => raise('hidden') })] }
    await expect(processBatch(event, never, { payload })).rejects.toMatchObject({ code: 'EVENT_INVALID' })
  })

  test('an array from EventBridge Pipes is a batch of its source', async () => {
    const { Records } = queueEvent(items('a', 'a', 'b'), { isFifo: true })
    const { batchItemFailures } = await processBatch(Records, failAt(0), { payload })
    expect(batchItemFailures).toEqual([Records[0], Records[1]].map((each) => ({ itemIdentifier: each?.messageId })))
  })
})

describe('order', () => {
  test('a group id on a standard queue keeps no order', async () => {
    const event = queueEvent(items('a', 'a', 'a'))
    const { batchItemFailures } = await processBatch(event, failAt(0), { payload })
    expect(batchItemFailures).toEqual([{ itemIdentifier: event.Records[0]?.messageId }])
  })

  test('strict stops a queue at the first failure and reports the rest', async () => {
    const begun: number[] = []
    const event = queueEvent(items('a', 'b', 'c'))
    const handler = async ({ number }: { number: number }) => {
      begun.push(number)
      if (number === 1) throw new Error('refused')
    }
    const { batchItemFailures } = await processBatch(event, handler, { payload, order: 'strict' })
    expect(begun).toEqual([0, 1])
    expect(batchItemFailures).toEqual(event.Records.slice(1).map(({ messageId }) => ({ itemIdentifier: messageId })))
  })

  test('an ARN that ends like that of a FIFO queue makes a queue of no other source', async () => {
    const { Records } = topicEvent(items('a', 'b'))
    const both = gate()
    const handler = ({ number }: { number: number }) => (number === 0 ? both.opened : Promise.resolve(both.open()))
    const event = { Records: Records.map((each) => ({ ...each, eventSourceARN: 'arn:aws:sns:eu-west-1:1:a.fifo' })) }
    expect(await processBatch(event, handler, { payload })).toEqual({ batchItemFailures: [] })
  })

  test('messages of a FIFO queue that lost their group wait for one another', async () => {
    const { Records } = queueEvent(items('a', 'b'), { isFifo: true })
    const event = { Records: Records.map(({ attributes, ...rest }) => rest) }
    expect((await processBatch(event, failAt(0), { payload })).batchItemFailures).toHaveLength(2)
  })

  test('records without a key wait for none', async () => {
    const change = (SequenceNumber: string) => ({
      eventSource: 'aws:dynamodb',
      eventName: 'REMOVE',
      dynamodb: { SequenceNumber },
    })
    const both = gate()
    const handler = async (_: unknown, { id }: { id: string }) => (id === '1' ? both.opened : both.open())
    const event = { Records: [change('1'), change('2')] }
    expect(await processBatch(event, handler, { payload: jsonPayload(), order: 'key' })).toEqual({
      batchItemFailures: [],
    })
  })

  test('equal Kafka keys of two partitions are separate ordering groups', async () => {
    const both = gate()
    const event = kafkaEvent([[{ number: 0, key: 'k' }], [{ number: 1, key: 'k' }]])
    const handler = ({ number }: { number: number }) => (number === 0 ? both.opened : Promise.resolve(both.open()))
    expect(await processBatch(event, handler, { payload, order: 'key' })).toEqual({ batchItemFailures: [] })
  })
})

describe('identifiers', () => {
  test('Kafka records are reported by partition and offset, the first failure of each partition', async () => {
    const event = kafkaEvent([items('a', 'b', 'c'), [{ number: 7, key: 'a' }], [{ number: 9, key: 'a' }]])
    const { batchItemFailures } = await processBatch(event, failAt(1, 9), { payload })
    expect(batchItemFailures).toEqual([
      { itemIdentifier: { partition: 'orders-0', offset: 1 } },
      { itemIdentifier: { partition: 'orders-2', offset: 9 } },
    ])
  })

  test('a failed record without identifier fails the whole batch', async () => {
    const change = (id: string, SequenceNumber?: string) => ({
      eventSource: 'aws:dynamodb',
      eventName: 'INSERT',
      dynamodb: { Keys: { id: { S: id } }, ...(SequenceNumber !== undefined && { SequenceNumber }) },
    })
    const event = { Records: [change('a', '1'), change('b'), change('c', '3')] }
    const fail = (id: string) => async (_: unknown, record: { orderingKey?: string }) => {
      if (record.orderingKey?.includes(`"${id}"`)) throw new Error('refused')
    }
    const whole = { batchItemFailures: [{ itemIdentifier: '' }] }
    expect(await processBatch(event, fail('b'), { payload: jsonPayload() })).toEqual(whole)
    expect(await processBatch(event, fail('none'), { payload: jsonPayload() })).toEqual({ batchItemFailures: [] })
    const message = { eventSource: 'aws:sqs', body: '{}' }
    const queue = { Records: [...queueEvent(items('a')).Records, message] }
    expect(await processBatch(queue, failAt(0), { payload })).toEqual(whole)
  })
})

describe('sources that take no partial response', () => {
  test('all records run, and the rejection holds every error in the order of the records', async () => {
    const begun: number[] = []
    const handler = async ({ number }: { number: number }) => {
      begun.push(number)
      if (number % 2 === 0) throw new RangeError(`no ${number}`)
    }
    const error: unknown = await processBatch(topicEvent(items('a', 'b', 'c')), handler, { payload }).catch((e) => e)
    expect(begun).toEqual([0, 1, 2])
    if (!isMillraceError(error, 'BATCH_FAILED')) throw error
    expect(error.message).toMatch(/^2 of 3 records failed: /)
    expect(error.cause).toBeInstanceOf(AggregateError)
    expect((error.cause as AggregateError).errors).toEqual([new RangeError('no 0'), new RangeError('no 2')])
  })

  test('the order is that of the records, not of the failures; what has not finished is the deadline', async () => {
    const handler = async ({ number }: { number: number }) => {
      if (number === 2) return never()
      if (number === 0) await new Promise(setImmediate)
      throw new RangeError(`no ${number}`)
    }
    const context = { getRemainingTimeInMillis: () => 1020 }
    const failed = processBatch(topicEvent(items('a', 'b', 'c')), handler, { payload, context })
    const error: unknown = await failed.catch((reason) => reason)
    if (!isMillraceError(error, 'BATCH_FAILED')) throw error
    expect(error.message).toMatch(/^2 of 3 records failed, 1 more were not finished/)
    const { errors } = error.cause as AggregateError
    expect(errors).toMatchObject([{ message: 'no 0' }, { message: 'no 1' }, { code: 'DEADLINE_EXCEEDED' }])
  })

  test('success is a plain response', async () => {
    const event = { id: 'e-1', source: 'my.shop', 'detail-type': 'Order Placed', detail: { number: 1 } }
    expect(await processBatch(event, async () => 'done', { payload })).toEqual({ batchItemFailures: [] })
  })

  test('poison that went to quarantine is success, poison that did not is a failure', async () => {
    const event = topicEvent([{ number: 0, key: 'a', isPoison: true }])
    const quarantine = vi.fn(async () => {})
    expect(await processBatch(event, never, { payload, quarantine })).toEqual({ batchItemFailures: [] })
    expect(quarantine.mock.calls).toMatchObject([[{ source: 'sns' }, { code: 'PAYLOAD_INVALID' }]])
    await expect(processBatch(event, never, { payload })).rejects.toMatchObject({ code: 'BATCH_FAILED' })
  })
})

describe('deadline', () => {
  test('no time left: nothing begins, all is reported', async () => {
    const handler = vi.fn(never)
    const event = queueEvent(items('a', 'b'))
    for (const remaining of [1000, 0, -5]) {
      const context = { getRemainingTimeInMillis: () => remaining }
      expect((await processBatch(event, handler, { payload, context })).batchItemFailures).toHaveLength(2)
    }
    expect(handler).not.toHaveBeenCalled()
  })

  test('the signal aborts with DEADLINE_EXCEEDED, and onFailure is called for what was at work', async () => {
    const reasons: unknown[] = []
    const heard: unknown[] = []
    const handler = (_: unknown, __: unknown, { signal }: { signal: AbortSignal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason))
      return never()
    }
    const context = { getRemainingTimeInMillis: () => 30 }
    const options = {
      payload,
      context,
      reserveMs: 10,
      concurrency: 2,
      onFailure: (_: unknown, error: unknown) => heard.push(error),
    }
    const { batchItemFailures } = await processBatch(queueEvent(items('a', 'b', 'c')), handler, options)
    expect(batchItemFailures).toHaveLength(3)
    expect(reasons).toMatchObject([{ code: 'DEADLINE_EXCEEDED' }, { code: 'DEADLINE_EXCEEDED' }])
    expect(heard).toEqual(reasons)
  })

  test('the response does not wait for a timer where the remaining time already says no', async () => {
    let left = 600_000
    const handler = ({ number }: { number: number }) => {
      if (number === 0) return never()
      left = 500
      return Promise.resolve()
    }
    const context = { getRemainingTimeInMillis: () => left }
    const event = queueEvent(items('a', 'b', 'c'))
    const { batchItemFailures } = await processBatch(event, handler, { payload, context, concurrency: 2 })
    expect(batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier))).toEqual([0, 2])
  })

  test.each(['readCheckpoint', 'writeCheckpoint'] as const)('a store whose %s never answers', async (name) => {
    const handler = vi.fn(async () => {})
    const checkpointStore = { ...memoryCheckpointStore(), [name]: never } as CheckpointStore
    const end = performance.now() + 60
    const context = { getRemainingTimeInMillis: () => end - performance.now() }
    const [record] = kinesisEvent(items('a')).Records
    const event = {
      Records: [{ ...record, eventID: 'shardId-0:0', eventSourceARN: 'arn:aws:kinesis:eu-west-1:1:stream/s' }],
    }
    const response = await processBatch(event, handler, { payload, context, reserveMs: 40, checkpointStore })
    const isRead = name === 'writeCheckpoint'
    expect(handler).toHaveBeenCalledTimes(isRead ? 1 : 0)
    expect(response.batchItemFailures).toHaveLength(isRead ? 0 : 1)
    expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0)
  })

  test('a batch that is done leaves no timer, and a time beyond all timers is no deadline', async () => {
    vi.useFakeTimers()
    try {
      for (const remaining of [900_000, 2 ** 40, Number.POSITIVE_INFINITY]) {
        const context = { getRemainingTimeInMillis: () => remaining }
        expect(await processBatch(queueEvent(items('a')), async () => {}, { payload, context })).toEqual({
          batchItemFailures: [],
        })
        expect(vi.getTimerCount()).toBe(0)
      }
    } finally {
      vi.useRealTimers()
    }
  })

  test('the response goes out although nothing else keeps the process alive, and late rejections end nothing', () => {
    const script = `
      import { processBatch } from './src/flow/index.ts'
      import { textPayload } from './src/events/index.ts'
      const event = { Records: ['never', 'late', 'ok'].map((body) => ({ eventSource: 'aws:sqs', messageId: body, body })) }
      const handler = (body, _, { signal }) => new Promise((resolve, reject) => {
        if (body === 'ok') resolve()
        if (body === 'late') signal.addEventListener('abort', () => setTimeout(() => reject(new Error('late')), 5))
      })
      const context = { getRemainingTimeInMillis: () => 1020 }
      console.log(JSON.stringify(await processBatch(event, handler, { payload: textPayload(), context })))
      setTimeout(() => {}, 20)`
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    })
    expect(stderr).not.toMatch(/late/)
    expect(JSON.parse(stdout)).toEqual({ batchItemFailures: [{ itemIdentifier: 'never' }, { itemIdentifier: 'late' }] })
    expect(status).toBe(0)
  })
})

describe('handlers', () => {
  test('get what they may need: the value, the record, a signal; a handler may even return no promise', async () => {
    const handler = vi.fn((..._args: unknown[]) => 1 as unknown as Promise<unknown>)
    await processBatch(kinesisEvent(items('a')), handler, { payload })
    expect(handler.mock.calls[0]).toMatchObject([
      { number: 0 },
      { source: 'kinesis', orderingKey: 'a' },
      { signal: expect.any(AbortSignal) },
    ])
    expect(Object.isFrozen(handler.mock.calls[0]?.[2])).toBe(true)
  })

  test.each([true, false])('onFailure is waited for, after quarantine too (poison: %s)', async (isPoison) => {
    const told: string[] = []
    const onFailure = async ({ id }: { id: string }) => {
      await new Promise(setImmediate)
      told.push(id)
    }
    const event = queueEvent([{ number: 0, key: 'a', isPoison }])
    await processBatch(event, failAt(0), { payload, onFailure, quarantine: async () => {} })
    expect(told).toHaveLength(1)
  })

  test('what a handler of a queue resolves with is no result, whatever it looks like', async () => {
    const handler = async () => ({ resultCode: 'Done', result: 'OK' })
    expect(await processBatch(queueEvent(items('a')), handler, { payload })).toEqual({ batchItemFailures: [] })
  })

  test('where every record has failed by the deadline, the deadline is no error of theirs', async () => {
    const context = { getRemainingTimeInMillis: () => 1010 }
    const failed = processBatch(topicEvent(items('a')), failAt(0), { payload, context, onFailure: never })
    const error = await failed.catch((reason: unknown) => reason)
    expect((error as { cause: AggregateError }).cause.errors).toEqual([new Error('refused')])
  })

  test('what fails after the response is reported to nobody', async () => {
    const heard: unknown[] = []
    const { opened, open } = gate()
    const context = { getRemainingTimeInMillis: () => 1010 }
    const handler = async () => {
      await opened
      throw new Error('late')
    }
    const onFailure = (_: unknown, error: unknown) => heard.push(error)
    await processBatch(queueEvent(items('a')), handler, { payload, context, onFailure })
    open()
    await new Promise(setImmediate)
    expect(heard).toMatchObject([{ code: 'DEADLINE_EXCEEDED' }])
  })

  test('a failed quarantine is reported in addition to the poison', async () => {
    const heard: unknown[] = []
    const full = new Error('full')
    const { batchItemFailures } = await processBatch(queueEvent([{ number: 0, key: 'a', isPoison: true }]), never, {
      payload,
      quarantine: () => {
        throw full
      },
      onFailure: (_, error) => heard.push(error),
    })
    expect(batchItemFailures).toHaveLength(1)
    expect(heard).toMatchObject([{ code: 'PAYLOAD_INVALID' }, full])
  })
})

test('the error of a batch has one error for each failure, none for what did not run', async () => {
  const event = topicEvent(items('a', 'b', 'c'))
  const failure = await processBatch(event, failAt(0), { payload, order: 'strict' }).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'BATCH_FAILED', message: expect.stringContaining('2 more were not finished') })
  expect((failure as { cause: AggregateError }).cause.errors).toEqual([expect.any(Error)])
})

test('a record whose ARN is no text fails no other', async () => {
  const event = queueEvent(items('a', 'b'))
  const odd = { Records: event.Records.map((each, n) => (n === 0 ? { ...each, eventSourceARN: 7 } : each)) }
  expect(await processBatch(odd, async () => {}, { payload })).toEqual({ batchItemFailures: [] })
})

describe('options', () => {
  const event = queueEvent(items('a'))
  test.each([
    ['concurrency 0', { payload, concurrency: 0 }],
    ['concurrency 1.5', { payload, concurrency: 1.5 }],
    ['concurrency NaN', { payload, concurrency: Number.NaN }],
    ['an unknown order', { payload, order: 'fifo' }],
    ['a negative reserve', { payload, reserveMs: -1 }],
    ['a context that tells no time', { payload, context: {} }],
    ['a remaining time that is none', { payload, context: { getRemainingTimeInMillis: () => Number.NaN } }],
    ['no payload', {}],
    ['no options', undefined],
    ['a checkpoint store that is none', { payload, checkpointStore: {} }],
    ['a misspelt name', { payload, concurency: 5 }],
    ['idempotency without its key', { payload, idempotency: { store: memoryStore() } }],
    ['idempotency of another kind', { payload, idempotency: true }],
  ])('%s is refused, and no handler runs', async (_, options) => {
    const handler = vi.fn(never)
    await expect(processBatch(event, handler, options as never)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    expect(handler).not.toHaveBeenCalled()
  })

  test('no handler is refused; unbounded concurrency is not', async () => {
    await expect(processBatch(event, undefined as never, { payload })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    const all = { payload, concurrency: Number.POSITIVE_INFINITY }
    expect(await processBatch(event, async () => {}, all)).toEqual({ batchItemFailures: [] })
  })
})
