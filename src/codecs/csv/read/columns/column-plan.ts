import { DataType, type Field } from 'apache-arrow'
import { schemaFields } from '../../../../columns/column-type.ts'
import { MillraceError } from '../../../../errors.ts'
import { inferredField, isUndecided, SEEN, seenInText } from '../../../text/inferred-type.ts'
import type { CsvTyping } from '../../csv-options.ts'
import { isNullField, type RowBlock, unescapedText } from '../rows/row-index.ts'
import type { TextColumn } from './csv-column.ts'
import {
  boolColumn,
  dateColumn,
  decimalColumn,
  float64Column,
  int32Column,
  int64Column,
  timestampColumn,
} from './fixed-width-columns.ts'
import { stringColumn } from './string-column.ts'

/** The columns of a file: their names and types. */
export interface TablePlan {
  readonly names: readonly string[]
  readonly fields: readonly Field[]
  /** Columns whose type was inferred, rather than pinned. */
  readonly isInferred: readonly boolean[]
  /** Columns of which a value yet to come may change the type although it fits. */
  readonly isUndecided: readonly boolean[]
}

/** Collects what the values of every column are, but for pinned ones. */
export interface ColumnSurvey {
  readonly names: readonly string[]
  /** Whether there is a column to learn about. */
  readonly isOpen: boolean
  add(block: RowBlock): void
  plan(): TablePlan
}

export function columnSurvey(names: readonly string[], { schema, nullValues }: CsvTyping): ColumnSurvey {
  const pinned = schemaFields(schema)
  for (const column of pinned.keys()) {
    if (names.includes(column)) continue
    throw new MillraceError(
      'COLUMN_UNKNOWN',
      `schema names a column that the file lacks; its header has ${names.length} names`,
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
          seen[column] = surveyColumn(block, column, seen[column] as number, isEmptyNull)
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
      }
    },
  }
}

/** What has been seen in a column once a block's values are added; `SEEN.text` alone where nothing more can matter. */
function surveyColumn(block: RowBlock, column: number, seen: number, isEmptyNull: boolean): number {
  const { bytes, bounds, rows, width } = block
  const scratch = new Int32Array(2)
  for (let row = 0, field = column * 2; row < rows; row++, field += width * 2) {
    const start = bounds[field] as number
    const end = bounds[field + 1] as number
    if (start < 0) {
      const text = unescapedText(block, ~start, end)
      seen |= seenInText(text, 0, text.length, scratch)
    } else if (!isNullField(block, start, end, isEmptyNull)) seen |= seenInText(bytes, start, end, scratch)
    if ((seen & SEEN.text) !== 0) return SEEN.text
  }
  return seen
}

/** The builder of a planned column. @throws MillraceError `OPTION_INVALID` for types that CSV text has no form for. */
export function textColumn(field: Field, isPinned: boolean, isEmptyNull: boolean): TextColumn {
  const { type } = field
  if (DataType.isUtf8(type)) return stringColumn(field, isEmptyNull)
  if (DataType.isBool(type)) return boolColumn(field, isEmptyNull)
  if (DataType.isInt(type) && type.isSigned && type.bitWidth === 64) return int64Column(field, isEmptyNull)
  if (DataType.isInt(type) && type.isSigned && type.bitWidth === 32) return int32Column(field, isEmptyNull)
  if (DataType.isFloat(type) && type.precision === 2) return float64Column(field, isEmptyNull, isPinned)
  if (DataType.isDate(type) && type.unit === 0) return dateColumn(field, isEmptyNull)
  if (DataType.isDecimal(type)) return decimalColumn(field, isEmptyNull)
  const timestamps = DataType.isTimestamp(type) ? timestampColumn(field, isEmptyNull, type.unit) : undefined
  if (timestamps !== undefined) return timestamps
  throw new MillraceError('OPTION_INVALID', `CSV cannot be read as ${type}; pin the column as string and convert it`, {
    position: { column: field.name },
  })
}
