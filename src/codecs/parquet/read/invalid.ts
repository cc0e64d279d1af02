import { MillraceError, type Position } from '../../../errors.ts'

/**
 * Create the error for a file that breaks the format. Returned, so that callers write `throw invalid(...)` and control flow stays visible.
 *
 * @param cause - the error of an engine, which quotes no data.
 */
export function invalid(rule: string, position?: Position, cause?: unknown): MillraceError {
  return new MillraceError('PARQUET_INVALID', rule, { ...(position !== undefined && { position }), cause })
}

export function unsupported(what: string, position?: Position): MillraceError {
  return new MillraceError('UNSUPPORTED_FORMAT', what, position === undefined ? {} : { position })
}

export function exceeded(limit: string, position?: Position): MillraceError {
  return new MillraceError('LIMIT_EXCEEDED', limit, position === undefined ? {} : { position })
}

/** The error of an index into a dictionary. */
export function noSuchEntry(): MillraceError {
  return invalid('a value refers to an entry that its dictionary lacks')
}
