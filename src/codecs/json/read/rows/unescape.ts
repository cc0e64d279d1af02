import { BACKSLASH, hexDigit } from './grammar.ts'

const SIMPLE = new Uint8Array(128)
for (const [letter, byte] of Object.entries({ '"': 0x22, '\\': 0x5c, '/': 0x2f, b: 8, f: 12, n: 10, r: 13, t: 9 })) {
  SIMPLE[letter.charCodeAt(0)] = byte
}

/**
 * Write the text of a string, `bytes[start, end)` between its quotes, at `out[at]`. The string is known to be valid; the text is never
 * longer than its spelling.
 *
 * @returns the offset after the last byte written.
 */
export function writeText(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  while (start < end) {
    const byte = bytes[start] as number
    if (byte !== BACKSLASH) {
      out[at++] = byte
      start++
      continue
    }
    const letter = bytes[start + 1] as number
    if (letter !== 0x75) {
      out[at++] = SIMPLE[letter] as number
      start += 2
      continue
    }
    let code = unitAt(bytes, start + 2)
    start += 6
    if ((code & 0xfc00) === 0xd800) {
      code = 0x10000 + ((code & 0x3ff) << 10) + (unitAt(bytes, start + 2) & 0x3ff)
      start += 6
    }
    at = writeCodePoint(code, out, at)
  }
  return at
}

function unitAt(bytes: Uint8Array, at: number): number {
  let unit = 0
  for (let place = at; place < at + 4; place++) unit = unit * 16 + hexDigit(bytes[place] as number)
  return unit
}

function writeCodePoint(code: number, out: Uint8Array, at: number): number {
  if (code < 0x80) {
    out[at] = code
    return at + 1
  }
  if (code < 0x800) {
    out[at] = 0xc0 | (code >> 6)
    out[at + 1] = 0x80 | (code & 0x3f)
    return at + 2
  }
  if (code < 0x10000) {
    out[at] = 0xe0 | (code >> 12)
    out[at + 1] = 0x80 | ((code >> 6) & 0x3f)
    out[at + 2] = 0x80 | (code & 0x3f)
    return at + 3
  }
  out[at] = 0xf0 | (code >> 18)
  out[at + 1] = 0x80 | ((code >> 12) & 0x3f)
  out[at + 2] = 0x80 | ((code >> 6) & 0x3f)
  out[at + 3] = 0x80 | (code & 0x3f)
  return at + 4
}

/** The text of a key, `bytes[start, end)` between its quotes. */
export function keyText(bytes: Uint8Array, start: number, end: number): string {
  const name = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
  if (name.indexOf(BACKSLASH) < 0) return name.toString('utf8')
  const plain = new Uint8Array(end - start)
  return Buffer.from(plain.buffer, 0, writeText(bytes, start, end, plain, 0)).toString('utf8')
}
