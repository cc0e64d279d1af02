import { describe, expect, test } from 'vitest'
import type { GatherStore } from '../../../src/fanout/gather/gather-store.ts'
import { memoryGather } from '../../../src/fanout/gather/memory-gather.ts'
import { gatherLaws, type MakeGatherStore } from '../../../src/testing/gather/gather-laws.ts'
import { endOnFailure, failureOf, SEED, testArguments, testSeeds } from '../support/laws-under-test.ts'

endOnFailure()

/** A store in memory whose requests go over the wire, with some of its methods replaced. */
const changed = (change: (store: GatherStore) => Partial<GatherStore>) => (): MakeGatherStore => {
  const store = memoryGather()
  const made = { ...store, ...change(store) }
  return (wire) => ({
    arrive: (run, part, text) => wire(() => made.arrive(run, part, text)),
    results: (run) => made.results(run),
  })
}

interface FaultyStore {
  readonly fault: string
  /** Index of the law that must notice it. */
  readonly law: 0 | 1 | 2
  readonly make: () => MakeGatherStore
  readonly shows: RegExp
}

const FAULTY: readonly FaultyStore[] = [
  {
    fault: 'accepts another number of parts',
    law: 0,
    make: changed(({ arrive }) => ({ arrive: (run, part, text) => arrive({ ...run, parts: 1 }, part, text) })),
    shows: /Missing expected rejection/,
  },
  {
    fault: 'refuses another number of parts by an error of its own',
    law: 0,
    make: changed(({ arrive }) => ({
      arrive: (run, part, text) =>
        arrive(run, part, text).catch(() => {
          throw new Error('conflict')
        }),
    })),
    shows: /validation function is expected to return "true"/,
  },
  {
    fault: 'keeps the result of a call with another number of parts',
    law: 0,
    make: changed(({ arrive }) => {
      const parts = new Map<string, number>()
      return {
        arrive: (run, part, text) => {
          if (!parts.has(run.run)) parts.set(run.run, run.parts)
          const stored = arrive({ ...run, parts: parts.get(run.run) ?? 0 }, part, text)
          return stored.then((count) => (parts.get(run.run) === run.parts ? count : arrive(run, part, text)))
        },
      }
    }),
    shows: /deep(?:ly)?[ -]equal/,
  },
  {
    fault: 'counts a part twice',
    law: 0,
    make: changed(({ arrive }) => {
      let calls = 0
      return { arrive: async (run, part, text) => Math.max(await arrive(run, part, text), ++calls) }
    }),
    shows: /deep(?:ly)?[ -]equal/,
  },
  {
    fault: 'keeps the last result of a part',
    law: 0,
    make: changed(({ arrive, results }) => {
      const texts = new Map<string, string>()
      return {
        arrive: (run, part, text) => {
          if (run.parts > 0) texts.set(`${run.run} ${part}`, text)
          return arrive(run, part, text)
        },
        results: async function* (run) {
          for await (const { part } of results(run)) yield { part, text: texts.get(`${run.run} ${part}`) ?? '' }
        },
      }
    }),
    shows: /deep(?:ly)?[ -]equal/,
  },
  {
    fault: 'loses results',
    law: 0,
    make: changed(() => ({ results: async function* () {} })),
    shows: /deep(?:ly)?[ -]equal/,
  },
  {
    fault: 'reports results in the order of arrival',
    law: 0,
    make: changed(({ arrive, results }) => {
      const order: number[] = []
      return {
        arrive: (run, part, text) => {
          order.push(part)
          return arrive(run, part, text)
        },
        results: async function* (run) {
          const found = new Map<number, string>()
          for await (const { part, text } of results(run)) found.set(part, text)
          for (const part of new Set(order)) if (found.has(part)) yield { part, text: found.get(part) ?? '' }
        },
      }
    }),
    shows: /deep(?:ly)?[ -]equal/,
  },
  {
    fault: 'rejects a large result',
    law: 0,
    make: changed(({ arrive }) => ({
      arrive: (run, part, text) =>
        text.length > 40_000 ? Promise.reject(new Error('too large')) : arrive(run, part, text),
    })),
    shows: /too large/,
  },
  {
    fault: 'counts a request that is sent again',
    law: 1,
    make: changed(({ arrive }) => {
      const calls = new Map<string, number>()
      return {
        arrive: async (run, part, text) => {
          calls.set(run.run, (calls.get(run.run) ?? 0) + 1)
          const count = await arrive(run, part, text)
          return calls.get(run.run) === 2 ? count + 1 : count
        },
      }
    }),
    shows: /deep(?:ly)?[ -]equal/,
  },
  {
    fault: 'tells nobody that the run is complete',
    law: 2,
    make: changed(({ arrive }) => ({
      arrive: async (run, part, text) => {
        const count = await arrive(run, part, text)
        return text === '"late"' ? count : Math.min(count, run.parts - 1)
      },
    })),
    shows: /all parts have arrived, but no worker was informed|a part that has arrived is not counted/,
  },
  {
    fault: 'counts fewer parts than have arrived',
    law: 2,
    make: changed(({ arrive }) => ({
      arrive: async (run, part, text) => {
        const count = await arrive(run, part, text)
        return count === run.parts || count < 2 ? count : 1
      },
    })),
    shows: /a part that has arrived is not counted/,
  },
  {
    fault: 'mixes up the results of parts',
    law: 2,
    make: changed(({ results }) => ({
      results: async function* (run) {
        let last: string | undefined
        for await (const { part, text } of results(run)) {
          yield { part, text: last ?? text }
          last = text
        }
      },
    })),
    shows: /strictly equal/,
  },
  {
    fault: 'forgets a part',
    law: 2,
    make: changed(({ results }) => ({
      results: async function* (run) {
        for await (const each of results(run)) if (each.part !== 1) yield each
      },
    })),
    shows: /deep(?:ly)?[ -]equal/,
  },
  {
    fault: 'forgets a complete run',
    law: 2,
    make: changed(({ arrive }) => ({
      arrive: async (run, part, text) => (text === '"late"' ? 1 : arrive(run, part, text)),
    })),
    shows: /deep(?:ly)?[ -]equal/,
  },
  {
    fault: 'lets a late result replace the first',
    law: 2,
    make: changed(({ arrive, results }) => {
      const late = new Set<string>()
      return {
        arrive: (run, part, text) => {
          if (text === '"late"') late.add(run.run)
          return arrive(run, part, text)
        },
        results: async function* (run) {
          for await (const each of results(run))
            yield each.part === 0 && late.has(run.run) ? { part: 0, text: '"late"' } : each
        },
      }
    }),
    shows: /deep(?:ly)?[ -]equal/,
  },
]

describe('a store of gather is refused that', () => {
  test.each(FAULTY)('$fault', async ({ law, make, shows }) => {
    const failure = await failureOf(gatherLaws(make(), { runs: 200, seed: SEED })[law])
    expect(failure).toMatch(shows)
    expect(failure).toContain(`seed: ${SEED}`)
  })
})

test('a store that sends another request after it has counted is accepted', async () => {
  const store = memoryGather()
  const makeStore: MakeGatherStore = (wire) => ({
    ...store,
    arrive: async (run, part, text) => {
      const count = await wire(() => store.arrive(run, part, text))
      await wire(async () => {})
      return count
    },
  })
  for (const { run } of gatherLaws(makeStore, { runs: 200, seed: SEED })) await run()
})

testArguments('gatherLaws', gatherLaws)

/** Everything that a law asks of a store and hears from it, with random names by their order. */
async function heard(law: number, seed?: number): Promise<string> {
  const lines: string[] = []
  const store = memoryGather()
  const makeStore: MakeGatherStore = (wire) => ({
    arrive: async (run, part, text) => {
      lines.push(`arrive ${JSON.stringify([run, part, text])}`)
      // Three requests, so that a worker may die between any two of them.
      const none = async (): Promise<void> => {}
      await wire(none)
      lines.push('begins')
      const count = await wire(async () => {
        const stored = await store.arrive(run, part, text)
        lines.push(`arrived ${stored}`)
        return stored
      })
      lines.push('goes on')
      await wire(none)
      lines.push('ends')
      return count
    },
    results: (run) => {
      lines.push(`results ${JSON.stringify(run)}`)
      return store.results(run)
    },
  })
  const laws = gatherLaws(makeStore, { runs: 40, ...(seed !== undefined && { seed }) })
  await laws[law]?.run()
  return lines.join('\n')
}

testSeeds(heard, ['bee784c133244466', '4cf88412e8bcd058', '11aaf63a96bd66ea'])
