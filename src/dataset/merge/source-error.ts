import { type ErrorCode, isMillraceError, MillraceError } from '../../errors.ts'

/** Place of a source among those of a merge, from 0. A key may hold values of partitions, so no message names it. */
export function sourcePath(index: number): readonly (string | number)[] {
  return ['sources', index]
}

/** An error of one source of a merge. */
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

/** An error that the codec or the source threw, with the source that it is about. Others are faults of this library and stay as they are. */
export function inSource(index: number, error: unknown): unknown {
  if (!isMillraceError(error) || error.path !== undefined) return error
  const named = sourceError(index, error.code, error.message, { cause: error })
  // The message of the cause says where already.
  if (error.position !== undefined) {
    Object.defineProperty(named, 'position', { value: error.position, enumerable: true, configurable: true })
  }
  return named
}
