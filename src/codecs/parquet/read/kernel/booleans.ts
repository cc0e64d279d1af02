import { PIECE_BYTES, type ReadKernel } from './read-kernel.ts'

/** Write `count` bits from bit `bit` of `bytes` on as bytes of 0 and 1. */
export function bytesOfBits(kernel: ReadKernel, bytes: Uint8Array, bit: number, count: number, into: Uint8Array): void {
  const { exports, memory, input, values } = kernel
  for (let done = 0; done < count; done += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, count - done)
    const from = (bit + done) >>> 3
    memory.bytes.set(bytes.subarray(from, from + (length >> 3) + 2), input)
    exports.bytesOfBits(input, (bit + done) & 7, length, values)
    into.set(memory.bytes.subarray(values, values + length), done)
  }
}

/** Write `count` bytes of 0 and 1 as bits. */
export function bitsOfBytes(kernel: ReadKernel, bytes: Uint8Array, count: number, into: Uint8Array): void {
  const { exports, memory, input, values } = kernel
  for (let done = 0; done < count; done += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, count - done)
    memory.bytes.set(bytes.subarray(done, done + length), input)
    exports.bitsOfBytes(input, length, values)
    into.set(memory.bytes.subarray(values, values + ((length + 7) >> 3)), done >> 3)
  }
}
