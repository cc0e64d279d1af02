import { DataType, Field, TimeUnit } from 'apache-arrow'
import { columnType, schemaFields } from '../../../../columns/column-type.ts'
import { MillraceError } from '../../../../errors.ts'
import { keepsNumber } from '../../../../internal/float64.ts'
import { inferredField, isUndecided, nonFiniteNumber, SEEN, seenInText } from '../../../text/inferred-type.ts'
import { wideNonFinite } from '../../../text/wide-spellings.ts'
import type { CsvTyping } from '../../csv-options.ts'
import { isNullField, type RowBlock, unescapedText } from '../rows/row-index.ts'
import { binaryColumn } from './binary-column.ts'
import type { TextColumn } from './csv-column.ts'
import {
  boolColumn,
  dateColumn,
  decimalColumn,
  float64Column,
  int32Column,
  int64Column,
  timestampColumn,
  wordColumn,
} from './fixed-width-columns.ts'
import { type NumberText, numberText } from './number-text.ts'
import { floatOf, formattedColumn, integerOf, parsedColumn, timeOf, type ValueOf } from './parsed-columns.ts'
import { stringColumn } from './string-column.ts'

/** The columns of a file: their names and types. */
export interface TablePlan {
  readonly names: readonly string[]
  readonly fields: readonly Field[]
  /** Columns whose type was inferred, rather than pinned. */
  readonly isInferred: readonly boolean[]
  /** Columns whose type a later value may change although it fits. */
  readonly isUndecided: readonly boolean[]
  /** Values seen in each column, as flags of {@link SEEN}; 0 in pinned columns. */
  readonly seen: readonly number[]
}

/** Collects the kinds of values of every column that is not pinned. */
export interface ColumnSurvey {
  readonly names: readonly string[]
  /** True if the type of any column is to be inferred. */
  readonly isOpen: boolean
  add(block: RowBlock): void
  plan(): TablePlan
}

export function columnSurvey(names: readonly string[], typing: CsvTyping): ColumnSurvey {
  const { schema, nullValues, formats } = typing
  const pinned = schemaFields(schema)
  const isInSchema = new Set(pinned.keys())
  for (const [name, { type }] of formats) {
    if (!pinned.has(name)) pinned.set(name, new Field(name, columnType(type), true))
  }
  const numbers = numberText(typing)
  for (const column of pinned.keys()) {
    if (names.includes(column)) continue
    throw new MillraceError(
      'COLUMN_UNKNOWN',
      `${isInSchema.has(column) ? 'schema' : 'formats'} names a column that is not in the file; its header has ${names.length} names`,
      {
        position: { column },
      },
    )
  }
  const isEmptyNull = nullValues.includes('')
  const seen = new Int32Array(names.length)
  const isPinned = names.map((name) => pinned.has(name))
  return {
    names,
    isOpen: isPinned.includes(false),
    add(block) {
      for (let column = 0; column < names.length; column++) {
        if (isPinned[column] !== true && seen[column] !== SEEN.text) {
          seen[column] = surveyColumn(block, column, seen[column] as number, isEmptyNull, numbers)
        }
      }
    },
    plan() {
      const fields = names.map((name, column) => pinned.get(name) ?? inferredField(name, seen[column] as number))
      return {
        names,
        fields,
        isInferred: isPinned.map((is) => !is),
        isUndecided: isPinned.map((is, column) => !is && isUndecided(seen[column] as number)),
        seen: [...seen],
      }
    },
  }
}

/** Add a block's values to the flags of a column; `SEEN.text` alone once no other flag can matter. */
function surveyColumn(
  block: RowBlock,
  column: number,
  seen: number,
  isEmptyNull: boolean,
  numbers: NumberText | undefined,
): number {
  const { bytes, bounds, rows, width } = block
  const scratch = new Int32Array(2)
  for (let row = 0, field = column * 2; row < rows; row++, field += width * 2) {
    const start = bounds[field] as number
    const end = bounds[field + 1] as number
    if (start < 0) {
      const text = unescapedText(block, ~start, end)
      seen |= seenInCell(text, 0, text.length, scratch, numbers)
    } else if (!isNullField(block, start, end, isEmptyNull)) seen |= seenInCell(bytes, start, end, scratch, numbers)
    if ((seen & SEEN.text) !== 0) return SEEN.text
  }
  return seen
}

const NUMBERS = SEEN.int | SEEN.wideInt | SEEN.float

/** The flags of a cell's text, numbers in the spelling of the options. */
function seenInCell(
  bytes: Uint8Array,
  start: number,
  end: number,
  scratch: Int32Array,
  numbers: NumberText | undefined,
): number {
  const number = numbers?.(bytes, start, end)
  if (number !== undefined) return seenInText(number, 0, number.length, scratch)
  const seen = seenInText(bytes, start, end, scratch)
  return numbers !== undefined && (seen & NUMBERS) !== 0 ? SEEN.text : seen
}

/** The builder of a planned column. @throws MillraceError `OPTION_INVALID` for types that cannot be read from CSV text. */
export function textColumn(field: Field, isPinned: boolean, typing: CsvTyping): TextColumn {
  const { type } = field
  const isEmptyNull = typing.nullValues.includes('')
  const format = typing.formats.get(field.name)
  const formatted = format && formattedColumn(field, isEmptyNull, format)
  if (formatted !== undefined) return formatted
  if (DataType.isUtf8(type)) return stringColumn(field, isEmptyNull)
  if (format !== undefined) throw unreadable(field, 'the column is pinned as another type than its format has')
  if (DataType.isBool(type)) {
    const { trueValues, falseValues } = typing
    const hasWords = isPinned && (trueValues !== undefined || falseValues !== undefined)
    return hasWords ? wordColumn(field, isEmptyNull, trueValues, falseValues) : boolColumn(field, isEmptyNull)
  }
  if (DataType.isBinary(type)) return binaryColumn(field, isEmptyNull)
  const numbers = numberText(typing)
  const column = numberColumn(field, isPinned, isEmptyNull, numbers)
  if (column !== undefined) return column
  if (DataType.isDate(type) && type.unit === 0) return dateColumn(field, isEmptyNull)
  if (DataType.isTime(type) && type.bitWidth === 64 && type.unit === TimeUnit.MICROSECOND) {
    return parsedColumn(field, isEmptyNull, BigInt64Array, timeOf)
  }
  const timestamps = DataType.isTimestamp(type) ? timestampColumn(field, isEmptyNull, type.unit, isPinned) : undefined
  if (timestamps !== undefined) return timestamps
  throw unreadable(field, `CSV cannot be read as ${type}; pin the column as string and convert it`)
}

function numberColumn(
  field: Field,
  isPinned: boolean,
  isEmptyNull: boolean,
  numbers: NumberText | undefined,
): TextColumn | undefined {
  const { type } = field
  if (DataType.isInt(type)) {
    const { isSigned, bitWidth } = type
    if (isSigned && bitWidth === 64 && numbers === undefined) return int64Column(field, isEmptyNull)
    if (isSigned && bitWidth === 32 && numbers === undefined) return int32Column(field, isEmptyNull)
    const cellValue = respelled(numbers, integerOf(bitWidth, isSigned))
    if (bitWidth === 64) return parsedColumn(field, isEmptyNull, isSigned ? BigInt64Array : BigUint64Array, cellValue)
    const [signed, unsigned] =
      bitWidth === 8 ? [Int8Array, Uint8Array] : bitWidth === 16 ? [Int16Array, Uint16Array] : [Int32Array, Uint32Array]
    return parsedColumn(field, isEmptyNull, isSigned ? signed : unsigned, (bytes, start, end) => {
      const value = cellValue(bytes, start, end)
      return value === undefined ? undefined : Number(value)
    })
  }
  if (DataType.isFloat(type) && type.precision > 0) {
    if (type.precision === 2 && numbers === undefined) return float64Column(field, isEmptyNull, isPinned)
    return parsedColumn(
      field,
      isEmptyNull,
      type.precision === 2 ? Float64Array : Float32Array,
      respelledFloat(numbers, isPinned, type.precision === 1),
    )
  }
  return DataType.isDecimal(type) ? decimalColumn(field, isEmptyNull, numbers) : undefined
}

/** Values of numbers in the spelling of the options. */
function respelled<Value>(numbers: NumberText | undefined, cellValue: ValueOf<Value>): ValueOf<Value> {
  if (numbers === undefined) return cellValue
  return (bytes, start, end) => {
    const number = numbers(bytes, start, end)
    return number && cellValue(number, 0, number.length)
  }
}

function respelledFloat(numbers: NumberText | undefined, isPinned: boolean, isSingle: boolean): ValueOf<number> {
  const numberOf = respelled(numbers, (bytes, start, end) => {
    const value = floatOf(isSingle)(bytes, start, end)
    return value === undefined || isPinned || keepsNumber(value, bytes, start, end) ? value : undefined
  })
  const nonFinite = isPinned ? wideNonFinite : nonFiniteNumber
  return (bytes, start, end) => numberOf(bytes, start, end) ?? nonFinite(bytes, start, end)
}

function unreadable(field: Field, message: string): MillraceError {
  return new MillraceError('OPTION_INVALID', message, { position: { column: field.name } })
}
