import type { MillraceError } from './errors.ts'

/** A value that was read, or the reason why it could not be: one invalid record is one failed result, never a failed batch. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: MillraceError }
