import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { bytesPayload, kplPayload, textPayload } from '../../src/events/index.ts'
import { type BatchOrder, processBatch } from '../../src/flow/index.ts'
import { aggregateRecords } from '../../src/testing/aggregate-records.ts'
import { law } from '../support/law.ts'
import {
  firehoseEvent,
  type Item,
  kinesisEvent,
  numberOf,
  queueEvent,
  sequenceOf,
  topicEvent,
} from './support/batch-events.ts'
import { arbitraryScripts, numberPayload, numbersOf, stage } from './support/batch-scripts.ts'

const items = (count: number, keyOf: (number: number) => string): Item[] =>
  Array.from({ length: count }, (_, number) => ({ number, key: keyOf(number) }))

describe('concurrency', () => {
  const batches = fc.record({
    count: fc.nat(12),
    keys: fc.integer({ min: 1, max: 4 }),
    concurrency: fc.integer({ min: 1, max: 5 }),
  })

  /** How many handlers run at each step, while a scheduler decides whose turn it is. */
  async function highWater(
    scheduler: fc.Scheduler,
    event: unknown,
    options: { concurrency: number; order: BatchOrder },
  ) {
    let [running, highest] = [0, 0]
    const handler = async () => {
      highest = Math.max(highest, ++running)
      await scheduler.schedule(Promise.resolve())
      running--
    }
    await scheduler.waitFor(processBatch(event, handler, { payload: numberPayload, ...options }))
    return highest
  }

  law(
    'concurrency: a standard queue runs as many records as concurrency allows, in any order of completion',
    fc.asyncProperty(fc.scheduler(), batches, async (scheduler, { count, concurrency }) => {
      const event = queueEvent(items(count, () => 'same'))
      expect(await highWater(scheduler, event, { concurrency, order: 'auto' })).toBe(Math.min(count, concurrency))
    }),
  )

  law(
    'concurrency: a FIFO queue runs as many groups, and a stream as many keys, as concurrency allows',
    fc.asyncProperty(
      fc.scheduler(),
      batches,
      fc.boolean(),
      async (scheduler, { count, keys, concurrency }, isStream) => {
        const records = items(count, (number) => `key-${number % keys}`)
        const event = isStream ? kinesisEvent(records) : queueEvent(records, { isFifo: true })
        const order = isStream ? 'key' : 'auto'
        expect(await highWater(scheduler, event, { concurrency, order })).toBe(Math.min(count, keys, concurrency))
      },
    ),
  )

  law(
    'concurrency: a stream runs one record at a time by default',
    fc.asyncProperty(fc.scheduler(), batches, async (scheduler, { count, keys, concurrency }) => {
      const event = kinesisEvent(items(count, (number) => `key-${number % keys}`))
      expect(await highWater(scheduler, event, { concurrency, order: 'auto' })).toBe(Math.min(count, 1))
    }),
  )

  law(
    'concurrency: no record waits while a worker and its ordering group are free',
    fc.asyncProperty(fc.scheduler(), batches, async (scheduler, { count, keys, concurrency }) => {
      const records = items(count, (number) => `key-${number % keys}`)
      const running = new Set<number>()
      const waiting = new Set(records.keys())
      const handler = async ({ number }: { number: number }) => {
        waiting.delete(number)
        running.add(number)
        await scheduler.schedule(Promise.resolve())
        const free = [...waiting].filter((each) => ![...running].some((other) => other % keys === each % keys))
        if (running.size < concurrency) expect(free).toEqual([])
        running.delete(number)
      }
      const failures: unknown[] = []
      const onFailure = (_: unknown, error: unknown) => failures.push(error)
      const event = queueEvent(records, { isFifo: true })
      await scheduler.waitFor(processBatch(event, handler, { payload: numberPayload, concurrency, onFailure }))
      expect(failures).toEqual([])
    }),
  )
})

describe('deadline', () => {
  const RUNS = { runs: 40 }
  const context = { getRemainingTimeInMillis: () => 1004 }
  const behaviours = fc.array(fc.constantFrom('ok', 'fail', 'never', 'late reject', 'late resolve', 'on abort'), {
    maxLength: 10,
  })
  type Behaviour = 'ok' | 'fail' | 'never' | 'late reject' | 'late resolve' | 'on abort'

  const handlerOf =
    (list: readonly string[], done: Set<number>) =>
    async ({ number }: { number: number }, _: unknown, { signal }: { signal: AbortSignal }) => {
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
      switch (list[number] as Behaviour) {
        case 'fail':
          throw new Error('fails')
        case 'never':
          return new Promise(() => {})
        case 'on abort':
          await aborted
          throw signal.reason
        case 'late reject':
          await aborted.then(() => new Promise(setImmediate))
          throw new Error('late')
        case 'late resolve':
          return aborted.then(() => new Promise(setImmediate))
        default:
          done.add(number)
      }
      return undefined
    }

  law(
    'deadline: a queue gets a response with exactly the unfinished records, even if handlers never settle or reject late',
    fc.asyncProperty(behaviours, fc.integer({ min: 1, max: 4 }), async (list, concurrency) => {
      const done = new Set<number>()
      const records = items(list.length, () => 'same')
      const options = { payload: numberPayload, context, concurrency }
      const { batchItemFailures } = await processBatch(queueEvent(records), handlerOf(list, done), options)
      const reported = batchItemFailures.map(({ itemIdentifier }) => numberOf(itemIdentifier))
      expect(reported).toEqual([...records.keys()].filter((number) => !done.has(number)))
    }),
    RUNS,
  )

  law(
    'deadline: a stream resumes from the lowest unfinished record',
    fc.asyncProperty(behaviours, fc.constantFrom<BatchOrder>('auto', 'key', 'none'), async (list, order) => {
      const done = new Set<number>()
      const records = items(list.length, (number) => `key-${number % 3}`)
      const options = { payload: numberPayload, context, order, concurrency: 2 }
      const { batchItemFailures } = await processBatch(kinesisEvent(records), handlerOf(list, done), options)
      const lowest = records.find(({ number }) => !done.has(number))
      expect(batchItemFailures).toEqual(lowest === undefined ? [] : [{ itemIdentifier: sequenceOf(lowest) }])
    }),
    RUNS,
  )

  law(
    'deadline: if only a rejection reports failure, the call rejects at the deadline, and only if a record is unfinished',
    fc.asyncProperty(behaviours, async (list) => {
      const done = new Set<number>()
      const event = topicEvent(items(list.length, () => 'same'))
      const outcome = await processBatch(event, handlerOf(list, done), { payload: numberPayload, context }).catch(
        (error: unknown) => error,
      )
      expect(isMillraceError(outcome, 'BATCH_FAILED')).toBe(done.size < list.length)
    }),
    RUNS,
  )

  law(
    'deadline: no record begins after it, and every record that began is reported once',
    fc.asyncProperty(behaviours, fc.nat(12), async (list, steps) => {
      const done = new Set<number>()
      const heard: string[] = []
      let left = 1000 + steps
      const begun: string[] = []
      const late: number[] = []
      const handle = handlerOf(list, done)
      const handler: typeof handle = (value, record, run) => {
        begun.push(sequenceOf(value))
        if (left <= 1000) late.push(value.number)
        left -= 1
        return handle(value, record, run)
      }
      await processBatch(queueEvent(items(list.length, () => 'same')), handler, {
        payload: numberPayload,
        context: { getRemainingTimeInMillis: () => left },
        concurrency: 2,
        onFailure: ({ id }) => heard.push(id),
      })
      await new Promise(setImmediate)
      const notDone = begun.filter((id) => !done.has(Number(id)))
      expect([...heard].sort()).toEqual(notDone.sort())
      expect(late).toEqual([])
    }),
    RUNS,
  )
})

describe('isolation of records', () => {
  law(
    'processBatch: errors of a handler and changes to its record do not affect the response for others',
    fc.asyncProperty(arbitraryScripts(), fc.boolean(), async (scripts, isFifo) => {
      const tame = scripts.map((each) => ({ ...each, failure: 'reject' as const }))
      const responses = []
      for (const list of [scripts, tame]) {
        const { handler } = stage(list)
        responses.push(await processBatch(queueEvent(list, { isFifo }), handler, { payload: numberPayload }))
      }
      expect(responses[0]).toEqual(responses[1])
    }),
  )

  law(
    'processBatch: an identifier is reported once, even if messages are doubled, and as long as any of them fails',
    fc.asyncProperty(fc.array(fc.record({ number: fc.nat(5), fails: fc.boolean() })), async (list) => {
      let next = 0
      const handler = async () => {
        if (list[next++]?.fails) throw new Error('fails')
      }
      const event = queueEvent(list.map(({ number }) => ({ number, key: '' })))
      const { batchItemFailures } = await processBatch(event, handler, {
        payload: numberPayload,
        order: 'none',
        concurrency: 1,
      })
      const failed = new Set(list.filter(({ fails }) => fails).map(({ number }) => number))
      expect(batchItemFailures.map(({ itemIdentifier }) => numberOf(itemIdentifier))).toEqual([...failed])
    }),
  )

  law(
    'processBatch: onFailure is called once for every failure, and neither its errors nor those of quarantine fail the batch',
    fc.asyncProperty(arbitraryScripts(), fc.constantFrom('throw', 'reject', 'none'), async (scripts, misbehaviour) => {
      const { runs, next, handler } = stage(scripts.map((each) => ({ ...each, failure: 'reject' })))
      next()
      const heard: number[] = []
      const misbehave = (): Promise<void> => {
        if (misbehaviour === 'throw') throw new Error('at once')
        return misbehaviour === 'reject' ? Promise.reject(new Error('later')) : Promise.resolve()
      }
      const { batchItemFailures } = await processBatch(queueEvent(scripts), handler, {
        payload: numberPayload,
        onFailure: ({ id }) => {
          heard.push(Number(id))
          return misbehave()
        },
      })
      const failed = scripts.filter(
        ({ number, isPoison }) => isPoison || numbersOf(runs[0] ?? [], 'fail').includes(number),
      )
      expect(heard.sort((a, b) => a - b)).toEqual(failed.map(({ number }) => number))
      expect(batchItemFailures).toHaveLength(failed.length)
    }),
  )

  law(
    'processBatch: poison is acknowledged if and only if quarantine resolves',
    fc.asyncProperty(arbitraryScripts({ maxFailures: 0 }), fc.func(fc.boolean()), async (scripts, resolves) => {
      const { handler } = stage(scripts)
      const isTaken = (id: string): boolean => resolves(Number(id))
      const { batchItemFailures } = await processBatch(queueEvent(scripts), handler, {
        payload: numberPayload,
        quarantine: async ({ id }) => {
          if (!isTaken(id)) throw new Error('full')
        },
      })
      const expected = scripts.filter((each) => each.isPoison && !isTaken(sequenceOf(each)))
      expect(batchItemFailures).toEqual(expected.map((each) => ({ itemIdentifier: sequenceOf(each) })))
    }),
  )

  law(
    'processBatch: user records of one Kinesis record run in order, and it is reported once if any of them fails',
    fc.asyncProperty(fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }), fc.nat(20), async (sizes, failing) => {
      const places = sizes.flatMap((size, record) => Array.from({ length: size }, (_, place) => `${record}.${place}`))
      const event = {
        Records: sizes.map((size, record) => {
          const bytes = aggregateRecords(
            Array.from({ length: size }, (_, place) => ({
              partitionKey: 'k',
              data: Buffer.from(`${record}.${place}`),
            })),
          )
          const data = Buffer.from(bytes).toString('base64')
          return { eventSource: 'aws:kinesis', kinesis: { data, partitionKey: 'k', sequenceNumber: `s-${record}` } }
        }),
      }
      const begun: string[] = []
      const handler = async (place: string) => {
        begun.push(place)
        if (place === places[failing]) throw new Error('fails')
      }
      const { batchItemFailures } = await processBatch(event, handler, { payload: kplPayload(textPayload()) })
      const failed = places[failing]
      expect(begun).toEqual(failed === undefined ? places : places.slice(0, failing + 1))
      expect(batchItemFailures).toEqual(
        failed === undefined ? [] : [{ itemIdentifier: `s-${failed.slice(0, failed.indexOf('.'))}` }],
      )
    }),
  )

  law(
    'Firehose: the response stays within maxResponseBytes if failures alone do, has a result for every record, and reports exactly the records it cut',
    fc.asyncProperty(
      fc.array(
        fc.record({
          id: fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
          size: fc.nat(40),
          result: fc.oneof(fc.nat(200), fc.constantFrom('throw', 'drop', 'keep', 'partition')),
        }),
        { maxLength: 8 },
      ),
      fc.integer({ min: 1, max: 1500 }),
      async (list, maxResponseBytes) => {
        const event = {
          deliveryStreamArn: 'arn',
          records: list.map(({ id, size }, n) => ({
            recordId: `${id}${n}`,
            data: Buffer.alloc(size, 7).toString('base64'),
          })),
        }
        const handler = async (_: unknown, { id }: { id: string }) => {
          const result = list[event.records.findIndex(({ recordId }) => recordId === id)]?.result
          if (result === 'throw') throw new Error('fails')
          if (result === 'drop') return { result: 'Dropped' as const }
          if (result === 'partition') return { result: 'Ok' as const, metadata: { partitionKeys: { é: '"' } } }
          return result === 'keep' ? undefined : Buffer.alloc(Number(result))
        }
        const cut: string[] = []
        const run = (more: object) => processBatch(event, handler, { payload: bytesPayload(), ...more })
        const whole = await run({})
        const { records } = await run({
          maxResponseBytes,
          onFailure: ({ id }: { id: string }, error: unknown) => {
            if (isMillraceError(error, 'LIMIT_EXCEEDED')) cut.push(id)
          },
        })
        const failed = event.records.map((each) => ({ ...each, result: 'ProcessingFailed' }))
        expect(records.map(({ recordId }) => recordId)).toEqual(event.records.map(({ recordId }) => recordId))
        for (const [index, each] of records.entries())
          expect(each).toEqual(cut.includes(each.recordId) ? failed[index] : whole.records[index])
        const bytesOf = (list: readonly unknown[]) => Buffer.byteLength(JSON.stringify({ records: list }))
        if (bytesOf(failed) <= maxResponseBytes) expect(bytesOf(records)).toBeLessThanOrEqual(maxResponseBytes)
        if (bytesOf(whole.records) <= maxResponseBytes) expect(cut).toEqual([])
      },
    ),
  )

  law(
    'Firehose: every record is returned once, in order, with its own data unless the handler returned other data',
    fc.asyncProperty(arbitraryScripts(), async (scripts) => {
      const { runs, next, handler } = stage(scripts)
      next()
      const event = firehoseEvent(scripts)
      const given = event.records.map(({ data }) => data)
      const { records } = await processBatch(
        event,
        (value, record, run) => handler(value, record, run).then(() => {}),
        {
          payload: numberPayload,
        },
      )
      const done = numbersOf(runs[0] ?? [], 'done')
      expect(records).toEqual(
        scripts.map((each, index) => ({
          recordId: sequenceOf(each),
          result: done.includes(each.number) ? 'Ok' : 'ProcessingFailed',
          data: given[index],
        })),
      )
    }),
  )
})
