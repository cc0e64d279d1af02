import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { estimate, fileShape, type Workload } from '../../src/cli/estimate.ts'
import { jobCost } from '../../src/limits/index.ts'

const MEASURED: Workload = {
  bytes: 1e9,
  rows: 10_000_000,
  cpuSeconds: 2,
  isPlainText: true,
  isSplittable: true,
  memoryMb: undefined,
  architecture: 'arm64',
}

describe('estimate', () => {
  test('is what jobCost says of the speed of S3, where the CPU is faster', () => {
    const { seconds, usd, memoryMb, peakMb, engine } = estimate(MEASURED)
    const job = { bytesIn: 1e9, bytesOut: 4e8, files: 1, mbPerSecond: 60, memoryMb: 1769 }
    expect([seconds, usd, memoryMb]).toEqual([jobCost(job).seconds, jobCost(job).usd, 1769])
    expect(peakMb).toBe(Math.ceil(250 + 100 + (10_000_000 * 24) / 1024 ** 2))
    expect(engine).toBe('lambda')
  })

  test('takes the CPU where that is slower, and its share where the function is small', () => {
    expect(estimate({ ...MEASURED, cpuSeconds: 20 }).seconds).toBeCloseTo(70, 5)
    expect(estimate({ ...MEASURED, cpuSeconds: 20, memoryMb: 1769 / 2 }).seconds).toBeCloseTo(140, 5)
  })

  test('sends what is too long for one function to several, and what no range of can be read to Batch', () => {
    const long = { ...MEASURED, bytes: 100e9, rows: 1e6, cpuSeconds: 200 }
    expect(estimate(long)).toMatchObject({
      engine: 'distributed-map',
      because: expect.arrayContaining([expect.stringContaining('over 450')]),
    })
    expect(estimate({ ...long, isSplittable: false }).engine).toBe('batch')
    expect(estimate({ ...MEASURED, rows: 1e9 })).toMatchObject({
      memoryMb: 10_240,
      engine: expect.not.stringMatching('^lambda$'),
    })
  })

  test('has an answer for every file', () => {
    fc.assert(
      fc.property(
        fc.record({
          bytes: fc.nat(2 ** 31 - 1),
          rows: fc.nat(),
          cpuSeconds: fc.double({ min: 0, max: 1e4, noNaN: true }),
          isPlainText: fc.boolean(),
          isSplittable: fc.boolean(),
          memoryMb: fc.option(fc.integer({ min: 128, max: 10_240 }), { nil: undefined }),
          architecture: fc.constantFrom('arm64', 'x86_64'),
        }),
        (workload) => {
          const { seconds, usd, peakMb } = estimate(workload)
          expect([seconds, usd, peakMb].every((value) => Number.isFinite(value) && value >= 0)).toBe(true)
        },
      ),
      { seed: 20_261_121 },
    )
  })
})

test.each([
  ['csv', 'none', true, true],
  ['ndjson', 'none', true, true],
  ['json', 'none', true, false],
  ['parquet', 'none', false, true],
  ['csv', 'gzip', false, false],
  ['parquet', 'gzip', false, false],
])('%s in %s: plain text %s, splittable %s', (format, compression, isPlainText, isSplittable) => {
  expect(fileShape(format, compression)).toEqual({ isPlainText, isSplittable })
})
