/** Bytes under construction. Reused from page to page: `length` goes back to 0, the room stays. */
export interface ByteSink {
  bytes: Uint8Array
  /** The same bytes, for words: one store where bytes take four. */
  view: DataView
  length: number
}

export function byteSink(capacity = 1024): ByteSink {
  const bytes = new Uint8Array(capacity)
  return { bytes, view: viewOf(bytes), length: 0 }
}

export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** Make room for `extra` more bytes. The array may be a new one. */
export function reserve(sink: ByteSink, extra: number): Uint8Array {
  const needed = sink.length + extra
  if (needed > sink.bytes.length) {
    const grown = new Uint8Array(Math.max(needed, sink.bytes.length * 2))
    grown.set(sink.bytes.subarray(0, sink.length))
    sink.bytes = grown
    sink.view = viewOf(grown)
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
