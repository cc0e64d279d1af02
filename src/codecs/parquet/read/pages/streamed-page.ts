import type { CompressionCodec } from 'hyparquet'
import { nodeZlib } from '../../../../internal/node-modules.ts'
import { type ByteWindow, byteWindow } from '../bytes/byte-window.ts'
import type { ChunkBytes } from '../bytes/chunk-bytes.ts'
import { copyOf } from '../bytes/copy-of.ts'
import type { Dictionary } from '../bytes/value-buffers.ts'
import { type HybridReader, hybridReader } from '../encodings/hybrid-reader.ts'
import { plainWindowDecoder } from '../encodings/plain-window.ts'
import type { ColumnChunk } from '../footer/file-metadata.ts'
import { invalid, unsupported } from '../invalid.ts'
import type { Leaf } from '../schema/schema-shape.ts'
import { type DataPage, levelReadersV2, levelWidth, type PageContext } from './data-page.ts'
import { decompress } from './decompress.ts'
import { inflatePieces, inflatesInPieces } from './inflate-pieces.ts'
import type { PageHeader } from './page-header.ts'

/** Compressed bytes per read. */
const PIECE_BYTES = 128 * 1024

export function isStreamed(header: PageHeader, { codec }: ColumnChunk, leaf: Leaf, maxWholeBytes: number): boolean {
  return (
    header.uncompressedBytes > maxWholeBytes &&
    header.slots > 0 &&
    (header.type === 'DATA_PAGE' || header.type === 'DATA_PAGE_V2') &&
    header.encoding === 'PLAIN' &&
    leaf.layout.physical !== 'BOOLEAN' &&
    inflatesInPieces(codec)
  )
}

/** A page of plain values that is never in memory as a whole. */
export async function streamedPage(
  leaf: Leaf,
  codec: CompressionCodec,
  header: PageHeader,
  bytes: ChunkBytes,
  at: number,
  chunkDictionary: Dictionary | undefined,
  { pool, held, maxWholeBytes, maxFieldBytes, signal }: PageContext,
): Promise<DataPage> {
  const { compressedBytes, slots, levels } = header
  held.take(header.uncompressedBytes)
  const crc = checksum(header.crc)
  const levelBytes = levels === undefined ? 0 : levels.repetitionBytes + levels.definitionBytes
  if (levelBytes > compressedBytes || levelBytes > header.uncompressedBytes) throw tooLongLevels()
  const lead = await bytes.read(at, levelBytes)
  crc.add(lead)

  /** A copy: an inflater may hold its input for long, and with it the window of the chunk around it. */
  async function pieceAt(from: number): Promise<Uint8Array> {
    const piece = await bytes.read(at + from, Math.min(PIECE_BYTES, compressedBytes - from))
    crc.add(piece)
    return copyOf(piece)
  }

  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let from = levelBytes; from < compressedBytes; from += PIECE_BYTES) yield await pieceAt(from)
    bytes.release(at + compressedBytes)
    crc.check()
  }

  const size = header.uncompressedBytes - levelBytes
  const ownCodec = levels?.compressed === false ? 'UNCOMPRESSED' : codec
  const whole = async () => {
    const rest = await bytes.read(at + levelBytes, compressedBytes - levelBytes)
    return decompress(ownCodec, rest, size, { pool, kernel: undefined })
  }
  const window = byteWindow(inflatePieces({ codec: ownCodec, size, pieces, whole, signal }))
  const levelReaders =
    levels === undefined
      ? await levelsV1(leaf, header, window)
      : { ...levelReadersV2(leaf, copyOf(lead), levels.repetitionBytes), bytes: levelBytes }
  const decoder = plainWindowDecoder(window, leaf.layout.physicalWidth, maxFieldBytes)
  // A page beyond the limit is rejected as a whole.
  const heldBytes = Math.min(maxWholeBytes + levelReaders.bytes, header.uncompressedBytes)
  held.release(header.uncompressedBytes - heldBytes)
  return {
    slots,
    repetition: levelReaders.repetition,
    definition: levelReaders.definition,
    values: decoder,
    valueBytes: size,
    heldBytes,
    dictionary: undefined,
    chunkDictionary,
    async hold(wanted, left, maxBytes) {
      const ready = await decoder.hold(wanted, maxBytes)
      // The last slots: the rest is read to be checked, before its values are returned.
      if (ready === left) await window.drain()
      return ready
    },
  }
}

function tooLongLevels() {
  return invalid('the levels of a page are longer than the page')
}

interface Levels {
  readonly repetition: HybridReader | undefined
  readonly definition: HybridReader | undefined
  readonly bytes: number
}

async function levelsV1(leaf: Leaf, header: PageHeader, window: ByteWindow): Promise<Levels> {
  let bytes = 0

  async function levels(max: number, encoding: string | undefined): Promise<HybridReader | undefined> {
    if (max === 0) return undefined
    if (encoding !== 'RLE') throw unsupported(`levels in the deprecated encoding ${encoding} cannot be read`)
    if ((await window.fill(4)) < 4) throw invalid('a page ends before its levels')
    const length = new DataView(window.bytes.buffer, window.bytes.byteOffset + window.at).getUint32(0, true)
    if (length > header.uncompressedBytes - 4 || (await window.fill(4 + length)) < 4 + length) throw tooLongLevels()
    const start = window.at + 4
    window.at = start + length
    bytes += length
    return hybridReader(copyOf(window.bytes, start, start + length), 0, length, levelWidth(max))
  }

  const repetition = await levels(leaf.repetition, header.levelEncodings?.repetition)
  const definition = await levels(leaf.definition, header.levelEncodings?.definition)
  return { repetition, definition, bytes }
}

/** The checksum of a page, updated as its bytes arrive. */
function checksum(expected: number | undefined) {
  let value = 0
  return {
    add(bytes: Uint8Array): void {
      if (expected !== undefined) value = nodeZlib().crc32(bytes, value)
    },
    check(): void {
      if (expected !== undefined && value !== expected >>> 0)
        throw invalid('the checksum of a page does not match its bytes')
    },
  }
}
