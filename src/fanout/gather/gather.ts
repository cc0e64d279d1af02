import { MillraceError } from '../../errors.ts'
import { checkOptions, notA } from '../../internal/check-arguments.ts'
import { checkCount } from '../../internal/check-count.ts'
import { isWellFormed } from '../../internal/well-formed.ts'
import { type GatherRun, type GatherStore, storedInvalid } from './gather-store.ts'
import { type Json, jsonText } from './json-text.ts'

export type { Json } from './json-text.ts'

export interface GatherOptions {
  /** Store of the results: `memoryGather()`, `dynamodbGather(...)` or `s3Gather(...)`. */
  readonly store: GatherStore
  /** Name of this run, the same in all its functions: a plan's id, an execution's name. Up to 512 bytes once percent-encoded. */
  readonly run: string
  /** Number of parts of the run, such as a plan's number of splits. */
  readonly parts: number
  /** Seconds for which results are kept. Default 14 days, as long as Step Functions can redrive a run. On S3 a lifecycle rule decides. */
  readonly ttlSeconds?: number
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/** State of the run after a worker's result was stored. */
export interface Arrival {
  /** Parts of the run that have arrived. */
  readonly arrived: number
  /** True for the arrival that completes the run, and for all later ones. */
  readonly isComplete: boolean
}

/** A part's number and its result. */
export interface PartResult {
  readonly part: number
  readonly result: Json
}

/** The barrier of one run: workers arrive, the fan-in reads their results. */
export interface Gather {
  /**
   * Store a part's result, and count.
   *
   * @param part - from 0 to `parts` - 1; a split's `index`.
   * @param result - JSON, stored unchanged. A later result for the same part is ignored: the first one is kept.
   * @throws MillraceError `OPTION_INVALID` for a part outside the run; `TYPE_MISMATCH` for a result that is not plain
   * JSON; `SPLIT_MISMATCH` if the run has another number of parts; `LIMIT_EXCEEDED` for a result too large to store;
   * `WRITE_FAILED` if the service rejects it.
   */
  arrive(part: number, result: Json): Promise<Arrival>
  /** Results of the parts that have arrived so far, by part. */
  results(): AsyncIterable<PartResult>
}

const KINDS = { store: 'object', run: 'text', parts: 'number', ttlSeconds: 'number', now: 'function' } as const
const MAX_PARTS = 10_000_000
const MAX_RUN_BYTES = 512
const DEFAULT_TTL_SECONDS = 14 * 86_400

/**
 * Count the parts of a run as workers finish them, store their results, and report to the worker that completes the run.
 *
 * `arrive` is idempotent by part, so that a worker that runs twice changes nothing. `isComplete` is true for the
 * arrival that completes the run and for every one after it, so put the fan-in's work into
 * `idempotent(..., { key: () => run })`: it then runs once, even if workers crash.
 *
 * @param options.store - shared by all functions of the run.
 * @param options.run - the run's name.
 * @param options.parts - its number of parts; each call for a run must pass the same one.
 * @returns the run's barrier. One or two requests per arrival.
 * @throws MillraceError `OPTION_INVALID` at once.
 * @example
 * const run = gather({ store: memoryGather(), run: 'orders-2026-11-29', parts: 2 })
 * await run.arrive(1, { rows: 20 })
 * await run.arrive(0, { rows: 22 }) // => { arrived: 2, isComplete: true }
 */
export function gather(options: GatherOptions): Gather {
  if (options === undefined)
    throw notA('gather', 'options', 'an object', options, 'write gather({ store, run, parts })')
  checkOptions('gather', options, KINDS, 'write gather({ store, run, parts })')
  const { store, parts, ttlSeconds = DEFAULT_TTL_SECONDS, now = Date.now } = options
  if (typeof store?.arrive !== 'function' || typeof store.results !== 'function')
    throw new MillraceError('OPTION_INVALID', 'gather: store must be a store such as memoryGather()')
  checkCount('parts', parts, 1, MAX_PARTS)
  if (!(ttlSeconds >= 1)) throw new MillraceError('OPTION_INVALID', 'ttlSeconds: must be at least 1')
  const run = encodedRun(options.run)
  const current = (): GatherRun => {
    const seconds = Math.floor(now() / 1000)
    return { run, parts, now: seconds, expiresAt: Math.ceil(seconds + ttlSeconds) }
  }

  return {
    arrive: async (part, result) => {
      checkCount('part', part, 0, parts - 1)
      const arrived = await store.arrive(current(), part, jsonText(result))
      return { arrived, isComplete: arrived === parts }
    },
    results: async function* () {
      for await (const { part, text } of store.results(current())) yield { part, result: parsed(text) }
    },
  }
}

/** Encode the run's name for keys: one distinct name per run, for any characters. */
function encodedRun(run: unknown): string {
  const rule = `run: must be a string of 1 to ${MAX_RUN_BYTES} bytes once percent-encoded`
  if (typeof run !== 'string' || !isWellFormed(run)) throw new MillraceError('OPTION_INVALID', rule)
  const encoded = encodeURIComponent(run).replace(/^\./, '%2E')
  if (encoded.length > MAX_RUN_BYTES) throw new MillraceError('OPTION_INVALID', rule)
  return encoded
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw storedInvalid('a stored result')
  }
}
