import { bytesOf } from '../../internal/bytes-of.ts'
import { kindOf, notA } from '../../internal/check-arguments.ts'
import { type ByteSource, type CodecInput, isByteSource } from './source.ts'

/** Bytes as other libraries return them: buffers and other views, a `Blob`, a `Response` of fetch, the result of the SDK's GetObject. */
export type BytesHolder =
  | ArrayBufferLike
  | ArrayBufferView
  | Pick<Blob, 'size' | 'slice'>
  | { readonly body: AsyncIterable<Uint8Array> | null; arrayBuffer(): Promise<ArrayBuffer> }
  | { readonly Body?: unknown }

/**
 * Make the input of a codec from any value that holds bytes. Nothing is copied.
 *
 * @throws MillraceError `TYPE_MISMATCH` for anything else, text included.
 */
export function inputOf(entry: string, given: unknown): CodecInput {
  const bytes = bytesOf(given)
  if (bytes !== undefined) return bytes
  const { Body, body, arrayBuffer, slice, size } = Object(given)
  if (typeof slice === 'function' && typeof arrayBuffer === 'function') return blobSource(given as Blob, size)
  if (isByteSource(given as CodecInput)) return given as ByteSource
  if (typeof given === 'object' && given !== null && Symbol.asyncIterator in given) return given as CodecInput
  if (typeof arrayBuffer === 'function') return body === null ? new Uint8Array(0) : inputOf(entry, body)
  if (Body !== undefined) return inputOf(entry, Body)
  throw notA(entry, 'the source', 'bytes, a ByteSource or a stream of bytes', given, cureOf(given))
}

/**
 * The bytes for a synchronous function.
 *
 * @throws MillraceError `TYPE_MISMATCH` for anything else, with how to convert it.
 */
export function bytesGiven(entry: string, given: unknown): Uint8Array {
  const bytes = bytesOf(given)
  if (bytes === undefined) throw notA(entry, 'the first argument', 'bytes in memory', given, cureOf(given))
  return bytes
}

function cureOf(given: unknown): string {
  if (typeof given === 'string') return 'write new TextEncoder().encode(text)'
  const { arrayBuffer, Body } = Object(given)
  if (typeof arrayBuffer === 'function') return 'write new Uint8Array(await it.arrayBuffer())'
  if (Body !== undefined) return 'write await it.Body.transformToByteArray()'
  return kindOf(given) === 'a Promise'
    ? 'await it first'
    : 'a stream or a ByteSource goes to read of a codec, such as csv().read(source)'
}

function blobSource(blob: Blob, size: number): ByteSource {
  return {
    size,
    stream: ({ start, end = size } = { start: 0 }) => blob.slice(start, Math.min(end, size)).stream(),
    read: async (start, end) => new Uint8Array(await blob.slice(start, Math.min(end, size)).arrayBuffer()),
  }
}
