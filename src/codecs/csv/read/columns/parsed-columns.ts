import { DataType, type Field, TimeUnit } from 'apache-arrow'
import { OTHER } from '../../../../../kernels/csv-rows/record.ts'
import { columnTypeName } from '../../../../columns/column-type.ts'
import { parseFloat64 } from '../../../../internal/float64.ts'
import { parseTimeOfDay } from '../../../../internal/time-of-day.ts'
import { asciiText, decodeUtf8 } from '../../../../internal/utf8.ts'
import { wideNonFinite } from '../../../text/wide-spellings.ts'
import { type DateFormat, normalizedParts } from '../../date-format.ts'
import { appendOtherCells } from './cell-buffer.ts'
import { fixedColumn, type TextColumn } from './csv-column.ts'

/** The value of a cell's text, undefined if the text does not fit the type. */
export type ValueOf<Value> = (bytes: Uint8Array, start: number, end: number) => Value | undefined

interface NumberArray {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, offset?: number, length?: number): { [index: number]: number }
}
interface BigIntArray {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, offset?: number, length?: number): { [index: number]: bigint }
}

/** A column whose cells are parsed one by one, for types and spellings that neither the kernel nor a dedicated loop reads. */
export function parsedColumn(
  field: Field,
  isEmptyNull: boolean,
  type: NumberArray,
  cellValue: ValueOf<number>,
): TextColumn
export function parsedColumn(
  field: Field,
  isEmptyNull: boolean,
  type: BigIntArray,
  cellValue: ValueOf<bigint>,
): TextColumn
export function parsedColumn(
  field: Field,
  isEmptyNull: boolean,
  type: NumberArray | BigIntArray,
  cellValue: ValueOf<number | bigint>,
): TextColumn {
  const width = type.BYTES_PER_ELEMENT
  let view = new type(new ArrayBuffer(0)) as { [index: number]: unknown; readonly buffer?: ArrayBufferLike }
  return fixedColumn<Uint8Array>({
    field,
    typeName: columnTypeName(field.type),
    kind: OTHER,
    isEmptyNull,
    allocate: (rows) => new Uint8Array(rows * width),
    parse(bytes, start, end, values, index) {
      const value = cellValue(bytes, start, end)
      if (value === undefined) return false
      if (view.buffer !== values.buffer) view = new type(values.buffer) as typeof view
      view[index] = value
      return true
    },
    append: appendOtherCells,
    finish: (values, rows) => new type(values.slice(0, rows * width).buffer, 0, rows) as never,
  })
}

const INTEGER = /^(?:0|-?[1-9][0-9]{0,19})$/

/** Integers of any width, in their canonical spelling. */
export function integerOf(bits: number, isSigned: boolean): ValueOf<bigint> {
  const [min, max] = isSigned ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n] : [0n, 2n ** BigInt(bits) - 1n]
  return (bytes, start, end) => {
    if (end - start > 20) return undefined
    const text = asciiText(bytes, start, end)
    if (!INTEGER.test(text)) return undefined
    const value = BigInt(text)
    return value >= min && value <= max ? value : undefined
  }
}

/** The nearest double, or with `isSingle` the nearest single, of any decimal. */
export function floatOf(isSingle: boolean): ValueOf<number> {
  return (bytes, start, end) => {
    const value = parseFloat64(bytes, start, end)
    if (Number.isNaN(value)) return wideNonFinite(bytes, start, end)
    const nearest = isSingle ? Math.fround(value) : value
    return Number.isFinite(nearest) ? nearest : undefined
  }
}

export function timeOf(bytes: Uint8Array, start: number, end: number): bigint | undefined {
  return end - start > 40 ? undefined : parseTimeOfDay(asciiText(bytes, start, end), 1_000_000n)
}

const DAY_NANOSECONDS = 86_400_000_000_000n
const UNIT_NANOSECONDS: Readonly<Record<TimeUnit, bigint>> = {
  [TimeUnit.SECOND]: 1_000_000_000n,
  [TimeUnit.MILLISECOND]: 1_000_000n,
  [TimeUnit.MICROSECOND]: 1000n,
  [TimeUnit.NANOSECOND]: 1n,
}

/** A column of dates or times in a custom format; undefined for a type that is neither. */
export function formattedColumn(field: Field, isEmptyNull: boolean, format: DateFormat): TextColumn | undefined {
  const { type } = field
  const partsOf: ValueOf<{ days: number; nanoseconds: number }> = (bytes, start, end) => {
    const parts = end - start > 200 ? undefined : format.parse(decodeUtf8(bytes, start, end))
    return parts && normalizedParts(parts)
  }
  if (DataType.isDate(type) && format.type === 'date') {
    return parsedColumn(field, isEmptyNull, Int32Array, (bytes, start, end) => partsOf(bytes, start, end)?.days)
  }
  const isTimestamp = DataType.isTimestamp(type) && format.type !== 'time'
  if (!isTimestamp && !(DataType.isTime(type) && type.bitWidth === 64 && format.type === 'time')) return undefined
  const unit = UNIT_NANOSECONDS[type.unit as TimeUnit]
  return parsedColumn(field, isEmptyNull, BigInt64Array, (bytes, start, end) => {
    const parts = partsOf(bytes, start, end)
    if (parts === undefined) return undefined
    const nanoseconds = BigInt(parts.days) * DAY_NANOSECONDS + BigInt(parts.nanoseconds)
    const value = nanoseconds / unit
    return value * unit === nanoseconds && BigInt.asIntN(64, value) === value ? value : undefined
  })
}
