import { type ErrorCode, MillraceError } from '../../../../errors.ts'

/**
 * An index over the fields of some rows, valid until its reader is asked for the next one.
 *
 * `bounds` holds two numbers a field, row by row: where its text starts and ends in `bytes`. Three marks keep the columns' loops to one
 * comparison per field:
 * - a quoted field has a quote before its start;
 * - a field with escaped quotes has the complement (`~`) of its start, and is unescaped when it is copied;
 * - a field that a `nullValues` token matched has the end -1.
 */
export interface RowBlock {
  readonly bytes: Uint8Array
  /** The same bytes, for reading whole words: at least three more follow the last field. */
  readonly view: DataView
  readonly bounds: Int32Array
  /** Fields of a row. */
  readonly width: number
  rows: number
  /** Where the bytes of the first row begin, and where those after the last row do. */
  readonly start: number
  readonly end: number
  /** The data row number of the first row, refused rows counted. */
  readonly firstRow: number
  /** Rows between, before and after these that the reader refused, in order. */
  readonly faults: readonly RowFault[]
  /** The physical line on which a row begins. For errors: O(bytes of the block). */
  lineOf(row: number): number
}

/** A row that is none. */
export interface RowFault {
  /** Sound rows of the block before it. */
  readonly before: number
  readonly line: number
  readonly code: ErrorCode
  readonly reason: string
}

export const QUOTE = 0x22
export const LF = 0x0a
export const CR = 0x0d

/** Physical lines that end in `bytes[start, end)`: at `\n`, `\r\n` or `\r`. */
export function countLines(bytes: Uint8Array, start: number, end: number): number {
  let lines = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) lines++
  }
  return lines
}

/** Copy `bytes[start, end)` to `out[at]`, every pair of quotes as one. @returns the offset after the last byte copied. */
export function unescapeQuotes(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  for (let from = start; from < end; from++) {
    const byte = bytes[from] as number
    out[at++] = byte
    if (byte === QUOTE) from++
  }
  return at
}

/** Why a row is refused: the rule it breaks, and what to do. */
export const FAULT = {
  quoteInText: 'a quote stands inside an unquoted field; quote the field and double the quote',
  textAfterQuote: 'text follows the closing quote of a field; double the quotes inside it',
  unclosedQuote: 'a quoted field has no closing quote',
} as const

export function wronglyEncoded(encoding: string, what: 'text' | 'first row'): string {
  return `the ${what} is not valid ${encoding}; see the option encoding`
}

export function wrongWidth(fields: number, columns: number): string {
  const noun = (count: number, one: string) => `${count} ${count === 1 ? one : `${one}s`}`
  return `the row has ${noun(fields, 'field')}, the table has ${noun(columns, 'column')}`
}

export function tooManyColumns(maxColumns: number, line: number): MillraceError {
  return limitError(`the first row has more than ${maxColumns} fields; see limits.maxColumns`, line)
}

export function fieldTooLong(maxBytes: number, line: number): MillraceError {
  return limitError(`a field is over ${maxBytes} bytes: a quote may be missing; else see limits.maxFieldBytes`, line)
}

export function rowTooLong(maxBytes: number, line: number): MillraceError {
  return limitError(`a row is over ${maxBytes} bytes: a quote may be missing; else see limits.maxRowBytes`, line)
}

function limitError(message: string, line: number): MillraceError {
  return new MillraceError('LIMIT_EXCEEDED', message, { position: { line } })
}
