import { parseDate, parseTimestamp, type TimestampUnit } from '../../internal/iso8601.ts'
import { asciiText } from '../../internal/utf8.ts'

/** Parse `inf`, `infinity` with a sign, and `nan`, in any case, which a pinned column of doubles accepts besides numbers. */
export function wideNonFinite(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start > 9) return undefined
  const text = asciiText(bytes, start, end).toLowerCase()
  if (text === 'nan') return Number.NaN
  if (!/^[-+]?inf(?:inity)?$/.test(text)) return undefined
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** Parse what a pinned column of timestamps accepts besides ISO 8601 date-times: a date, which is its midnight in UTC, ` UTC`, and a space before the offset. */
export function parseWideTimestamp(
  bytes: Uint8Array,
  start: number,
  end: number,
  unit: TimestampUnit,
  out: Int32Array,
  index: number,
): boolean {
  if (end - start > 64) return false
  const text = asciiText(bytes, start, end)
  const isDate = parseDate(bytes, start, end, new Int32Array(1), 0)
  const usual = isDate ? `${text}T00:00:00Z` : text.replace(/ UTC$/, 'Z').replace(/ (?=Z$|[-+]\d\d(?::?\d\d)?$)/i, '')
  if (usual === text) return false
  const rewritten = Buffer.from(usual, 'latin1')
  return parseTimestamp(rewritten, 0, rewritten.length, unit, out, index)
}
