/** Bytes under construction. Reused from column to column: `length` is reset to 0, the capacity stays. */
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
