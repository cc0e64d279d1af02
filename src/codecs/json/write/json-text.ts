import { ENDS_TEXT, QUOTE } from '../read/rows/grammar.ts'

/** JSON text that grows. */
export interface JsonText {
  bytes: Uint8Array
  at: number
  /** The row being written, from 1, for errors. */
  row: number
}

const FIRST_BYTES = 4096

export function newJsonText(): JsonText {
  return { bytes: new Uint8Array(FIRST_BYTES), at: 0, row: 0 }
}

/** Make room for more bytes. */
export function reserve(text: JsonText, length: number): Uint8Array {
  const needed = text.at + length
  if (needed > text.bytes.length) {
    const larger = new Uint8Array(Math.max(needed, text.bytes.length * 2))
    larger.set(text.bytes.subarray(0, text.at))
    text.bytes = larger
  }
  return text.bytes
}

export function writeBytes(text: JsonText, bytes: Uint8Array): void {
  const out = reserve(text, bytes.length)
  let at = text.at
  // A short copy costs less than the call into `set`.
  if (bytes.length > 32) out.set(bytes, at)
  else for (let place = 0; place < bytes.length; place++) out[at + place] = bytes[place] as number
  at += bytes.length
  text.at = at
}

/** Write ASCII text that needs no escapes, such as a number. */
export function writeAscii(text: JsonText, ascii: string): void {
  const out = reserve(text, ascii.length)
  for (let place = 0; place < ascii.length; place++) out[text.at + place] = ascii.charCodeAt(place)
  text.at += ascii.length
}

const ESCAPES = new Map<number, number>([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x08, 0x62],
  [0x0c, 0x66],
  [0x0a, 0x6e],
  [0x0d, 0x72],
  [0x09, 0x74],
])
const HEX = Buffer.from('0123456789abcdef')

/** Write the UTF-8 text `bytes[start, end)` in quotes, with only the escapes that RFC 8259 requires. */
export function writeString(text: JsonText, bytes: Uint8Array, start: number, end: number): void {
  const out = reserve(text, 6 * (end - start) + 2)
  let at = text.at
  out[at++] = QUOTE
  for (let place = start; place < end; place++) {
    const byte = bytes[place] as number
    if (ENDS_TEXT[byte] === 0) out[at++] = byte
    else at = writeEscape(byte, out, at)
  }
  out[at++] = QUOTE
  text.at = at
}

function writeEscape(byte: number, out: Uint8Array, at: number): number {
  out[at++] = 0x5c
  const short = ESCAPES.get(byte)
  if (short !== undefined) {
    out[at] = short
    return at + 1
  }
  out[at] = 0x75
  out[at + 1] = 0x30
  out[at + 2] = 0x30
  out[at + 3] = HEX[byte >> 4] as number
  out[at + 4] = HEX[byte & 15] as number
  return at + 5
}
