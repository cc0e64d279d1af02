import fc from 'fast-check'
import { test } from 'vitest'

type Property = fc.IRawProperty<unknown, boolean>

export interface LawOptions {
  /** Cases to try; 200 when absent. `LAWS_RUNS` in the environment raises them for every law. */
  readonly runs?: number
}

/** Time for a law with many cases, by `LAWS_RUNS`. */
const TIMEOUT_MS = 3_600_000

/**
 * A property that holds for all inputs, under a name that a reader understands: the names make up `docs/laws.md`.
 *
 * A failing law prints its seed; `LAWS_SEED` replays it. CI always sets one. `LAWS_RUNS=10000` tries so many cases of every law, where that is more;
 * `LAWS_SHARE=0.25` tries a quarter of them, where a law runs once for each of hundreds of mutants.
 *
 * @example
 * law('reverse: is its own inverse', fc.property(fc.array(fc.nat()), (list) => expect(reverse(reverse(list))).toEqual(list)))
 */
export function law<Ts>(
  name: string,
  property: fc.IProperty<Ts> | fc.IAsyncProperty<Ts>,
  { runs = 200 }: LawOptions = {},
): void {
  const moreRuns = Number(process.env['LAWS_RUNS'] ?? 0)
  const timeout = moreRuns > runs ? TIMEOUT_MS : undefined
  test(name, timeout === undefined ? {} : { timeout }, async () => {
    const numRuns = Math.ceil(Math.max(runs, moreRuns) * Number(process.env['LAWS_SHARE'] ?? 1))
    await fc.assert(property as Property, { numRuns, ...seedOption() })
  })
}

export function seedOption(): { seed?: number } {
  const text = process.env['LAWS_SEED']
  if (text !== undefined) return { seed: Number(text) }
  if (process.env['CI'] !== undefined) throw new Error('CI must set LAWS_SEED, so that a failure can be replayed')
  return {}
}
