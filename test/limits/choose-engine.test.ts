import { describe, expect, test } from 'vitest'
import { chooseEngine, type EngineJob } from '../../src/limits/index.ts'

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
