import { type ByteValues, byteValues, type FixedValues, reserve, reserveBytes } from '../bytes/value-buffers.ts'
import { invalid } from '../invalid.ts'
import type { ValueDecoder } from './decoder.ts'
import { type DeltaReader, deltaEnd, deltaInt32Reader } from './delta-reader.ts'

const LENGTHS = 4096
const LONG_VALUE = 48

/** DELTA_LENGTH_BYTE_ARRAY: delta encoded lengths, then all bytes. */
export function deltaLengthDecoder(page: Uint8Array): ValueDecoder {
  const lengths = deltaInt32Reader(page, 0, page.length)
  const scratch = new Int32Array(LENGTHS)
  let at = deltaEnd(page, 0, page.length)
  return {
    longestValue: 0,
    read(count, into) {
      if (into.kind !== 'bytes') throw invalid('byte strings were expected')
      reserve(into, count)
      for (let left = count; left > 0; ) {
        const take = Math.min(left, LENGTHS)
        lengths.read(scratch, 0, take)
        at = appendRun(page, at, scratch, take, into)
        left -= take
      }
    },
  }
}

/** Append `count` contiguous values with one copy. */
function appendRun(page: Uint8Array, at: number, lengths: Int32Array, count: number, into: ByteValues): number {
  const start = into.offsets[into.count] as number
  let total = 0
  for (let i = 0; i < count; i++) {
    const length = lengths[i] as number
    if (length < 0 || length > page.length) throw invalid('a value is longer than its page')
    total += length
    into.offsets[into.count + 1 + i] = start + total
  }
  if (total > page.length - at) throw invalid('a page ends before its values')
  reserveBytes(into, total)
  into.bytes.set(page.subarray(at, at + total), start)
  into.count += count
  return at + total
}

/** DELTA_BYTE_ARRAY: the number of bytes each value shares with the previous one, and the rest as DELTA_LENGTH_BYTE_ARRAY. */
export function deltaByteArrayDecoder(page: Uint8Array, width: number): ValueDecoder {
  const longestValue = longestOf(page)
  const prefixes = deltaInt32Reader(page, 0, page.length)
  const suffixStart = deltaEnd(page, 0, page.length)
  const suffixes = deltaInt32Reader(page, suffixStart, page.length)
  let at = deltaEnd(page, suffixStart, page.length)
  let previous = new Uint8Array(0)
  const prefixLengths = new Int32Array(LENGTHS)
  const suffixLengths = new Int32Array(LENGTHS)

  function readInto(count: number, into: ByteValues): void {
    reserve(into, count)
    for (let left = count; left > 0; ) {
      const take = Math.min(left, LENGTHS)
      prefixes.read(prefixLengths, 0, take)
      suffixes.read(suffixLengths, 0, take)
      at = appendShared(page, at, previous, prefixLengths, suffixLengths, take, into)
      const last = into.offsets[into.count - 1] as number
      previous = into.bytes.slice(last, into.offsets[into.count] as number)
      left -= take
    }
  }

  return {
    longestValue: width > 0 ? 0 : longestValue,
    read(count, into) {
      if (into.kind === 'bytes') {
        readInto(count, into)
        return
      }
      if (longestValue > width) throw invalid('a value is longer than its column allows')
      const strings = byteValues(count)
      readInto(count, strings)
      appendFixed(strings, into, width)
    },
  }
}

/** One loop over the values: the prefix comes from the previous value, wherever it is stored, the suffix from the page. */
function appendShared(
  page: Uint8Array,
  at: number,
  previous: Uint8Array,
  prefixes: Int32Array,
  suffixes: Int32Array,
  count: number,
  into: ByteValues,
): number {
  const { offsets } = into
  const start = offsets[into.count] as number
  let total = 0
  for (let i = 0; i < count; i++) total += (prefixes[i] as number) + (suffixes[i] as number)
  reserveBytes(into, total)
  const target = into.bytes
  let used = start
  let before = previous
  let beforeAt = 0
  let beforeLength = previous.length
  for (let i = 0; i < count; i++) {
    const prefix = prefixes[i] as number
    const suffix = suffixes[i] as number
    if (prefix > beforeLength) throw invalid('a value shares more bytes than its predecessor has')
    if (suffix > page.length - at) throw invalid('a page ends before its values')
    const valueAt = used
    if (prefix + suffix > LONG_VALUE) {
      target.set(before.subarray(beforeAt, beforeAt + prefix), used)
      target.set(page.subarray(at, at + suffix), used + prefix)
      used += prefix + suffix
      at += suffix
    } else {
      for (let from = beforeAt, end = beforeAt + prefix; from < end; ) target[used++] = before[from++] as number
      for (const end = at + suffix; at < end; ) target[used++] = page[at++] as number
    }
    before = target
    beforeAt = valueAt
    beforeLength = used - valueAt
    offsets[into.count + 1 + i] = used
  }
  into.count += count
  return at
}

/** The longest value of a page. Lengths are read twice, so that nothing is allocated before they are known to be valid. */
function longestOf(page: Uint8Array): number {
  const prefixes = deltaInt32Reader(page, 0, page.length)
  const suffixes = deltaInt32Reader(page, deltaEnd(page, 0, page.length), page.length)
  if (prefixes.total !== suffixes.total) throw invalid('a page has different numbers of prefixes and suffixes')
  const prefixLengths = new Int32Array(LENGTHS)
  const suffixLengths = new Int32Array(LENGTHS)
  let longest = 0
  for (let left = prefixes.total; left > 0; left -= LENGTHS) {
    const take = Math.min(left, LENGTHS)
    readLengths(prefixes, prefixLengths, take, page.length)
    readLengths(suffixes, suffixLengths, take, page.length)
    for (let i = 0; i < take; i++)
      longest = Math.max(longest, (prefixLengths[i] as number) + (suffixLengths[i] as number))
  }
  return longest
}

function readLengths(reader: DeltaReader, out: Int32Array, count: number, max: number): void {
  reader.read(out, 0, count)
  for (let i = 0; i < count; i++) {
    if ((out[i] as number) >>> 0 > max) throw invalid('a value is longer than its page')
  }
}

function appendFixed(strings: ByteValues, into: FixedValues, width: number): void {
  for (let i = 0; i <= strings.count; i++) {
    if (strings.offsets[i] !== i * width) throw invalid('a value is shorter than its column allows')
  }
  reserve(into, strings.count)
  into.bytes.set(strings.bytes.subarray(0, strings.count * width), into.count * width)
  into.count += strings.count
}
