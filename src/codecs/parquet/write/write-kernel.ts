import { SLACK } from '../../../../kernels/parquet-write/record.ts'
import { type Kernel, type KernelMemory, kernelMaker } from '../../../internal/kernel.ts'
import { PARQUET_WRITE } from '../../../internal/kernels/parquet-write.ts'

/**
 * Functions of `kernels/parquet-write`, which documents each of them. Every number except a count is an offset into its
 * memory; `order` is the offset of the positions of selected values, or 0. Functions that append return the offset of
 * the next byte, as a signed number.
 */
interface WriteExports {
  useValues(width: number, data: number, ranges: number): void
  takeAllRanges(to: number, offsets: number, count: number, low: number, size: number, base: number): number
  takeRanges(
    to: number,
    offsets: number,
    slots: number,
    count: number,
    firstSlot: number,
    slotsEnd: number,
    low: number,
    size: number,
    base: number,
  ): number
  takeBits(to: number, bitmap: number, offset: number, size: number, slots: number, count: number): number
  takePresent(bitmap: number, bit: number, count: number, slots: number, levels: number): number
  takeWords(
    to: number,
    words: number,
    width: number,
    slots: number,
    count: number,
    firstSlot: number,
    slotsEnd: number,
  ): number
  countLevels(levels: number, count: number, level: number): number
  byteLength(start: number, end: number, order: number): number

  indexValues(
    start: number,
    end: number,
    stride: number,
    table: number,
    mask: number,
    first: number,
    indexes: number,
    size: number,
    maxSteps: number,
  ): number
  resizeTable(from: number, fromMask: number, to: number, toMask: number): void

  takeBounds(kind: number, start: number, end: number, order: number): number
  readonly least: { readonly value: number }
  readonly greatest: { readonly value: number }

  appendBits(to: number, start: number, end: number): number
  appendWords(to: number, start: number, end: number, order: number): number
  appendPrefixed(to: number, start: number, end: number, order: number): number
  appendConcatenated(to: number, start: number, end: number, order: number, isContiguous: number): number
  appendDeltas(to: number, words: number, size: number, count: number): number
  takeLengths(to: number, start: number, count: number): void
  takePrefixes(prefixes: number, suffixes: number, start: number, count: number): void
  appendSuffixes(to: number, prefixes: number, start: number, count: number): number
  appendLevels(to: number, levels: number, count: number, bitWidth: number): number
  appendIndexes(to: number, indexes: number, count: number, bitWidth: number): number
  appendRepeatedRun(to: number, value: number, count: number, bitWidth: number): number

  appendLength(to: number, length: number): number
  compressBlock(from: number, length: number, to: number, table: number): number
}

export type WriteKernel = Kernel<WriteExports>

export const writeKernel: () => WriteKernel = kernelMaker<WriteExports>(PARQUET_WRITE)

/** Part of a kernel's memory, which may move when it grows. */
export interface Region {
  start: number
  size: number
  /** Offset of the byte after the region and its slack. */
  end: number
}

/** @param size - initial bytes. */
export function region(memory: KernelMemory, size: number): Region {
  const start = memory.reserve(size + SLACK)
  return { start, size, end: memory.top }
}

/** Grow a region to `size` bytes: in place, if it is the last one. */
export function growRegion(memory: KernelMemory, part: Region, size: number): void {
  if (size <= part.size) return
  const { start, end } = part
  if (end === memory.top) {
    memory.release(start)
    memory.reserve(size + SLACK)
  } else {
    size = Math.max(size, 2 * part.size)
    part.start = memory.reserve(size + SLACK)
    memory.bytes.copyWithin(part.start, start, start + part.size)
  }
  part.size = size
  part.end = memory.top
}
