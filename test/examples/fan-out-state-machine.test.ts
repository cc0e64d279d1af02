import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'

const MAX_EVENTS = 25_000
const MAX_PAYLOAD_BYTES = 256 * 1024
const MAX_SPLITS = 10_000
const MAX_BUCKETS = 1000
/** What `planSplits` allows. */
const MAX_SPLIT_BYTES = 200 * 1024

interface State {
  readonly Type: string
  readonly Next?: string
  readonly End?: boolean
  readonly Result?: string
  readonly ResultSelector?: Readonly<Record<string, string>>
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[]
    readonly MaxAttempts: number
    readonly JitterStrategy?: string
  }[]
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[]
  readonly ItemProcessor?: Machine & {
    readonly ProcessorConfig: { readonly Mode: string; readonly ExecutionType: string }
  }
}
interface Machine {
  readonly StartAt: string
  readonly States: Readonly<Record<string, State>>
}

const text = readFileSync(new URL('../../examples/fan-out/state-machine.asl.json', import.meta.url), 'utf8')
const machine: Machine = JSON.parse(text)
// The package is CommonJS without types, and changes what it is given.
const validate: (definition: object) => { isValid: boolean; errors: readonly { message: string }[] } = createRequire(
  import.meta.url,
)('asl-validator')

const children = Object.entries(machine.States).flatMap(([name, { ItemProcessor }]) =>
  ItemProcessor === undefined ? [] : [[name, ItemProcessor] as const],
)
const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))
/** Everything that a child can end with. */
const outcomes = ({ States }: Machine): readonly string[] =>
  Object.values(States).flatMap(({ Result, ResultSelector }) => Result ?? ResultSelector?.['outcome'] ?? [])

describe('the state machine', () => {
  test('is valid, and the validator finds what is not', () => {
    expect(validate(JSON.parse(text)).errors.map(({ message }) => message)).toEqual([])
    expect(validate(JSON.parse(text.replace('"Next": "Finish"', '"Next": "Finnish"'))).isValid).toBe(false)
    expect(validate(JSON.parse(text.replace('"Default": "Finish"', '"Defalut": "Finish"'))).isValid).toBe(false)
  })

  test('runs each split and each bucket as an execution of its own, with a history of its own', () => {
    expect(children.map(([name]) => name)).toEqual(['ReadSplits', 'ReduceBuckets'])
    // Express executions end after five minutes.
    for (const [, { ProcessorConfig }] of children)
      expect(ProcessorConfig).toEqual({ Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' })
  })

  test('stays under 25,000 events, whatever the number of splits', () => {
    for (const [, child] of children) expect(eventsOf(child)).toBeLessThan(200)
    // The parent has events of its states and map runs, none of the items.
    expect(eventsOf(machine)).toBeLessThan(MAX_EVENTS / 50)
  })

  test('passes on less than 256 KiB, whatever the number of splits and however they end', () => {
    const [[, reading], [, reducing]] = children as [(typeof children)[0], (typeof children)[0]]
    const longest = (from: Machine): string =>
      outcomes(from).reduce((one, other) => (one.length > other.length ? one : other))
    expect(outcomes(reading)).toEqual(['READ', 'SPLIT_MISMATCH', 'SOURCE_CHANGED', 'DATA_INVALID', 'WORKER_FAILED'])
    expect(outcomes(reducing)).toEqual(['REDUCED', 'REDUCE_FAILED'])
    // The output of a map is an array of what its children end with; a selector then leaves each of them once.
    expect(jsonBytes(Array(MAX_SPLITS).fill(longest(reading)))).toBeLessThan(MAX_PAYLOAD_BYTES)
    expect(jsonBytes(Array(MAX_BUCKETS).fill(longest(reducing)))).toBeLessThan(MAX_PAYLOAD_BYTES)
    // A key has up to 1,024 bytes, each of which JSON may write as six.
    const run = {
      id: 'x'.repeat(80),
      bucket: 'x'.repeat(63),
      work: 'x'.repeat(90),
      output: 'x'.repeat(6144),
      time: 'x'.repeat(24),
    }
    const longestRun = {
      ...run,
      plan: { id: 'x'.repeat(32), objects: 1, bytes: 5e13 },
      splits: MAX_SPLITS,
      buckets: MAX_BUCKETS,
    }
    expect(jsonBytes({ run: longestRun }) + MAX_SPLIT_BYTES).toBeLessThan(MAX_PAYLOAD_BYTES)
    expect(jsonBytes({ run: longestRun, step: { outcomes: outcomes(reading) } })).toBeLessThan(MAX_PAYLOAD_BYTES)
  })

  test('repeats with jitter what may pass, does not repeat what cannot, and never fails for a child', () => {
    const tasks = [machine, ...children.map(([, child]) => child)].flatMap(({ States }) =>
      Object.entries(States).filter(([, { Type }]) => Type === 'Task'),
    )
    expect(tasks.map(([name]) => name)).toEqual(['Plan', 'Finish', 'Worker', 'Reduce'])
    for (const [, { Retry = [] }] of tasks) {
      expect(Retry.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'], JitterStrategy: 'FULL' })
    }
    const [, { Retry: [never] = [] } = {}] = tasks[2] ?? []
    expect(never).toMatchObject({ ErrorEquals: expect.arrayContaining(['SPLIT_MISMATCH']), MaxAttempts: 0 })
    for (const [, { States }] of children)
      for (const { Type, Catch = [] } of Object.values(States))
        if (Type === 'Task') expect(Catch.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'] })
  })
})

/** Events of an execution in which every task fails as often as it may: five each time, three of a state, five of a map run. */
function eventsOf({ States }: Machine): number {
  const attempts = ({ Retry = [] }: State): number => 1 + Retry.reduce((sum, { MaxAttempts }) => sum + MaxAttempts, 0)
  return Object.values(States).reduce((sum, state) => {
    return sum + 3 + (state.Type === 'Task' ? 5 * attempts(state) : 0) + (state.Type === 'Map' ? 5 : 0)
  }, 3)
}
