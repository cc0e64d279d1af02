/** Every code that a {@link MillraceError} can carry. The set only grows. */
export type ErrorCode =
  | 'EVENT_INVALID'
  | 'PAYLOAD_INVALID'
  | 'CSV_INVALID'
  | 'JSON_INVALID'
  | 'PARQUET_INVALID'
  | 'ENCODING_INVALID'
  | 'TYPE_MISMATCH'
  | 'COLUMN_UNKNOWN'
  | 'COLUMN_CONFLICT'
  | 'UNSUPPORTED_FORMAT'
  | 'LIMIT_EXCEEDED'
  | 'SOURCE_CHANGED'
  | 'SOURCE_UNAVAILABLE'
  | 'WRITE_FAILED'
  | 'WRITE_CONFLICT'
  | 'KEY_OUTSIDE_PREFIX'
  | 'OPTION_INVALID'
  | 'ATTRIBUTE_INVALID'
  | 'IDEMPOTENCY_KEY_MISSING'
  | 'IDEMPOTENCY_KEY_INVALID'
  | 'IDEMPOTENCY_IN_PROGRESS'
  | 'IDEMPOTENCY_PAYLOAD_MISMATCH'
  | 'IDEMPOTENCY_LEASE_LOST'
  | 'IDEMPOTENCY_OUTCOME_UNKNOWN'
  | 'IDEMPOTENCY_RESULT_UNAVAILABLE'
  | 'IDEMPOTENCY_RECORD_INVALID'
  | 'IDEMPOTENCY_STORE_FAILED'
  | 'DEADLINE_EXCEEDED'
  | 'RETRY_EXHAUSTED'
  | 'BATCH_FAILED'
  | 'SEND_FAILED'
  | 'SPLIT_MISMATCH'
  | 'BUNDLE_FAILED'

/** A position in a file. `line` and `row` count from 1; `byteOffset` from 0. */
export interface Position {
  readonly line?: number
  readonly row?: number
  readonly column?: string
  readonly byteOffset?: number
}

export interface MillraceErrorOptions {
  readonly path?: readonly (string | number)[]
  readonly position?: Position
  readonly cause?: unknown
}

/** Brand that every copy of the class, of any subpath or version, puts on its errors. */
const BRAND = Symbol.for('millrace.error')

/**
 * The error class of this library. Its message names the position and the rule, never the data.
 *
 * `name` is the code, so that reports by error name distinguish failures: Lambda's `errorType`, `ErrorEquals` of Step Functions,
 * a log. Only `code`, `path` and `position` are enumerable, since Lambda logs every enumerable property of an error.
 *
 * Test `code` (or use {@link isMillraceError}) rather than `instanceof`: the CommonJS build has a copy of this class in
 * every subpath.
 *
 * @example
 * new MillraceError('CSV_INVALID', 'row has 2 fields, the header has 3', { position: { line: 7 } }).code // => 'CSV_INVALID'
 */
export class MillraceError extends Error {
  declare readonly name: ErrorCode
  readonly code: ErrorCode
  declare readonly path?: readonly (string | number)[]
  declare readonly position?: Position

  constructor(code: ErrorCode, message: string, options: MillraceErrorOptions = {}) {
    super(message + placeText(options), options.cause === undefined ? undefined : { cause: options.cause })
    Object.defineProperties(this, {
      name: { value: code, writable: true, configurable: true },
      [BRAND]: { value: true },
    })
    this.code = code
    if (options.path !== undefined) this.path = options.path
    if (options.position !== undefined) this.position = options.position
  }
}

/**
 * Check whether a value is a {@link MillraceError}, with the given code if any. Works across copies of the class and
 * realms, since it tests a brand, `Symbol.for('millrace.error')`.
 *
 * @example
 * isMillraceError(new MillraceError('CSV_INVALID', 'empty'), 'CSV_INVALID') // => true
 */
export function isMillraceError(value: unknown, code?: ErrorCode): value is MillraceError {
  if (typeof value !== 'object' || value === null) return false
  const error = value as { readonly [BRAND]?: unknown; readonly name?: unknown; readonly code?: unknown }
  // Errors of versions before the brand have the name of the class.
  const isBranded = error[BRAND] === true || (value instanceof Error && error.name === 'MillraceError')
  return isBranded && typeof error.code === 'string' && (code === undefined || error.code === code)
}

/** ` (line 7, row 5, column "amount")`: column names are part of the schema, so they may be named; long ones are cut. */
function placeText({ path = [], position: { line, row, column, byteOffset } = {} }: MillraceErrorOptions): string {
  const name = column === undefined || column.length <= 80 ? column : `${column.slice(0, 77)}...`
  const places = Object.entries({
    line,
    row,
    column: JSON.stringify(name),
    byte: byteOffset,
    at: path.join('.') || undefined,
  })
  const parts = places.filter(([, place]) => place !== undefined).map((place) => place.join(' '))
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}
