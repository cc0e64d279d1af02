import { parseInt64 } from '../../internal/int64.ts'
import { parseCommonTimestamp } from '../../internal/iso8601.ts'
import { boolOf } from '../inference.ts'
import type { Cells } from './cells.ts'
import { CR, LF, QUOTE } from './row-block.ts'

// Each reads the cell that begins at `at`, whose end is not known yet, into place `index` of its column, and gives the offset after its last
// byte: that of a delimiter, a line break or a quote, unless the text goes on in a way that is none of its type's. -1: the cell is not one
// for this way, and what stands at the index is undefined. None needs to be told where the bytes end, since a line break follows them.

const ZERO = 0x30
const MINUS = 0x2d
const POINT = 0x2e

/** A byte in every byte of a word; see `mark-bytes.ts` for the test of four bytes at once. */
const EACH = 0x01010101
const HIGH_BITS = 0x80808080 | 0
const QUOTES = QUOTE * EACH
const BREAKS = (CR + 1) * EACH

/** Whether a byte ends an unquoted cell, or shows that it is not sound. */
function isEnd(byte: number, delimiter: number): boolean {
  return byte === delimiter || byte === LF || byte === QUOTE || byte === CR
}

/** The bytes of a word that may end unquoted text: the high bit of each, and perhaps of bytes above the lowest. */
function textEnds(word: number, delimiters: number): number {
  const delimited = word ^ delimiters
  return (quoteEnds(word) | ((delimited - EACH) & ~delimited)) & HIGH_BITS
}

/** The bytes of a word that are a quote or a control character. */
function quoteEnds(word: number): number {
  const quoted = word ^ QUOTES
  return (((word - BREAKS) & ~word) | ((quoted - EACH) & ~quoted)) & HIGH_BITS
}

/** Bytes before the first of those that `ends` names in two words. */
function bytesBefore(ends: number, nextEnds: number): number {
  return ends !== 0 ? (31 - Math.clz32(ends & -ends)) >> 3 : 4 + ((31 - Math.clz32(nextEnds & -nextEnds)) >> 3)
}

/** Unquoted text, eight bytes at once, since what costs is the branch at its end. */
export function takeText(
  cells: Cells<Int32Array>,
  view: DataView,
  at: number,
  index: number,
  delimiter: number,
): number {
  const { values: offsets, target } = cells
  const delimiters = delimiter * EACH
  let used = offsets[index] as number
  for (;;) {
    const word = view.getInt32(at, true)
    const next = view.getInt32(at + 4, true)
    target.setInt32(used, word, true)
    target.setInt32(used + 4, next, true)
    const ends = textEnds(word, delimiters)
    const nextEnds = textEnds(next, delimiters)
    if ((ends | nextEnds) === 0) {
      at += 8
      used += 8
      continue
    }
    const before = bytesBefore(ends, nextEnds)
    at += before
    used += before
    if (isEnd(view.getUint8(at), delimiter)) break
    // Another control character.
    at++
    used++
  }
  offsets[index + 1] = used
  return at
}

/** Text in quotes that ends on its own line, from after the opening quote to after the closing one. */
export function takeQuotedText(cells: Cells<Int32Array>, view: DataView, at: number, index: number): number {
  const { values: offsets, target } = cells
  let used = offsets[index] as number
  for (;;) {
    const word = view.getInt32(at, true)
    const next = view.getInt32(at + 4, true)
    target.setInt32(used, word, true)
    target.setInt32(used + 4, next, true)
    const ends = quoteEnds(word)
    const nextEnds = quoteEnds(next)
    if ((ends | nextEnds) === 0) {
      at += 8
      used += 8
      continue
    }
    const before = bytesBefore(ends, nextEnds)
    at += before
    used += before
    const byte = view.getUint8(at)
    if (byte === QUOTE) {
      if (view.getUint8(at + 1) !== QUOTE) break
      at++
    } else if (byte === LF || byte === CR) return -1
    at++
    used++
  }
  offsets[index + 1] = used
  return at + 1
}

export function takeInt64(cells: Cells<Int32Array>, bytes: Uint8Array, at: number, index: number): number {
  const { values } = cells
  const isNegative = bytes[at] === MINUS
  const first = isNegative ? at + 1 : at
  let end = first
  let value = 0
  for (; ; end++) {
    const digit = (bytes[end] as number) - ZERO
    if (digit >>> 0 > 9) break
    value = (value * 10 + digit) | 0
  }
  const digits = end - first
  if (digits > 9 || digits < 1 || bytes[first] === ZERO) return parseInt64(bytes, at, end, values, index) ? end : -1
  if (isNegative) value = -value
  values[2 * index] = value
  values[2 * index + 1] = value >> 31
  return end
}

/** The powers of ten that fifteen digits after the point need, all of them exact. */
const POWERS = Float64Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`))

export function takeFloat64(
  cells: Cells<Float64Array>,
  bytes: Uint8Array,
  at: number,
  index: number,
  delimiter: number,
): number {
  const isNegative = bytes[at] === MINUS
  const first = isNegative ? at + 1 : at
  let end = first
  let mantissa = 0
  let digit = 0
  for (; ; end++) {
    digit = (bytes[end] as number) - ZERO
    if (digit >>> 0 > 9) break
    mantissa = mantissa * 10 + digit
  }
  let digits = end - first
  const isPadded = digits > 1 && bytes[first] === ZERO
  let decimals = 0
  if (bytes[end] === POINT) {
    const fraction = ++end
    for (; ; end++) {
      digit = (bytes[end] as number) - ZERO
      if (digit >>> 0 > 9) break
      mantissa = mantissa * 10 + digit
    }
    decimals = end - fraction
    digits += decimals
  }
  const isWhole = isEnd(bytes[end] as number, delimiter)
  // Fifteen digits and their power of ten are exact, so the one rounding of the quotient is the right one.
  if (!isWhole || isPadded || digits > 15 || digits < 1) return takeParsed(cells, bytes, at, index, delimiter)
  const value = decimals === 0 ? mantissa : mantissa / (POWERS[decimals] as number)
  cells.values[index] = isNegative ? -value : value
  return end
}

export function takeBool(cells: Cells<Uint8Array>, bytes: Uint8Array, at: number, index: number): number {
  const { values } = cells
  const end = at + (((bytes[at] as number) | 0x20) === 0x74 ? 4 : 5)
  const bool = boolOf(bytes, at, end)
  const bit = 1 << (index & 7)
  const others = (values[index >> 3] as number) & ~bit
  values[index >> 3] = bool === 1 ? others | bit : others
  return bool < 0 ? -1 : end
}

export function takeTimestamp(
  cells: Cells<Int32Array>,
  bytes: Uint8Array,
  at: number,
  index: number,
  delimiter: number,
): number {
  const end = parseCommonTimestamp(bytes, at, cells.values, index)
  if (end > 0 && isEnd(bytes[end] as number, delimiter)) return end
  return takeParsed(cells, bytes, at, index, delimiter)
}

/**
 * A cell whose kernel must be told its end: tried where the cell before it in the column would end, since times and dates are often of one
 * length, and no value holds what ends a cell; then where it ends.
 */
export function takeParsed<Values>(
  cells: Cells<Values>,
  bytes: Uint8Array,
  at: number,
  index: number,
  delimiter: number,
): number {
  const { values } = cells
  let end = at + cells.guess
  if (isEnd(bytes[end] as number, delimiter) && cells.parse(bytes, at, end, values, index)) return end
  end = at
  while (!isEnd(bytes[end] as number, delimiter)) end++
  cells.guess = end - at
  return cells.parse(bytes, at, end, values, index) ? end : -1
}
