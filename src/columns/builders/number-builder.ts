import { type Float, type Int, Precision } from 'apache-arrow'
import { MillraceError } from '../../errors.ts'
import type { ArrayConstructor } from './buffers.ts'
import type { ColumnBuilder } from './builder.ts'
import { fixedBuilder } from './fixed-builder.ts'

export function intBuilder(type: Int): ColumnBuilder {
  const { isSigned, bitWidth } = type
  if (bitWidth === 64) {
    return isSigned
      ? fixedBuilder(type, BigInt64Array, (value) => toBigInt(value, MIN_INT64, MAX_INT64))
      : fixedBuilder(type, BigUint64Array, (value) => toBigInt(value, 0n, MAX_UINT64))
  }
  const min = isSigned ? -(2 ** (bitWidth - 1)) : 0
  const max = isSigned ? 2 ** (bitWidth - 1) - 1 : 2 ** bitWidth - 1
  return fixedBuilder(type, intArray(type), (value) => toInt(value, min, max))
}

/** The typed array of an integer type of up to 32 bits. */
export function intArray(type: Int): ArrayConstructor<Int32Array> {
  // Int8Array to Uint32Array: treated alike by the code that fills them with numbers in range.
  return type.ArrayType as ArrayConstructor<Int32Array>
}

export function floatBuilder(type: Float): ColumnBuilder {
  if (type.precision === Precision.DOUBLE) return fixedBuilder(type, Float64Array, toDouble)
  if (type.precision === Precision.SINGLE) return fixedBuilder(type, Float32Array, toSingle)
  throw new MillraceError('UNSUPPORTED_FORMAT', 'half floats cannot be built; use float32 or float64')
}

/** The value of the float type nearest to a number, for texts, which rarely spell one exactly. */
export function nearestFloat(value: number, type: Float): number {
  return type.precision === Precision.SINGLE ? Math.fround(value) : value
}

export const MIN_INT64 = -(2n ** 63n)
export const MAX_INT64 = 2n ** 63n - 1n
const MAX_UINT64 = 2n ** 64n - 1n
const INTEGER = /^(?:0|-?[1-9][0-9]{0,19})$/

/** The integer of a bigint, a safe integer or exact decimal text, if it is within the bounds. */
export function toBigInt(value: unknown, min: bigint, max: bigint): bigint | undefined {
  const integer = exactInteger(value)
  return integer !== undefined && integer >= min && integer <= max ? integer : undefined
}

function exactInteger(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && INTEGER.test(value) ? BigInt(value) : undefined
}

function toInt(value: unknown, min: number, max: number): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= min && value <= max ? value : undefined
  return typeof value === 'bigint' && value >= min && value <= max ? Number(value) : undefined
}

function toDouble(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'bigint') return undefined
  const double = Number(value)
  return Number.isFinite(double) && BigInt(double) === value ? double : undefined
}

function toSingle(value: unknown): number | undefined {
  const double = toDouble(value)
  return double === undefined || !Object.is(Math.fround(double), double) ? undefined : double
}
