import { MillraceError } from '../../errors.ts'

const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50

const NOT_ZSTD =
  "the file is not zstd: it does not begin with its magic number; correct its name, or pass compression: 'none' or 'auto' to codecFor"

/** Bytes of the frame header's optional fields, by the descriptor's bits: RFC 8878, 3.1.1.1. */
const DICTIONARY_ID_BYTES = [0, 1, 2, 4]
const CONTENT_SIZE_BYTES = [0, 2, 4, 8]

/**
 * Split a stream of zstd frames into its frames. Each inner iterable yields the chunks of one frame, and must be read to its end before
 * the next is requested. Node's decompressor stops after the first frame silently, so each frame needs one of its own.
 *
 * Only the lengths in frame and block headers are read (RFC 8878, 3.1.1). Skippable frames are left out.
 *
 * @throws MillraceError `ENCODING_INVALID` if bytes do not form a frame, or a frame is cut off.
 */
export async function* zstdFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const bytes = byteReader(source[Symbol.asyncIterator]())
  try {
    while (await bytes.more()) {
      const start = bytes.offset()
      const magic = await bytes.take(4)
      if (littleEndian(magic) === FRAME_MAGIC) yield frame(magic, bytes)
      else if ((littleEndian(magic) & 0xfffffff0) === SKIPPABLE_MAGIC)
        await bytes.skip(littleEndian(await bytes.take(4)))
      else
        throw new MillraceError(
          'ENCODING_INVALID',
          start === 0 ? NOT_ZSTD : 'the zstd file is damaged: no frame begins here',
          {
            position: { byteOffset: start },
          },
        )
    }
  } finally {
    await bytes.close()
  }
}

async function* frame(magic: Uint8Array, bytes: ByteReader): AsyncGenerator<Uint8Array> {
  yield magic
  const descriptor = await bytes.take(1)
  yield descriptor
  const bits = descriptor[0] ?? 0
  yield* bytes.pass(headerBytes(bits))
  for (let isLast = false; !isLast; ) {
    const blockHeader = await bytes.take(3)
    yield blockHeader
    const block = littleEndian(blockHeader)
    isLast = (block & 1) === 1
    const isRunLength = ((block >>> 1) & 3) === 1
    yield* bytes.pass(isRunLength ? 1 : block >>> 3)
  }
  const hasChecksum = (bits & 4) !== 0
  if (hasChecksum) yield* bytes.pass(4)
}

/** Bytes of the frame header after its descriptor. */
function headerBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0
  const contentSizeFlag = descriptor >>> 6
  const contentSize = contentSizeFlag === 0 && isSingleSegment ? 1 : (CONTENT_SIZE_BYTES[contentSizeFlag] ?? 0)
  return (isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0) + contentSize
}

type ByteReader = ReturnType<typeof byteReader>

/** A stream of chunks as a stream of bytes, to be read in pieces of any length. */
function byteReader(chunks: AsyncIterator<Uint8Array>) {
  let chunk: Uint8Array = new Uint8Array(0)
  let at = 0
  let chunkStart = 0

  async function more(): Promise<boolean> {
    while (at === chunk.length) {
      const next = await chunks.next()
      if (next.done === true) return false
      chunkStart += chunk.length
      chunk = next.value
      at = 0
    }
    return true
  }

  async function* pass(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0; ) {
      if (!(await more())) {
        throw new MillraceError('ENCODING_INVALID', 'the zstd file is cut off', { position: { byteOffset: offset() } })
      }
      const part = chunk.subarray(at, at + left)
      at += part.length
      left -= part.length
      yield part
    }
  }

  async function take(length: number): Promise<Uint8Array> {
    const taken = new Uint8Array(length)
    let filled = 0
    for await (const part of pass(length)) {
      taken.set(part, filled)
      filled += part.length
    }
    return taken
  }

  async function skip(length: number): Promise<void> {
    for await (const _ of pass(length));
  }

  const offset = () => chunkStart + at
  const close = async () => void (await chunks.return?.())
  return { more, pass, take, skip, offset, close }
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0)
}
