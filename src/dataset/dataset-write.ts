import { isMillraceError, MillraceError } from '../errors.ts'

/** A file of a dataset. */
export interface DatasetFile {
  readonly bucket: string
  readonly key: string
  /** Values of its partition by name. */
  readonly partition: Readonly<Record<string, string | null>>
  readonly rows: number
  readonly bytes: number
  /** ETag as returned by S3, in quotes. */
  readonly eTag?: string
}

/** Files of a write: plain JSON, for a log, a state machine or `dropStaleFiles`. */
export interface DatasetWrite {
  readonly files: DatasetFile[]
  readonly rows: number
  /** Total of all files. */
  readonly bytes: number
}

/**
 * The error of a dataset that was not written, or only partly: `files` lists the visible files, and is empty if there are none.
 *
 * `files` is not enumerable, so that no runtime or logger prints values of partitions.
 *
 * @example
 * const error = new DatasetWriteError('no file is visible', [])
 * error.code // => 'WRITE_FAILED'
 * isDatasetWriteError(error) && error.files.length // => 0
 */
export class DatasetWriteError extends MillraceError {
  declare readonly files: readonly DatasetFile[]

  constructor(message: string, files: readonly DatasetFile[], options: { readonly cause?: unknown } = {}) {
    super('WRITE_FAILED', message, options)
    Object.defineProperty(this, 'files', { value: files })
  }
}

/**
 * Test whether a value is a {@link DatasetWriteError}. Works across copies of the class.
 *
 * @example
 * isDatasetWriteError(new Error('no')) // => false
 */
export function isDatasetWriteError(value: unknown): value is DatasetWriteError {
  return isMillraceError(value, 'WRITE_FAILED') && 'files' in value
}
