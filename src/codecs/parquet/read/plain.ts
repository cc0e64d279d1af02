import type { ParquetType } from 'hyparquet'
import { invalid } from './invalid.ts'
import { type ByteValues, type FixedValues, reserve, reserveBytes, type ValueDecoder, type Values } from './values.ts'

/** PLAIN: values back to back, byte strings after a length of four bytes, booleans as bits. */
export function plainDecoder(bytes: Uint8Array, type: ParquetType, width: number): ValueDecoder {
  if (type === 'BOOLEAN') return plainBooleanDecoder(bytes)
  let at = 0
  return {
    longestValue: 0,
    read(count, into) {
      reserve(into, count)
      if (into.kind === 'bytes') at = readByteStrings(bytes, at, into, count)
      else at = readFixed(bytes, at, into, count, width)
    },
  }
}

function readFixed(bytes: Uint8Array, at: number, into: FixedValues, count: number, width: number): number {
  const end = at + count * width
  if (end > bytes.length) throw invalid('a page ends before its values')
  into.bytes.set(bytes.subarray(at, end), into.count * width)
  into.count += count
  return end
}

/** Values above this many bytes are copied by a call, shorter ones by a loop, which costs less than the call. */
const LONG_VALUE = 48

/** Lengths first, so that room is made once and for no more than these values; then the bytes. */
function readByteStrings(bytes: Uint8Array, at: number, into: ByteValues, count: number): number {
  const { offsets } = into
  const end = bytes.length
  const start = offsets[into.count] as number
  const first = into.count + 1
  let used = start
  let from = at
  for (let i = first; i < first + count; i++) {
    if (from + 4 > end) throw invalid('a page ends before its values')
    const length =
      (bytes[from] as number) |
      ((bytes[from + 1] as number) << 8) |
      ((bytes[from + 2] as number) << 16) |
      ((bytes[from + 3] as number) << 24)
    from += 4
    if (length < 0 || length > end - from) throw invalid('a value is longer than its page')
    from += length
    used += length
    offsets[i] = used
  }
  reserveBytes(into, used - start)
  const target = into.bytes
  let to = start
  for (let i = first; i < first + count; i++) {
    at += 4
    const stop = offsets[i] as number
    if (stop - to > LONG_VALUE) {
      target.set(bytes.subarray(at, at + stop - to), to)
      at += stop - to
      to = stop
    } else while (to < stop) target[to++] = bytes[at++] as number
  }
  into.count += count
  return at
}

function plainBooleanDecoder(bytes: Uint8Array): ValueDecoder {
  let bit = 0
  return {
    longestValue: 0,
    read(count, into: Values) {
      if (into.kind !== 'fixed') throw invalid('values of a fixed width were expected')
      if (bit + count > bytes.length * 8) throw invalid('a page ends before its values')
      reserve(into, count)
      const target = into.bytes
      for (let to = into.count, end = to + count; to < end; to++, bit++) {
        target[to] = ((bytes[bit >>> 3] as number) >> (bit & 7)) & 1
      }
      into.count += count
    },
  }
}
