// Over 250 lines, since each type has its own loop, so that the call of its parser has one target: a loop shared by all types would call through a pointer for
// every cell.

import { type Decimal, type Field, TimeUnit } from 'apache-arrow'
import {
  BOOL,
  DATE,
  FLOAT64,
  INT64,
  OTHER,
  TIMESTAMP_MS,
  TIMESTAMP_NS,
  TIMESTAMP_US,
} from '../../../../../kernels/csv-rows/record.ts'
import { parseDecimal } from '../../../../internal/decimal.ts'
import { keepsNumber, parseFloat64 } from '../../../../internal/float64.ts'
import { parseInt64 } from '../../../../internal/int64.ts'
import {
  MICROSECOND,
  MILLISECOND,
  NANOSECOND,
  parseDate,
  parseTimestamp,
  type TimestampUnit,
} from '../../../../internal/iso8601.ts'
import { decodeUtf8 } from '../../../../internal/utf8.ts'
import { boolOf, nonFiniteNumber } from '../../../text/inferred-type.ts'
import { parseWideTimestamp, wideNonFinite } from '../../../text/wide-spellings.ts'
import type { RowBlock } from '../rows/row-index.ts'
import { addOtherCell, type CellKind, type Cells } from './cell-buffer.ts'
import { fixedColumn, type TextColumn } from './csv-column.ts'
import type { NumberText } from './number-text.ts'

export function int64Column(field: Field, isEmptyNull: boolean): TextColumn {
  return fixedColumn<Int32Array>({
    field,
    typeName: 'int64',
    kind: INT64,
    isEmptyNull,
    allocate: (rows) => new Int32Array(rows * 2),
    parse: parseInt64,
    append: appendInt64,
    finish: (values, rows) => new BigInt64Array(trimmed(values, rows * 2).buffer, 0, rows),
  })
}

function appendInt64(cells: Cells<Int32Array>, block: RowBlock, column: number): void {
  const { bytes, bounds, rows } = block
  const { values, length } = cells
  for (let row = 0, field = column * 2; row < rows; row++, field += block.width * 2) {
    const start = bounds[field] as number
    const end = bounds[field + 1] as number
    if (start < 0 || end <= start || !parseInt64(bytes, start, end, values, length + row)) {
      addOtherCell(cells, block, row, start, end)
    }
  }
}

export function int32Column(field: Field, isEmptyNull: boolean): TextColumn {
  const scratch = new Int32Array(2)
  function parse(bytes: Uint8Array, start: number, end: number, values: Int32Array, index: number): boolean {
    if (!parseInt64(bytes, start, end, scratch, 0)) return false
    const low = scratch[0] as number
    if (scratch[1] !== low >> 31) return false
    values[index] = low
    return true
  }
  function append(cells: Cells<Int32Array>, block: RowBlock, column: number): void {
    const { bytes, bounds, rows } = block
    const { values, length } = cells
    for (let row = 0, field = column * 2; row < rows; row++, field += block.width * 2) {
      const start = bounds[field] as number
      const end = bounds[field + 1] as number
      if (start < 0 || end <= start || !parse(bytes, start, end, values, length + row)) {
        addOtherCell(cells, block, row, start, end)
      }
    }
  }
  return fixedColumn<Int32Array>({
    field,
    typeName: 'int32',
    kind: OTHER,
    isEmptyNull,
    allocate: (rows) => new Int32Array(rows),
    parse,
    append,
    finish: trimmed,
  })
}

/** @param isPinned - whether the caller asked for doubles, so that any decimal is read as its nearest double. */
export function float64Column(field: Field, isEmptyNull: boolean, isPinned: boolean): TextColumn {
  return fixedColumn<Float64Array>({
    field,
    typeName: 'float64',
    kind: FLOAT64,
    isEmptyNull,
    allocate: (rows) => new Float64Array(rows),
    parse(bytes, start, end, values, index) {
      const value = parseFloat64(bytes, start, end)
      const nonFinite = isPinned ? wideNonFinite : nonFiniteNumber
      const double = Number.isNaN(value) ? nonFinite(bytes, start, end) : value
      if (double === undefined) return false
      if (!isPinned && Number.isFinite(double) && !keepsNumber(double, bytes, start, end)) return false
      values[index] = double
      return true
    },
    append: appendFloat64,
    finish: trimmed,
  })
}

function appendFloat64(cells: Cells<Float64Array>, block: RowBlock, column: number): void {
  const { bytes, bounds, rows } = block
  const { values, length } = cells
  for (let row = 0, field = column * 2; row < rows; row++, field += block.width * 2) {
    const start = bounds[field] as number
    const end = bounds[field + 1] as number
    const value = start < 0 ? Number.NaN : parseFloat64(bytes, start, end)
    if (!Number.isNaN(value) && keepsNumber(value, bytes, start, end)) values[length + row] = value
    else addOtherCell(cells, block, row, start, end)
  }
}

/** A pinned column of bools with custom spellings of one or both values. */
export function wordColumn(
  field: Field,
  isEmptyNull: boolean,
  trueValues: readonly string[] | undefined,
  falseValues: readonly string[] | undefined,
): TextColumn {
  function wordOf(bytes: Uint8Array, start: number, end: number): -1 | 0 | 1 {
    const text = decodeUtf8(bytes, start, end)
    const usual = boolOf(bytes, start, end)
    if (trueValues === undefined ? usual === 1 : trueValues.includes(text)) return 1
    return (falseValues === undefined ? usual === 0 : falseValues.includes(text)) ? 0 : -1
  }
  return fixedColumn<Uint8Array>({
    field,
    typeName: 'bool',
    kind: OTHER,
    isEmptyNull,
    allocate: (rows) => new Uint8Array((rows + 7) >> 3),
    parse: (bytes, start, end, values, index) => storeBool(wordOf(bytes, start, end), values, index),
    append(cells, block, column) {
      for (let row = 0, cell = column * 2; row < block.rows; row++, cell += block.width * 2) {
        addOtherCell(cells, block, row, block.bounds[cell] as number, block.bounds[cell + 1] as number)
      }
    },
    finish: (values, rows) => trimmed(values, (rows + 7) >> 3),
  })
}

export function boolColumn(field: Field, isEmptyNull: boolean): TextColumn {
  return fixedColumn<Uint8Array>({
    field,
    typeName: 'bool',
    kind: BOOL,
    isEmptyNull,
    allocate: (rows) => new Uint8Array((rows + 7) >> 3),
    parse: parseBool,
    append: appendBool,
    finish: (values, rows) => trimmed(values, (rows + 7) >> 3),
  })
}

function parseBool(bytes: Uint8Array, start: number, end: number, values: Uint8Array, index: number): boolean {
  return storeBool(boolOf(bytes, start, end), values, index)
}

function storeBool(bool: -1 | 0 | 1, values: Uint8Array, index: number): boolean {
  const bit = 1 << (index & 7)
  if (bool === 1) values[index >> 3] = (values[index >> 3] as number) | bit
  else values[index >> 3] = (values[index >> 3] as number) & ~bit
  return bool >= 0
}

function appendBool(cells: Cells<Uint8Array>, block: RowBlock, column: number): void {
  const { bytes, bounds, rows } = block
  const { values, length } = cells
  for (let row = 0, field = column * 2; row < rows; row++, field += block.width * 2) {
    const start = bounds[field] as number
    const end = bounds[field + 1] as number
    if (start < 0 || !parseBool(bytes, start, end, values, length + row)) addOtherCell(cells, block, row, start, end)
  }
}

export function dateColumn(field: Field, isEmptyNull: boolean): TextColumn {
  return fixedColumn<Int32Array>({
    field,
    typeName: 'date',
    kind: DATE,
    isEmptyNull,
    allocate: (rows) => new Int32Array(rows),
    parse: parseDate,
    append: appendDate,
    finish: trimmed,
  })
}

function appendDate(cells: Cells<Int32Array>, block: RowBlock, column: number): void {
  const { bytes, bounds, rows } = block
  const { values, length } = cells
  for (let row = 0, field = column * 2; row < rows; row++, field += block.width * 2) {
    const start = bounds[field] as number
    const end = bounds[field + 1] as number
    if (start < 0 || !parseDate(bytes, start, end, values, length + row)) {
      addOtherCell(cells, block, row, start, end)
    }
  }
}

const UNITS = new Map<TimeUnit, { unit: TimestampUnit; name: string; kind: CellKind }>([
  [TimeUnit.MILLISECOND, { unit: MILLISECOND, name: 'timestamp', kind: TIMESTAMP_MS }],
  [TimeUnit.MICROSECOND, { unit: MICROSECOND, name: 'timestamp[us]', kind: TIMESTAMP_US }],
  [TimeUnit.NANOSECOND, { unit: NANOSECOND, name: 'timestamp[ns]', kind: TIMESTAMP_NS }],
])

/** Undefined for a unit of whole seconds, which no column type has. */
export function timestampColumn(
  field: Field,
  isEmptyNull: boolean,
  timeUnit: TimeUnit,
  isPinned: boolean,
): TextColumn | undefined {
  const { unit, name, kind } = UNITS.get(timeUnit) ?? {}
  if (unit === undefined || name === undefined || kind === undefined) return undefined
  return fixedColumn<Int32Array>({
    field,
    typeName: name,
    kind,
    isEmptyNull,
    allocate: (rows) => new Int32Array(rows * 2),
    parse: (bytes, start, end, values, index) =>
      parseTimestamp(bytes, start, end, unit, values, index) ||
      (isPinned && parseWideTimestamp(bytes, start, end, unit, values, index)),
    append: (cells, block, column) => appendTimestamp(cells, block, column, unit),
    finish: (values, rows) => new BigInt64Array(trimmed(values, rows * 2).buffer, 0, rows),
  })
}

function appendTimestamp(cells: Cells<Int32Array>, block: RowBlock, column: number, unit: TimestampUnit): void {
  const { bytes, bounds, rows } = block
  const { values, length } = cells
  for (let row = 0, field = column * 2; row < rows; row++, field += block.width * 2) {
    const start = bounds[field] as number
    const end = bounds[field + 1] as number
    if (start < 0 || !parseTimestamp(bytes, start, end, unit, values, length + row)) {
      addOtherCell(cells, block, row, start, end)
    }
  }
}

export function decimalColumn(
  field: Field<Decimal>,
  isEmptyNull: boolean,
  numbers: NumberText | undefined,
): TextColumn {
  const { precision, scale, bitWidth } = field.type
  const words = bitWidth / 32
  return fixedColumn<Int32Array>({
    field,
    typeName: `decimal(${precision},${scale})`,
    kind: OTHER,
    isEmptyNull,
    allocate: (rows) => new Int32Array(rows * words),
    parse(bytes, start, end, values, index) {
      if (numbers === undefined) return parseDecimal(bytes, start, end, precision, scale, words, values, index)
      const number = numbers(bytes, start, end)
      return number !== undefined && parseDecimal(number, 0, number.length, precision, scale, words, values, index)
    },
    append(cells, block, column) {
      const { bytes, bounds, rows } = block
      const { values, length } = cells
      for (let row = 0, field = column * 2; row < rows; row++, field += block.width * 2) {
        const start = bounds[field] as number
        const end = bounds[field + 1] as number
        if (start < 0 || numbers || !parseDecimal(bytes, start, end, precision, scale, words, values, length + row)) {
          addOtherCell(cells, block, row, start, end)
        }
      }
    },
    finish: (values, rows) => new Uint32Array(trimmed(values, rows * words).buffer, 0, rows * words),
  })
}

/** The used part of a buffer: a view if little is unused, otherwise a copy, so that a table does not hold twice its size. */
export function trimmed<Values extends Int32Array | Float64Array | Uint8Array>(values: Values, used: number): Values {
  return (used * 4 >= values.length * 3 ? values.subarray(0, used) : values.slice(0, used)) as Values
}
