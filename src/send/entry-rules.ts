import { types } from 'node:util'
import { type ErrorCode, MillraceError } from '../errors.ts'
import { isWellFormed } from '../internal/well-formed.ts'

/** Create the error of an entry that breaks a rule. It names the field, never its content. */
export function refused(code: ErrorCode, field: string, rule: string): MillraceError {
  return new MillraceError(code, `${field} ${rule}`)
}

/** @throws MillraceError `TYPE_MISMATCH` for anything but an object. */
export function checkEntry(entry: unknown): void {
  if (typeof entry !== 'object' || entry === null) throw new MillraceError('TYPE_MISMATCH', 'entry must be an object')
}

/** Length up to which counting characters is faster than a native call. */
const SHORT_TEXT = 32

/** Count the UTF-8 bytes of a string. Returns undefined for a lone surrogate, which UTF-8 cannot encode. */
export function utf8Bytes(text: string): number | undefined {
  const { length } = text
  let ascii = 0
  if (length <= SHORT_TEXT) while (ascii < length && text.charCodeAt(ascii) < 0x80) ascii++
  if (ascii === length) return length
  const bytes = Buffer.byteLength(text)
  return bytes === length || isWellFormed(text) ? bytes : undefined
}

/**
 * Count the UTF-8 bytes of a field.
 *
 * @throws MillraceError `TYPE_MISMATCH` for anything but a non-empty string; `ENCODING_INVALID` for a lone surrogate.
 */
export function textBytes(field: string, text: unknown): number {
  if (typeof text !== 'string' || text === '') {
    throw refused('TYPE_MISMATCH', field, 'must be a non-empty string')
  }
  const bytes = utf8Bytes(text)
  if (bytes === undefined) throw refused('ENCODING_INVALID', field, 'has a lone surrogate')
  return bytes
}

/**
 * Count the bytes of binary data.
 *
 * @throws MillraceError `TYPE_MISMATCH`.
 */
export function dataBytes(field: string, data: unknown): number {
  if (types.isUint8Array(data)) return data.byteLength
  throw refused('TYPE_MISMATCH', field, 'must be a Uint8Array')
}

/** @throws MillraceError `LIMIT_EXCEEDED` for a string of more characters. */
export function checkLength(field: string, text: string, most: number): void {
  if (text.length <= most) return
  let characters = 0
  for (const _ of text) characters++
  if (characters > most) throw refused('LIMIT_EXCEEDED', field, `has ${characters} characters; the limit is ${most}`)
}
