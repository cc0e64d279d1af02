import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { chooseEngine } from '../../src/limits/index.ts'
import { law } from '../support/law.ts'
import { engineJob } from './support/arbitrary-usage.ts'

describe('chooseEngine', () => {
  law(
    'chooseEngine: every decision has the number that decided, and its comparison is correct',
    fc.property(engineJob, (job) => {
      const { engine, because, candidates } = chooseEngine(job)
      const chosen = candidates.findIndex((one) => one.engine === engine)
      expect(because.slice(-(candidates[chosen]?.why.length ?? 0))).toEqual(candidates[chosen]?.why)
      expect(because.length).toBe(chosen + (candidates[chosen]?.why.length ?? 0))
      for (const [index, reason] of because.entries()) {
        if (index < chosen) expect(reason.holds).toBe(false)
        expect(Number.isFinite(reason.actual) && Number.isFinite(reason.limit)).toBe(true)
        expect(reason.message).toMatch(/\d/)
        const isWithin = reason.actual <= reason.limit
        expect(reason.holds).toBe(engine === 'emr' && index >= chosen ? !isWithin : isWithin)
      }
    }),
  )

  law(
    'chooseEngine: the first engine that fits is chosen, or Batch if none does; a candidate fits if all of its reasons hold',
    fc.property(engineJob, (job) => {
      const { engine, candidates } = chooseEngine(job)
      expect(candidates.map((one) => one.engine)).toEqual(['lambda', 'distributed-map', 'batch', 'emr'])
      expect(engine).toBe(candidates.find(({ fits }) => fits)?.engine ?? 'batch')
      for (const { fits, why, usd, seconds } of candidates) {
        expect(fits).toBe(why.every(({ holds }) => holds))
        expect(usd === undefined || (Number.isFinite(usd) && usd >= 0)).toBe(true)
        expect(Number.isFinite(seconds)).toBe(true)
      }
    }),
  )

  law(
    'chooseEngine: a faster function never makes Lambda or a Distributed Map stop fitting; more bytes never make them fit',
    fc.property(engineJob, fc.double({ min: 1, max: 100, noNaN: true }), fc.nat(1e12), (job, factor, bytes) => {
      const fits = (one: typeof job) => chooseEngine(one).candidates.map((candidate) => candidate.fits)
      const now = fits(job)
      const faster = fits({ ...job, mbPerSecond: job.mbPerSecond * factor })
      const larger = fits({ ...job, totalBytes: job.totalBytes + bytes, largestBytes: job.largestBytes + bytes })
      for (const index of [0, 1]) {
        if (now[index] === true) expect(faster[index]).toBe(true)
        if (larger[index] === true) expect(now[index]).toBe(true)
      }
    }),
  )
})
