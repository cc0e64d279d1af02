import type { Encoding } from 'hyparquet'
import { type Bounds, boundsOf, integerRange } from './bounds.ts'
import { appendDeltaLengths, appendDeltaPrefixes, appendDeltas, MAX_DELTA_RANGE } from './encode-delta.ts'
import { appendPlain } from './encode-plain.ts'
import type { WriteLeaf } from './file-schema.ts'
import { byteLength, type LeafValues } from './leaf-values.ts'
import { beginPage, dropPage, type PageBuffer } from './page-buffer.ts'
import type { PageCompressor } from './page-compressor.ts'
import { appendIndexRuns, bitWidthOf } from './rle-hybrid.ts'
import { buildDictionary, type ValueDictionary } from './value-dictionary.ts'
import type { ParquetEncodings } from './write-options.ts'

/** The encoding of one column chunk, which appends its values to pages. */
export interface ChunkEncoding {
  readonly encoding: Encoding
  readonly dictionary: ValueDictionary | undefined
  /** True if a sample of the pages becomes smaller by compression. */
  readonly compresses: boolean
  readonly bounds: Bounds | undefined
  append(page: PageBuffer, start: number, end: number): void
}

interface Candidate {
  readonly encoding: Encoding
  append(page: PageBuffer, start: number, end: number): void
}

/** Number of consecutive values sampled from a column chunk to compare encodings. */
const SAMPLE = 2048
const SAMPLE_BYTES = 128 * 1024
/** The share of PLAIN's bytes below which an encoding is chosen that older readers do not support. */
const MARGIN = 0.95
/**
 * A column whose sample keeps more than this share is stored uncompressed, which is faster to write and to read.
 * Other codecs than snappy are chosen for size, so smaller savings count.
 */
const COMPRESSES = { snappy: 0.85, other: 0.97 } as const

/**
 * Choose the encoding with the smallest column chunk after compression, estimated by a sample: a dictionary or plain
 * values and, if requested, deltas (integers), lengths apart from bytes or only the difference from the previous value
 * (text and binary).
 */
export function chooseEncoding(
  values: LeafValues,
  leaf: WriteLeaf,
  compressor: PageCompressor,
  page: PageBuffer,
  encodings: ParquetEncodings,
): ChunkEncoding {
  const { count, physical } = values
  const sampled = (candidate: Candidate, of = count): Cost => costOf(candidate, values, of, compressor, page)
  const plain: Candidate = { encoding: 'PLAIN', append: (page, start, end) => appendPlain(page, values, start, end) }
  const dictionary = physical !== 'bits' && count > 1 ? buildDictionary(values) : undefined
  const bounds =
    dictionary === undefined
      ? boundsOf(values, leaf, 0, count)
      : boundsOf(values, leaf, 0, dictionary.size, dictionary.first)
  let best = sampled(plain)
  for (const delta of encodings === 'compact' ? deltaCandidates(values, leaf, bounds) : []) {
    const cost = sampled(delta)
    if (cost.bytes < best.bytes * MARGIN) best = cost
  }
  if (dictionary !== undefined) {
    const entries = sampled(dictionaryEntries(values, dictionary), dictionary.size)
    const indexes = sampled(dictionaryIndexes(dictionary))
    const bytes = entries.bytes + indexes.bytes
    if (bytes <= best.bytes) best = { ...indexes, bytes, rawBytes: entries.rawBytes + indexes.rawBytes }
  }
  const { encoding, append } = best.candidate
  const compresses = best.bytes < best.rawBytes * COMPRESSES[compressor.codec === 'SNAPPY' ? 'snappy' : 'other']
  return { encoding, append, compresses, bounds, dictionary: encoding === 'RLE_DICTIONARY' ? dictionary : undefined }
}

interface Cost {
  readonly candidate: Candidate
  readonly bytes: number
  readonly rawBytes: number
}

/** Estimate the bytes of `count` values, or entries of the dictionary, from those in the middle. */
function costOf(
  candidate: Candidate,
  values: LeafValues,
  count: number,
  compressor: PageCompressor,
  page: PageBuffer,
): Cost {
  const size = Math.min(SAMPLE, count, Math.max(1, Math.floor(SAMPLE_BYTES / meanBytes(values, count))))
  const start = (count - size) >> 1
  beginPage(page)
  if (size > 0) candidate.append(page, start, start + size)
  const rawBytes = page.end - page.start
  const bytes = Math.min(rawBytes, compressor.compressedLength(page))
  dropPage(page)
  const scale = size === 0 ? 1 : count / size
  return { candidate, bytes: bytes * scale, rawBytes: rawBytes * scale }
}

/** Average bytes of the values in the middle, which are the sampled ones. */
function meanBytes(values: LeafValues, count: number): number {
  const { physical } = values
  if (physical !== 'bytes' && physical !== 'fixed') return 8
  const size = Math.min(SAMPLE, count)
  const start = (count - size) >> 1
  return Math.max(1, byteLength(values, start, start + size) / Math.max(1, size))
}

/** The dictionary's page. */
export function dictionaryEntries(values: LeafValues, { first }: ValueDictionary): Candidate {
  return { encoding: 'PLAIN', append: (page, start, end) => appendPlain(page, values, start, end, first) }
}

function dictionaryIndexes({ indexes, size }: ValueDictionary): Candidate {
  const bitWidth = bitWidthOf(size - 1)
  return {
    encoding: 'RLE_DICTIONARY',
    append: (page, start, end) => appendIndexRuns(page, indexes + 4 * start, end - start, bitWidth),
  }
}

/** Delta encodings that the values may have. */
function deltaCandidates(values: LeafValues, leaf: WriteLeaf, bounds: Bounds | undefined): Candidate[] {
  const { physical, count } = values
  if (count < 2) return []
  if (physical === 'bytes') {
    return [
      {
        encoding: 'DELTA_LENGTH_BYTE_ARRAY',
        append: (page, start, end) => appendDeltaLengths(page, values, start, end),
      },
      {
        encoding: 'DELTA_BYTE_ARRAY',
        append: (page, start, end) => appendDeltaPrefixes(page, values, start, end),
      },
    ]
  }
  const size = physical === 'word' ? 4 : 8
  const isInteger = (physical === 'word' || physical === 'double-word') && leaf.order !== 'float'
  if (!isInteger || bounds === undefined || integerRange(values, leaf, bounds) >= MAX_DELTA_RANGE[size]) return []
  return [
    {
      encoding: 'DELTA_BINARY_PACKED',
      append: (page, start, end) => appendDeltas(page, values, size, start, end),
    },
  ]
}
