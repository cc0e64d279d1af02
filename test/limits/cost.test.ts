import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { ENGINE_LIMITS, jobCost, LAMBDA_LIMITS, lambdaCost, PRICES, sourceOf } from '../../src/limits/index.ts'

const part = (parts: readonly { name: string; usd: number }[], name: string) =>
  parts.find((one) => one.name === name)?.usd

describe('lambdaCost', () => {
  test('a million runs of 100 ms at 1 GB: 100,000 GB-seconds and a million requests', () => {
    const { usd, gbSeconds, parts } = lambdaCost({ invocations: 1e6, ms: 100, memoryMb: 1024 })
    expect(gbSeconds).toBeCloseTo(100_000)
    expect(part(parts, 'duration')).toBeCloseTo(1.33334)
    expect(part(parts, 'requests')).toBeCloseTo(0.2)
    expect(usd).toBeCloseTo(1.53334)
    expect(lambdaCost({ invocations: 1e6, ms: 100, memoryMb: 1024, architecture: 'x86_64' }).usd).toBeCloseTo(1.86667)
  })

  test('initialization is billed like running time', () => {
    const warm = lambdaCost({ invocations: 1e6, ms: 100, memoryMb: 1024 })
    const cold = lambdaCost({ invocations: 1e6, ms: 100, initMs: 100, memoryMb: 1024 })
    expect(part(cold.parts, 'init')).toBeCloseTo(1.33334)
    expect(cold.usd - warm.usd).toBeCloseTo(1.33334)
  })

  test('tiers: the first 7.5 billion GB-seconds of a month at the first price, the rest at the next ones', () => {
    const usage = { invocations: 20e9, ms: 1000, memoryMb: 1024 }
    expect(part(lambdaCost(usage).parts, 'duration')).toBeCloseTo(
      7.5e9 * 0.0000133334 + 11.25e9 * 0.0000120001 + 1.25e9 * 0.0000106667,
    )
  })

  test('provisioned concurrency pays above 60% of what is held', () => {
    const share = (busy: number) => {
      const usage = { invocations: 3600 * busy, ms: 1000, memoryMb: 1024 }
      return lambdaCost({ ...usage, provisioned: { concurrency: 1, seconds: 3600 } }).usd - lambdaCost(usage).usd
    }
    expect(share(0.59)).toBeGreaterThan(0)
    expect(share(0.61)).toBeLessThan(0)
  })

  test('parts are those that cost something', () => {
    const names = (usage: object) =>
      lambdaCost({ invocations: 1, ms: 1, memoryMb: 128, ...usage }).parts.map(({ name }) => name)
    expect(names({})).toEqual(['requests', 'duration'])
    expect(names({ initMs: 0, ephemeralMb: 512 })).toEqual(['requests', 'duration'])
    expect(names({ initMs: 1, ephemeralMb: 513 })).toEqual(['requests', 'duration', 'init', 'ephemeral storage'])
  })

  test('provisioned concurrency is billed by the GB, held and run', () => {
    const provisioned = { concurrency: 1, seconds: 3600 }
    const { parts } = lambdaCost({ invocations: 360, ms: 1000, memoryMb: 4096, provisioned })
    expect(part(parts, 'provisioned held')).toBeCloseTo(3600 * 4 * 0.0000033334, 10)
    expect(part(parts, 'provisioned run')).toBeCloseTo(360 * 4 * 0.0000077778, 10)
  })

  test('/tmp over 512 MB', () => {
    const { parts } = lambdaCost({ invocations: 1000, ms: 1000, memoryMb: 128, ephemeralMb: 512 + 1024 })
    expect(part(parts, 'ephemeral storage')).toBeCloseTo(1000 * 0.0000000309, 12)
  })

  test.each([
    [{ invocations: -1, ms: 1, memoryMb: 128 }, /invocations must be a number from 0/],
    [{ invocations: 1, ms: Number.NaN, memoryMb: 128 }, /ms must be a number from 0/],
    [{ invocations: 1, ms: 1, memoryMb: 1.769 }, /memoryMb must be a number from 128 to 10240/],
    [{ invocations: 1, ms: 1 }, /memoryMb must be a number/],
    [{ invocations: 1, ms: 1, memoryMB: 128 }, /did you mean memoryMb/],
    [{ invocations: 1, ms: 1, memoryMb: 128, architecture: 'arm' }, /architecture: must be one of arm64, x86_64/],
    [{ invocations: 1, ms: 1, memoryMb: 128, ephemeralMb: 20_000 }, /ephemeralMb must be a number from 512 to 10240/],
    [{ invocations: 1, ms: 1, memoryMb: 128, provisioned: { concurrency: 1 } }, /seconds must be a number/],
    [{ invocations: 1, ms: 1, memoryMb: 128, provisioned: 3 }, /^lambdaCost: provisioned must be an object/],
    [{ invocations: '1', ms: 1, memoryMb: 128 }, /invocations must be a number from 0/],
    [undefined, /must be an object/],
  ])('refuses %j', (usage, message) => {
    expect(() => lambdaCost(usage as never)).toThrow(message)
  })
})

describe('prices', () => {
  test('replace those of the table, one by one', () => {
    const usage = { invocations: 1e6, ms: 0, memoryMb: 128 }
    expect(lambdaCost(usage, { lambdaRequestUsdPerMillion: 0.16 }).usd).toBeCloseTo(0.16)
    expect(lambdaCost(usage, {}).usd).toBeCloseTo(0.2)
  })

  test.each([
    [{ lambdaRequestUsdPerMilion: 1 }, /did you mean lambdaRequestUsdPerMillion/],
    [{ lambdaRequestUsdPerMillion: -1 }, /lambdaRequestUsdPerMillion must be a number from 0/],
    [{ fargateGbUsdPerHour: { arm64: 1 } }, /fargateGbUsdPerHour.x86_64 must be a number/],
    [{ lambdaUsdPerGbSecond: { arm64: [1], x86_64: [1, 2, 3] } }, /lambdaUsdPerGbSecond.arm64.1 must be a number/],
    [3, /prices must be an object/],
  ])('refuses %j', (prices, message) => {
    expect(() => lambdaCost({ invocations: 1, ms: 1, memoryMb: 128 }, prices as never)).toThrow(message)
  })

  test('every number has a source with a date', () => {
    for (const name of Object.keys({ ...PRICES, ...LAMBDA_LIMITS, ...ENGINE_LIMITS })) {
      const { title, asOf } = sourceOf(name as never)
      expect(title).not.toBe('')
      expect(asOf).toMatch(/^20\d\d(-\d\d)?$/)
    }
    expect(sourceOf('s3PutUsdPerThousand')).toEqual({ title: 'AWS Price List', asOf: '2024-11' })
    expect(sourceOf('timeoutSeconds')).toEqual({ title: 'AWS documentation', asOf: '2026' })
    expect(sourceOf('lambdaRequestUsdPerMillion')).toEqual({ title: 'AWS Price List', asOf: '2025-10' })
    expect(sourceOf('emrServerlessVcpuUsdPerHour')).toEqual({ title: 'third party', asOf: '2026' })
    expect(sourceOf('mapStartsPerSecond')).toEqual({ title: 'third party', asOf: '2026' })
    expect(sourceOf('mapTransitionsPerChild')).toEqual({ title: 'unchecked', asOf: '2026-11' })
    expect(sourceOf('vcpuMax')).toEqual({ title: 'AWS announcement', asOf: '2020-12' })
    expect(sourceOf('batchMaxSeconds')).toEqual({ title: 'AWS documentation', asOf: '2026' })
    expect(sourceOf('mapConcurrency')).toEqual({ title: 'AWS documentation', asOf: '2026' })
    expect(sourceOf('oneRunSeconds')).toEqual({ title: 'millrace', asOf: '2026-11' })
    expect(() => sourceOf('toString' as never)).toThrow(/^name: must be one of/)
  })

  test('docs/limits.md names every number that AWS does not vouch for, and every source', () => {
    const page = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8')
    for (const name of Object.keys({ ...PRICES, ...LAMBDA_LIMITS, ...ENGINE_LIMITS })) {
      const { title, asOf } = sourceOf(name as never)
      const row = page.split('\n').find((line) => line.startsWith(`| \`${title}\`, ${asOf} |`))
      expect(row).toBeDefined()
      if (['third party', 'unchecked'].includes(title)) expect(row).toContain(`\`${name}\``)
    }
  })
})

describe('jobCost', () => {
  const gigabyte = { bytesIn: 1e9, bytesOut: 1e9, files: 1, mbPerSecond: 112, memoryMb: 1769 }

  test('a GB at 112 MB/s on 1,769 MB: 0.021 cents of running time, and uploaded in parts of 8 MiB three times that', () => {
    const { parts, usdPerGb, usd } = jobCost(gigabyte)
    expect(part(parts, 'duration')).toBeCloseTo(0.00021, 5)
    expect(part(parts, 'S3 GET')).toBeCloseTo(0.000048, 6)
    expect(part(parts, 'S3 PUT')).toBeCloseTo(0.00061, 5)
    expect(usdPerGb).toBe(usd)
    expect(part(jobCost({ ...gigabyte, partBytes: 64 * 1024 * 1024 }).parts, 'S3 PUT')).toBeCloseTo(0.000085, 6)
  })

  test('an object up to 100 MiB is one PUT, as s3Sink writes it; no bytes, no PUT', () => {
    const puts = (bytesOut: number, files = 1) =>
      (part(jobCost({ ...gigabyte, bytesOut, files }).parts, 'S3 PUT') ?? 0) / 0.000005
    expect(puts(100 * 1024 * 1024)).toBeCloseTo(1)
    expect(puts(100 * 1024 * 1024 + 1)).toBeCloseTo(13 + 2)
    expect(puts(0)).toBe(0)
    expect(puts(1000, 10)).toBeCloseTo(10)
    // 2,000 parts of 8 MiB, then 16 MiB each.
    expect(puts(2010 * 8 * 1024 * 1024)).toBeCloseTo(2005 + 2)
  })

  test('every file is read in ranges of its own', () => {
    const gets = part(jobCost({ ...gigabyte, files: 10 }).parts, 'S3 GET') ?? 0
    expect(gets / 0.0000004).toBeCloseTo(10 * 12)
  })

  test('parts double in size four times, and no more', () => {
    const unit = 5 * 1024 * 1024
    const { parts } = jobCost({ ...gigabyte, bytesOut: 100_000 * unit, partBytes: unit })
    // 2,000 parts of 1, 2, 4 and 8 units, then of 16.
    expect((part(parts, 'S3 PUT') ?? 0) / 0.000005).toBeCloseTo(8000 + 70_000 / 16 + 2)
  })

  test('refuses what is no object, under its name', () => {
    expect(() => jobCost(undefined as never)).toThrow(/^jobCost: its first argument must be an object/)
  })

  test('small files are dominated by requests', () => {
    const { parts } = jobCost({ ...gigabyte, files: 100_000 })
    expect(part(parts, 'S3 PUT')).toBeGreaterThan(1000 * (part(parts, 'duration') ?? 0))
  })

  test('tells the seconds of a file, which a run has to fit', () => {
    expect(jobCost({ ...gigabyte, bytesIn: 1e12, files: 10, mbPerSecond: 100 })).toMatchObject({
      seconds: 10_000,
      secondsPerFile: 1000,
    })
  })

  test.each([
    [{ ...gigabyte, bytesIn: 0 }, /bytesIn must be a number from 1/],
    [{ ...gigabyte, mbPerSecond: 0 }, /mbPerSecond must be a number from/],
    [{ ...gigabyte, files: 0 }, /files must be a number from 1/],
    [{ ...gigabyte, partByte: 1 }, /did you mean partBytes/],
  ])('refuses %j', (usage, message) => {
    const cost = () => jobCost(usage as never)
    expect(cost).toThrow(message)
    try {
      cost()
    } catch (error) {
      expect(isMillraceError(error, 'OPTION_INVALID')).toBe(true)
    }
  })
})
