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

/** A place in a file. `line` and `row` count from 1; `byteOffset` from 0. */
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

/**
 * The one error class of this library. Its message names the place and the rule, never the data.
 *
 * Test `code` (or use {@link isMillraceError}) rather than `instanceof`: the CommonJS build has a copy of this class in
 * every subpath.
 *
 * @example
 * new MillraceError('CSV_INVALID', 'row has 2 fields, the header has 3', { position: { line: 7 } }).code // => 'CSV_INVALID'
 */
export class MillraceError extends Error {
  override readonly name = 'MillraceError'
  readonly code: ErrorCode
  readonly path?: readonly (string | number)[]
  readonly position?: Position

  constructor(code: ErrorCode, message: string, options: MillraceErrorOptions = {}) {
    super(message + placeText(options), options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    if (options.path !== undefined) this.path = options.path
    if (options.position !== undefined) this.position = options.position
  }
}

/**
 * Tell whether a value is a {@link MillraceError}, of the given code if one is given. Works across copies of the class.
 *
 * @example
 * isMillraceError(new MillraceError('CSV_INVALID', 'empty'), 'CSV_INVALID') // => true
 */
export function isMillraceError(value: unknown, code?: ErrorCode): value is MillraceError {
  return (
    value instanceof Error &&
    value.name === 'MillraceError' &&
    'code' in value &&
    typeof value.code === 'string' &&
    (code === undefined || value.code === code)
  )
}

/** ` (line 7, row 5, column "amount")`: column names are part of the schema, so they may be named; long ones are cut. */
function placeText({ path, position }: MillraceErrorOptions): string {
  const parts: string[] = []
  if (position?.line !== undefined) parts.push(`line ${position.line}`)
  if (position?.row !== undefined) parts.push(`row ${position.row}`)
  if (position?.column !== undefined) parts.push(`column ${quoteName(position.column)}`)
  if (position?.byteOffset !== undefined) parts.push(`byte ${position.byteOffset}`)
  if (path !== undefined && path.length > 0) parts.push(`at ${path.join('.')}`)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function quoteName(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}...` : name)
}
