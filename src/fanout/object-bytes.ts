import { detectCompression, inflate } from '../codecs/input/compression.ts'
import type { ByteSource } from '../codecs/input/source.ts'
import type { PlannedObject } from './planned-object.ts'

/** Bytes of rows surveyed at an object's head. */
const HEAD_BYTES = 1024 * 1024

/** The first bytes of an object, inflated. */
export async function headOf({
  source,
  size,
  compression,
}: PlannedObject): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
  if (compression === undefined) {
    const bytes = await source.read(0, Math.min(HEAD_BYTES, size))
    return { bytes, isWhole: bytes.length === size }
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of inflated(source.stream(), compression)) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= HEAD_BYTES) return { bytes: Buffer.concat(chunks), isWhole: false }
  }
  return { bytes: Buffer.concat(chunks), isWhole: true }
}

/** Inflate a stream; `auto` detects the compression by the first bytes. */
export async function* inflated(
  chunks: AsyncIterable<Uint8Array>,
  compression: 'gzip' | 'zstd' | 'auto' | undefined,
  maxBytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  if (compression === undefined) yield* chunks
  else if (compression !== 'auto') yield* inflate(compression, maxBytes)(chunks)
  else {
    const detected = await detectCompression(chunks)
    yield* detected.found === undefined ? detected.chunks : inflate(detected.found, maxBytes)(detected.chunks)
  }
}

/** A source that reads an object once, and keeps its bytes. */
export async function heldSource({ source, size }: PlannedObject): Promise<ByteSource> {
  const bytes = await source.read(0, size)
  return {
    size,
    async *stream({ start, end = size } = { start: 0 }) {
      yield bytes.subarray(start, end)
    },
    read: async (start, end) => bytes.subarray(start, end),
  }
}
