import { DataType } from 'apache-arrow'
import { nodeZlib } from '../../../../internal/node-modules.ts'
import type { ChunkBytes } from '../bytes/chunk-bytes.ts'
import { copyOf } from '../bytes/copy-of.ts'
import { byteValues, type Dictionary, fixedValues, type Values } from '../bytes/value-buffers.ts'
import { plainDecoder } from '../encodings/decode-plain.ts'
import { indexDecoder } from '../encodings/dictionary.ts'
import { type HybridReader, hybridReader } from '../encodings/hybrid-reader.ts'
import { firstInvalidText } from '../encodings/text-check.ts'
import { valueDecoder } from '../encodings/value-decoder.ts'
import type { ColumnChunk } from '../footer/file-metadata.ts'
import { invalid, unsupported } from '../invalid.ts'
import type { ReadKernels } from '../kernel/read-kernel.ts'
import { appendConverted } from '../schema/conversions.ts'
import type { Leaf } from '../schema/schema-shape.ts'
import { type DataPage, levelReadersV2, levelWidth, type PageContext } from './data-page.ts'
import { decompress } from './decompress.ts'
import { type PageHeader, readPageHeader } from './page-header.ts'
import { isStreamed, streamedPage } from './streamed-page.ts'

/** The data pages of a column chunk in order; undefined after the last. */
export interface PageReader {
  next(): Promise<DataPage | undefined>
}

export function pageReader(leaf: Leaf, chunk: ColumnChunk, bytes: ChunkBytes, context: PageContext): PageReader {
  const { kernels, pool, held, inflated } = context
  let at = 0
  let slotsLeft = chunk.values
  let dictionary: Dictionary | undefined

  async function body({ compressedBytes, crc }: PageHeader): Promise<Uint8Array> {
    if (compressedBytes > bytes.length - at) throw invalid('a page is longer than its column chunk')
    const read = bytes.read(at, compressedBytes)
    const page = read instanceof Uint8Array ? read : await read
    at += compressedBytes
    bytes.release(at)
    if (crc !== undefined && nodeZlib().crc32(page) !== crc >>> 0)
      throw invalid('the checksum of a page does not match its bytes')
    return page
  }

  function inflate(page: Uint8Array, size: number): Uint8Array {
    return decompress(chunk.codec, page, size, { pool, kernel: kernels.start() })
  }

  return {
    async next() {
      while (slotsLeft > 0) {
        if (at >= bytes.length) throw invalid('a column chunk ends before its last value')
        const { header, length } = await readPageHeader(bytes, at)
        at += length
        inflated.take(header.uncompressedBytes)
        if (isStreamed(header, chunk, leaf, context.maxWholeBytes)) {
          if (header.slots > slotsLeft) throw tooManySlots()
          if (header.compressedBytes > bytes.length - at) throw invalid('a page is longer than its column chunk')
          const page = await streamedPage(leaf, chunk.codec, header, bytes, at, dictionary, context)
          slotsLeft -= header.slots
          at += header.compressedBytes
          return page
        }
        const page = await body(header)
        if (header.type === 'INDEX_PAGE') continue
        held.take(header.uncompressedBytes)
        if (header.type === 'DICTIONARY_PAGE') {
          if (dictionary !== undefined) throw invalid('a column chunk has a second dictionary')
          const inflatedPage = inflate(page, header.uncompressedBytes)
          dictionary = readDictionary(leaf, header, inflatedPage)
          pool.give(inflatedPage)
          continue
        }
        if (header.slots > slotsLeft) throw tooManySlots()
        slotsLeft -= header.slots
        if (header.slots > 0) return dataPage(leaf, header, page, inflate, dictionary, context)
        held.release(header.uncompressedBytes)
      }
      return undefined
    },
  }
}

function tooManySlots() {
  return invalid('a page has more values than are left in its column chunk')
}

function dataPage(
  leaf: Leaf,
  header: PageHeader,
  page: Uint8Array,
  inflate: (bytes: Uint8Array, size: number) => Uint8Array,
  dictionary: Dictionary | undefined,
  { kernels, pool }: PageContext,
): DataPage {
  const { levels } = header
  const parts =
    levels === undefined
      ? splitPageV1(leaf, header, page, inflate, kernels)
      : splitPageV2(leaf, levels, header.uncompressedBytes, page, inflate, kernels)
  let held: Uint8Array | undefined = parts.values
  const { encoding, slots } = header
  const usesDictionary = encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY'
  const keepsIndexes = leaf.kept !== undefined && usesDictionary && dictionary !== undefined
  const { physical, physicalWidth } = leaf.layout
  return {
    slots,
    repetition: parts.repetition,
    definition: parts.definition,
    values: keepsIndexes
      ? indexDecoder(parts.values, dictionary)
      : valueDecoder({ encoding, bytes: parts.values, slots, dictionary }, physical, physicalWidth, kernels.start()),
    valueBytes: parts.values.length,
    heldBytes: header.uncompressedBytes,
    dictionary: usesDictionary ? dictionary : undefined,
    chunkDictionary: dictionary,
    release() {
      // Once: memory that was returned may be that of another page.
      if (held !== undefined) pool.give(held)
      held = undefined
    },
  }
}

interface PageParts {
  readonly repetition: HybridReader | undefined
  readonly definition: HybridReader | undefined
  readonly values: Uint8Array
}

/** Version 1: everything is compressed together; each kind of level is preceded by its length. */
function splitPageV1(
  leaf: Leaf,
  header: PageHeader,
  page: Uint8Array,
  inflate: (bytes: Uint8Array, size: number) => Uint8Array,
  kernels: ReadKernels,
): PageParts {
  const bytes = inflate(page, header.uncompressedBytes)
  let at = 0

  function levels(max: number, encoding: string | undefined): HybridReader | undefined {
    if (max === 0) return undefined
    if (encoding !== 'RLE') throw unsupported(`levels in the deprecated encoding ${encoding} cannot be read`)
    if (at + 4 > bytes.length) throw invalid('a page ends before its levels')
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true)
    const start = at + 4
    if (length > bytes.length - start) throw invalid('the levels of a page are longer than the page')
    at = start + length
    return hybridReader(copyOf(bytes, start, at), 0, length, levelWidth(max), kernels.start())
  }

  const repetition = levels(leaf.repetition, header.levelEncodings?.repetition)
  const definition = levels(leaf.definition, header.levelEncodings?.definition)
  return { repetition, definition, values: bytes.subarray(at) }
}

/** Version 2: uncompressed levels precede the values, their lengths are in the header. */
function splitPageV2(
  leaf: Leaf,
  { repetitionBytes, definitionBytes, compressed }: NonNullable<PageHeader['levels']>,
  uncompressedBytes: number,
  page: Uint8Array,
  inflate: (bytes: Uint8Array, size: number) => Uint8Array,
  kernels: ReadKernels,
): PageParts {
  const valuesAt = repetitionBytes + definitionBytes
  if (valuesAt > page.length || valuesAt > uncompressedBytes)
    throw invalid('the levels of a page are longer than the page')
  const packed = page.subarray(valuesAt)
  const values = compressed ? inflate(packed, uncompressedBytes - valuesAt) : packed
  return { ...levelReadersV2(leaf, copyOf(page, 0, valuesAt), repetitionBytes, kernels.start()), values }
}

function readDictionary(leaf: Leaf, header: PageHeader, bytes: Uint8Array): Dictionary {
  const { physical, physicalWidth, width, convert, type } = leaf.layout
  const count = header.slots
  if (header.encoding !== 'PLAIN' && header.encoding !== 'PLAIN_DICTIONARY') {
    throw unsupported(`dictionaries in the encoding ${header.encoding} cannot be read`)
  }
  const smallest = physical === 'BOOLEAN' ? 1 / 8 : physicalWidth === 0 ? 4 : physicalWidth
  if (count * smallest > bytes.length) throw invalid('a dictionary claims more values than its page can hold')
  const raw: Values = physicalWidth === 0 ? byteValues(count) : fixedValues(physicalWidth, count)
  plainDecoder(bytes, physical, physicalWidth, count).read(count, raw)
  if (convert !== undefined) {
    const converted = fixedValues(width, count)
    appendConverted(raw, converted, convert)
    return { values: converted, longestValue: 0, checked: true }
  }
  if (raw.kind === 'fixed') return { values: raw, longestValue: 0, checked: true }
  let longestValue = 1
  for (let i = 0; i < count; i++) {
    longestValue = Math.max(longestValue, (raw.offsets[i + 1] as number) - (raw.offsets[i] as number))
  }
  return { values: raw, longestValue, checked: !DataType.isUtf8(type) || firstInvalidText(raw) === -1 }
}
