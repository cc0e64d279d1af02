import type { Encoding } from 'hyparquet'
import { type Bounds, boundsOf, integerRange } from './bounds.ts'
import { type ByteSink, byteSink, reserve, written } from './byte-sink.ts'
import { appendDeltaPacked, MAX_DELTA_RANGE } from './delta.ts'
import {
  appendDeltaLengths,
  appendDeltaPrefixes,
  type DeltaStringScratch,
  deltaStringScratch,
} from './delta-strings.ts'
import type { Leaf } from './file-schema.ts'
import type { LeafValues } from './leaf-values.ts'
import type { PageCompressor } from './page-compressor.ts'
import { appendPlain } from './plain.ts'
import { appendRleHybrid, bitWidthOf } from './rle-hybrid.ts'
import { buildDictionary, emptyDictionary, type ValueDictionary } from './value-dictionary.ts'

/** How the values of one column chunk go into its pages. */
export interface ChunkEncoding {
  readonly encoding: Encoding
  readonly dictionary: ValueDictionary | undefined
  /** Whether pages become smaller by compression, as far as a sample tells. */
  readonly compresses: boolean
  readonly bounds: Bounds | undefined
  append(sink: ByteSink, start: number, end: number): void
}

/** Buffers that are reused from column to column. */
export interface EncodingScratch extends DeltaStringScratch {
  readonly dictionary: ValueDictionary
  readonly sample: ByteSink
}

interface Candidate {
  readonly encoding: Encoding
  append(sink: ByteSink, start: number, end: number): void
}

/** Values in a row that stand for a column chunk when encodings are compared. */
const SAMPLE = 2048
const SAMPLE_BYTES = 128 * 1024
/** What an encoding that some readers learned late must save over PLAIN. */
const MARGIN = 0.95
/** A column whose sample keeps more than this is stored as it is, which is faster to write and to read. Who asks for more than snappy wants size. */
const COMPRESSES = { snappy: 0.9, other: 0.97 } as const

export function encodingScratch(): EncodingScratch {
  return { dictionary: emptyDictionary(), sample: byteSink(), ...deltaStringScratch() }
}

/**
 * The encoding that makes a column chunk smallest after compression, judged by a sample: a dictionary, deltas (integers), lengths apart
 * from bytes or only what differs from the value before (text and binary), or plain.
 */
export function chooseEncoding(
  values: LeafValues,
  leaf: Leaf,
  compressor: PageCompressor,
  scratch: EncodingScratch,
): ChunkEncoding {
  const { count, physical } = values
  const plain: Candidate = { encoding: 'PLAIN', append: (sink, start, end) => appendPlain(sink, values, start, end) }
  const dictionary =
    physical !== 'bits' && count > 1 && buildDictionary(scratch.dictionary, values) ? scratch.dictionary : undefined
  const bounds =
    dictionary === undefined
      ? boundsOf(values, leaf, 0, count)
      : boundsOf(values, leaf, 0, dictionary.size, dictionary.first)
  let best = measured(plain, values, compressor, scratch)
  for (const delta of deltaCandidates(values, leaf, bounds, scratch)) {
    const cost = measured(delta, values, compressor, scratch)
    if (cost.bytes < best.bytes * MARGIN) best = cost
  }
  if (dictionary !== undefined) {
    const cost = dictionaryCost(dictionary, values, compressor, scratch)
    if (cost.bytes <= best.bytes) best = cost
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

function measured(
  candidate: Candidate,
  values: LeafValues,
  compressor: PageCompressor,
  scratch: EncodingScratch,
): Cost {
  const { count } = values
  const size = Math.min(SAMPLE, count, Math.max(1, Math.floor(SAMPLE_BYTES / meanBytes(values))))
  const start = (count - size) >> 1
  scratch.sample.length = 0
  if (size > 0) candidate.append(scratch.sample, start, start + size)
  const rawBytes = scratch.sample.length
  const bytes = Math.min(rawBytes, compressor.compress(written(scratch.sample)).length)
  const scale = size === 0 ? 1 : count / size
  return { candidate, bytes: bytes * scale, rawBytes: rawBytes * scale }
}

/** Bytes of a value by those in the middle, which are the ones that are sampled. */
function meanBytes({ physical, starts, ends, count }: LeafValues): number {
  if (physical !== 'bytes' && physical !== 'fixed') return 8
  const size = Math.min(SAMPLE, count)
  const start = (count - size) >> 1
  let bytes = 0
  for (let i = start; i < start + size; i++) bytes += (ends[i] as number) - (starts[i] as number)
  return Math.max(1, bytes / Math.max(1, size))
}

function dictionaryCost(
  dictionary: ValueDictionary,
  values: LeafValues,
  compressor: PageCompressor,
  scratch: EncodingScratch,
): Cost {
  const { first, size } = dictionary
  const entries: Candidate = {
    encoding: 'PLAIN',
    append: (sink, start, end) => appendPlain(sink, values, start, end, first),
  }
  const entryCost = measured(entries, { ...values, count: size }, compressor, scratch)
  const indexCost = measured(dictionaryIndexes(dictionary), values, compressor, scratch)
  return {
    candidate: indexCost.candidate,
    bytes: entryCost.bytes + indexCost.bytes,
    rawBytes: entryCost.rawBytes + indexCost.rawBytes,
  }
}

function dictionaryIndexes({ indexes, size }: ValueDictionary): Candidate {
  const bitWidth = bitWidthOf(size - 1)
  return {
    encoding: 'RLE_DICTIONARY',
    append(sink, start, end) {
      reserve(sink, 1)[sink.length++] = bitWidth
      appendRleHybrid(sink, indexes, start, end, bitWidth)
    },
  }
}

/** Delta encodings that the values may have. */
function deltaCandidates(
  values: LeafValues,
  leaf: Leaf,
  bounds: Bounds | undefined,
  scratch: EncodingScratch,
): Candidate[] {
  const { physical, words, count } = values
  if (count < 2) return []
  if (physical === 'bytes') {
    return [
      {
        encoding: 'DELTA_LENGTH_BYTE_ARRAY',
        append: (sink, start, end) => appendDeltaLengths(sink, values, start, end, scratch),
      },
      {
        encoding: 'DELTA_BYTE_ARRAY',
        append: (sink, start, end) => appendDeltaPrefixes(sink, values, start, end, scratch),
      },
    ]
  }
  const width = physical === 'word' ? 1 : 2
  const isInteger = (physical === 'word' || physical === 'double-word') && leaf.order !== 'float'
  if (!isInteger || bounds === undefined || integerRange(values, leaf, bounds) >= MAX_DELTA_RANGE[width]) return []
  return [
    {
      encoding: 'DELTA_BINARY_PACKED',
      append: (sink, start, end) => appendDeltaPacked(sink, words, width, start, end, scratch.deltas),
    },
  ]
}
