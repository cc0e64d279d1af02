import fc from 'fast-check'
import * as z from 'zod/mini'
import { jsonPayload } from '../../../src/events/index.ts'
import type { RecordHandler } from '../../../src/flow/index.ts'
import type { Item } from './batch-events.ts'

/** A record, and how its handler behaves each time. */
export interface Script extends Item {
  /** How often it fails before it succeeds. */
  readonly failures: number
  readonly failure: 'reject' | 'throw' | 'undefined' | 'mutate'
  /** Turns of the event loop that it takes. */
  readonly turns: number
}

export const numberPayload = jsonPayload(z.looseObject({ number: z.number() }))

const FAILURES = ['reject', 'throw', 'undefined', 'mutate'] as const

/** Records of a source in order, of few keys, most of them without any trouble. */
export function arbitraryScripts({ maxLength = 20, maxFailures = 3, poison = true } = {}): fc.Arbitrary<Script[]> {
  const script = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    isPoison: poison ? fc.nat(9).map((n) => n === 0) : fc.constant(false),
    failures: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(maxFailures) }),
    failure: fc.constantFrom(...FAILURES),
    turns: fc.nat(2),
  })
  return fc.array(script, { maxLength }).map((list) => list.map((each, number) => ({ number, ...each })))
}

/** What happened to a record in one run, in the order in which it did. */
export interface Moment {
  /** `known`: processBatch knows that it failed. */
  readonly what: 'begin' | 'done' | 'fail' | 'quarantine' | 'known'
  readonly number: number
}

/** What scripted handlers did, run by run. */
export interface Stage {
  readonly runs: Moment[][]
  /** Begin another run. */
  readonly next: () => void
  readonly handler: RecordHandler<{ number: number }>
  readonly quarantine: (record: { readonly id: string }) => Promise<void>
  readonly onFailure: (record: { readonly id: string }) => void
}

export function stage(scripts: readonly Script[]): Stage {
  const attempts = new Map<number, number>()
  const runs: Moment[][] = []
  const numbers = new Map<object, number>()
  const note = (what: Moment['what'], number: number): void => void runs.at(-1)?.push({ what, number })
  const handler: Stage['handler'] = ({ number }, record) => {
    note('begin', number)
    numbers.set(record, number)
    const attempt = (attempts.get(number) ?? 0) + 1
    attempts.set(number, attempt)
    const { failures = 0, failure, turns = 0 } = scripts[number] ?? {}
    const fails = attempt <= failures
    if (fails && failure === 'throw') {
      note('fail', number)
      throw new Error('at once')
    }
    return (async () => {
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
      if (failure === 'mutate') spoil(record)
      note(fails ? 'fail' : 'done', number)
      if (!fails) return
      throw failure === 'undefined' ? undefined : new Error('later')
    })()
  }
  const numberOf = (id: string): number => Number(id.split(':').at(-1))
  const quarantine: Stage['quarantine'] = async ({ id }) => note('quarantine', numberOf(id))
  const onFailure: Stage['onFailure'] = (record) => note('known', numbers.get(record) ?? numberOf(record.id))
  return { runs, next: () => void runs.push([]), handler, quarantine, onFailure }
}

/** What the worst of handlers does to its record, and to what that holds. */
function spoil(record: object): void {
  for (const [key, value] of Object.entries(record)) {
    if (typeof value === 'object' && value !== null) spoil(value)
    Object.assign(record, { [key]: 'spoilt' })
  }
}

/** Numbers of a run's records that were begun, done, ... */
export function numbersOf(run: readonly Moment[], ...whats: readonly Moment['what'][]): number[] {
  return run.filter(({ what }) => whats.includes(what)).map(({ number }) => number)
}
