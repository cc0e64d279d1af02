import { type ErrorCode, isMillraceError, MillraceError } from '../../errors.ts'

/** Index of a source of a merge, from 0. A key may contain partition values, so no message names it. */
export function sourcePath(index: number): readonly (string | number)[] {
  return ['sources', index]
}

/** Create the error of one source of a merge. */
export function sourceError(
  index: number,
  code: ErrorCode,
  rule: string,
  options: { readonly cause?: unknown; readonly column?: string } = {},
): MillraceError {
  const { cause, column } = options
  return new MillraceError(code, `mergeParquet: ${rule}`, {
    path: sourcePath(index),
    ...(cause !== undefined && { cause }),
    ...(column !== undefined && { position: { column } }),
  })
}

/** Add the source to an error of the codec or the source. Other errors are faults of this library and stay unchanged. */
export function inSource(index: number, error: unknown): unknown {
  if (!isMillraceError(error) || error.path !== undefined) return error
  const named = sourceError(index, error.code, error.message, { cause: error })
  // The message of the cause already has the position.
  if (error.position !== undefined) {
    Object.defineProperty(named, 'position', { value: error.position, enumerable: true, configurable: true })
  }
  return named
}
