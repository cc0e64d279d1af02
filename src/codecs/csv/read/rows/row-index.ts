import { type ErrorCode, MillraceError } from '../../../../errors.ts'
import { copyUnescaped, type Marks } from './marks.ts'

/**
 * An index over the fields of some rows, valid until the next one is requested from its reader.
 *
 * `bounds` holds two numbers per field, row by row: the start and end of its text in `bytes`. Three markers limit the
 * columns' loops to one comparison per field:
 * - a quoted field has a quote before its start;
 * - a quoted field with escapes has the complement (`~`) of its start, and is unescaped when it is copied;
 * - a null that is not an empty field has the end {@link NULL_END}: one that a `nullValues` token matched, or that its row is too short for.
 */
export interface RowBlock {
  readonly bytes: Uint8Array
  /** The same bytes, for reading whole words: at least three more follow the last field. */
  readonly view: DataView
  readonly bounds: Int32Array
  readonly marks: Marks
  /** Fields per row. */
  readonly width: number
  rows: number
  /** Start of the first row, and of the bytes after the last row. */
  readonly start: number
  readonly end: number
  /** The data row number of the first row, rejected rows counted. */
  readonly firstRow: number
  /** Rejected rows before, between and after these, in order. */
  readonly faults: readonly RowFault[]
  /** The physical line on which a row begins. For errors: requested in order, O(bytes of the block) in total. */
  lineOf(row: number): number
}

/** A row that breaks a rule of the format. */
export interface RowFault {
  /** Valid rows of the block before it. */
  readonly before: number
  readonly line: number
  readonly code: ErrorCode
  readonly reason: string
}

export const NULL_END = -1
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

/** The physical line of an offset, counted from the last one requested; `line` is that of `start`. */
export function lineCounter(bytes: Uint8Array, start: number, line: number): (at: number) => number {
  let counted = start
  let before = 0
  return (at) => {
    if (at < counted) {
      counted = start
      before = 0
    }
    before += countLines(bytes, counted, at)
    counted = at
    return line + before
  }
}

/** The text of a field with escapes, whose start in the index is `~start`. */
export function unescapedText({ bytes, marks }: RowBlock, start: number, end: number): Uint8Array {
  const text = new Uint8Array(end - start)
  return text.subarray(0, copyUnescaped(bytes, start, end, marks, text, 0))
}

/** Test whether the field from `start` to `end` is null; an empty field is if `isEmptyNull`, unless it was quoted. */
export function isNullField(block: RowBlock, start: number, end: number, isEmptyNull: boolean): boolean {
  return end < 0 || (end === start && isEmptyNull && block.bytes[start - 1] !== block.marks.lastOfQuote)
}

/** Reasons for rejecting a row: the rule it breaks, and what to do. */
export const FAULT = {
  quoteInText: 'an unquoted field contains a quote; quote the field and double the quote',
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
  return limitError(
    `a field is over ${maxBytes} bytes: a quote may be missing; otherwise see limits.maxFieldBytes`,
    line,
  )
}

export function rowTooLong(maxBytes: number, line: number): MillraceError {
  return limitError(`a row is over ${maxBytes} bytes: a quote may be missing; otherwise see limits.maxRowBytes`, line)
}

function limitError(message: string, line: number): MillraceError {
  return new MillraceError('LIMIT_EXCEEDED', message, { position: { line } })
}
