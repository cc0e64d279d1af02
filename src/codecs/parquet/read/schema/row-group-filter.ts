import { DataType, Precision, TimeUnit } from 'apache-arrow'
import { MillraceError } from '../../../../errors.ts'
import { kindOf } from '../../../../internal/check-arguments.ts'
import { parseTimeOfDay } from '../../../../internal/time-of-day.ts'
import { viewOf } from '../bytes/value-buffers.ts'
import type { ColumnChunk, RowGroup } from '../footer/file-metadata.ts'
import type { ColumnShape, Leaf } from './schema-shape.ts'

export type ParquetFilterValue = number | bigint | string | boolean | Date | Uint8Array

/** Condition on a column's values: equal, one of, above, at least, below, at most. Several conditions must all hold. Nulls match none. */
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
 * Values by column type: numbers and bigints for numeric columns, decimal text for decimals too, `Date` for dates and
 * timestamps (or a bigint in the column's unit), `HH:MM:SS` for times of day (or their unit), strings for text,
 * `Uint8Array` for binary columns.
 */
export interface ParquetFilter {
  readonly [column: string]: ParquetCondition
}

/** A bound in comparable form: a number, or bytes in their own order. */
type Bound = number | bigint | Uint8Array

/** Sign of `bound - value`; undefined if they cannot be compared, so that nothing is skipped. */
type Compare = (bound: Bound) => number | undefined

/** Test by its statistics whether a row group may contain a matching row. */
export function mayMatch(filter: ParquetFilter, group: RowGroup, columns: readonly ColumnShape[]): boolean {
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
  const { min, max } = boundsOf(chunk, leaf)
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
  return holds && !(asks && isAllNull(chunk))
}

/** Test whether the statistics report only nulls, without bounds that contradict them. */
function isAllNull({ statistics, values }: ColumnChunk): boolean {
  if (statistics === undefined || values === 0 || statistics.nulls !== values) return false
  return statistics.min === undefined && statistics.max === undefined
}

interface Bounds {
  readonly min: Bound | undefined
  readonly max: Bound | undefined
}

const NO_BOUNDS: Bounds = { min: undefined, max: undefined }

/** The bounds of a column chunk; none if the least exceeds the greatest, which comes from writers that compared unsigned values as signed. */
function boundsOf({ statistics }: ColumnChunk, leaf: Leaf): Bounds {
  const min = statistics?.min === undefined ? undefined : boundOf(statistics.min, leaf)
  const max = statistics?.max === undefined ? undefined : boundOf(statistics.max, leaf)
  return min !== undefined && max !== undefined && (order(min, max) ?? 0) > 0 ? NO_BOUNDS : { min, max }
}

/** Decode a bound by the type of its column; undefined if it is invalid, or the type has no known order. */
function boundOf(bytes: Uint8Array, { element, layout }: Leaf): Bound | undefined {
  const { type, physical, physicalWidth } = layout
  if (physical === 'INT96' || element.logical?.kind === 'other') return undefined
  if (DataType.isDecimal(type)) return decimalBound(bytes, layout)
  if (DataType.isFloat(type)) return type.precision === Precision.HALF ? undefined : float(bytes, physicalWidth)
  if (physical === 'BOOLEAN') return bytes[0]
  if (physical === 'INT32' || physical === 'INT64') {
    return integer(bytes, physicalWidth, !DataType.isInt(type) || type.isSigned)
  }
  return bytes
}

function decimalBound(bytes: Uint8Array, { physical, physicalWidth }: Leaf['layout']): bigint | undefined {
  if (physical === 'INT32' || physical === 'INT64') return integer(bytes, physicalWidth, true)
  const isWhole = physical === 'BYTE_ARRAY' ? bytes.length > 0 : bytes.length === physicalWidth
  return isWhole ? BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`)) : undefined
}

function sign(bound: Bound | undefined, compare: Compare): number | undefined {
  return bound === undefined ? undefined : compare(bound)
}

/** Make the comparison of a column's bounds with a value of the filter. */
function comparison(leaf: Leaf, value: ParquetFilterValue): Compare {
  const { type } = leaf.layout
  const against =
    (wanted: Bound): Compare =>
    (bound) =>
      order(bound, wanted)
  if (DataType.isBool(type) && typeof value === 'boolean') return against(Number(value))
  if ((DataType.isInt(type) || DataType.isFloat(type) || DataType.isTime(type)) && isNumeric(value))
    return against(value)
  if (DataType.isTime(type) && typeof value === 'string') {
    const units = parseTimeOfDay(value, 1000n ** BigInt(type.unit))
    if (units !== undefined) return against(units)
    throw misfit(leaf.name, `a time of day is HH:MM:SS with at most ${3 * type.unit} digits of a second`)
  }
  if (DataType.isDecimal(type) && (isNumeric(value) || typeof value === 'string')) {
    return decimalComparison(leaf, value, type.scale)
  }
  if (DataType.isDate(type) && value instanceof Date) return against(value.getTime() / 86_400_000)
  if (DataType.isTimestamp(type) && (value instanceof Date || typeof value === 'bigint')) {
    return against(value instanceof Date ? unitsOf(value, type.unit) : value)
  }
  if (DataType.isUtf8(type) && typeof value === 'string') return against(Buffer.from(value))
  if (isBinary(type) && value instanceof Uint8Array) return against(value)
  throw misfit(leaf.name, `${kindOf(value)} does not fit its type`)
}

function isNumeric(value: ParquetFilterValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function isBinary(type: DataType): boolean {
  return DataType.isBinary(type) || DataType.isFixedSizeBinary(type)
}

/** JavaScript compares bigints with numbers by their exact values. NaN is incomparable. Byte strings are ordered as unsigned bytes. */
function order(bound: Bound, value: Bound): number | undefined {
  if (bound instanceof Uint8Array || value instanceof Uint8Array) {
    return bound instanceof Uint8Array && value instanceof Uint8Array ? Buffer.compare(bound, value) : undefined
  }
  if (bound < value) return -1
  if (bound > value) return 1
  return bound >= value ? 0 : undefined
}

function integer(bytes: Uint8Array, width: number, isSigned: boolean): bigint | undefined {
  if (bytes.length !== width) return undefined
  const view = viewOf(bytes)
  if (width === 4) return BigInt(isSigned ? view.getInt32(0, true) : view.getUint32(0, true))
  return isSigned ? view.getBigInt64(0, true) : view.getBigUint64(0, true)
}

function float(bytes: Uint8Array, width: number): number | undefined {
  if (bytes.length !== width) return undefined
  return width === 4 ? viewOf(bytes).getFloat32(0, true) : viewOf(bytes).getFloat64(0, true)
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
  if (minus === undefined || whole + fraction === '') throw misfit(leaf.name, 'the value is not a decimal number')
  const valueScale = fraction.length - Number(exponent)
  const common = Math.max(scale, valueScale)
  const wanted = BigInt(`${minus}${whole}${fraction}`) * 10n ** BigInt(common - valueScale)
  const factor = 10n ** BigInt(common - scale)
  return (bound) => (typeof bound === 'bigint' ? order(bound * factor, wanted) : undefined)
}

function misfit(column: string, why: string): MillraceError {
  return new MillraceError('OPTION_INVALID', `filter: ${why}`, { position: { column } })
}
