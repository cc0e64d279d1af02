import { describe, expect, test } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { chooseEngine, type EngineJob, PRICES } from '../../src/limits/index.ts'

const job: EngineJob = {
  objects: 1,
  largestBytes: 10e9,
  totalBytes: 10e9,
  isSplittable: false,
  mbPerSecond: 100,
  memoryMb: 1769,
}
const decision = (one: EngineJob, options = {}) => {
  const { engine, because } = chooseEngine(one, options)
  return [engine, because.find(({ holds }) => !holds)?.message]
}

describe('chooseEngine', () => {
  test('Lambda: one run in half of its time', () => {
    expect(decision(job)).toEqual(['lambda', undefined])
    expect(chooseEngine(job).because.map(({ message }) => message)).toEqual([
      'MB of memory of a function: 1769, within 10240',
      'seconds of everything in one run: 100, within 450',
    ])
  })

  test('Distributed Map: many objects, or ranges of one', () => {
    const many = { ...job, objects: 10_000, largestBytes: 1e8, totalBytes: 1e12 }
    expect(decision(many)).toEqual(['distributed-map', 'seconds of everything in one run: 10000, over 450'])
    const [, map] = chooseEngine(many).candidates
    expect(map?.seconds).toBeCloseTo(25)
    expect(map?.usd).toBeCloseTo(0.2554, 4)
    expect(decision({ ...job, largestBytes: 1e12, totalBytes: 1e12, isSplittable: true })[0]).toBe('distributed-map')
  })

  test('Batch: one long object, too much memory, a GPU, steady load', () => {
    const long = { ...job, largestBytes: 1e11, totalBytes: 1e11 }
    expect(decision(long)[0]).toBe('batch')
    expect(chooseEngine(long).because[1]?.message).toBe(
      'seconds of the largest object, not splittable, in one child: 1000, over 810',
    )
    expect(decision({ ...job, memoryMb: 16_384 })).toEqual(['batch', 'MB of memory of a function: 16384, over 10240'])
    expect(decision({ ...job, needs: ['gpu'] })).toEqual(['batch', 'GPUs of a function: 1, over 0'])
    expect(chooseEngine({ ...job, needs: ['gpu'] }).candidates[2]?.usd).toBeUndefined()
    expect(decision({ ...job, busyShare: 0.47 })[0]).toBe('lambda')
    expect(chooseEngine({ ...job, busyShare: 0.49 })).toMatchObject({
      engine: 'batch',
      because: [{ actual: 0.49 }, {}, {}],
    })
    expect(chooseEngine({ ...job, busyShare: 0.49 }).because[0]?.limit).toBeCloseTo(0.476, 3)
  })

  test('EMR: shuffles over more than one machine bears; below that one machine joins', () => {
    expect(decision({ ...job, objects: 5000, totalBytes: 5e11, needs: ['join'] })[0]).toBe('emr')
    expect(decision({ ...job, objects: 500, totalBytes: 5e10, needs: ['join'] })[0]).toBe('batch')
    expect(decision({ ...job, largestBytes: 1e8, totalBytes: 1e8, needs: ['shuffle'] })[0]).toBe('lambda')
  })

  test('where nothing fits: Batch, with the comparison that fails', () => {
    const endless = { ...job, largestBytes: 5e13, totalBytes: 5e13, mbPerSecond: 1 }
    expect(chooseEngine(endless).because.at(-1)).toMatchObject({ holds: false, actual: 5e7, limit: 1_209_600 })
  })

  test('limits and prices can be replaced', () => {
    expect(decision(job, { limits: { oneRunSeconds: 60 } })[0]).toBe('distributed-map')
    expect(
      decision({ ...job, busyShare: 0.9 }, { prices: { fargateVcpuUsdPerHour: { arm64: 1, x86_64: 1 } } })[0],
    ).toBe('lambda')
  })

  test.each([
    // The smallest task of Fargate with the memory and the vCPUs of the function: vCPUs, GB.
    [128, 0.25, 0.5],
    [512, 0.5, 1],
    [1769, 1, 2],
    [3008, 2, 4],
    [10_240, 8, 16],
    [20_480, 8, 20],
    [61 * 1024, 16, 61],
    [120 * 1024, 16, 120],
  ])('Batch with %d MB takes a task of %d vCPUs and %d GB, for its start and its work', (memoryMb, vcpus, gb) => {
    const [, , batch] = chooseEngine({ ...job, memoryMb, architecture: 'arm64' }).candidates
    const perHour = vcpus * PRICES.fargateVcpuUsdPerHour.arm64 + gb * PRICES.fargateGbUsdPerHour.arm64
    expect(batch).toMatchObject({ engine: 'batch', seconds: 160 })
    expect(batch?.usd).toBeCloseTo((160 * perHour) / 3600, 12)
  })

  test('a task of Batch costs a minute at least; over 120 GB its price is unknown, and it is never the cheaper one', () => {
    const short = chooseEngine({ ...job, largestBytes: 1e9, totalBytes: 1e9 }, { limits: { batchStartSeconds: 1 } })
    const perHour = PRICES.fargateVcpuUsdPerHour.arm64 + 2 * PRICES.fargateGbUsdPerHour.arm64
    expect(short.candidates[2]?.usd).toBeCloseTo(perHour / 60, 12)
    const huge = chooseEngine({ ...job, memoryMb: 121 * 1024, busyShare: 1 }).candidates
    expect(huge[2]?.usd).toBeUndefined()
    expect(huge[0]?.why[1]).toMatchObject({ actual: 1, limit: 1, holds: true })
  })

  test('an always-on task that costs more than functions never breaks even', () => {
    const prices = { fargateVcpuUsdPerHour: { arm64: 1, x86_64: 1 } }
    expect(chooseEngine({ ...job, busyShare: 1 }, { prices }).candidates[0]?.why[1]?.limit).toBe(1)
  })

  test('EMR: a cluster of 100 vCPUs with 4 GB each, for its start and its share of the work', () => {
    const [, , , emr] = chooseEngine({ ...job, totalBytes: 5e11 }).candidates
    const perHour = 100 * (PRICES.emrServerlessVcpuUsdPerHour + 4 * PRICES.emrServerlessGbUsdPerHour)
    expect(emr).toMatchObject({ engine: 'emr', seconds: 110 })
    expect(emr?.usd).toBeCloseTo((110 * perHour) / 3600, 10)
    expect(chooseEngine({ ...job, needs: ['gpu'] }).candidates[3]?.usd).toBeUndefined()
  })

  test('messages have three digits; a GPU alone lets no rows meet', () => {
    const messages = (one: EngineJob) => chooseEngine(one).because.map(({ message }) => message)
    expect(messages({ ...job, busyShare: 0.49 })[0]).toMatch(/: 0\.49, over 0\.476$/)
    expect(messages({ ...job, needs: ['gpu'] }).at(-1)).toBe(
      'seconds of the largest object in one Batch job: 100, within 1209600',
    )
  })

  test.each([
    [undefined, {}, 'TYPE_MISMATCH', /^chooseEngine: its first argument must be an object/],
    [job, { limits: 3 }, 'TYPE_MISMATCH', /^chooseEngine: limits must be an object/],
    [{ ...job, needs: 'gpu' }, {}, 'OPTION_INVALID', /^chooseEngine: needs must be an array/],
    [{ ...job, largestBytes: 11e9 }, {}, 'OPTION_INVALID', /^chooseEngine: largestBytes/],
    [{ ...job, memoryMb: '1769' }, {}, 'OPTION_INVALID', /^chooseEngine: memoryMb must be a number/],
  ] as const)('refuses %j with %j as %s', (one, options, code, message) => {
    const refusal = (() => {
      try {
        return chooseEngine(one as never, options as never)
      } catch (error) {
        return error
      }
    })()
    expect(isMillraceError(refusal, code)).toBe(true)
    expect(String((refusal as Error).message)).toMatch(message)
  })

  test('a name without a value is not there', () => {
    expect(chooseEngine({ ...job, shards: undefined } as EngineJob)).toEqual(chooseEngine(job))
  })

  test.each([
    [{ ...job, objects: 0 }, {}, /objects must be a number from 1/],
    [{ ...job, largestBytes: 11e9 }, {}, /largestBytes is over totalBytes/],
    [{ ...job, isSplittable: undefined }, {}, /isSplittable: must be one of true, false/],
    [{ ...job, busyShare: 60 }, {}, /busyShare must be a number from 0 to 1/],
    [{ ...job, needs: ['gpus'] }, {}, /needs: must be one of gpu, shuffle, join/],
    [job, { limits: { oneRunSecond: 1 } }, /did you mean oneRunSeconds/],
    [job, { limits: { oneRunSeconds: 0 } }, /oneRunSeconds must be a number/],
  ])('refuses %j with %j', (one, options, message) => {
    expect(() => chooseEngine(one as never, options as never)).toThrow(message)
  })
})
