import type { Values } from '../bytes/value-buffers.ts'
import type { ReadKernel } from './read-kernel.ts'

/** Slots that are filled at once: a multiple of eight, so that each begins a byte of the bitmap. */
const PIECE_SLOTS = 8192
const WIDTHS = [1, 2, 4, 8, 16]

export function spreadsInKernel(values: Values): boolean {
  return values.kind === 'bytes' || WIDTHS.includes(values.width)
}

/** Move values that lie without gaps to their slots, in place, from the last piece back. There is room for the slots. */
export function spreadInKernel(kernel: ReadKernel, values: Values, slots: number, bitmap: Uint8Array): void {
  const { exports, memory, input, indexes, values: output } = kernel
  const { count } = values
  const width = values.kind === 'bytes' ? 4 : values.width
  const bytes = values.kind === 'bytes' ? asBytes(values.offsets) : values.bytes
  // The first offset is that before all values: it stays.
  const first = values.kind === 'bytes' ? 1 : 0
  let present = count
  for (let start = (Math.ceil(slots / PIECE_SLOTS) - 1) * PIECE_SLOTS; start >= 0; start -= PIECE_SLOTS) {
    const length = Math.min(PIECE_SLOTS, slots - start)
    memory.bytes.set(bitmap.subarray(start >> 3, (start + length + 7) >> 3), indexes)
    const end = (first + present) * width
    present -= exports.countBits(indexes, length)
    memory.bytes.set(bytes.subarray(present * width, end), input)
    if (first === 1) exports.spreadOffsets(input, indexes, length, output)
    else exports.spreadValues(input, width, indexes, length, output)
    bytes.set(memory.bytes.subarray(output, output + length * width), (first + start) * width)
  }
}

function asBytes({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
