import * as z from 'zod/mini'

// Fields that several events share. `z.iso` and `z.int` would double the bytes of a schema: each check is written out instead. A method
// call is marked as pure, so that a bundler drops what a schema does not use.

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** Text of at least one character. */
export const nonEmptyText = /* @__PURE__ */ z
  .string()
  .check(/* @__PURE__ */ z.refine((text) => text !== '', 'must not be empty'))

/** An ISO 8601 date and time with its offset, such as `2026-01-31T12:00:00.123Z`. */
export const dateTimeText = /* @__PURE__ */ z
  .string()
  .check(
    /* @__PURE__ */ z.refine(
      (text) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)),
      'must be an ISO 8601 date and time',
    ),
  )

export const optionalText = z.optional(z.string())
export const optionalNumber = z.optional(z.number())
export const nullableText = z.optional(z.nullable(z.string()))

/** A count of bytes, where there is one: a whole number from 0 on. */
export const nullableByteCount = z.optional(
  z.nullable(
    /* @__PURE__ */ z
      .number()
      .check(
        /* @__PURE__ */ z.refine(
          (count) => Number.isSafeInteger(count) && count >= 0,
          'must be a whole number of bytes',
        ),
      ),
  ),
)

/** Any object but an array, passed on as it is: no key of it is looked at or lost. */
export const anyObject = /* @__PURE__ */ z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be of type object',
)

/** {@link anyObject} with the fields that AWS documents, whose word is taken for their types. */
export type ObjectWith<Fields> = z.ZodMiniCustom<Fields & Readonly<Record<string, unknown>>>

/** Names and texts, such as the headers of a request. AWS's word is taken for their type: this library does not look at them. */
export const textMap = z.optional(/* @__PURE__ */ z.custom<Readonly<Record<string, string | undefined>> | null>())

/** Names and lists of texts, such as headers that occur more than once; not looked at either. */
export const textListMap = z.optional(
  /* @__PURE__ */ z.custom<Readonly<Record<string, readonly string[] | undefined>> | null>(),
)
