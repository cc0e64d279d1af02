import { describe, expect, test, vi } from 'vitest'
import type { EventRecord } from '../../src/events/index.ts'
import { failFrom, type HandlerGroup, type ProcessBatchesOptions, processBatches } from '../../src/flow/index.ts'
import { firehoseEvent, type Item, kafkaEvent, kinesisEvent, queueEvent, topicEvent } from './support/batch-events.ts'
import { numberPayload as payload } from './support/batch-scripts.ts'

type Value = { number: number }
type Records = readonly EventRecord<Value>[]

const items = (...keys: string[]): Item[] =>
  keys.map((key, number) => ({ number, key: key.replace('!', ''), isPoison: key.endsWith('!') }))
const numbersOf = (records: Records): number[] =>
  records.flatMap((each) => (each.payload.ok ? [each.payload.value.number] : []))
const at = (records: Records, number: number): EventRecord<Value> =>
  records.find((each) => each.payload.ok && each.payload.value.number === number) as EventRecord<Value>
const reported = (response: unknown): unknown[] =>
  (response as { batchItemFailures: { itemIdentifier: string | { offset: number } }[] }).batchItemFailures.map(
    ({ itemIdentifier }) => (typeof itemIdentifier === 'string' ? Number(itemIdentifier) : itemIdentifier),
  )

/** Runs an event and notes what each call was given, and what was heard. */
async function run(
  event: unknown,
  act: (records: Records, group: HandlerGroup) => unknown = () => {},
  more: Partial<ProcessBatchesOptions<Value>> = {},
) {
  const calls: [unknown, number[]][] = []
  const heard: [number | string, unknown][] = []
  const response = await processBatches(
    event,
    async (records: Records, group) => {
      calls.push([group.key, numbersOf(records)])
      await act(records, group)
    },
    { payload, onFailure: ({ id }, error) => heard.push([Number(id), error]), ...more } as ProcessBatchesOptions<Value>,
  )
  return { calls, heard, reported: reported(response) }
}

const boom = new Error('boom')
const failing = (number: number, cause?: unknown) => (records: Records) => {
  if (numbersOf(records).includes(number)) throw failFrom(at(records, number), cause)
}

describe('a result that says that the group failed', () => {
  const event = kinesisEvent(items('a', 'a', 'a'))

  test('failFrom that is returned is taken as thrown', async () => {
    const heard: unknown[] = []
    const onFailure = ({ id }: EventRecord<Value>, error: unknown) => void heard.push([Number(id), error])
    const handler = async (records: Records) => failFrom(at(records, 1), boom)
    expect(reported(await processBatches(event, handler, { payload, onFailure }))).toEqual([1])
    expect(heard).toEqual([[1, boom]])
  })

  test('a response of its own is refused where it names failures', async () => {
    const codes: unknown[] = []
    const onFailure = (_: unknown, error: unknown) => void codes.push((error as { code: string }).code)
    const answer = (...batchItemFailures: object[]) =>
      processBatches(event, async () => ({ batchItemFailures }), { payload, onFailure })
    expect(reported(await answer({ itemIdentifier: '1' }))).toEqual([0])
    expect(codes).toEqual(['TYPE_MISMATCH'])
    expect(reported(await answer())).toEqual([])
  })
})

describe('one call a group', () => {
  test('one message of a FIFO queue is enough to keep order, and each group has its key', async () => {
    const [fifo, standard] = [queueEvent(items('a', 'b'), { isFifo: true }), queueEvent(items('a', 'b'))]
    const mixed = { Records: [fifo.Records[0], standard.Records[1]] }
    expect((await run(mixed)).calls).toEqual([
      ['a', [0]],
      ['b', [1]],
    ])
  })

  test('a call that is refused names the function', async () => {
    await expect(processBatches(queueEvent([]), async () => {}, { order: 'key' } as never)).rejects.toThrow(
      /^processBatches: /,
    )
  })

  test('a standard queue is one group, whatever its message groups', async () => {
    expect(await run(queueEvent(items('a', 'b', 'a')))).toEqual({
      calls: [[undefined, [0, 1, 2]]],
      heard: [],
      reported: [],
    })
  })

  test('a FIFO queue has one for each message group', async () => {
    const { calls } = await run(queueEvent(items('a', 'b', 'a'), { isFifo: true }))
    expect(calls).toEqual([
      ['a', [0, 2]],
      ['b', [1]],
    ])
  })

  test('Kafka has one for each partition', async () => {
    const { calls } = await run(kafkaEvent([items('a', 'b'), items('a')]))
    expect(calls).toEqual([
      ['orders-0', [0, 1]],
      ['orders-1', [0]],
    ])
  })

  test('a stream is one shard, named where its records name it', async () => {
    const event = kinesisEvent(items('a', 'b'))
    expect((await run(event)).calls).toEqual([[undefined, [0, 1]]])
    const named = { Records: event.Records.map((each, n) => ({ ...each, eventID: `shardId-7:${n}` })) }
    expect((await run(named)).calls).toEqual([['shardId-7', [0, 1]]])
    expect((await run(named.Records)).calls).toEqual([['shardId-7', [0, 1]]])
    expect((await run({ ...event, shardId: 'shardId-9' })).calls).toEqual([['shardId-9', [0, 1]]])
    const odd = { Records: event.Records.map((each, n) => ({ ...each, eventID: [7, ':a:1', 'shardId-7'][n] })) }
    expect((await run(odd)).calls).toEqual([[undefined, [0, 1]]])
    const later = { Records: [{ ...event.Records[0], eventID: 'a' }, named.Records[1]] }
    expect((await run(later)).calls).toEqual([['shardId-7', [0, 1]]])
  })

  test('the group names its source, and no handler runs without records', async () => {
    const groups: HandlerGroup[] = []
    await run(topicEvent(items('a')), (_, group) => groups.push(group))
    expect(groups).toMatchObject([{ source: 'sns', signal: expect.any(AbortSignal) }])
    expect(groups[0]).not.toHaveProperty('key')
    expect(Object.isFrozen(groups[0])).toBe(true)
    for (const event of [{ Records: [] }, queueEvent([])]) expect((await run(event)).calls).toEqual([])
  })

  test('as many groups at once as it may', async () => {
    let [running, most] = [0, 0]
    const act = async () => {
      most = Math.max(most, ++running)
      await new Promise(setImmediate)
      running--
    }
    const event = queueEvent(items('a', 'b', 'c', 'd', 'e'), { isFifo: true })
    await run(event, act, { concurrency: 2 })
    expect(most).toBe(2)
    await run(event, act)
    expect(most).toBe(5)
  })
})

describe('a handler that throws', () => {
  const fail = () => {
    throw boom
  }

  test('its error is the one to report, not the cause of that; null is no failure', async () => {
    const error = new Error('outer', { cause: boom })
    const act = () => Promise.reject(error)
    expect((await run(queueEvent(items('a')), act)).heard).toEqual([[0, error]])
    const handler = async () => null
    expect(await processBatches(queueEvent(items('a')), handler, { payload })).toEqual({ batchItemFailures: [] })
  })

  test('fails its group: a queue reports each message, a stream the first', async () => {
    expect(await run(queueEvent(items('a', 'b')), fail)).toEqual({
      calls: [[undefined, [0, 1]]],
      heard: [
        [0, boom],
        [1, boom],
      ],
      reported: [0, 1],
    })
    const stream = await run(kinesisEvent(items('a', 'b')), fail)
    expect(stream).toMatchObject({ heard: [[0, boom]], reported: [0] })
    const act = (_: Records, { key }: HandlerGroup) => key === 'b' && fail()
    expect(await run(queueEvent(items('a', 'b', 'b'), { isFifo: true }), act)).toMatchObject({ reported: [1, 2] })
    const partition = (_: Records, { key }: HandlerGroup) => key === 'orders-1' && fail()
    expect((await run(kafkaEvent([items('a'), items('a', 'a')]), partition)).reported).toEqual([
      { partition: 'orders-1', offset: 0 },
    ])
  })

  test('failFrom: what comes before the record is done', async () => {
    for (const event of [queueEvent(items('a', 'b', 'c')), queueEvent(items('a', 'a', 'a'), { isFifo: true })])
      expect(await run(event, failing(1, boom))).toMatchObject({
        heard: [
          [1, boom],
          [2, boom],
        ],
        reported: [1, 2],
      })
    expect(await run(kinesisEvent(items('a', 'b', 'c')), failing(1, boom))).toMatchObject({
      heard: [[1, boom]],
      reported: [1],
    })
    const { heard } = await run(kinesisEvent(items('a', 'b')), failing(1))
    expect(heard).toMatchObject([[1, { code: 'BATCH_FAILED' }]])
  })

  test.each<[string, (records: Records) => unknown]>([
    ['a copy', ([record]) => ({ ...record })],
    ['undefined', () => undefined],
    ['a text', () => 'm-1'],
  ])('failFrom with %s, which is no record of the group, fails all of it', async (_, other) => {
    const act = (records: Records) => {
      throw failFrom(other(records) as never, boom)
    }
    expect((await run(queueEvent(items('a', 'b')), act)).reported).toEqual([0, 1])
  })

  test('undefined, at once, or after sorting its records', async () => {
    const act = async (records: Records) => {
      const own = records as EventRecord<Value>[]
      const middle = at(own, 1)
      own.reverse()
      throw failFrom(middle)
    }
    expect((await run(queueEvent(items('a', 'b', 'c')), act)).reported).toEqual([1, 2])
    const bare = () => Promise.reject(undefined)
    expect((await run(queueEvent(items('a', 'b')), bare)).reported).toEqual([0, 1])
  })

  test('sources whose response Lambda ignores: BATCH_FAILED, with one error for each call', async () => {
    const rejected = run(topicEvent(items('a', 'b')), fail)
    await expect(rejected).rejects.toMatchObject({ code: 'BATCH_FAILED', cause: { errors: [boom] } })
  })

  test('the error of failFrom shows no data', () => {
    const error = failFrom({ id: 'secret' } as never)
    expect(JSON.stringify(error)).not.toContain('secret')
    expect(Object.keys(error)).not.toContain('record')
  })
})

describe('poison', () => {
  test('is reported alone by a standard queue, and the rest is one call', async () => {
    const { calls, heard, reported: list } = await run(queueEvent(items('a', 'b!', 'c')))
    expect(calls).toEqual([[undefined, [0, 2]]])
    expect(heard).toMatchObject([[1, { code: 'PAYLOAD_INVALID' }]])
    expect(list).toEqual([1])
  })

  test('ends an ordered group before it', async () => {
    const fifo = await run(queueEvent(items('a', 'a!', 'a', 'b'), { isFifo: true }))
    expect(fifo.calls.sort()).toEqual([
      ['a', [0]],
      ['b', [3]],
    ])
    expect(fifo.reported).toEqual([1, 2])
    const stream = await run(kinesisEvent(items('a', 'b', 'c!', 'd')))
    expect(stream).toMatchObject({ calls: [[undefined, [0, 1]]], reported: [2] })
    const first = await run(kinesisEvent(items('a!', 'b')))
    expect(first).toMatchObject({ calls: [], reported: [0] })
  })

  test('put aside, the rest is one call; where that fails, the group ends', async () => {
    const quarantine = vi.fn(async () => {})
    const done = await run(kinesisEvent(items('a', 'b!', 'c')), undefined, { quarantine })
    expect(done).toMatchObject({ calls: [[undefined, [0, 2]]], reported: [] })
    expect(quarantine).toHaveBeenCalledTimes(1)
    const full = () => Promise.reject(boom)
    const failed = await run(kinesisEvent(items('a', 'b!', 'c')), undefined, { quarantine: full })
    expect(failed).toMatchObject({ calls: [[undefined, [0]]], reported: [1] })
    expect(failed.heard.map(([, error]) => error)).toContain(boom)
  })

  test('behind the record that failed, poison that was put aside stays acknowledged by a queue', async () => {
    const event = queueEvent(items('a', 'b', 'c!', 'd'))
    expect((await run(event, failing(1), { quarantine: async () => {} })).reported).toEqual([1, 3])
  })
})

describe('deadline', () => {
  test('groups that have not finished are reported whole, and none begins', async () => {
    const context = { getRemainingTimeInMillis: () => 1010 }
    const event = queueEvent(items('a', 'b', 'b', 'c'), { isFifo: true })
    const signals: AbortSignal[] = []
    const act = (_: Records, { key, signal }: HandlerGroup) => {
      signals.push(signal)
      return key === 'b' ? new Promise(() => {}) : undefined
    }
    const { calls, heard, reported: list } = await run(event, act, { context, concurrency: 1 })
    expect(calls.map(([key]) => key)).toEqual(['a', 'b'])
    expect(list).toEqual([1, 2, 3])
    expect(heard).toMatchObject([
      [1, { code: 'DEADLINE_EXCEEDED' }],
      [2, { code: 'DEADLINE_EXCEEDED' }],
    ])
    expect(signals.every(({ aborted }) => aborted)).toBe(true)
  })

  test('no time left: nothing begins', async () => {
    const context = { getRemainingTimeInMillis: () => 0 }
    expect(await run(kinesisEvent(items('a', 'b')), undefined, { context })).toMatchObject({ calls: [], reported: [0] })
  })

  test('where the remaining time says no before a timer does, nothing more is put aside and no handler begins', async () => {
    let left = 600_000
    const context = { getRemainingTimeInMillis: () => left }
    const quarantine = vi.fn(async () => {
      left = 500
    })
    const poison = await run(queueEvent(items('a', 'b!', 'c!')), undefined, { context, quarantine })
    expect(poison).toMatchObject({ calls: [], reported: [0, 2] })
    expect(quarantine).toHaveBeenCalledTimes(1)
    left = 600_000
    const act = () => {
      left = 1000
    }
    const event = queueEvent(items('a', 'b', 'c!'), { isFifo: true })
    const groups = await run(event, act, { context, quarantine, concurrency: 1 })
    expect(groups).toMatchObject({ calls: [['a', [0]]], reported: [1, 2] })
    expect(quarantine).toHaveBeenCalledTimes(1)
  })

  test('a quarantine that never ends is reported, and no handler runs late', async () => {
    const context = { getRemainingTimeInMillis: () => 1010 }
    const quarantine = () => new Promise(() => {})
    const result = await run(queueEvent(items('a', 'b!')), undefined, { context, quarantine })
    expect(result).toMatchObject({ calls: [], reported: [0, 1] })
  })
})

describe('options', () => {
  test.each([
    ['Firehose', firehoseEvent(items('a'))],
    ['S3 Batch', { invocationId: 'i', job: { id: 'j' }, tasks: [{ taskId: 't', s3Key: 'k' }] }],
  ])('%s wants an answer for each record', async (_, event) => {
    const handler = vi.fn(async () => {})
    const refused = processBatches(event, handler, { payload })
    await expect(refused).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    expect(handler).not.toHaveBeenCalled()
  })

  test.each([
    ['no options', undefined],
    ['no payload', {}],
    ['concurrency 0', { payload, concurrency: 0 }],
    ['no function as onFailure', { payload, onFailure: 'log' }],
    ['no function as quarantine', { payload, quarantine: {} }],
  ])('%s is refused', async (_, options) => {
    const refused = processBatches(queueEvent(items('a')), async () => {}, options as never)
    await expect(refused).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })

  test('an event that throws when it is read is refused as one', async () => {
    const [record] = queueEvent(items('a')).Records
    const get = () => {
      throw boom
    }
    const event = { Records: [Object.defineProperty({ ...record }, 'eventSourceARN', { get })] }
    const refused = processBatches(event, async () => {}, { payload })
    await expect(refused).rejects.toMatchObject({ code: 'EVENT_INVALID' })
  })

  test('no event is refused', async () => {
    await expect(processBatches([], async () => {}, { payload })).rejects.toMatchObject({ code: 'EVENT_INVALID' })
  })
})
