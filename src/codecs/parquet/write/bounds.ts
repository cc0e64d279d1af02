import type { WriteLeaf } from './file-schema.ts'
import { type LeafValues, viewAt } from './leaf-values.ts'

/** Which value is the least and which the greatest. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

/** How the kernel compares. */
const KINDS = {
  bits: { unsigned: 0 },
  word: { signed: 1, unsigned: 2, float: 3 },
  'double-word': { signed: 4, unsigned: 5, float: 6 },
  bytes: { unsigned: 7 },
  fixed: { unsigned: 7, decimal: 8, float: 9 },
} as const satisfies Record<LeafValues['physical'], Partial<Record<WriteLeaf['order'], number>>>

/**
 * The least and the greatest of values `start` to `end` in the order of their type, or of those whose places lie at `order` in the kernel's
 * memory. Undefined where there is none, and where one is NaN: it has no place in the order, and readers take bounds to cover every value.
 */
export function boundsOf(
  { kernel, physical }: LeafValues,
  leaf: WriteLeaf,
  start: number,
  end: number,
  order = 0,
): Bounds | undefined {
  const kinds: Partial<Record<WriteLeaf['order'], number>> = KINDS[physical]
  const kind = kinds[leaf.order]
  if (start >= end || kind === undefined || kernel.exports.takeBounds(kind, start, end, order) === 0) return undefined
  return { min: kernel.exports.least.value, max: kernel.exports.greatest.value }
}

/** The bounds of two values. */
export function boundsOfPair(values: LeafValues, leaf: WriteLeaf, a: number, b: number): Bounds | undefined {
  const { memory } = values.kernel
  const order = memory.reserve(8)
  memory.words.set([a, b], order >>> 2)
  const bounds = boundsOf(values, leaf, 0, 2, order)
  memory.release(order)
  return bounds
}

/** How far apart the bounds of integers are. */
export function integerRange(values: LeafValues, leaf: WriteLeaf, { min, max }: Bounds): bigint {
  return integerAt(values, leaf, max) - integerAt(values, leaf, min)
}

/** A word or double word as the integer that it is. */
export function integerAt(values: LeafValues, leaf: WriteLeaf, i: number): bigint {
  const view = viewAt(values, i)
  const isSigned = leaf.order === 'signed'
  if (values.physical === 'word') return BigInt(isSigned ? view.getInt32(0, true) : view.getUint32(0, true))
  return isSigned ? view.getBigInt64(0, true) : view.getBigUint64(0, true)
}
