import { BACKSLASH, QUOTE, SPACE } from './grammar.ts'

/** Copy valid JSON without the white space outside strings. Returns the offset after the last byte written. */
export function compact(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  let inString = false
  for (let place = start; place < end; place++) {
    const byte = bytes[place] as number
    if (byte === QUOTE) inString = !inString
    else if (!inString && byte <= SPACE) continue
    out[at++] = byte
    if (byte === BACKSLASH) out[at++] = bytes[++place] as number
  }
  return at
}
