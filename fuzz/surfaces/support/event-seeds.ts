import fc from 'fast-check'
import * as testing from '../../../src/testing/index.ts'

/** Events of every source, as their arbitraries make them. */
export function eventSeeds(each: number): unknown[] {
  const arbitraries = Object.entries(testing)
    .filter(([name]) => /^arbitrary\w+Event$/.test(name))
    .map(([, make]) => (make as () => fc.Arbitrary<unknown>)())
  return arbitraries
    .flatMap((arbitrary) => fc.sample(arbitrary, { numRuns: each, seed: 20261129 }))
    .filter((event) => (JSON.stringify(event)?.length ?? 0) < 6000)
}
