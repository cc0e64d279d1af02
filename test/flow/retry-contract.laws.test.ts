import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { type BatchOrder, processBatch } from '../../src/flow/index.ts'
import { law } from '../support/law.ts'
import {
  dynamoDBEvent,
  type Item,
  kafkaEvent,
  kinesisEvent,
  numberOf,
  queueEvent,
  sequenceOf,
} from './support/batch-events.ts'
import { arbitraryScripts, type Moment, numberPayload, numbersOf, type Script, stage } from './support/batch-scripts.ts'
import {
  type Delivery,
  type SimulatedRecord,
  simulateKafka,
  simulateQueue,
  simulateShard,
} from './support/lambda-simulator.ts'

type Simulated = Script & SimulatedRecord

const named = (scripts: readonly Script[]): Simulated[] => scripts.map((each) => ({ ...each, id: sequenceOf(each) }))

const settings = fc.record({ batchSize: fc.integer({ min: 1, max: 12 }), concurrency: fc.integer({ min: 1, max: 4 }) })
const quarantines = fc.boolean()

/** Nothing is lost: every record is acknowledged or a dead letter, and whatever is acknowledged was done or put into quarantine. */
function expectNothingLost(
  records: readonly Simulated[],
  delivery: Delivery<Simulated>,
  runs: readonly Moment[][],
): void {
  const { acknowledged, deadLetters } = delivery
  const all = [...acknowledged, ...deadLetters].map(({ number }) => number)
  expect(all.sort((left, right) => left - right)).toEqual(records.map(({ number }) => number))
  const finished = new Set(runs.flatMap((run) => numbersOf(run, 'done', 'quarantine')))
  expect(acknowledged.filter(({ number }) => !finished.has(number))).toEqual([])
}

/** In one run, the records of an ordering group begin one after another as they stand, each when the one before it is done, and none after a failure. */
function expectInOrder(run: readonly Moment[], group: readonly Item[]): void {
  const numbers = new Set(group.map(({ number }) => number))
  const moments = run.filter(({ number }) => numbers.has(number))
  const begun = numbersOf(moments, 'begin', 'quarantine')
  expect(begun).toEqual(group.slice(0, begun.length).map(({ number }) => number))
  expect(steps(moments).join(' ')).toMatch(/^(begin done ?)*(begin fail)?$/)
}

/** What handlers did, without what processBatch knows of it. */
function steps(moments: readonly Moment[]): readonly string[] {
  return moments.map(({ what }) => what).filter((what) => ['begin', 'done', 'fail'].includes(what))
}

/** In one run, nothing of a shard begins beyond a failure that is known: Lambda hands all of that over again. */
function expectNothingBeyondFailure(run: readonly Moment[], shard: readonly Item[]): void {
  const numbers = new Set(shard.map(({ number }) => number))
  let failure = Number.POSITIVE_INFINITY
  for (const { what, number } of run.filter((moment) => numbers.has(moment.number))) {
    if (what === 'known') failure = Math.min(failure, number)
    if (what === 'begin' || what === 'quarantine') expect(number).toBeLessThan(failure)
  }
}

const byKey = (batch: readonly Script[]): readonly (readonly Script[])[] =>
  [...new Set(batch.map(({ key }) => key))].map((key) => batch.filter((each) => each.key === key))

describe('queues', () => {
  for (const isFifo of [false, true]) {
    law(
      `${isFifo ? 'FIFO' : 'standard'} queue: every message is handled, quarantined or a dead letter, for any behaviour of handlers`,
      fc.asyncProperty(
        arbitraryScripts(),
        settings,
        quarantines,
        async (scripts, { batchSize, concurrency }, quarantined) => {
          const { runs, next, handler, quarantine } = stage(scripts)
          const messages = named(scripts)
          const delivery = await simulateQueue(messages, { batchSize, maxReceiveCount: 3, isFifo }, async (batch) => {
            next()
            const options = { payload: numberPayload, concurrency, ...(quarantined && { quarantine }) }
            const response = await processBatch(queueEvent(batch, { isFifo }), handler, options)
            const run = runs.at(-1) ?? []
            if (isFifo) for (const group of byKey(batch)) expectInOrder(run, group)
            else {
              const finished = numbersOf(run, 'done', 'quarantine')
              const reported = response.batchItemFailures.map(({ itemIdentifier }) => numberOf(itemIdentifier))
              expect(reported).toEqual(batch.map(({ number }) => number).filter((number) => !finished.includes(number)))
            }
            return response
          })
          expectNothingLost(messages, delivery, runs)
        },
      ),
    )
  }

  law(
    'FIFO queue: a message begins only after all earlier ones of its group are handled, quarantined or dead letters',
    fc.asyncProperty(arbitraryScripts({ poison: false }), settings, async (scripts, { batchSize, concurrency }) => {
      const { runs, next, handler } = stage(scripts)
      const delivery = await simulateQueue(named(scripts), { batchSize, maxReceiveCount: 3, isFifo: true }, (batch) => {
        next()
        return processBatch(queueEvent(batch, { isFifo: true }), handler, { payload: numberPayload, concurrency })
      })
      const dead = new Set(delivery.deadLetters.map(({ number }) => number))
      for (const group of byKey(scripts)) {
        const done = runs
          .flatMap((run) => numbersOf(run, 'done'))
          .filter((number) => group.some((each) => each.number === number))
        expect(done).toEqual(group.map(({ number }) => number).filter((number) => !dead.has(number)))
      }
    }),
  )
})

describe('shards', () => {
  const EVENTS = { Kinesis: kinesisEvent, 'DynamoDB streams': dynamoDBEvent }
  const orders = fc.constantFrom<BatchOrder>('auto', 'strict', 'key', 'none')
  const shardSettings = fc.record({
    batchSize: fc.integer({ min: 1, max: 12 }),
    maximumRetryAttempts: fc.nat(4),
    bisectBatchOnFunctionError: fc.boolean(),
  })

  for (const [name, eventOf] of Object.entries(EVENTS)) {
    law(
      `${name}: every record is handled, quarantined or a dead letter, and one checkpoint is reported: the lowest unfinished`,
      fc.asyncProperty(
        arbitraryScripts(),
        shardSettings,
        orders,
        quarantines,
        async (scripts, shard, order, quarantined) => {
          const { runs, next, handler, quarantine } = stage(scripts)
          const records = named(scripts)
          const delivery = await simulateShard(records, shard, async (batch) => {
            next()
            const options = { payload: numberPayload, order, concurrency: 3, ...(quarantined && { quarantine }) }
            const response = await processBatch(eventOf(batch), handler, options)
            const finished = new Set(numbersOf(runs.at(-1) ?? [], 'done', 'quarantine'))
            const lowest = batch.find(({ number }) => !finished.has(number))
            expect(response.batchItemFailures).toEqual(lowest === undefined ? [] : [{ itemIdentifier: lowest.id }])
            return response
          })
          expectNothingLost(records, delivery, runs)
        },
      ),
    )

    law(
      `${name}: one by one, and no record after the reported failure is handled in that run`,
      fc.asyncProperty(arbitraryScripts(), shardSettings, quarantines, async (scripts, shard, quarantined) => {
        const { runs, next, handler, quarantine } = stage(scripts)
        await simulateShard(named(scripts), shard, async (batch) => {
          next()
          const options = { payload: numberPayload, ...(quarantined && { quarantine }) }
          const response = await processBatch(eventOf(batch), handler, options)
          expectInOrder(runs.at(-1) ?? [], batch)
          return response
        })
      }),
    )

    law(
      `${name}, order key: keys run in parallel, each in order, and no record after a known failure begins`,
      fc.asyncProperty(
        arbitraryScripts(),
        shardSettings,
        fc.integer({ min: 1, max: 4 }),
        async (scripts, shard, concurrency) => {
          const { runs, next, handler, onFailure } = stage(scripts)
          await simulateShard(named(scripts), shard, async (batch) => {
            next()
            const options = { payload: numberPayload, order: 'key', concurrency, onFailure } as const
            const response = await processBatch(eventOf(batch), handler, options)
            const run = runs.at(-1) ?? []
            for (const group of byKey(batch)) expectInOrder(run, group)
            expectNothingBeyondFailure(run, batch)
            return response
          })
        },
      ),
    )
  }
})

describe('deadlines', () => {
  /** The context of an invocation that has time to begin so many records. */
  const timeFor = (records: number) => ({ getRemainingTimeInMillis: () => 1000 + records-- })

  law(
    'deadline: a source that is too large for one invocation is completed, and no record is handled twice',
    fc.asyncProperty(
      fc.nat(30),
      settings,
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      async (count, { batchSize, concurrency }, time, isStream) => {
        const records = named(
          Array.from({ length: count }, (_, number) => ({
            number,
            key: 'a',
            failures: 0,
            failure: 'reject',
            turns: 0,
          })),
        )
        const { runs, next, handler } = stage(records)
        const invoke = (batch: readonly Simulated[]) => {
          next()
          // Asked once when the batch begins, and then before each record.
          const options = { payload: numberPayload, concurrency, context: timeFor(time + 1) }
          return processBatch(isStream ? kinesisEvent(batch) : queueEvent(batch), handler, options)
        }
        const delivery = isStream
          ? await simulateShard(records, { batchSize, maximumRetryAttempts: 0 }, invoke)
          : await simulateQueue(records, { batchSize, maxReceiveCount: 100 }, invoke)
        expect(delivery.deadLetters).toEqual([])
        const done = runs.flatMap((run) => numbersOf(run, 'done')).sort((left, right) => left - right)
        expect(done).toEqual(records.map(({ number }) => number))
      },
    ),
  )
})

describe('Kafka', () => {
  law(
    'Kafka: every record is handled, quarantined or a dead letter, and a partition stops after its failure',
    fc.asyncProperty(
      arbitraryScripts(),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom<BatchOrder>('auto', 'key', 'strict', 'none'),
      quarantines,
      async (scripts, count, order, quarantined) => {
        const { runs, next, handler, quarantine, onFailure } = stage(scripts)
        const records = scripts.map((each) => ({
          ...each,
          id: { partition: `orders-${each.number % count}`, offset: each.number },
        }))
        const partitions = Array.from({ length: count }, (_, number) =>
          records.filter((record) => record.number % count === number),
        )
        const delivery = await simulateKafka(partitions, { batchSize: 6, maximumRetryAttempts: 2 }, async (slices) => {
          next()
          const listeners = quarantined ? { quarantine } : { onFailure }
          const options = { payload: numberPayload, order, concurrency: 3, ...listeners }
          const response = await processBatch(kafkaEvent(slices), handler, options)
          const run = runs.at(-1) ?? []
          const finished = new Set(numbersOf(run, 'done', 'quarantine'))
          const lowest = slices.flatMap((slice) => slice.find(({ number }) => !finished.has(number)) ?? [])
          expect(response.batchItemFailures).toEqual(lowest.map(({ id }) => ({ itemIdentifier: id })))
          for (const slice of slices) if (!quarantined) expectNothingBeyondFailure(run, slice)
          if (order === 'auto') {
            for (const slice of slices) expectInOrder(run, slice)
            expect(steps(run).join(' ')).toMatch(/^(begin (done|fail) ?)*$/)
          }
          if (order === 'key') for (const group of slices.flatMap(byKey)) expectInOrder(run, group)
          return response
        })
        expectNothingLost(records, delivery, runs)
      },
    ),
  )
})
