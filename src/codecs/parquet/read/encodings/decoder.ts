import type { Values } from '../bytes/value-buffers.ts'

/** The values of one page, without nulls, in order. */
export interface ValueDecoder {
  /** Append the next `count` values. */
  read(count: number, into: Values): void
  /**
   * Upper bound of a value's length, if values may be longer than the page: those of a dictionary, or with shared
   * prefixes. 0 if the page's bytes bound them.
   */
  readonly longestValue: number
  /** Release the bytes of the page where few of its values are left, and say whether it has. */
  compact?(): boolean
}
