import type { Runs } from '../bytes/runs.ts'
import { PIECE_BYTES, type ReadKernel } from './read-kernel.ts'
import { takeRuns } from './take-runs.ts'

/**
 * Take up to `count` values of one bit from runs into a bitmap, from bit `bitAt` on.
 *
 * @returns how many were taken, fewer where TypeScript has to continue, and how many of them are 1.
 */
export function takeBits(
  kernel: ReadKernel,
  runs: Runs,
  bitmap: Uint8Array,
  bitAt: number,
  count: number,
): { readonly taken: number; readonly ones: number } {
  const { exports, memory, values, runReader } = kernel
  let ones = 0
  const taken = takeRuns(kernel, runs, count, (end, before, left) => {
    const bit = bitAt + before
    const byte = bit >> 3
    memory.bytes[values] = bitmap[byte] as number
    const found = exports.takeBits(runReader, end, values, bit & 7, Math.min(left, PIECE_BYTES))
    ones += exports.ones.value
    bitmap.set(memory.bytes.subarray(values, values + (((bit & 7) + found + 7) >> 3)), byte)
    return found
  })
  return { taken, ones }
}
