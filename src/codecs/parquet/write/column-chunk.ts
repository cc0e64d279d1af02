import type { ColumnChunk, Encoding } from 'hyparquet'
import { bloomFilterOf } from './bloom-filter.ts'
import { type ChunkEncoding, chooseEncoding, dictionaryEntries } from './choose-encoding.ts'
import { appendPlain } from './encode-plain.ts'
import { nameOf, type WriteLeaf } from './file-schema.ts'
import { type ChunkIndexes, pageHeaderBytes } from './format.ts'
import { type LeafValues, useValues } from './leaf-values.ts'
import { emptyLevels, type Levels } from './levels.ts'
import { beginPage, dropPage, type PageBuffer, roomInPage } from './page-buffer.ts'
import { type PageCompressor, pageCompressor } from './page-compressor.ts'
import { pageIndexes } from './page-index.ts'
import { type EncodedPage, type PageRange, pageRanges } from './page-ranges.ts'
import { appendLevelRuns, appendRepeatedRun, bitWidthOf } from './rle-hybrid.ts'
import { statisticsOf } from './statistics.ts'
import { type WriteKernel, writeKernel } from './write-kernel.ts'
import type { WriteSettings } from './write-options.ts'

/** One run's kernel, buffers and compressors, reused for every column chunk. */
export interface ChunkContext {
  readonly settings: WriteSettings
  readonly kernel: WriteKernel
  readonly compressor: PageCompressor
  readonly uncompressed: PageCompressor
  readonly levels: Levels
  readonly page: PageBuffer
}

export interface EncodedChunk {
  readonly chunk: ColumnChunk
  readonly pieces: readonly Uint8Array[]
  readonly indexes: ChunkIndexes | undefined
}

export function chunkContext(settings: WriteSettings): ChunkContext {
  const kernel = writeKernel()
  return {
    settings,
    kernel,
    compressor: pageCompressor(settings.compression),
    uncompressed: pageCompressor('none'),
    levels: emptyLevels(),
    page: { kernel, start: 0, end: 0 },
  }
}

/** Encode the pages of the context's values and levels, for position `offset` of the file. */
export function encodeChunk(leaf: WriteLeaf, values: LeafValues, context: ChunkContext, offset: number): EncodedChunk {
  const { levels } = context
  useValues(values)
  const encoding = chooseEncoding(values, leaf, context.compressor, context.page, context.settings.encodings)
  const compressor = encoding.compresses ? context.compressor : context.uncompressed
  const pieces: Uint8Array[] = []
  const pages: EncodedPage[] = []
  const sizes = { at: offset, uncompressed: 0 }
  const dictionaryOffset = encoding.dictionary === undefined ? undefined : sizes.at
  if (encoding.dictionary !== undefined) add(dictionaryPage(values, encoding.dictionary, context, compressor))
  const dataOffset = sizes.at
  for (const range of pageRanges(leaf, levels, values, encoding, context.settings)) {
    const start = sizes.at
    add(dataPage(leaf, values, range, encoding, context, compressor))
    pages.push({ ...range, offset: start, bytes: sizes.at - start })
  }
  const chunk: ColumnChunk = { file_offset: BigInt(offset), meta_data: metaData() }
  return { chunk, pieces, indexes: indexesOf(chunk) }

  function indexesOf(chunk: ColumnChunk): ChunkIndexes | undefined {
    const { pageIndex, bloomFilters } = context.settings
    const bloomFilter = bloomFilters.has(nameOf(leaf)) ? bloomFilterOf(leaf, values, encoding.dictionary) : undefined
    if (!pageIndex && bloomFilter === undefined) return undefined
    return {
      chunk,
      ...(pageIndex ? pageIndexes(pages, leaf, values) : {}),
      ...(bloomFilter === undefined ? {} : { bloomFilter }),
    }
  }

  function add({ head, body, uncompressed }: Page): void {
    pieces.push(head, body)
    sizes.at += head.length + body.length
    sizes.uncompressed += uncompressed
  }

  function metaData(): NonNullable<ColumnChunk['meta_data']> {
    const distinct = leaf.order === 'float' ? undefined : encoding.dictionary?.size
    return {
      type: leaf.schema.type ?? 'BYTE_ARRAY',
      encodings: encodingsOf(encoding, leaf),
      path_in_schema: [...leaf.path],
      codec: compressor.codec,
      num_values: BigInt(levels.entries),
      total_uncompressed_size: BigInt(sizes.uncompressed),
      total_compressed_size: BigInt(sizes.at - offset),
      data_page_offset: BigInt(dataOffset),
      ...(dictionaryOffset === undefined ? {} : { dictionary_page_offset: BigInt(dictionaryOffset) }),
      statistics: statisticsOf(values, leaf, encoding.bounds, levels.entries - values.count, distinct),
    }
  }
}

function encodingsOf({ encoding, dictionary }: ChunkEncoding, { maxDefinition }: WriteLeaf): Encoding[] {
  const encodings = new Set<Encoding>([encoding])
  if (dictionary !== undefined) encodings.add('PLAIN')
  if (maxDefinition > 0) encodings.add('RLE')
  return [...encodings]
}

/** A finished page: its own bytes, in two pieces, which saves a copy. */
interface Page {
  readonly head: Uint8Array
  readonly body: Uint8Array
  /** Bytes of both before compression. */
  readonly uncompressed: number
}

function dictionaryPage(
  values: LeafValues,
  dictionary: NonNullable<ChunkEncoding['dictionary']>,
  { page }: ChunkContext,
  compressor: PageCompressor,
): Page {
  beginPage(page)
  dictionaryEntries(values, dictionary).append(page, 0, dictionary.size)
  return finishPage(page, compressor, (sizes) =>
    pageHeaderBytes({
      type: 'DICTIONARY_PAGE',
      ...sizes,
      dictionary_page_header: { num_values: dictionary.size, encoding: 'PLAIN' },
    }),
  )
}

/** A page of version 1, which every reader supports: levels after their lengths, then values, all compressed together. */
function dataPage(
  leaf: WriteLeaf,
  values: LeafValues,
  range: PageRange,
  chunk: ChunkEncoding,
  { page, levels }: ChunkContext,
  compressor: PageCompressor,
): Page {
  const { start, end, firstValue, lastValue } = range
  beginPage(page)
  if (leaf.maxRepetition > 0) appendLevels(page, levels.repetitions.bytes, start, end, leaf.maxRepetition)
  if (leaf.maxDefinition > 0) {
    if (lastValue - firstValue === end - start) appendAllDefined(page, end - start, leaf.maxDefinition)
    else appendLevels(page, levels.definitions.bytes, start, end, leaf.maxDefinition)
  }
  // A page without values is PLAIN, the only encoding without a header.
  const encoding = firstValue === lastValue ? 'PLAIN' : chunk.encoding
  if (encoding === 'PLAIN') appendPlain(page, values, firstValue, lastValue)
  else chunk.append(page, firstValue, lastValue)
  return finishPage(page, compressor, (sizes) =>
    pageHeaderBytes({
      type: 'DATA_PAGE',
      ...sizes,
      data_page_header: {
        num_values: end - start,
        encoding,
        definition_level_encoding: 'RLE',
        repetition_level_encoding: 'RLE',
      },
    }),
  )
}

interface PageSizes {
  readonly uncompressed_page_size: number
  readonly compressed_page_size: number
}

function finishPage(page: PageBuffer, compressor: PageCompressor, header: (sizes: PageSizes) => Uint8Array): Page {
  const uncompressed = page.end - page.start
  const body = compressor.compress(page)
  dropPage(page)
  const head = header({ uncompressed_page_size: uncompressed, compressed_page_size: body.length })
  return { head, body, uncompressed: head.length + uncompressed }
}

function appendLevels(page: PageBuffer, levels: Uint8Array, start: number, end: number, max: number): void {
  appendSized(page, () => appendLevelRuns(page, levels.subarray(start, end), bitWidthOf(max)))
}

function appendAllDefined(page: PageBuffer, count: number, max: number): void {
  appendSized(page, () => appendRepeatedRun(page, max, count, bitWidthOf(max)))
}

/** Append bytes after their four-byte length. */
function appendSized(page: PageBuffer, append: () => void): void {
  const at = page.end
  roomInPage(page, 4)
  page.end += 4
  append()
  const { memory } = page.kernel
  new DataView(memory.bytes.buffer).setUint32(at, page.end - at - 4, true)
}
