import { copyBits } from './bits.ts'
import type { ValueArray } from './builders/buffers.ts'
import type { RowRanges } from './row-ranges.ts'

/** The copy functions of a gather; they write to zeroed buffers of the right size. */
export interface Gather {
  /** `stride` elements per row. */
  fixed(values: ValueArray, stride: number, runs: RowRanges, out: ValueArray): void
  /** Texts, and the offsets of the copies: one more than rows. */
  text(values: Uint8Array, offsets: ArrayLike<number>, runs: RowRanges, out: Uint8Array, outOffsets: Int32Array): void
  /** Bits from bit `offset` on. */
  bits(bits: Uint8Array, offset: number, runs: RowRanges, out: Uint8Array): void
}

/** Shorter ranges are copied by a loop, since a call to `set` costs as much as a few dozen elements. */
const SHORT_RUN = 32

/** Copies range by range, in any order and any number of times. */
export const directGather: Gather = {
  /** Elements of 8 bytes are copied as two of 4: a NaN keeps its bits, and no bigint is created. */
  fixed(values, stride, runs, out) {
    if (values.BYTES_PER_ELEMENT === 8) takeElements(asWords(values), stride * 2, runs, asWords(out))
    else takeElements(values as Int32Array, stride, runs, out as Int32Array)
  },
  text(values, offsets, runs, out, outOffsets) {
    takeOffsets(offsets, runs, outOffsets)
    takeBytes(values, offsets, runs, out)
  },
  bits(bits, offset, runs, out) {
    let at = 0
    for (let run = 0; run < runs.count; run++) {
      const length = runs.lengths[run] as number
      copyBits(bits, offset + (runs.starts[run] as number), length, out, at)
      at += length
    }
  },
}

/** Elements of 8 bytes as two of 4 each. */
export function asWords({ buffer, byteOffset, byteLength }: ValueArray): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength >> 2)
}

function takeElements(values: Int32Array, stride: number, runs: RowRanges, out: Int32Array): void {
  let at = 0
  for (let run = 0; run < runs.count; run++) {
    const start = (runs.starts[run] as number) * stride
    const length = (runs.lengths[run] as number) * stride
    copyElements(values, start, length, out, at)
    at += length
  }
}

export function takeOffsets(offsets: ArrayLike<number>, runs: RowRanges, out: Int32Array): void {
  let at = 0
  for (let run = 0; run < runs.count; run++) {
    const start = runs.starts[run] as number
    const end = start + (runs.lengths[run] as number)
    const shift = (out[at] as number) - (offsets[start] as number)
    for (let row = start + 1; row <= end; row++) out[++at] = (offsets[row] as number) + shift
  }
}

function takeBytes(values: Uint8Array, offsets: ArrayLike<number>, runs: RowRanges, out: Uint8Array): void {
  let at = 0
  for (let run = 0; run < runs.count; run++) {
    const row = runs.starts[run] as number
    const start = offsets[row] as number
    const length = (offsets[row + (runs.lengths[run] as number)] as number) - start
    copyElements(values, start, length, out, at)
    at += length
  }
}

/** Copy `length` elements from `start` on to `at`. */
export function copyElements<A extends Uint8Array | Int32Array>(
  from: A,
  start: number,
  length: number,
  to: A,
  at: number,
): void {
  if (length > SHORT_RUN) to.set(from.subarray(start, start + length), at)
  else for (let index = 0; index < length; index++) to[at + index] = from[start + index] as number
}
