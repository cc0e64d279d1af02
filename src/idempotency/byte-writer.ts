import { MillraceError } from '../errors.ts'

/** Bytes that are appended to. */
export interface ByteWriter {
  tag(byte: number): void
  uint32(value: number): void
  float64(value: number): void
  /** Write like `text`, but faster; for short ASCII text, otherwise nothing is written. */
  shortAscii(tag: number, text: string): boolean
  /** A tag, the number of bytes, the text as UTF-8. */
  text(tag: number, text: string): void
  /** A tag, the number of bytes, the bytes. */
  bytesOf(tag: number, bytes: Uint8Array): void
  /** Replace everything from `start` on by `bytes`. */
  replaceFrom(start: number, bytes: Uint8Array): void
  slice(start: number, end: number): Uint8Array
  length(): number
  bytes(): Uint8Array
}

/** The length up to which a loop is faster than the native writer. */
const SHORT_TEXT = 48

/** Write into one buffer, which doubles when it is full, up to `maxBytes`. Slices are views, valid until the next write. */
export function byteWriter(maxBytes: number, firstBytes: number): ByteWriter {
  let buffer = Buffer.allocUnsafe(firstBytes)
  let at = 0

  const reserve = (bytes: number): void => {
    if (at + bytes <= buffer.length) return
    if (at + bytes > maxBytes)
      throw new MillraceError(
        'IDEMPOTENCY_KEY_INVALID',
        `the key or fingerprint exceeds ${maxBytes} bytes: use less of the input`,
      )
    const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + bytes))
    buffer.copy(grown, 0, 0, at)
    buffer = grown
  }
  const head = (tag: number, length: number): void => {
    buffer[at] = tag
    buffer.writeUInt32BE(length, at + 1)
    at += 5
  }

  return {
    tag(byte) {
      reserve(1)
      buffer[at++] = byte
    },
    uint32(value) {
      reserve(4)
      at = buffer.writeUInt32BE(value, at)
    },
    float64(value) {
      reserve(8)
      at = buffer.writeDoubleBE(value, at)
    },
    shortAscii(tag, text) {
      const { length } = text
      if (length > SHORT_TEXT) return false
      reserve(5 + length)
      for (let index = 0; index < length; index++) {
        const unit = text.charCodeAt(index)
        if (unit > 0x7f) return false
        buffer[at + 5 + index] = unit
      }
      buffer[at] = tag
      buffer[at + 1] = buffer[at + 2] = buffer[at + 3] = 0
      buffer[at + 4] = length
      at += 5 + length
      return true
    },
    text(tag, text) {
      const length = Buffer.byteLength(text)
      reserve(5 + length)
      head(tag, length)
      at += buffer.write(text, at, length, 'utf8')
    },
    bytesOf(tag, bytes) {
      reserve(5 + bytes.length)
      head(tag, bytes.length)
      buffer.set(bytes, at)
      at += bytes.length
    },
    replaceFrom(start, bytes) {
      at = start
      reserve(bytes.length)
      buffer.set(bytes, at)
      at += bytes.length
    },
    slice: (start, end) => buffer.subarray(start, end),
    length: () => at,
    bytes: () => buffer.subarray(0, at),
  }
}
