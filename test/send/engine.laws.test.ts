import fc from 'fast-check'
import { expect } from 'vitest'
import { law } from '../support/law.ts'
import {
  arbitraryCase,
  MODEL_LIMITS,
  type ModelCase,
  type ModelRun,
  runCase,
  SOURCE_ERROR,
} from './support/send-model.ts'

const runs = 1000
const cases = (check: (run: ModelRun, one: ModelCase) => void, aborts = false) =>
  fc.asyncProperty(arbitraryCase(aborts), fc.scheduler(), async (one, scheduler) => {
    check(await runCase(one, scheduler), one)
  })
const holdsKeys = ({ options }: ModelCase): boolean => options.order !== 'none'
const statusOf = ({ outcomes }: ModelRun) => new Map(outcomes.map(({ index, status }) => [index, status]))

for (const aborts of [false, true]) {
  const when = aborts ? ', also if the call is aborted' : ''

  law(
    `send: every entry read has exactly one outcome, in input order, and the counts add up${when}`,
    cases((run, { source, throwsAfter, entries, fates }) => {
      expect(run.outcomes.map(({ index }) => index)).toEqual(run.outcomes.map((_, index) => index))
      for (const { index, entry } of run.outcomes) expect(entry).toBe(run.entries[index])
      const isBroken = run.thrown === SOURCE_ERROR
      expect(run.thrown).toBe(isBroken ? SOURCE_ERROR : undefined)
      const isLeft = aborts || fates.some(({ kind }) => kind === 'refuses')
      if (!isLeft)
        expect(isBroken).toBe(source !== 'array' && throwsAfter !== undefined && throwsAfter < entries.length)
      // An asynchronous source that is left may yield one more entry, which has no outcome.
      const taken = source === 'array' ? entries.length : run.yielded
      expect(taken - run.outcomes.length).toBeOneOf(isLeft && source === 'async' ? [0, 1] : [0])
      if (run.report === undefined) return
      const { sent, refused, failed, unknown, requests, retries } = run.report
      expect(sent + refused + failed + unknown).toBe(run.outcomes.length)
      expect({ sent, refused, failed, unknown }).toEqual(countStatuses(run))
      expect(requests).toBe(run.requests.length)
      const carried = run.requests.flat().length
      expect(retries).toBe(carried - new Set(run.requests.flat().map(({ id }) => id)).size)
      const bytes = run.outcomes.reduce((sum, { status, entry }) => sum + (status === 'sent' ? entry.bytes : 0), 0)
      expect(run.report.bytes).toBe(bytes)
    }, aborts),
    { runs },
  )

  law(
    `send: sent entries are stored, failed and refused ones are not, and an entry that once got no response is sent or unknown${when}`,
    cases((run) => {
      const stored = new Set(run.stored.map(({ id }) => id))
      for (const { index, status, attempts } of run.outcomes) {
        if (status === 'sent') expect(stored.has(index)).toBe(true)
        if (status === 'refused' || status === 'failed') expect(stored.has(index)).toBe(false)
        if (status === 'refused') expect(attempts).toBe(0)
        if (run.unanswered.has(index)) expect(['sent', 'unknown']).toContain(status)
        expect(attempts).toBe(run.requests.filter((request) => request.some(({ id }) => id === index)).length)
      }
    }, aborts),
    { runs },
  )

  law(
    `send: within a key no entry overtakes another, one is in flight, and entries after an unsent one are not sent${when}`,
    cases((run, one) => {
      if (!holdsKeys(one)) return
      const statuses = statusOf(run)
      for (const key of new Set(run.entries.map((entry) => entry.key))) {
        if (key === undefined) continue
        const stored = run.stored.filter((entry) => entry.key === key).map(({ id }) => id)
        expect(stored).toEqual(stored.toSorted((left, right) => left - right))
        for (const request of run.requests)
          expect(request.filter((entry) => entry.key === key).length).toBeLessThanOrEqual(1)
        const own = run.entries.filter((entry) => entry.key === key && statuses.get(entry.id) !== 'refused')
        const first = own.findIndex(({ id }) => statuses.get(id) === 'failed' || statuses.get(id) === 'unknown')
        if (first < 0) continue
        for (const { id } of own.slice(first + 1)) {
          expect(run.outcomes[id] ?? { status: 'failed', attempts: 0 }).toMatchObject({ status: 'failed', attempts: 0 })
        }
      }
    }, aborts),
    { runs },
  )

  law(
    `send: no request exceeds its limits, and requests, attempts and pending entries are bounded${when}`,
    cases((run, { options }) => {
      const { concurrency = 4, maxEntries = 4, attempts = 5, maxPending = 4 * concurrency * maxEntries } = options
      for (const request of run.requests) {
        expect(request.length).toBeGreaterThan(0)
        expect(request.length).toBeLessThanOrEqual(maxEntries)
        expect(request.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(MODEL_LIMITS.maxBytes)
        for (const entry of request) expect(entry).toEqual(run.entries[entry.id])
      }
      expect(run.mostInFlight).toBeLessThanOrEqual(concurrency)
      expect(run.mostPending).toBeLessThanOrEqual(maxPending)
      // Once more alone, after a request was refused for what was in it.
      for (const outcome of run.outcomes) expect(outcome.attempts).toBeLessThanOrEqual(attempts + 1)
    }, aborts),
    { runs },
  )

  law(
    `send: with atMostOnce, an entry that may be stored is never resent, unless the service deduplicates it${when}`,
    cases((run, { options }) => {
      if (options.atMostOnce !== true) return
      const counts = new Map<number, number>()
      for (const { id } of run.stored) counts.set(id, (counts.get(id) ?? 0) + 1)
      for (const [id, times] of counts) if (!run.entries[id]?.isRepeatable) expect(times).toBe(1)
    }, aborts),
    { runs },
  )
}

law(
  'send: a source that is not read to its end is closed',
  cases((run, { source }) => {
    if (source === 'iterable' && run.yielded > 0) expect(run.isClosed).toBe(true)
  }, true),
  { runs },
)

law(
  'send: if every request gets a response, requests are as few as the limits allow',
  fc.asyncProperty(arbitraryCase(), fc.scheduler(), async (one, scheduler) => {
    const free = {
      ...one,
      fates: [],
      options: { ...one.options, order: 'none' as const, maxPending: 1000 },
      throwsAfter: undefined,
    }
    const run = await runCase(free, scheduler)
    const { maxEntries = 4 } = one.options
    let expected = 0
    let [count, bytes] = [maxEntries, 0]
    for (const entry of run.entries.filter(({ isBad, bytes: own }) => !isBad && own <= MODEL_LIMITS.maxEntryBytes)) {
      if (count === maxEntries || bytes + entry.bytes > MODEL_LIMITS.maxBytes) {
        expected++
        count = 0
        bytes = 0
      }
      count++
      bytes += entry.bytes
    }
    if (one.source !== 'async') expect(run.requests).toHaveLength(expected)
    expect(run.report?.failed).toBe(0)
  }),
  { runs },
)

function countStatuses({ outcomes }: ModelRun) {
  const counts = { sent: 0, refused: 0, failed: 0, unknown: 0 }
  for (const { status } of outcomes) counts[status]++
  return counts
}
