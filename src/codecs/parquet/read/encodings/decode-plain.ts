import type { ParquetType } from 'hyparquet'
import { copyOf } from '../bytes/copy-of.ts'
import {
  type ByteValues,
  type FixedValues,
  reserve,
  reserveBytes,
  type Values,
  viewOf,
} from '../bytes/value-buffers.ts'
import { invalid } from '../invalid.ts'
import { bytesOfBits } from '../kernel/booleans.ts'
import type { ReadKernel } from '../kernel/read-kernel.ts'
import { takeTexts } from '../kernel/take-texts.ts'
import type { ValueDecoder } from './decoder.ts'

/**
 * PLAIN: values back to back, byte strings after a length of four bytes, booleans as bits.
 *
 * @param slots - values and nulls of the page.
 */
export function plainDecoder(
  bytes: Uint8Array,
  type: ParquetType,
  width: number,
  slots: number,
  kernel?: ReadKernel,
): ValueDecoder {
  if (type === 'BOOLEAN') return plainBooleanDecoder(bytes, kernel)
  const bytesPerValue = bytes.length / slots
  let at = 0
  return {
    longestValue: 0,
    read(count, into) {
      reserve(into, count)
      if (into.kind === 'fixed') at = readFixed(bytes, at, into, count, width)
      else {
        const end = kernel === undefined ? undefined : takeTexts(kernel, bytes, at, into, count, bytesPerValue)
        // Values that are far longer than most: those that come are too, perhaps.
        if (end === undefined) kernel = undefined
        at = end ?? readByteStrings(bytes, at, into, count)
      }
    },
    compact() {
      if (bytes.length - at > bytes.length / 4) return false
      bytes = copyOf(bytes, at)
      at = 0
      return true
    },
  }
}

export function readFixed(bytes: Uint8Array, at: number, into: FixedValues, count: number, width: number): number {
  const end = at + count * width
  if (end > bytes.length) throw invalid('a page ends before its values')
  into.bytes.set(bytes.subarray(at, end), into.count * width)
  into.count += count
  return end
}

/** Values over this many bytes are copied by a native call, shorter ones by a loop, which costs less. */
const LONG_VALUE = 48

/**
 * Lengths first, so that one allocation fits exactly these values; then the bytes. Separate functions, since V8
 * discards a compiled loop whose end it has not seen.
 */
export function readByteStrings(bytes: Uint8Array, at: number, into: ByteValues, count: number): number {
  const start = into.offsets[into.count] as number
  reserveBytes(into, readLengths(bytes, at, into.offsets, into.count, count))
  const end = copyStrings(bytes, at, into, start, count)
  into.count += count
  return end
}

/** Derive offsets from the lengths before the values; returns the total bytes of the values. */
function readLengths(bytes: Uint8Array, at: number, offsets: Int32Array, first: number, count: number): number {
  const end = bytes.length
  const start = offsets[first] as number
  let used = start
  for (let i = first + 1; i <= first + count; i++) {
    if (at + 4 > end) throw invalid('a page ends before its values')
    const length =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    at += 4
    if (length < 0 || length > end - at) throw invalid('a value is longer than its page')
    at += length
    used += length
    offsets[i] = used
  }
  return used - start
}

/** Copy short values by words, since most are too short for a native call. */
function copyStrings(bytes: Uint8Array, at: number, into: ByteValues, to: number, count: number): number {
  const { offsets, bytes: target } = into
  const source = viewOf(bytes)
  const view = viewOf(target)
  for (let i = into.count + 1; i <= into.count + count; i++) {
    at += 4
    const stop = offsets[i] as number
    if (stop - to > LONG_VALUE) {
      target.set(bytes.subarray(at, at + stop - to), to)
      at += stop - to
      to = stop
    } else {
      for (; to + 4 <= stop; to += 4, at += 4) view.setInt32(to, source.getInt32(at))
      while (to < stop) target[to++] = bytes[at++] as number
    }
  }
  return at
}

function plainBooleanDecoder(bytes: Uint8Array, kernel: ReadKernel | undefined): ValueDecoder {
  let bit = 0
  return {
    longestValue: 0,
    read(count, into: Values) {
      if (into.kind !== 'fixed') throw invalid('values of a fixed width were expected')
      if (bit + count > bytes.length * 8) throw invalid('a page ends before its values')
      reserve(into, count)
      const target = into.bytes.subarray(into.count)
      if (kernel !== undefined) bytesOfBits(kernel, bytes, bit, count, target)
      else for (let i = 0, at = bit; i < count; i++, at++) target[i] = ((bytes[at >>> 3] as number) >> (at & 7)) & 1
      bit += count
      into.count += count
    },
  }
}
