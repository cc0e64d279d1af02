import { notA } from '../internal/check-arguments.ts'

/** The chunks of a sink's source, as an async iterable. Bytes and text are iterables too, but of numbers and letters, not of chunks. */
export function chunksOf(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const isWhole = typeof source === 'string' || ArrayBuffer.isView(source)
  if (!isWhole && typeof Object(source)[Symbol.asyncIterator] === 'function') return source as AsyncIterable<Uint8Array>
  if (!isWhole && typeof Object(source)[Symbol.iterator] === 'function') return oneByOne(source as Iterable<Uint8Array>)
  const cure = isWhole ? 'put it into an array' : 'a codec is asked for its stage: parquet().write()'
  throw notA('s3Sink', 'the source', 'an iterable or async iterable of chunks of bytes', source, cure)
}

async function* oneByOne(source: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* source
}
