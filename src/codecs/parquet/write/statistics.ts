import type { Statistics } from 'hyparquet'
import { type Bounds, integerAt } from './bounds.ts'
import type { WriteLeaf } from './file-schema.ts'
import { isText } from './leaf-type.ts'
import { bytesAt, type LeafValues, viewAt } from './leaf-values.ts'

/** Most bytes of a text or binary bound. */
const MAX_BOUND_BYTES = 64

/** Statistics in the footer's form. */
export function statisticsOf(
  values: LeafValues,
  leaf: WriteLeaf,
  bounds: Bounds | undefined,
  nullCount: number,
  distinctCount?: number,
): Statistics {
  const counts = {
    null_count: BigInt(nullCount),
    ...(distinctCount === undefined ? {} : { distinct_count: BigInt(distinctCount) }),
  }
  if (bounds === undefined) return counts
  if (values.physical !== 'bytes') {
    return { ...counts, min_value: bound(values, leaf, bounds.min, -0), max_value: bound(values, leaf, bounds.max, 0) }
  }
  const min = minBound(bytesAt(values, bounds.min).slice(), leaf)
  const max = maxBound(bytesAt(values, bounds.max).slice(), leaf)
  return {
    ...counts,
    min_value: min.bytes,
    is_min_value_exact: min.isExact,
    ...(max === undefined ? {} : { max_value: max.bytes, is_max_value_exact: max.isExact }),
  }
}

/** A bound as a JavaScript value. A least zero is -0, a greatest one +0, since the order does not distinguish the two. */
function bound(values: LeafValues, leaf: WriteLeaf, i: number, zero: number): NonNullable<Statistics['min_value']> {
  const { physical } = values
  const isDecimal = leaf.schema.converted_type === 'DECIMAL'
  if (physical === 'bits') return viewAt(values, i).getUint8(0) === 1
  if (leaf.order === 'float') return floatAt(values, i) || zero
  if (physical === 'word' && !isDecimal) return Number(integerAt(values, leaf, i))
  if (physical === 'word' || physical === 'double-word') return integerAt(values, leaf, i)
  return isDecimal ? bigEndian(bytesAt(values, i)) : bytesAt(values, i).slice()
}

/** A float of 2, 4 or 8 bytes. */
function floatAt(values: LeafValues, i: number): number {
  const view = viewAt(values, i)
  if (values.physical === 'double-word') return view.getFloat64(0, true)
  return values.physical === 'word' ? view.getFloat32(0, true) : halfFloat(view.getUint16(0, true))
}

function halfFloat(half: number): number {
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  const sign = half & 0x8000 ? -1 : 1
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return sign * Number.POSITIVE_INFINITY
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.length * 8, value)
}

interface ByteBound {
  readonly bytes: Uint8Array
  readonly isExact: boolean
}

/** A prefix is never greater. Text is cut between characters. */
function minBound(bytes: Uint8Array, leaf: WriteLeaf): ByteBound {
  if (bytes.length <= MAX_BOUND_BYTES) return { bytes, isExact: true }
  return { bytes: bytes.subarray(0, cutAt(bytes, leaf)), isExact: false }
}

/** The least value of this length that exceeds everything with this prefix: the last character that has a successor is replaced by it. */
function maxBound(bytes: Uint8Array, leaf: WriteLeaf): ByteBound | undefined {
  if (bytes.length <= MAX_BOUND_BYTES) return { bytes, isExact: true }
  const cut = bytes.slice(0, cutAt(bytes, leaf))
  const next = isText(leaf.schema) ? nextText(cut) : nextBytes(cut)
  return next === undefined ? undefined : { bytes: next, isExact: false }
}

function cutAt(bytes: Uint8Array, leaf: WriteLeaf): number {
  let end = MAX_BOUND_BYTES
  if (isText(leaf.schema)) while (((bytes[end] as number) & 0xc0) === 0x80) end--
  return end
}

function nextBytes(bytes: Uint8Array): Uint8Array | undefined {
  for (let end = bytes.length; end > 0; end--) {
    const byte = bytes[end - 1] as number
    if (byte === 0xff) continue
    const next = bytes.slice(0, end)
    next[end - 1] = byte + 1
    return next
  }
  return undefined
}

function nextText(bytes: Uint8Array): Uint8Array | undefined {
  const points = Array.from(
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
    (char) => char.codePointAt(0) ?? 0,
  )
  for (let point = points.pop(); point !== undefined; point = points.pop()) {
    if (point === 0x10ffff) continue
    points.push(point === 0xd7ff ? 0xe000 : point + 1)
    return new TextEncoder().encode(String.fromCodePoint(...points))
  }
  return undefined
}
