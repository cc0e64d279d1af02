import {
  BIG_ENDIAN,
  BYTES,
  FLOAT16,
  FLOAT32,
  FLOAT64,
  INT32,
  INT64,
  UINT8,
  UINT32,
  UINT64,
} from '../../../../kernels/parquet-write/record.ts'
import type { WriteLeaf } from './file-schema.ts'
import { type LeafValues, viewAt } from './leaf-values.ts'

/** Positions of the least and the greatest value. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

/** The kernel's order of comparison. */
const KINDS = {
  bits: { unsigned: UINT8 },
  word: { signed: INT32, unsigned: UINT32, float: FLOAT32 },
  'double-word': { signed: INT64, unsigned: UINT64, float: FLOAT64 },
  bytes: { unsigned: BYTES },
  fixed: { unsigned: BYTES, decimal: BIG_ENDIAN, float: FLOAT16 },
} as const satisfies Record<LeafValues['physical'], Partial<Record<WriteLeaf['order'], number>>>

/**
 * The least and the greatest of values `start` to `end` in the order of their type, or of those whose positions are at
 * `order` in the kernel's memory. Undefined if there is none, or if one is NaN: it has no place in the order, and
 * readers rely on bounds to cover every value.
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

/** Difference between the bounds of integers. */
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
