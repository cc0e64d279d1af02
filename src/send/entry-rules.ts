import { types } from 'node:util'
import { type ErrorCode, MillraceError } from '../errors.ts'
import { isWellFormed } from '../internal/well-formed.ts'

/** That a field of an entry breaks a rule; names the field, never what is in it. */
export function refused(code: ErrorCode, field: string, rule: string): MillraceError {
  return new MillraceError(code, `${field} ${rule}`)
}

/** @throws MillraceError `TYPE_MISMATCH` for what is no object. */
export function checkEntry(entry: unknown): void {
  if (typeof entry !== 'object' || entry === null) throw new MillraceError('TYPE_MISMATCH', 'entry must be an object')
}

/** Up to here counting letters is faster than the call out of JavaScript. */
const SHORT_TEXT = 32

/** Bytes of a text in UTF-8; undefined where a lone surrogate keeps it from having any. */
export function utf8Bytes(text: string): number | undefined {
  const { length } = text
  let ascii = 0
  if (length <= SHORT_TEXT) while (ascii < length && text.charCodeAt(ascii) < 0x80) ascii++
  if (ascii === length) return length
  const bytes = Buffer.byteLength(text)
  return bytes === length || isWellFormed(text) ? bytes : undefined
}

/**
 * Bytes of a text in UTF-8.
 *
 * @throws MillraceError `TYPE_MISMATCH` for what is no text, or empty; `ENCODING_INVALID` for a lone surrogate.
 */
export function textBytes(field: string, text: unknown): number {
  if (typeof text !== 'string' || text === '') {
    throw refused('TYPE_MISMATCH', field, 'must be a string that is not empty')
  }
  const bytes = utf8Bytes(text)
  if (bytes === undefined) throw refused('ENCODING_INVALID', field, 'has a lone surrogate')
  return bytes
}

/**
 * Bytes of binary data.
 *
 * @throws MillraceError `TYPE_MISMATCH`.
 */
export function dataBytes(field: string, data: unknown): number {
  if (types.isUint8Array(data)) return data.byteLength
  throw refused('TYPE_MISMATCH', field, 'must be a Uint8Array')
}

/** @throws MillraceError `LIMIT_EXCEEDED` for a text of more characters. */
export function checkLength(field: string, text: string, most: number): void {
  if (text.length <= most) return
  let characters = 0
  for (const _ of text) characters++
  if (characters > most) throw refused('LIMIT_EXCEEDED', field, `has ${characters} characters; the limit is ${most}`)
}
