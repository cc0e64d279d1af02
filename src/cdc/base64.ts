const PADDING = 0x3d

/** The 6 bits of each base64 character, 64 for all others. */
const BITS = new Uint8Array(256).fill(64)
for (const [bits, letter] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  BITS[letter.charCodeAt(0)] = bits
}

/**
 * Decode a base64 text; undefined if it is malformed: another alphabet, spaces, missing padding, bits after the last
 * byte (RFC 4648, 3.5). So every byte sequence has exactly one text.
 */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const { length } = text
  if (length % 4 !== 0) return undefined
  let end = length
  while (end > length - 2 && text.charCodeAt(end - 1) === PADDING) end--
  const bytes = new Uint8Array((end * 3) >> 2)
  let buffer = 0
  let filled = 0
  let out = 0
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at)
    const bits = code < 256 ? (BITS[code] as number) : 64
    if (bits === 64) return undefined
    buffer = (buffer << 6) | bits
    filled += 6
    if (filled >= 8) {
      filled -= 8
      bytes[out++] = buffer >> filled
    }
  }
  return (buffer & ((1 << filled) - 1)) === 0 ? bytes : undefined
}
