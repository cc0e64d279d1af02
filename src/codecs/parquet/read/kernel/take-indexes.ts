import type { Runs } from '../bytes/runs.ts'
import type { ReadKernel } from './read-kernel.ts'
import { takeRuns } from './take-runs.ts'

/**
 * Take up to `count` values of hybrid runs into the kernel's indexes.
 *
 * @returns how many were taken; fewer where TypeScript has to continue.
 */
export function takeIndexes(kernel: ReadKernel, runs: Runs, count: number): number {
  const { exports, indexes, runReader } = kernel
  return takeRuns(kernel, runs, count, (end, taken, left) =>
    exports.takeRuns(runReader, end, runs.width, indexes + 4 * taken, left),
  )
}
