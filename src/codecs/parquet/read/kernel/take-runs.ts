import {
  RUN_BIT,
  RUN_BYTE,
  RUN_IS_PACKED,
  RUN_LEFT,
  RUN_NEXT,
  RUN_VALUE,
} from '../../../../../kernels/parquet-read/record.ts'
import type { Runs } from '../bytes/runs.ts'
import { PIECE_BYTES, type ReadKernel } from './read-kernel.ts'

/** The longest run that the kernel counts. */
const MAX_RUN = 2 ** 31 - 1

/**
 * Take up to `count` values of hybrid runs, as many as lie in the kernel at once.
 *
 * @param take - the call of the kernel: takes up to `left` values from bytes that end at `end`, when `taken` were taken before, and returns how many.
 * @returns how many were taken; fewer where TypeScript has to continue.
 */
export function takeRuns(
  kernel: ReadKernel,
  runs: Runs,
  count: number,
  take: (end: number, taken: number, left: number) => number,
): number {
  const { bytes, end, width } = runs
  for (let taken = 0; ; ) {
    if (runs.left > MAX_RUN) return taken
    const from = runs.left > 0 && runs.isPacked ? runs.byte : runs.next
    const length = Math.min(Math.max(end - from, 0), PIECE_BYTES, Math.ceil(((count - taken) * width) / 8) + 64)
    kernel.memory.bytes.set(bytes.subarray(from, from + length), kernel.input)
    tellRuns(kernel, runs, kernel.input - from)
    const found = take(kernel.input + length, taken, count - taken)
    const { next } = runs
    learnRuns(kernel, runs, kernel.input - from)
    taken += found
    if (taken === count || (found === 0 && runs.next === next)) return taken
  }
}

function tellRuns({ memory: { words }, runReader }: ReadKernel, runs: Runs, shift: number): void {
  const at = runReader >> 2
  words[at + (RUN_NEXT >> 2)] = runs.next + shift
  words[at + (RUN_LEFT >> 2)] = runs.left
  words[at + (RUN_IS_PACKED >> 2)] = runs.isPacked ? 1 : 0
  words[at + (RUN_VALUE >> 2)] = runs.value
  words[at + (RUN_BYTE >> 2)] = runs.byte + shift
  words[at + (RUN_BIT >> 2)] = runs.bit
}

function learnRuns({ memory: { words }, runReader }: ReadKernel, runs: Runs, shift: number): void {
  const at = runReader >> 2
  // A run may end behind the bytes that lie in the kernel, but not behind all.
  runs.next = Math.min(((words[at + (RUN_NEXT >> 2)] as number) >>> 0) - shift, runs.end)
  runs.left = words[at + (RUN_LEFT >> 2)] as number
  runs.isPacked = words[at + (RUN_IS_PACKED >> 2)] === 1
  runs.value = words[at + (RUN_VALUE >> 2)] as number
  if (!runs.isPacked) return
  runs.byte = ((words[at + (RUN_BYTE >> 2)] as number) >>> 0) - shift
  runs.bit = words[at + (RUN_BIT >> 2)] as number
}
