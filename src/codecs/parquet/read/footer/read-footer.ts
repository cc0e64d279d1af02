import { isMillraceError } from '../../../../errors.ts'
import type { CodecInput } from '../../../codec.ts'
import { bytesSource, chunksOf, isByteSource, isBytes } from '../../../input/source.ts'
import { type CodecLimits, defaultInflatedBytes } from '../../../limits.ts'
import { type FileBytes, fileBytes, unavailable, withKnownBytes } from '../bytes/file-bytes.ts'
import { type FileSource, partsSource } from '../bytes/parts-source.ts'
import { exceeded, invalid, unsupported } from '../invalid.ts'
import { type FileMetadata, fileMetadata } from './file-metadata.ts'
import { readThriftStruct } from './thrift-fields.ts'

/** A Parquet file whose footer has been read. */
export interface OpenFile {
  readonly bytes: FileBytes
  readonly metadata: FileMetadata
  /** The end of the pages. */
  readonly dataEnd: number
}

/** Bytes of the first read, from the end of a file: enough for the footer of most files, and for the whole of small ones. */
const TAIL_BYTES = 64 * 1024
/** `PAR1` at the start; the footer's length and `PAR1` at the end. */
const MIN_FILE_BYTES = 12
const TRAILER_BYTES = 8
/** Decoded metadata occupies about twenty times its bytes. */
export const MAX_FOOTER_BYTES = 32 * 1024 * 1024

export async function openFile(input: CodecInput, limits: CodecLimits): Promise<OpenFile> {
  const source = await rangedSource(input, limits)
  const size = source.size ?? (await sizeOf(source))
  const { bytes, footer, footerAt } = await readFooter(fileBytes(source, size), TAIL_BYTES)
  return { bytes, metadata: footerMetadata(footer, footerAt, limits), dataEnd: footerAt }
}

/** The footer's bytes, and the file with the part of its end that was read. */
export interface RawFooter {
  readonly bytes: FileBytes
  readonly footer: Uint8Array
  readonly footerAt: number
}

/** Read the footer, with a single read if it is in the last `tailBytes` of the file. */
export async function readFooter(file: FileBytes, tailBytes: number): Promise<RawFooter> {
  const { size } = file
  if (size < MIN_FILE_BYTES) {
    throw invalid(size === 0 ? 'the file is empty' : 'the file is too short for Parquet', { byteOffset: size })
  }
  const tailAt = Math.max(0, size - tailBytes)
  const tail = await file.read(tailAt, size)
  const footerBytes = footerLength(tail, size)
  const footerAt = size - TRAILER_BYTES - footerBytes
  const footer =
    footerAt >= tailAt
      ? tail.subarray(footerAt - tailAt, -TRAILER_BYTES)
      : await file.read(footerAt, size - TRAILER_BYTES)
  return { bytes: withKnownBytes(file, tailAt, tail), footer, footerAt }
}

/** Decode the metadata in the bytes of a footer at `footerAt`. */
export function footerMetadata(footer: Uint8Array, footerAt: number, limits: CodecLimits): FileMetadata {
  try {
    const decoded = readThriftStruct(footer, 0, footer.length)
    if (decoded === undefined) throw invalid('the footer ends before its last field')
    return fileMetadata(decoded.struct, limits)
  } catch (error) {
    if (!isMillraceError(error, 'PARQUET_INVALID') || error.position !== undefined) throw error
    throw invalid(error.message, { byteOffset: footerAt })
  }
}

function footerLength(tail: Uint8Array, size: number): number {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  const magic = String.fromCharCode(...tail.subarray(-4))
  if (magic === 'PARE') throw unsupported('the footer is encrypted; write the file without encryption')
  if (magic !== 'PAR1') {
    throw invalid('the file does not end with PAR1: it is not a Parquet file, or it is cut off', {
      byteOffset: size - 4,
    })
  }
  const length = view.getUint32(tail.length - TRAILER_BYTES, true)
  if (length > size - MIN_FILE_BYTES)
    throw invalid('the footer is longer than the file', { byteOffset: size - TRAILER_BYTES })
  if (length > MAX_FOOTER_BYTES) throw exceeded(`the footer has ${length} bytes, the limit is ${MAX_FOOTER_BYTES}`)
  return length
}

/** Make a source that can be read by range; a stream is collected first. */
async function rangedSource(input: CodecInput, limits: CodecLimits): Promise<FileSource> {
  if (isBytes(input)) return bytesSource(input)
  if (isByteSource(input) && (input.size !== undefined || input.length !== undefined)) return input
  return collect(chunksOf(input), limits)
}

async function sizeOf(source: FileSource): Promise<number> {
  const size = await source.length?.().catch(unavailable)
  if (size === undefined) throw invalid('the size of the source is unknown')
  return size
}

async function collect(chunks: AsyncIterable<Uint8Array>, limits: CodecLimits): Promise<FileSource> {
  const maxBytes = limits.maxInflatedBytes ?? defaultInflatedBytes(0)
  const parts: Uint8Array[] = []
  let total = 0
  try {
    for await (const chunk of chunks) {
      total += chunk.length
      if (total > maxBytes) {
        throw exceeded(
          `the stream exceeds ${maxBytes} bytes; pass a ByteSource, which is read by range (limits.maxInflatedBytes)`,
        )
      }
      parts.push(chunk)
    }
  } catch (error) {
    unavailable(error)
  }
  return partsSource(parts)
}
