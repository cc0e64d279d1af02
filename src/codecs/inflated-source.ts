import { type ByteSource, type CodecInput, isByteSource, isBytes } from './input/source.ts'

/** A source that is inflated from its start on every read. */
export function inflatedSource(chunks: () => AsyncIterable<Uint8Array>): ByteSource {
  async function* stream({ start, end = Number.POSITIVE_INFINITY } = { start: 0 }): AsyncGenerator<Uint8Array> {
    let at = 0
    for await (const chunk of chunks()) {
      const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at))
      if (part.length > 0) yield part
      at += chunk.length
      if (at >= end) return
    }
  }
  return {
    stream,
    async read(start, end) {
      const parts: Uint8Array[] = []
      for await (const part of stream({ start, end })) parts.push(part)
      return new Uint8Array(Buffer.concat(parts))
    },
  }
}

/** Bytes of the compressed file, 0 while unknown. */
export function sizeOf(input: CodecInput): number {
  if (isBytes(input)) return input.length
  return isByteSource(input) ? (input.size ?? 0) : 0
}
