import fc from 'fast-check'
import type { EngineJob, JobUsage, LambdaUsage } from '../../../src/limits/index.ts'

export const memoryMb = fc.integer({ min: 128, max: 10_240 })
export const architecture = fc.constantFrom('arm64' as const, 'x86_64' as const)
const amount = (max: number) => fc.double({ min: 0, max, noNaN: true })

export const lambdaUsage: fc.Arbitrary<LambdaUsage> = fc.record(
  {
    invocations: fc.oneof(amount(1e4), amount(1e12)),
    ms: amount(900_000),
    memoryMb,
    architecture,
    initMs: amount(10_000),
    ephemeralMb: fc.integer({ min: 512, max: 10_240 }),
    provisioned: fc.record({ concurrency: fc.nat(10_000), seconds: amount(2_678_400) }),
  },
  { requiredKeys: ['invocations', 'ms', 'memoryMb'] },
)

export const jobUsage: fc.Arbitrary<JobUsage> = fc.record(
  {
    bytesIn: fc.integer({ min: 1, max: 1e15 }),
    bytesOut: fc.integer({ min: 0, max: 1e15 }),
    files: fc.integer({ min: 1, max: 1e7 }),
    mbPerSecond: fc.double({ min: 0.1, max: 1000, noNaN: true }),
    memoryMb,
    architecture,
    getBytes: fc.integer({ min: 1024, max: 1e9 }),
    singlePutBytes: fc.integer({ min: 0, max: 1e9 }),
    partBytes: fc.integer({ min: 5 * 1024 * 1024, max: 1e9 }),
  },
  { requiredKeys: ['bytesIn', 'bytesOut', 'files', 'mbPerSecond', 'memoryMb'] },
)

export const engineJob: fc.Arbitrary<EngineJob> = fc
  .record(
    {
      objects: fc.integer({ min: 1, max: 1e7 }),
      totalBytes: fc.oneof(fc.nat(1e9), fc.integer({ min: 0, max: 1e15 })),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      isSplittable: fc.boolean(),
      mbPerSecond: fc.double({ min: 0.1, max: 1000, noNaN: true }),
      memoryMb: fc.integer({ min: 128, max: 200_000 }),
      architecture,
      busyShare: fc.double({ min: 0, max: 1, noNaN: true }),
      needs: fc.subarray(['gpu', 'shuffle', 'join'] as const),
    },
    { requiredKeys: ['objects', 'totalBytes', 'share', 'isSplittable', 'mbPerSecond', 'memoryMb'] },
  )
  .map(({ share, ...job }) => ({ ...job, largestBytes: Math.floor(job.totalBytes * share) }))
