import * as z from 'zod/mini'

// Fields that several events share. `z.iso` and `z.int` would double the bytes of a schema: each check is written out
// instead. Method calls are marked as pure, so that bundlers drop unused schemas.

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** Non-empty text. */
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

/** An optional count of bytes: a whole number from 0. */
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

/** Any object except an array, passed unchanged: no key is read or lost. */
export const anyObject = /* @__PURE__ */ z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be of type object',
)

/** {@link anyObject} with the fields that AWS documents, whose types are not checked. */
export type ObjectWith<Fields> = z.ZodMiniCustom<Fields & Readonly<Record<string, unknown>>>

/** Names and texts, such as the headers of a request. Their types are not checked: this library does not read them. */
export const textMap = z.optional(/* @__PURE__ */ z.custom<Readonly<Record<string, string | undefined>> | null>())

/** Names and lists of texts, such as headers that occur more than once; not checked either. */
export const textListMap = z.optional(
  /* @__PURE__ */ z.custom<Readonly<Record<string, readonly string[] | undefined>> | null>(),
)
