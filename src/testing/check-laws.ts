import { checkArgument, checkOptions } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'

/** Check the arguments of store laws: the function that creates a store, and the number of runs. */
export function checkLaws(entry: string, makeStore: unknown, options: { runs?: number; seed?: number }): void {
  checkArgument(entry, 'makeStore', makeStore, 'function', `write ${entry}((wire) => myStore())`)
  checkOptions(entry, options, { runs: 'number', seed: 'number' })
  checkCount(`${entry}: runs`, options.runs ?? 1, 1, Number.MAX_SAFE_INTEGER)
  checkCount(`${entry}: seed`, options.seed ?? 0, -(2 ** 31), 2 ** 32 - 1)
}
