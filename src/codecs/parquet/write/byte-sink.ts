/** Bytes under construction. Reused from page to page: `length` goes back to 0, the room stays. */
export interface ByteSink {
  bytes: Uint8Array
  length: number
}

export function byteSink(capacity = 1024): ByteSink {
  return { bytes: new Uint8Array(capacity), length: 0 }
}

/** Make room for `extra` more bytes. The array may be a new one. */
export function reserve(sink: ByteSink, extra: number): Uint8Array {
  const needed = sink.length + extra
  if (needed > sink.bytes.length) {
    const grown = new Uint8Array(Math.max(needed, sink.bytes.length * 2))
    grown.set(sink.bytes.subarray(0, sink.length))
    sink.bytes = grown
  }
  return sink.bytes
}

export function appendBytes(sink: ByteSink, bytes: Uint8Array): void {
  reserve(sink, bytes.length).set(bytes, sink.length)
  sink.length += bytes.length
}

/** The bytes so far. A view: valid until the next append. */
export function written(sink: ByteSink): Uint8Array {
  return sink.bytes.subarray(0, sink.length)
}

/** An unsigned LEB128 integer below 2**53. */
export function appendVarint(sink: ByteSink, value: number): void {
  const bytes = reserve(sink, 8)
  let at = sink.length
  while (value > 0x7fffffff) {
    bytes[at++] = (value & 0x7f) | 0x80
    value = Math.floor(value / 128)
  }
  while (value > 0x7f) {
    bytes[at++] = (value & 0x7f) | 0x80
    value >>>= 7
  }
  bytes[at++] = value
  sink.length = at
}

/** Four bytes, little-endian, at a place that is there already. */
export function setUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >>> 8
  bytes[at + 2] = value >>> 16
  bytes[at + 3] = value >>> 24
}
