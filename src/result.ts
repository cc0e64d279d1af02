import type { MillraceError } from './errors.ts'

/** What was read, or why it could not be: one bad record is one failed result, never a failed batch. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: MillraceError }
