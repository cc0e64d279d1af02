import { DataType, Precision, TimeUnit } from 'apache-arrow'
import { MillraceError } from '../../../../errors.ts'
import type { ColumnChunk, RowGroup } from '../footer/file-metadata.ts'
import type { Leaf, Shape } from './schema-shape.ts'

export type ParquetFilterValue = number | bigint | string | boolean | Date | Uint8Array

/** What a column's values must be: equal, one of, above, at least, below, at most. Several conditions hold together. Nulls match none. */
export interface ParquetCondition {
  readonly eq?: ParquetFilterValue
  readonly in?: readonly ParquetFilterValue[]
  readonly gt?: ParquetFilterValue
  readonly gte?: ParquetFilterValue
  readonly lt?: ParquetFilterValue
  readonly lte?: ParquetFilterValue
}

/**
 * Conditions on flat columns by name, all of which must hold: `{ year: { gte: 2020 }, country: { in: ['CH', 'AT'] } }`.
 *
 * Numbers and bigints go with numeric columns, decimal text with decimals too, `Date` with dates and timestamps (or a bigint of the
 * column's unit), strings with text, `Uint8Array` with binary columns.
 */
export interface ParquetFilter {
  readonly [column: string]: ParquetCondition
}

/** Sign of `bound - value`; undefined where they cannot be compared, so that nothing follows. */
type Compare = (bound: Uint8Array) => number | undefined

/** Whether a row group may hold a row that matches, as far as its statistics tell. */
export function mayMatch(filter: ParquetFilter, group: RowGroup, columns: readonly Shape[]): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    const shapes = columns.filter(({ field }) => field.name === name)
    if (shapes.length === 0) {
      throw new MillraceError('COLUMN_UNKNOWN', 'filter: the file has no such column', { position: { column: name } })
    }
    return shapes.every((shape) => {
      if (shape.kind !== 'leaf') throw misfit(name, 'it is a list or a struct, which has no statistics')
      const chunk = group.chunks[shape.leaf.index]
      return chunk === undefined || chunkMayMatch(condition, chunk, shape.leaf)
    })
  })
}

function chunkMayMatch(condition: ParquetCondition, chunk: ColumnChunk, leaf: Leaf): boolean {
  const { min, max, nulls } = chunk.statistics ?? {}
  const above = (value: ParquetFilterValue) => sign(max, comparison(leaf, value))
  const below = (value: ParquetFilterValue) => sign(min, comparison(leaf, value))
  const within = (value: ParquetFilterValue) => (above(value) ?? 0) >= 0 && (below(value) ?? 0) <= 0
  const { eq, gt, gte, lt, lte } = condition
  const holds =
    (eq === undefined || within(eq)) &&
    (condition.in === undefined || condition.in.some(within)) &&
    (gt === undefined || (above(gt) ?? 1) > 0) &&
    (gte === undefined || (above(gte) ?? 0) >= 0) &&
    (lt === undefined || (below(lt) ?? -1) < 0) &&
    (lte === undefined || (below(lte) ?? 0) <= 0)
  const asks = Object.values(condition).some((value) => value !== undefined)
  return holds && !(asks && nulls === chunk.values && chunk.values > 0)
}

function sign(bound: Uint8Array | undefined, compare: Compare): number | undefined {
  return bound === undefined ? undefined : compare(bound)
}

/** How the bounds of a column compare with a value of the filter. */
function comparison(leaf: Leaf, value: ParquetFilterValue): Compare {
  const { type, physical } = leaf.layout
  if (DataType.isBool(type) && typeof value === 'boolean') return (bound) => (bound[0] ?? 0) - Number(value)
  if (DataType.isInt(type) && isNumeric(value)) return (bound) => order(integer(bound, type.isSigned), value)
  if (DataType.isFloat(type) && isNumeric(value)) {
    return (bound) => (type.precision === Precision.HALF ? undefined : order(float(bound), value))
  }
  if (DataType.isDecimal(type) && (isNumeric(value) || typeof value === 'string')) {
    return decimalComparison(leaf, value, type.scale)
  }
  if (DataType.isDate(type) && value instanceof Date) {
    return (bound) => order(integer(bound, true), value.getTime() / 86_400_000)
  }
  if (DataType.isTimestamp(type) && (value instanceof Date || typeof value === 'bigint')) {
    if (physical === 'INT96') return () => undefined
    const wanted = value instanceof Date ? unitsOf(value, type.unit) : value
    return (bound) => order(integer(bound, true), wanted)
  }
  if (DataType.isTime(type) && isNumeric(value)) return (bound) => order(integer(bound, true), value)
  if (DataType.isUtf8(type) && typeof value === 'string') return bytesComparison(leaf, Buffer.from(value))
  if (isBinary(type) && value instanceof Uint8Array) return bytesComparison(leaf, value)
  throw misfit(leaf.name, `a ${value instanceof Date ? 'Date' : typeof value} does not go with its type`)
}

function isNumeric(value: ParquetFilterValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function isBinary(type: DataType): boolean {
  return DataType.isBinary(type) || DataType.isFixedSizeBinary(type)
}

/** JavaScript compares bigints with numbers by their exact values. NaN compares with nothing. */
function order(bound: number | bigint | undefined, value: number | bigint): number | undefined {
  if (bound === undefined) return undefined
  if (bound < value) return -1
  if (bound > value) return 1
  return bound >= value ? 0 : undefined
}

function integer(bound: Uint8Array, signed: boolean): bigint | undefined {
  const view = new DataView(bound.buffer, bound.byteOffset, bound.byteLength)
  if (bound.length === 4) return BigInt(signed ? view.getInt32(0, true) : view.getUint32(0, true))
  if (bound.length === 8) return signed ? view.getBigInt64(0, true) : view.getBigUint64(0, true)
  return undefined
}

function float(bound: Uint8Array): number | undefined {
  const view = new DataView(bound.buffer, bound.byteOffset, bound.byteLength)
  if (bound.length === 4) return view.getFloat32(0, true)
  return bound.length === 8 ? view.getFloat64(0, true) : undefined
}

const UNITS_PER_MILLI = new Map([
  [TimeUnit.MILLISECOND, 1n],
  [TimeUnit.MICROSECOND, 1000n],
  [TimeUnit.NANOSECOND, 1_000_000n],
])

function unitsOf(date: Date, unit: TimeUnit): bigint | number {
  const time = date.getTime()
  return Number.isNaN(time) ? time : BigInt(time) * (UNITS_PER_MILLI.get(unit) ?? 1n)
}

const DECIMAL = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d{1,3}))?$/i

function decimalComparison(leaf: Leaf, value: number | bigint | string, scale: number): Compare {
  const [, minus, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(String(value)) ?? []
  if (minus === undefined || whole + fraction === '') throw misfit(leaf.name, 'the value is no decimal number')
  const valueScale = fraction.length - Number(exponent)
  const common = Math.max(scale, valueScale)
  const wanted = BigInt(`${minus}${whole}${fraction}`) * 10n ** BigInt(common - valueScale)
  const bigEndian = leaf.layout.physical === 'FIXED_LEN_BYTE_ARRAY' || leaf.layout.physical === 'BYTE_ARRAY'
  return (bound) => {
    const unscaled = bigEndian ? bigEndianInteger(bound) : integer(bound, true)
    return unscaled === undefined ? undefined : order(unscaled * 10n ** BigInt(common - scale), wanted)
  }
}

function bigEndianInteger(bound: Uint8Array): bigint | undefined {
  if (bound.length === 0) return undefined
  return BigInt.asIntN(bound.length * 8, BigInt(`0x${Buffer.from(bound).toString('hex')}`))
}

/** Byte strings are ordered as unsigned bytes; annotations that we do not know may order otherwise. */
function bytesComparison(leaf: Leaf, value: Uint8Array): Compare {
  const isOrdered = leaf.element.logical?.kind !== 'other'
  return (bound) => (isOrdered ? Buffer.compare(bound, value) : undefined)
}

function misfit(column: string, why: string): MillraceError {
  return new MillraceError('OPTION_INVALID', `filter: ${why}`, { position: { column } })
}
