import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { isMillraceError } from '../../errors.ts'
import { type Arrival, gather, type Json, type PartResult } from '../../fanout/gather/gather.ts'
import type { GatherStore } from '../../fanout/gather/gather-store.ts'
import { jsonText } from '../../fanout/gather/json-text.ts'
import { checkLaws } from '../check-laws.ts'
import type { StoreLaw, StoreLawOptions, Wire } from '../store/store-laws.ts'

/** Creates a store. All created stores share their runs. A store that sends each of its requests over the wire is tested more thoroughly. */
export type MakeGatherStore = (wire: Wire) => GatherStore

/** One step of a history: a worker arrives with a result; its response may be lost, or it may die during the call. */
interface Step {
  readonly part: number
  readonly result: Json
  /** True for another number of parts than the run's. */
  readonly isForeign: boolean
}

const direct: Wire = (request) => request()

/** Execute every request, lose its response, and send it again, as a client does when a connection breaks. */
const repeated: Wire = async (request) => {
  await request().catch(() => {})
  return request()
}

/** Stores that treat small and large results differently get both in one run. */
const LARGE = 'x'.repeat(40_000)
const START_MS = 1_700_000_000_000

/**
 * Create the laws that every store of `gather` must satisfy, for `test.each` of any test runner: repeated arrivals and
 * with other results, calls with another number of parts, requests sent twice, workers that die between any two
 * requests, and races of all workers in every order.
 *
 * @param makeStore - see {@link MakeGatherStore}.
 * @param options.runs - histories and schedules for each law. Default 100.
 * @returns the laws; each runs `runs` histories of up to 20 arrivals.
 * @example
 * const store = memoryGather()
 * const laws = gatherLaws(() => store, { runs: 5 })
 * for (const { run } of laws) await run()
 * laws.length // => 3
 */
export function gatherLaws(makeStore: MakeGatherStore, options: StoreLawOptions = {}): StoreLaw[] {
  checkLaws('gatherLaws', makeStore, options)
  const { runs = 100, seed } = options
  const law = (name: string, property: fc.IAsyncProperty<unknown>): StoreLaw => ({
    name,
    run: () => fc.assert(property, { numRuns: runs, ...(seed !== undefined && { seed }) }),
  })
  const history = (wire: Wire) =>
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), arbitrarySteps(), (parts, steps) =>
      followSteps(makeStore(wire), parts, steps),
    ) as fc.IAsyncProperty<unknown>
  return [
    law(
      'each part has its first result, is counted once, and a call with another number of parts changes nothing',
      history(direct),
    ),
    law('the same when every response is lost and every request sent again', history(repeated)),
    law(
      'in any order of requests, with workers that run twice or die: a run is reported complete only once all parts have arrived, and then to every worker',
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 4 }),
        fc.array(arbitraryWorker(), { maxLength: 6 }),
        (s, parts, workers) => raceWorkers(makeStore, s, parts, workers),
      ) as fc.IAsyncProperty<unknown>,
    ),
  ]
}

function arbitrarySteps(): fc.Arbitrary<Step[]> {
  const result = fc.oneof(fc.record({ rows: fc.nat() }), fc.jsonValue() as fc.Arbitrary<Json>, fc.constant(LARGE))
  return fc.array(fc.record({ part: fc.nat(5), result, isForeign: fc.nat(9).map((n) => n === 0) }), { maxLength: 20 })
}

async function followSteps(store: GatherStore, parts: number, steps: readonly Step[]): Promise<void> {
  const run = randomUUID()
  const now = (): number => START_MS
  const barrier = gather({ store, run, parts, now })
  const model = new Map<number, Json>()
  for (const { part: anyPart, result, isForeign } of steps) {
    const part = anyPart % parts
    if (isForeign && model.size > 0) {
      const other = gather({ store, run, parts: parts + 1, now })
      await assert.rejects(other.arrive(part, result), (error) => isMillraceError(error, 'SPLIT_MISMATCH'))
      continue
    }
    if (!model.has(part)) model.set(part, JSON.parse(jsonText(result)))
    assert.deepEqual(await barrier.arrive(part, result), { arrived: model.size, isComplete: model.size === parts })
  }
  const expected = [...model].sort(([a], [b]) => a - b).map(([part, result]) => ({ part, result }))
  assert.deepEqual(await resultsOf(barrier), expected)
}

interface Worker {
  readonly part: number
  /** Dies after a number of requests, without the response to the last. */
  readonly diesAfter: number
}

function arbitraryWorker(): fc.Arbitrary<Worker> {
  return fc.record({ part: fc.nat(3), diesAfter: fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY) })
}

/** Run a surviving worker for each part, and others that repeat a part or die, in any order of the scheduler. */
async function raceWorkers(
  makeStore: MakeGatherStore,
  s: fc.Scheduler,
  parts: number,
  others: readonly Worker[],
): Promise<void> {
  const run = randomUUID()
  const arrivals: Arrival[] = []
  const finished = new Set<number>()
  const now = (): number => START_MS
  const work = ({ part, diesAfter }: Worker, id: number): Promise<void> => {
    let requests = 0
    /** Parts whose workers had their response when the first request was executed: a store may count at any of its requests. */
    let known = 0
    let onDeath: () => void = () => {}
    const death = new Promise<void>((resolve) => {
      onDeath = resolve
    })
    const wire: Wire = async (request) => {
      await s.schedule(Promise.resolve(), `${id} sends`)
      if (requests === 0) known = finished.size
      const answer = await request().then(
        (value) => () => value,
        (error: unknown) => () => {
          throw error
        },
      )
      await s.schedule(Promise.resolve(), `${id} is answered`)
      requests++
      if (requests < diesAfter) return answer()
      onDeath()
      return new Promise(() => {})
    }
    const arriving = gather({ store: makeStore(wire), run, parts, now })
      .arrive(part, { id, part })
      .then((arrival) => {
        assert(arrival.arrived >= known, 'a part that has arrived is not counted')
        finished.add(part)
        arrivals.push(arrival)
      })
    return Promise.race([arriving, death])
  }
  const workers = others.map(({ part, diesAfter }) => ({ part: part % parts, diesAfter }))
  for (let part = 0; part < parts; part++) workers.push({ part, diesAfter: Number.POSITIVE_INFINITY })
  await s.waitFor(Promise.all(workers.map(work)))

  assert(
    arrivals.some(({ isComplete }) => isComplete),
    'all parts have arrived, but no worker was informed',
  )
  for (const { arrived, isComplete } of arrivals) assert.equal(isComplete, arrived === parts)
  const barrier = gather({ store: makeStore(direct), run, parts, now })
  const results = await resultsOf(barrier)
  assert.deepEqual(
    results.map(({ part }) => part),
    Array.from({ length: parts }, (_, part) => part),
  )
  for (const { part, result } of results) assert.equal((result as { readonly part: number }).part, part)
  assert.deepEqual(await barrier.arrive(0, 'late'), { arrived: parts, isComplete: true })
  assert.deepEqual(await resultsOf(barrier), results)
}

async function resultsOf(barrier: { results(): AsyncIterable<PartResult> }): Promise<PartResult[]> {
  const results: PartResult[] = []
  for await (const each of barrier.results()) results.push(each)
  return results
}
