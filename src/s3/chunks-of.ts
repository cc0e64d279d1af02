import { notA } from '../internal/check-arguments.ts'

/** Make an async iterable of the chunks of a sink's source. Bytes and text are rejected: they iterate over numbers and letters, not chunks. */
export function chunksOf(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const isWhole = typeof source === 'string' || ArrayBuffer.isView(source)
  if (!isWhole && typeof Object(source)[Symbol.asyncIterator] === 'function') return source as AsyncIterable<Uint8Array>
  if (!isWhole && typeof Object(source)[Symbol.iterator] === 'function') return oneByOne(source as Iterable<Uint8Array>)
  const cure = isWhole ? 'put it into an array' : 'pass the stage of a codec: parquet().write()'
  throw notA('s3Sink', 'the source', 'an iterable or async iterable of chunks of bytes', source, cure)
}

async function* oneByOne(source: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* source
}
