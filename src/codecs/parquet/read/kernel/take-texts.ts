import { SLACK } from '../../../../../kernels/parquet-read/record.ts'
import { type ByteValues, reserveBytes, usedBytes } from '../bytes/value-buffers.ts'
import { PIECE_BYTES, PIECE_VALUES, type ReadKernel } from './read-kernel.ts'

/** Memory for the texts of a call, at the end of the kernel's memory: it grows piece by piece. */
export interface TextRoom {
  readonly start: number
  to: number
}

export function makeRoom({ memory }: ReadKernel, { to }: TextRoom, length: number): void {
  const more = to + length + SLACK - memory.top
  if (more > 0) memory.reserve(more)
}

/** Append the texts of a call, whose offsets are there. */
export function appendTexts({ memory }: ReadKernel, { start, to }: TextRoom, into: ByteValues, count: number): void {
  const at = reserveBytes(into, to - start)
  into.bytes.set(memory.bytes.subarray(start, to), at)
  into.count += count
}

/**
 * Append `count` byte strings of a page, each after its length, from `at` on.
 *
 * @param bytesPerValue - about, on average, to copy no more of the page than is needed.
 * @returns where they end; undefined, and nothing is appended, where one is longer than a piece or than the page.
 */
export function takeTexts(
  kernel: ReadKernel,
  bytes: Uint8Array,
  at: number,
  into: ByteValues,
  count: number,
  bytesPerValue: number,
): number | undefined {
  const { exports, memory, input, values } = kernel
  const start = memory.top
  const room = { start, to: start }
  const used = usedBytes(into)
  try {
    for (let taken = 0; taken < count; ) {
      const wanted = Math.min(PIECE_VALUES, count - taken)
      const length = pieceLength(bytes.length - at, wanted * bytesPerValue)
      memory.bytes.set(bytes.subarray(at, at + length), input)
      makeRoom(kernel, room, length)
      const before = used + room.to - start
      const found = exports.takeTexts(input, input + length, wanted, before, values, room.to)
      if (found === 0) return undefined
      into.offsets.set(memory.words.subarray(values >> 2, (values >> 2) + found), into.count + taken + 1)
      at += (exports.textsFrom.value >>> 0) - input
      room.to = exports.textsTo.value >>> 0
      taken += found
    }
    appendTexts(kernel, room, into, count)
    return at
  } finally {
    memory.release(start)
  }
}

/** Bytes of a piece that holds about `wanted` bytes of values: a good deal of one at least, so that single long ones fit. */
function pieceLength(left: number, wanted: number): number {
  return Math.min(left, PIECE_BYTES, Math.ceil(wanted * 1.125) + 256)
}
