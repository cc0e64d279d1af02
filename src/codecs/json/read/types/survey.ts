import { SEEN } from '../../../text/inferred-type.ts'
import {
  type Cursor,
  EXPECTED_COMMA_OR_BRACE,
  EXPECTED_COMMA_OR_BRACKET,
  EXPECTED_KEY,
  fail,
  REPEATED_KEY,
  TOO_DEEP,
  TOO_MANY_COLUMNS,
} from '../rows/cursor.ts'
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  FALSE,
  isKey,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  NULL,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipColon,
  skipNumber,
  skipSpace,
  skipString,
  skipValue,
  skipWord,
  TRUE,
} from '../rows/grammar.ts'
import { keyText, writeText } from '../rows/unescape.ts'
import { KIND, newShape, type Shape, seenNumber, seenString } from './json-shape.ts'

/**
 * Columns of rows, and the kinds of values that each of them holds. The survey checks the whole grammar, so a row that
 * it accepts is valid JSON.
 */
export interface Survey {
  readonly root: Shape
  readonly maxColumns: number
  /** Columns whose types are pinned. */
  readonly pinned: ReadonlySet<string>
  columns: number
  objects: number
  /** The changes of the current row, so that a rejected row can be undone. */
  readonly changed: Shape[]
  readonly changedFrom: number[]
  readonly added: { readonly parent: Shape; readonly name: string; readonly field: Shape }[]
  readonly scratch: Int32Array
}

const NO_KEY = new Uint8Array(0)
/** A string column that stays text whatever strings follow. */
const IS_TEXT = KIND.string | SEEN.text

export function newSurvey(maxColumns: number, pinned: ReadonlySet<string>): Survey {
  return {
    root: newShape(NO_KEY),
    maxColumns,
    pinned,
    columns: 0,
    objects: 0,
    changed: [],
    changedFrom: [],
    added: [],
    scratch: new Int32Array(2),
  }
}

/** Survey the row at `at`, an object, then keep or undo it. Returns the offset after it, or -1, after which it must be undone. */
export function surveyRow(cursor: Cursor, survey: Survey, at: number): number {
  return surveyObject(cursor, survey, survey.root, at, 1)
}

/** Undo the current row: the survey is what it was before. */
export function undoRow(survey: Survey): void {
  for (let index = survey.changed.length - 1; index >= 0; index--) {
    ;(survey.changed[index] as Shape).seen = survey.changedFrom[index] as number
  }
  const gone = new Set(survey.added.map(({ field }) => field))
  for (const { parent, name } of survey.added) parent.fields?.delete(name)
  for (const parent of new Set(survey.added.map((one) => one.parent))) forgetNext(parent, gone)
  survey.columns -= survey.added.length
  keepRow(survey)
}

/** Stop expecting these fields. */
function forgetNext(parent: Shape, gone: ReadonlySet<Shape>): void {
  if (parent.first !== undefined && gone.has(parent.first)) parent.first = undefined
  for (const field of parent.fields?.values() ?? []) {
    if (field.next !== undefined && gone.has(field.next)) field.next = undefined
  }
}

/** Keep the current row. */
export function keepRow(survey: Survey): void {
  survey.changed.length = 0
  survey.changedFrom.length = 0
  survey.added.length = 0
}

function mark(survey: Survey, shape: Shape, seen: number): void {
  if ((shape.seen | seen) === shape.seen) return
  survey.changed.push(shape)
  survey.changedFrom.push(shape.seen)
  shape.seen |= seen
}

/** Record the kind of the value at `at`. Returns the offset after it, or -1. */
export function surveyValue(cursor: Cursor, survey: Survey, shape: Shape, at: number, depth: number): number {
  if (shape.isPinned) return skipValue(cursor, at, depth)
  const { bytes } = cursor
  switch (bytes[at]) {
    case QUOTE: {
      const end = skipString(cursor, at)
      if (end > 0 && (shape.seen & IS_TEXT) !== IS_TEXT) {
        mark(survey, shape, stringMark(bytes, at + 1, end - 1, survey.scratch))
      }
      return end
    }
    case OPEN_BRACE:
      if (depth >= cursor.maxDepth) return fail(cursor, TOO_DEEP, at)
      mark(survey, shape, KIND.object)
      return surveyObject(cursor, survey, shape, at, depth + 1)
    case OPEN_BRACKET:
      if (depth >= cursor.maxDepth) return fail(cursor, TOO_DEEP, at)
      mark(survey, shape, KIND.array)
      return surveyArray(cursor, survey, shape, at, depth + 1)
    case LOWER_T:
      mark(survey, shape, KIND.bool)
      return skipWord(cursor, at, TRUE)
    case LOWER_F:
      mark(survey, shape, KIND.bool)
      return skipWord(cursor, at, FALSE)
    case LOWER_N:
      return skipWord(cursor, at, NULL)
    default: {
      const end = skipNumber(cursor, at)
      if (end > 0) mark(survey, shape, seenNumber(bytes, at, end, survey.scratch))
      return end
    }
  }
}

function stringMark(bytes: Uint8Array, start: number, end: number, scratch: Int32Array): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== BACKSLASH) continue
    const text = new Uint8Array(end - start)
    return seenString(text, 0, writeText(bytes, start, end, text, 0), scratch)
  }
  return seenString(bytes, start, end, scratch)
}

function surveyObject(cursor: Cursor, survey: Survey, shape: Shape, at: number, depth: number): number {
  const { bytes } = cursor
  const object = ++survey.objects
  let previous: Shape | undefined
  at = skipSpace(cursor, at + 1)
  if (bytes[at] === CLOSE_BRACE) return at + 1
  for (;;) {
    if (bytes[at] !== QUOTE) return fail(cursor, EXPECTED_KEY, at)
    let field = previous === undefined ? shape.first : previous.next
    if (field !== undefined && isKey(bytes, at + 1, field.key)) at += field.key.length + 1
    else {
      const end = skipString(cursor, at)
      if (end < 0) return end
      field = fieldOf(survey, shape, bytes, at + 1, end - 1)
      if (field === undefined) return fail(cursor, TOO_MANY_COLUMNS, at)
      if (previous === undefined) shape.first = field
      else previous.next = field
      at = end
    }
    if (field.stamp === object) return fail(cursor, REPEATED_KEY, at)
    field.stamp = object
    previous = field
    at = skipColon(cursor, at)
    if (at < 0) return at
    at = surveyValue(cursor, survey, field, at, depth)
    if (at < 0) return at
    at = skipSpace(cursor, at)
    const byte = bytes[at]
    if (byte === CLOSE_BRACE) return at + 1
    if (byte !== COMMA) return fail(cursor, EXPECTED_COMMA_OR_BRACE, at)
    at = skipSpace(cursor, at + 1)
  }
}

function fieldOf(survey: Survey, shape: Shape, bytes: Uint8Array, start: number, end: number): Shape | undefined {
  const name = keyText(bytes, start, end)
  shape.fields ??= new Map()
  const known = shape.fields.get(name)
  if (known !== undefined) return known
  if (survey.columns >= survey.maxColumns) return undefined
  survey.columns++
  const field = newShape(bytes.slice(start, end + 1), shape === survey.root && survey.pinned.has(name))
  shape.fields.set(name, field)
  survey.added.push({ parent: shape, name, field })
  return field
}

function surveyArray(cursor: Cursor, survey: Survey, shape: Shape, at: number, depth: number): number {
  const { bytes } = cursor
  shape.item ??= newShape(NO_KEY)
  at = skipSpace(cursor, at + 1)
  if (bytes[at] === CLOSE_BRACKET) return at + 1
  for (;;) {
    at = surveyValue(cursor, survey, shape.item, at, depth)
    if (at < 0) return at
    at = skipSpace(cursor, at)
    const byte = bytes[at]
    if (byte === CLOSE_BRACKET) return at + 1
    if (byte !== COMMA) return fail(cursor, EXPECTED_COMMA_OR_BRACKET, at)
    at = skipSpace(cursor, at + 1)
  }
}
