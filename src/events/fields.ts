import * as z from 'zod/mini'

// Fields that several events share. `z.iso` and `z.int` would double the bytes of a schema: each check is written out instead.

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** Text of at least one character. */
export const nonEmptyText = z.string().check(z.refine((text) => text !== '', 'must not be empty'))

/** An ISO 8601 date and time with its offset, such as `2026-01-31T12:00:00.123Z`. */
export const dateTimeText = z
  .string()
  .check(
    z.refine((text) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)), 'must be an ISO 8601 date and time'),
  )

/** A count of bytes: a whole number from 0 on. */
export const byteCount = z
  .number()
  .check(z.refine((count) => Number.isSafeInteger(count) && count >= 0, 'must be a whole number of bytes'))
