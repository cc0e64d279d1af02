import type { CompressionCodec } from 'hyparquet'
import { byteBudget } from '../../../../src/codecs/parquet/read/bytes/byte-budget.ts'
import { type ChunkBytes, wholeChunk, windowedChunk } from '../../../../src/codecs/parquet/read/bytes/chunk-bytes.ts'
import type { ColumnChunk } from '../../../../src/codecs/parquet/read/footer/file-metadata.ts'
import { readKernels } from '../../../../src/codecs/parquet/read/kernel/read-kernel.ts'
import { pagePool } from '../../../../src/codecs/parquet/read/pages/page-pool.ts'
import { type PageReader, pageReader } from '../../../../src/codecs/parquet/read/pages/page-reader.ts'
import type { Leaf } from '../../../../src/codecs/parquet/read/schema/schema-shape.ts'
import { concat } from './parquet-file.ts'

export interface ColumnPages {
  readonly leaf: Leaf
  readonly codec?: CompressionCodec
  readonly values: number
  readonly pages: readonly Uint8Array[]
}

export interface PageLimits {
  /** Pages of plain values over this size are inflated piece by piece. */
  readonly maxWholeBytes?: number
  readonly maxHeld?: number
  readonly maxInflated?: number
  readonly maxFieldBytes?: number
  /** Read the chunk in windows of so many bytes. */
  readonly windowBytes?: number
  /** Bytes of pages by which the kernel decides whether to start. */
  readonly kernelBytes?: number
}

/** The pages of one column chunk, without a file around them. */
export function openPages(
  { leaf, codec = 'UNCOMPRESSED', values, pages }: ColumnPages,
  {
    maxWholeBytes = Number.POSITIVE_INFINITY,
    maxHeld = 1e9,
    maxInflated = 1e9,
    maxFieldBytes = 1e6,
    windowBytes,
    kernelBytes = 0,
  }: PageLimits = {},
): { readonly reader: PageReader; readonly held: ReturnType<typeof byteBudget> } {
  const bytes = concat(...pages)
  const chunk: ColumnChunk = {
    type: leaf.layout.physical,
    codec,
    path: leaf.name,
    values,
    uncompressedBytes: bytes.length,
    start: 0,
    end: bytes.length,
    hasDictionary: false,
    statistics: undefined,
    encrypted: false,
  }
  const held = byteBudget(maxHeld, 'held')
  const context = {
    kernels: readKernels(kernelBytes),
    pool: pagePool(),
    held,
    inflated: byteBudget(maxInflated, 'inflated'),
    maxWholeBytes,
    maxFieldBytes,
    signal: new AbortController().signal,
  }
  return { reader: pageReader(leaf, chunk, chunkBytes(bytes, windowBytes), context), held }
}

function chunkBytes(bytes: Uint8Array, windowBytes: number | undefined): ChunkBytes {
  if (windowBytes === undefined) return wholeChunk(bytes)
  const read = async (start: number, end: number) => bytes.slice(start, end)
  return windowedChunk({ size: bytes.length, read }, { start: 0, end: bytes.length }, windowBytes)
}
