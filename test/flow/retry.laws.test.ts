import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { isTransientError, retry } from '../../src/flow/index.ts'
import { law } from '../support/law.ts'

const throttled = () => Object.assign(new Error('slow down'), { name: 'ThrottlingException' })

const settings = fc.record({
  failures: fc.nat(8),
  attempts: fc.integer({ min: 1, max: 6 }),
  baseMs: fc.nat(500),
  maxMs: fc.nat(5000),
  random: fc.double({ min: 0, max: 1, noNaN: true }),
})

describe('retry', () => {
  law(
    'retry: never more calls than attempts, never more than needed, and each wait is within its jitter',
    fc.asyncProperty(settings, async ({ failures, attempts, baseMs, maxMs, random }) => {
      const waits: number[] = []
      const seen: number[] = []
      const work = async ({ attempt }: { attempt: number }) => {
        seen.push(attempt)
        if (attempt <= failures) throw throttled()
        return 'done'
      }
      const sleep = async (ms: number) => waits.push(ms)
      const outcome = await retry(work, { attempts, baseMs, maxMs, random: () => random, sleep }).catch(
        (error) => error,
      )
      const calls = Math.min(failures + 1, attempts)
      expect(seen).toEqual(Array.from({ length: calls }, (_, call) => call + 1))
      expect(waits).toEqual(seen.slice(1).map((_, n) => random * Math.min(maxMs, baseMs * 2 ** n)))
      expect(outcome === 'done').toBe(failures < attempts)
      if (outcome !== 'done') {
        expect(isMillraceError(outcome, 'RETRY_EXHAUSTED')).toBe(true)
        expect(outcome.cause.name).toBe('ThrottlingException')
      }
    }),
  )

  law(
    'retry: any error that is not retryable is rethrown unchanged, after one call',
    fc.asyncProperty(fc.anything(), async (thrown) => {
      let calls = 0
      const work = () => {
        calls++
        throw thrown
      }
      const outcome = await retry(work, { isRetryable: () => false }).then(
        () => ({ thrown: undefined, isThrown: false }),
        (error: unknown) => ({ thrown: error, isThrown: true }),
      )
      expect([calls, outcome.isThrown, Object.is(outcome.thrown, thrown)]).toEqual([1, true, true])
    }),
  )

  law(
    'retry: a signal that aborts at any moment ends it with its reason, and no later call begins',
    fc.asyncProperty(fc.scheduler(), fc.nat(6), async (scheduler, step) => {
      const controller = new AbortController()
      const reason = new Error('enough')
      let [moment, callsAfter] = [0, 0]
      const pass = async (): Promise<void> => {
        if (moment++ === step) controller.abort(reason)
        await scheduler.schedule(Promise.resolve())
      }
      const work = async () => {
        if (controller.signal.aborted) callsAfter++
        await pass()
        throw throttled()
      }
      const retried = retry(work, { attempts: 4, signal: controller.signal, sleep: pass }).catch(
        (error: unknown) => error,
      )
      const outcome = await scheduler.waitFor(retried)
      expect(callsAfter).toBe(0)
      expect(outcome).toBe(reason)
    }),
  )

  law(
    'isTransientError: returns a boolean for any value, and never throws',
    fc.property(fc.anything({ withNullPrototype: true }), fc.anything(), (value, cause) => {
      expect(typeof isTransientError(value)).toBe('boolean')
      expect(isTransientError(new Error('x', { cause }))).toBe(isTransientError(cause))
    }),
  )
})
