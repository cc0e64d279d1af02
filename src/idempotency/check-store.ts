import { MillraceError } from '../errors.ts'
import { notA } from '../internal/check-arguments.ts'
import type { OverflowStore } from './store.ts'

/** Reject a limit that no result can satisfy. */
export function checkResultBytes(entry: string, maxResultBytes = 0): void {
  if (maxResultBytes >= 0) return
  throw new MillraceError('OPTION_INVALID', `${entry}: maxResultBytes must be a number of bytes, 0 or more`)
}

export function checkOverflow(entry: string, overflow: OverflowStore | undefined): void {
  const { writeResult, readResult } = Object(overflow)
  if (overflow === undefined || (typeof writeResult === 'function' && typeof readResult === 'function')) return
  throw notA(entry, 'overflow', 'a store with writeResult and readResult, such as s3Store()', overflow)
}
