import { asciiText } from '../../../../internal/utf8.ts'
import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, isSpace } from './grammar.ts'

/** Bytes that {@link foundAt} examines from an offset. */
export const FOUND_BYTES = 16

/** Spellings of other formats and languages that JSON writes differently. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/^[+-]?(?:nan|inf|infinity)\b/i, 'NaN or Infinity, which JSON cannot represent: write null or text'],
  [/^(?:True|False|None)\b/, 'a literal of Python: JSON writes true, false, null'],
  [/^undefined\b/, 'undefined: JSON writes null'],
  [/^\/[/*]/, 'a comment, which JSON does not allow'],
  [/^#/, 'a comment, which JSON does not allow'],
  [/^'/, 'a single quote: JSON uses double quotes'],
  [/^</, 'a <, as in XML or HTML'],
  [/^0\d/, 'a leading zero'],
  [/^[+.]\d/, 'a number that does not begin with a digit or minus'],
  [/^[xX][0-9a-fA-F]/, 'a hexadecimal number'],
  [/^[A-Za-z_$]/, 'a name without quotes'],
]

/**
 * Describe the bytes at the offset of a fault in terms of what their author meant. Never quotes the data.
 *
 * @param start - the start of the row.
 */
export function foundAt(bytes: Uint8Array, start: number, at: number, end: number): string | undefined {
  if (at >= end) return 'the end of the file'
  const byte = bytes[at] as number
  if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET)
    return followsComma(bytes, start, at) ? 'a trailing comma' : undefined
  if (byte === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) {
    return 'a byte order mark (BOM), as in joined files: remove it'
  }
  if (byte === 0) return 'a NUL byte'
  const from = wordStart(bytes, start, at)
  const text = asciiText(bytes, from, Math.min(end, from + FOUND_BYTES))
  return FOREIGN.find(([form]) => form.test(text))?.[1]
}

/** The start of the word around an offset: the fault of `nan` is at its second letter, since `null` begins with the first. */
function wordStart(bytes: Uint8Array, start: number, at: number): number {
  let from = at
  while (from > start && isLetter(bytes[from]) && isLetter(bytes[from - 1])) from--
  return from
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
}

function followsComma(bytes: Uint8Array, start: number, at: number): boolean {
  do at--
  while (at > start && isSpace(bytes[at]))
  return at > start && bytes[at] === COMMA
}
