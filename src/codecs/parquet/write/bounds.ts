import type { Leaf } from './file-schema.ts'
import type { LeafValues } from './leaf-values.ts'

/** Which value is the least and which the greatest. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

const TWO_32 = 2 ** 32
const SIGN = 0x80000000 | 0

/**
 * The least and the greatest of values `start` to `end` in the order of their type, or of those that `order` names at these places.
 * Undefined where there is none, and where one is NaN.
 */
export function boundsOf(
  values: LeafValues,
  leaf: Leaf,
  start: number,
  end: number,
  order?: Int32Array,
): Bounds | undefined {
  if (start >= end || leaf.order === 'none') return undefined
  switch (values.physical) {
    case 'bits':
      return numberBounds(values.bits, start, end, order)
    case 'word':
      return numberBounds(wordView(values, leaf), start, end, order)
    case 'double-word':
      if (leaf.order === 'float') return numberBounds(doubleView(values), start, end, order)
      return doubleWordBounds(values.words, leaf.order === 'signed', start, end, order)
    case 'bytes':
      return byteBounds(values, 0, start, end, order)
    case 'fixed':
      if (leaf.order === 'float') return numberBounds(halfFloats(values), start, end, order)
      return byteBounds(values, leaf.order === 'decimal' ? 0x80 : 0, start, end, order)
  }
}

type Numbers = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array

export function wordView({ words, count }: LeafValues, leaf: Leaf): Numbers {
  if (leaf.order === 'signed') return words
  if (leaf.order === 'float') return new Float32Array(words.buffer, words.byteOffset, count)
  return new Uint32Array(words.buffer, words.byteOffset, count)
}

export function doubleView({ words, count }: LeafValues): Float64Array {
  return new Float64Array(words.buffer, words.byteOffset, count)
}

/** None where a number is NaN: it has no place in the order, and readers take bounds to cover every value. */
function numberBounds(numbers: Numbers, start: number, end: number, order: Int32Array | undefined): Bounds | undefined {
  let min = order === undefined ? start : (order[start] as number)
  let max = min
  let least = numbers[min] as number
  let greatest = least
  for (let at = start; at < end; at++) {
    const i = order === undefined ? at : (order[at] as number)
    const value = numbers[i] as number
    if (value < least) {
      least = value
      min = i
    } else if (value > greatest) {
      greatest = value
      max = i
    } else if (Number.isNaN(value)) return undefined
  }
  return { min, max }
}

function doubleWordBounds(
  words: Int32Array,
  isSigned: boolean,
  start: number,
  end: number,
  order: Int32Array | undefined,
): Bounds {
  // Flipping the sign bit makes signed order of unsigned numbers, and keeps them in 32 bits.
  const flip = isSigned ? 0 : SIGN
  let min = order === undefined ? start : (order[start] as number)
  let max = min
  let minHigh = (words[2 * min + 1] as number) ^ flip
  let minLow = (words[2 * min] as number) ^ SIGN
  let maxHigh = minHigh
  let maxLow = minLow
  for (let at = start; at < end; at++) {
    const i = order === undefined ? at : (order[at] as number)
    const high = (words[2 * i + 1] as number) ^ flip
    const low = (words[2 * i] as number) ^ SIGN
    if (high < minHigh || (high === minHigh && low < minLow)) {
      minHigh = high
      minLow = low
      min = i
    } else if (high > maxHigh || (high === maxHigh && low > maxLow)) {
      maxHigh = high
      maxLow = low
      max = i
    }
  }
  return { min, max }
}

/**
 * Bytes in unsigned lexicographic order; `flip` turns the first byte of a signed big-endian number into that order. Most values are told
 * apart by their first four bytes, read as one number.
 */
function byteBounds(
  { view, starts, ends }: LeafValues,
  flip: number,
  start: number,
  end: number,
  order: Int32Array | undefined,
): Bounds {
  let min = order === undefined ? start : (order[start] as number)
  let max = min
  let least = leadingBytes(view, starts[min] as number, ends[min] as number, flip)
  let greatest = least
  for (let at = start; at < end; at++) {
    const i = order === undefined ? at : (order[at] as number)
    const from = starts[i] as number
    const to = ends[i] as number
    const leading = leadingBytes(view, from, to, flip)
    if (
      leading >= greatest &&
      (leading > greatest || compareBytes(view, from, to, starts[max] as number, ends[max] as number) > 0)
    ) {
      max = i
      greatest = leading
    } else if (
      leading <= least &&
      (leading < least || compareBytes(view, from, to, starts[min] as number, ends[min] as number) < 0)
    ) {
      min = i
      least = leading
    }
  }
  return { min, max }
}

/** The first four bytes as a signed number of the same order, zeros behind the end. */
function leadingBytes(view: DataView, from: number, to: number, flip: number): number {
  let leading = 0
  if (to - from >= 4) leading = view.getInt32(from)
  else for (let at = from, shift = 24; at < to; at++, shift -= 8) leading |= view.getUint8(at) << shift
  return leading ^ (flip << 24) ^ SIGN
}

/** Unsigned lexicographic order, four bytes at a time. Where the first four bytes agree, a flipped first byte changes nothing. */
function compareBytes(view: DataView, a: number, aEnd: number, b: number, bEnd: number): number {
  const lengths = aEnd - a - (bEnd - b)
  const end = a + Math.min(aEnd - a, bEnd - b)
  for (; a + 4 <= end; a += 4, b += 4) {
    const [wordA, wordB] = [view.getInt32(a), view.getInt32(b)]
    if (wordA !== wordB) return (wordA ^ SIGN) < (wordB ^ SIGN) ? -1 : 1
  }
  for (; a < end; a++, b++) {
    const difference = view.getUint8(a) - view.getUint8(b)
    if (difference !== 0) return difference
  }
  return lengths
}

export function halfFloats({ bytes, starts, count }: LeafValues): Float32Array {
  const numbers = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    const at = starts[i] as number
    numbers[i] = halfFloat((bytes[at] as number) | ((bytes[at + 1] as number) << 8))
  }
  return numbers
}

function halfFloat(half: number): number {
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  const sign = half & 0x8000 ? -1 : 1
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** How far apart the bounds of integers are, to within 2 ** 12. */
export function integerRange({ physical, words }: LeafValues, leaf: Leaf, { min, max }: Bounds): number {
  const isSigned = leaf.order === 'signed'
  if (physical === 'word') {
    const [low, high] = [words[min] as number, words[max] as number]
    return isSigned ? high - low : (high >>> 0) - (low >>> 0)
  }
  const [low, high] = [words[2 * min + 1] as number, words[2 * max + 1] as number]
  const highs = isSigned ? high - low : (high >>> 0) - (low >>> 0)
  return highs * TWO_32 + (((words[2 * max] as number) >>> 0) - ((words[2 * min] as number) >>> 0))
}
