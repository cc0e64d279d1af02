import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { type CostPart, jobCost, lambdaCost, PRICES, type Prices } from '../../src/limits/index.ts'
import { law } from '../support/law.ts'
import { jobUsage, lambdaUsage, memoryMb } from './support/arbitrary-usage.ts'

const sum = (parts: readonly CostPart[]) => parts.reduce((total, { usd }) => total + usd, 0)
/** Sums of doubles may differ in their last digits. */
const notBelow = (more: number, less: number) => expect(more).toBeGreaterThanOrEqual(less * (1 - 1e-9))
const growth = fc.double({ min: 1, max: 100, noNaN: true })

describe('lambdaCost', () => {
  law(
    'lambdaCost: the parts add up to the whole, none is negative, and each name occurs once',
    fc.property(lambdaUsage, (usage) => {
      const { usd, parts } = lambdaCost(usage)
      expect(sum(parts)).toBe(usd)
      expect(parts.every((part) => part.usd >= 0)).toBe(true)
      expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length)
    }),
  )

  law(
    'lambdaCost: more memory, time, initialization, requests or /tmp never costs less',
    fc.property(lambdaUsage, growth, memoryMb, fc.integer({ min: 512, max: 10_240 }), (usage, factor, memory, tmp) => {
      const { usd } = lambdaCost(usage)
      notBelow(lambdaCost({ ...usage, memoryMb: Math.max(memory, usage.memoryMb) }).usd, usd)
      notBelow(lambdaCost({ ...usage, ms: usage.ms * factor }).usd, usd)
      notBelow(lambdaCost({ ...usage, initMs: (usage.initMs ?? 0) + factor }).usd, usd)
      notBelow(lambdaCost({ ...usage, invocations: usage.invocations * factor }).usd, usd)
      notBelow(lambdaCost({ ...usage, ephemeralMb: Math.max(tmp, usage.ephemeralMb ?? 512) }).usd, usd)
    }),
  )

  law(
    'lambdaCost: arm64 never costs more than x86_64, and no tier costs more than the first',
    fc.property(lambdaUsage, ({ provisioned: _, ...usage }) => {
      const arm = lambdaCost({ ...usage, architecture: 'arm64' })
      notBelow(lambdaCost({ ...usage, architecture: 'x86_64' }).usd, arm.usd)
      const flat = [0.0000133334, 0.0000133334, 0.0000133334]
      const lambdaUsdPerGbSecond = { arm64: flat, x86_64: flat }
      notBelow(lambdaCost({ ...usage, architecture: 'arm64' }, { lambdaUsdPerGbSecond }).usd, arm.usd)
    }),
  )

  law(
    'lambdaCost, jobCost: prices of 0 cost 0, and a higher price never costs less',
    fc.property(
      jobUsage,
      growth,
      fc.constantFrom(...(Object.keys(PRICES) as (keyof Prices)[]).filter((name) => name.includes('Usd'))),
      (usage, factor, name) => {
        const scale = (price: unknown, by: number): unknown => {
          if (typeof price === 'number') return price * by
          if (Array.isArray(price)) return price.map((one) => scale(one, by))
          return Object.fromEntries(Object.entries(Object(price)).map(([key, value]) => [key, scale(value, by)]))
        }
        const free = Object.fromEntries(Object.entries(PRICES).map(([key, price]) => [key, scale(price, 0)]))
        expect(jobCost(usage, free).usd).toBe(0)
        notBelow(jobCost(usage, { [name]: scale(PRICES[name], factor) }).usd, jobCost(usage).usd)
      },
    ),
  )
})

describe('jobCost', () => {
  law(
    'jobCost: the parts add up to the whole, as does the price per GB times the GBs',
    fc.property(jobUsage, (usage) => {
      const { usd, usdPerGb, parts, seconds, secondsPerFile } = jobCost(usage)
      expect(sum(parts)).toBe(usd)
      expect(usdPerGb * (usage.bytesIn / 1e9)).toBeCloseTo(usd, 9 - Math.ceil(Math.log10(usd + 1)))
      expect(secondsPerFile * usage.files).toBeCloseTo(seconds, 9 - Math.ceil(Math.log10(seconds + 1)))
    }),
  )

  law(
    'jobCost: more bytes in or out, more memory or a slower job never costs less',
    fc.property(jobUsage, fc.nat(1e12), memoryMb, growth, (usage, bytes, memory, factor) => {
      const { usd } = jobCost(usage)
      notBelow(jobCost({ ...usage, bytesIn: usage.bytesIn + bytes }).usd, usd)
      notBelow(jobCost({ ...usage, bytesOut: usage.bytesOut + bytes }).usd, usd)
      notBelow(jobCost({ ...usage, memoryMb: Math.max(memory, usage.memoryMb) }).usd, usd)
      notBelow(jobCost({ ...usage, mbPerSecond: usage.mbPerSecond / factor }).usd, usd)
    }),
  )

  law(
    'lambdaCost, jobCost: any input returns a finite cost or throws a typed error',
    fc.property(
      fc.anything(),
      fc.anything(),
      fc.dictionary(
        fc.constantFrom('ms', 'memoryMb', 'invocations', 'bytesIn', 'bytesOut', 'files', 'mbPerSecond'),
        fc.oneof(fc.double(), fc.constant(1024)),
      ),
      (usage, prices, numbers) => {
        for (const cost of [lambdaCost, jobCost] as ((usage: never, prices: never) => { usd: number })[]) {
          for (const one of [usage, numbers]) {
            try {
              expect(Number.isFinite(cost(one as never, prices as never).usd)).toBe(true)
            } catch (error) {
              if (!isMillraceError(error)) throw error
            }
          }
        }
      },
    ),
    { runs: 1000 },
  )
})
