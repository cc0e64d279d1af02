import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../../src/idempotency/memory-store.ts'
import { type StoreLaw, storeLaws } from '../../../src/testing/index.ts'
import { endOnFailure, failureOf, SEED, testArguments, testSeeds } from '../support/laws-under-test.ts'
import { FAULTY_STORES } from './faulty-stores.ts'

endOnFailure()

describe('a store is refused that', () => {
  test.each(FAULTY_STORES)('$fault', async ({ law, make, shows }) => {
    const failure = await failureOf(storeLaws(make(), { runs: law === 2 ? 1000 : 300, seed: SEED })[law])
    expect(failure).toMatch(shows)
    expect(failure).toContain(`seed: ${SEED}`)
  })
})

test('a failure shows the history, call by call', async () => {
  const histories = FAULTY_STORES.filter(({ law }) => law < 2)
  const failures = await Promise.all(
    histories.map(({ law, make }) => failureOf(storeLaws(make(), { runs: 300, seed: SEED })[law])),
  )
  const shown = failures.map((failure) => /^Counterexample: (.*)$/m.exec(failure)?.[1]).join('\n')
  for (const call of [
    /claim\(\{"actor":\d,"key":\d,"policy":"\w+","print":"[pq]","token":"[\w-]+"\}\)/,
    /renew\(\d, \d+ ms\)/,
    /complete\(\d\)/,
    /release\(\d\)/,
    /crash\(\d\)/,
    /advance\(\d+ ms\)/,
    /skew\(\d, -?\d+ ms\)/,
  ])
    expect(shown).toMatch(call)
})

testArguments('storeLaws', storeLaws)

/** Everything that a law asks of a store and hears from it. */
async function heard(law: number, seed?: number): Promise<string> {
  const lines: string[] = []
  const store = memoryStore()
  const laws: readonly StoreLaw[] = storeLaws(
    (wire) => {
      const send = <T>(name: string, given: readonly unknown[], request: () => Promise<T>): Promise<T> => {
        lines.push(`${name} ${JSON.stringify(given)}`)
        return wire(async () => {
          const answer = request()
          const [settled] = await Promise.allSettled([answer])
          lines.push(`${name}: ${JSON.stringify(settled.status === 'fulfilled' ? settled.value : settled.reason)}`)
          return answer
        })
      }
      return {
        claim: (request) => send('claim', [request], () => store.claim(request)),
        renew: (lease, until) => send('renew', [lease, until], () => store.renew(lease, until)),
        complete: (lease, outcome, at) =>
          send('complete', [lease, outcome, at], async () => store.complete(lease, outcome, at)),
        release: (lease) => send('release', [lease], () => store.release(lease)),
      }
    },
    { runs: 40, ...(seed !== undefined && { seed }) },
  )
  await laws[law]?.run()
  return lines.join('\n')
}

testSeeds(heard, ['0474bb460cfc6000', '3638625282cbd56b', 'feb95f45f8c90e52'])
