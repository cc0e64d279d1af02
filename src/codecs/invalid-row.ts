import type { ErrorCode } from '../errors.ts'

/** A rejected row. `line` is the physical line on which it begins, `row` the data row; both count from 1. */
export interface InvalidRow {
  readonly line: number
  readonly row: number
  /** The rule that the row breaks, never its data. */
  readonly reason: string
  readonly code: ErrorCode
}
