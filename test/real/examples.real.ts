import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT, removeFolder, scratchFolder } from '../package/support/packed.ts'
import { bundleExample, type ExampleBundle } from './example-bundle.ts'
import type { Effects, PreparedExample, Size } from './examples/example-case.ts'
import { EXAMPLES } from './examples/index.ts'
import type { Fault } from './gates.ts'
import { type Answer, type LambdaOptions, type LambdaService, startLambda } from './lambda.ts'
import { type LocalServices, startLocalServices } from './local-services.ts'
import { dataLimit } from './memory-limit.ts'
import { realPackage } from './packages.ts'

const ric = realPackage('aws-lambda-ric')
const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0
/** Points at which each function is killed; `KILLS=1000` for every request. */
const KILLS = Number(process.env['KILLS'] ?? 6)
const MEMORY_MB = 256
/** Milliseconds of a function that meets a fault: long enough to reach it, since what it holds in a lease is held for as long. */
const TIMEOUT_MS = { small: 4000, large: 15_000 }
const MINUTE_MS = 60_000
const LONG_TIMEOUT_MS = 120_000
/** What is left in progress can be taken over after its lease. */
const REDELIVERY_MS = 120_000

test('every handler of the examples is in the table', () => {
  const files = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
  const handlers = files.filter((file) => {
    return file.endsWith('.ts') && /^export const handlers? =/m.test(readFileSync(join(ROOT, 'examples', file), 'utf8'))
  })
  expect([...new Set(EXAMPLES.map(({ file }) => file))].sort()).toEqual(handlers.sort())
})

describe.skipIf(ric === undefined)(
  "examples under AWS's own runtime client (needs aws-lambda-ric: apt-get install autoconf automake libtool cmake g++)",
  () => {
    const folder = scratchFolder()
    let services: LocalServices
    let maxDataBytes = 0

    beforeAll(async () => {
      services = await startLocalServices()
      if (hasPrlimit) maxDataBytes = await dataLimit(ric ?? '', folder, MEMORY_MB)
    })
    afterAll(async () => {
      await services?.close()
      removeFolder(folder)
    })

    describe.each(EXAMPLES.map((example) => [example.name, example] as const))('%s', (_, example) => {
      let bundle: ExampleBundle
      /** Effects of a run without faults, and the requests that it takes. */
      let smallEffects: Effects
      let requests = 0

      beforeAll(async () => {
        bundle = await bundleExample(example.file, folder)
      })

      function start({ env }: PreparedExample, options: Partial<LambdaOptions> = {}): LambdaService {
        const handlers = { [example.name]: `handler.${example.handler}` }
        const all = { ...services.env, ...env }
        return startLambda({ ric: ric ?? '', task: bundle.task, handlers, env: all, ...options })
      }

      /** Deliver the event once, to a process that may meet a fault. */
      async function deliver(lambda: LambdaService, run: PreparedExample, faultOf?: (kill: () => void) => Fault) {
        services.gates.arm()
        const invocation = await lambda.invoke(example.name, JSON.stringify(run.event))
        services.gates.arm(faultOf?.(invocation.kill))
        return { ...invocation, answer: await invocation.answer }
      }

      const isDone = ({ isError, body }: Answer): boolean => !isError && example.isDone(JSON.parse(body))

      /** As Lambda does: until it is done. */
      async function redeliver(lambda: LambdaService, run: PreparedExample): Promise<void> {
        services.gates.arm()
        for (const start = Date.now(); Date.now() - start < REDELIVERY_MS; await wait(250)) {
          const { answer } = await lambda.invoke(example.name, JSON.stringify(run.event))
          if (isDone(await answer)) return
        }
        throw new Error(`the event is never done: ${lambda.log()}`)
      }

      test('cold start; delivered once more to the same process, the event changes nothing', async () => {
        const run = await example.prepare(services, 'small')
        // A multipart upload whose process was killed stays open, until a rule of the bucket ends it.
        const openUploads = services.s3.openUploads()
        const lambda = start(run)
        try {
          const first = await deliver(lambda, run)
          expect(isDone(first.answer), first.answer.body + lambda.log()).toBe(true)
          requests = services.gates.requests
          smallEffects = await run.effects()
          expect(Object.keys(smallEffects)).toHaveLength(example.effects)
          const { answer } = await deliver(lambda, run)
          expect(isDone(answer)).toBe(true)
          expect(lambda.started).toBe(1)
          expect(await run.effects()).toEqual(smallEffects)
          expect(services.s3.openUploads()).toBe(openUploads)
        } finally {
          lambda.close()
        }
      })

      async function redeliverLarge(run: PreparedExample): Promise<void> {
        const lambda = start(run, { timeoutMs: LONG_TIMEOUT_MS })
        await redeliver(lambda, run).finally(lambda.close)
      }

      /** Deliver an event with a fault, look at what is left, and deliver it again until it is done. */
      async function recover(
        faultOf: (kill: () => void) => Fault,
        { size = 'small' as Size, expected = smallEffects } = {},
      ): Promise<Answer> {
        const run = await example.prepare(services, size)
        const before = await run.effects()
        const lambda = start(run, { timeoutMs: TIMEOUT_MS[size] })
        try {
          const { answer } = await deliver(lambda, run, faultOf)
          const left = await run.effects()
          for (const [name, effect] of Object.entries(left))
            expect([expected[name], before[name]]).toContainEqual(effect)
          await (size === 'small' ? redeliver(lambda, run) : redeliverLarge(run))
          expect(await run.effects()).toEqual(expected)
          return answer
        } finally {
          lambda.close()
        }
      }

      test(
        'SIGKILL before a request and after it: nothing is left in part, and once delivered again nothing is doubled',
        async () => {
          expect(requests, 'the test before counts them').toBeGreaterThan(0)
          for (const point of spread(KILLS, 2 * requests)) {
            const when = point % 2 === 0 ? 'before' : 'after'
            const answer = await recover((strike) => ({ nth: 1 + (point >> 1), when, strike }))
            expect(answer.body).toContain('exited with error: SIGKILL')
          }
        },
        MINUTE_MS * KILLS,
      )

      test('a timeout while a service does not answer: the same', async () => {
        expect(requests, 'the first test counts them').toBeGreaterThan(0)
        for (const point of spread(2, 2 * requests)) {
          const when = point % 2 === 0 ? 'before' : 'after'
          const answer = await recover(() => ({ nth: 1 + (point >> 1), when, strike: () => {} }))
          expect(isDone(answer)).toBe(false)
        }
      })

      test.skipIf(!hasPrlimit)(
        `a large event in ${MEMORY_MB} MB, and the same killed in its middle (needs prlimit: apt-get install util-linux)`,
        async () => {
          const { reservedBytes = 0 } = example
          const memory = { megabytes: MEMORY_MB, maxDataBytes: maxDataBytes + reservedBytes }
          const whole = await example.prepare(services, 'large')
          const small = start(whole, { timeoutMs: LONG_TIMEOUT_MS, memory })
          let effects: Effects
          let middle: number
          try {
            const { answer, figures } = await deliver(small, whole)
            expect(isDone(answer), answer.body + small.log()).toBe(true)
            expect(figures().peakResidentBytes).toBeLessThan(MEMORY_MB * 1024 * 1024)
            middle = services.gates.requests >> 1
            effects = await whole.effects()
          } finally {
            small.close()
          }
          const faultOf = (strike: () => void): Fault => ({ nth: 1 + middle, when: 'before', strike })
          await recover(faultOf, { size: 'large', expected: effects })
        },
      )
    })
  },
)

/** So many whole numbers below `end`, from the first to the last, each once. */
function spread(count: number, end: number): number[] {
  if (count >= end) return [...Array(end).keys()]
  return Array.from({ length: count }, (_, at) => Math.round((at * (end - 1)) / (count - 1)))
}
