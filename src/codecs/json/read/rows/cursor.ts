import type { ErrorCode } from '../../../../errors.ts'
import { type CodecLimits, DEFAULT_LIMITS } from '../../../limits.ts'

/** The reason why reading a row stopped: the rule that it breaks, and the resulting error code. */
export interface Fault {
  readonly code: ErrorCode
  readonly reason: string
}

/**
 * The bytes that rows are read from.
 *
 * `bytes[end]` always exists and is zero, which occurs in no token: readers therefore need no bounds checks and stop
 * there. A reader returns the offset after its value, or -1 with `fault` and `faultAt` set.
 */
export interface Cursor {
  bytes: Uint8Array
  end: number
  /** Line of the position up to which has been read, from 1. */
  line: number
  fault: Fault
  faultAt: number
  /** The column whose value did not fit, with dots between nested names. */
  faultColumn: string | undefined
  /** True if that column's type was pinned, so that no further rows could have prevented the fault. */
  faultPinned: boolean
  /** The path to the fault, if it differs from that of `faultAt`. */
  faultPath: readonly (string | number)[] | undefined
  /** Bytes that the items of lists occupy since the batch began. */
  itemBytes: number
  /** True while lone surrogates are ignored, to find the end of a row that is rejected for one. */
  lenient: boolean
  readonly maxDepth: number
  readonly maxFieldBytes: number
  readonly maxRowBytes: number
}

const FIRST_BYTES = 64 * 1024
/** Nesting that the recursion here and in Arrow supports on any stack; caps the option. */
const DEEPEST = 500

export type RowLimits = Pick<CodecLimits, 'maxDepth' | 'maxFieldBytes' | 'maxRowBytes'>

/** A cursor without bytes yet. */
export function newCursor(limits: RowLimits): Cursor {
  return {
    bytes: new Uint8Array(FIRST_BYTES),
    end: 0,
    line: 1,
    fault: NO_FAULT,
    faultAt: 0,
    faultColumn: undefined,
    faultPinned: true,
    faultPath: undefined,
    itemBytes: 0,
    lenient: false,
    maxDepth: Math.min(limits.maxDepth ?? DEFAULT_LIMITS.maxDepth, DEEPEST),
    maxFieldBytes: limits.maxFieldBytes ?? DEFAULT_LIMITS.maxFieldBytes,
    maxRowBytes: limits.maxRowBytes ?? DEFAULT_LIMITS.maxRowBytes,
  }
}

/** Set a fault at an offset. @returns -1, which readers return in turn. */
export function fail(cursor: Cursor, fault: Fault, at: number): -1 {
  cursor.fault = fault
  cursor.faultAt = at
  cursor.faultColumn = undefined
  cursor.faultPinned = true
  cursor.faultPath = undefined
  return -1
}

/** The offset at which the fault is certain: a value is too long at its first byte beyond the limit. */
export function certainAt({ fault, faultAt, maxFieldBytes }: Cursor): number {
  return fault === FIELD_TOO_LONG ? faultAt + maxFieldBytes : faultAt
}

export const syntax = (reason: string): Fault => ({ code: 'JSON_INVALID', reason })

export const NO_FAULT: Fault = syntax('')
export const EXPECTED_VALUE = syntax('a value is expected')
export const EXPECTED_KEY = syntax('a key in double quotes is expected')
export const EXPECTED_COLON = syntax('a colon is expected after the key')
export const EXPECTED_COMMA_OR_BRACE = syntax('a comma or } is expected')
export const EXPECTED_COMMA_OR_BRACKET = syntax('a comma or ] is expected')
export const CONTROL_CHARACTER = syntax('a control character in a string must be escaped')
export const INVALID_ESCAPE = syntax('a backslash must begin a valid escape')
export const INVALID_NUMBER = syntax('a number must follow the grammar of JSON')
export const NOT_AN_OBJECT = syntax('a row must be an object')
export const AFTER_OBJECT = syntax('after an object, only another one or the end of its line may follow')
export const CUT_OFF = syntax('the object is not closed: the row is cut off')
export const LONE_SURROGATE: Fault = {
  code: 'ENCODING_INVALID',
  reason: 'an escaped surrogate lacks its other half',
}
export const INVALID_UTF8: Fault = { code: 'ENCODING_INVALID', reason: 'the bytes are not valid UTF-8' }
export const TOO_DEEP: Fault = {
  code: 'LIMIT_EXCEEDED',
  reason: 'objects and arrays are nested deeper than limits.maxDepth allows',
}
export const FIELD_TOO_LONG: Fault = { code: 'LIMIT_EXCEEDED', reason: 'a value is longer than limits.maxFieldBytes' }
export const ROW_TOO_LONG: Fault = { code: 'LIMIT_EXCEEDED', reason: 'a row is longer than limits.maxRowBytes' }
export const LISTS_TOO_LARGE: Fault = {
  code: 'LIMIT_EXCEEDED',
  reason:
    'the lists of a row need more memory than limits.maxRowBytes; the objects in them may have many different keys',
}
export const TOO_MANY_KEYS: Fault = {
  code: 'LIMIT_EXCEEDED',
  reason: 'an object has too many different keys to look for a repeated one',
}
export const TOO_MANY_COLUMNS: Fault = {
  code: 'LIMIT_EXCEEDED',
  reason: 'the rows have more different keys than limits.maxColumns allows',
}
/** Not an error: the row is read again without the keys that a later one replaces. */
export const REPEATED_KEY: Fault = syntax('a key is repeated')
