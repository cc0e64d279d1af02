import { RANGE, RANGE_ROWS, SPARE } from '../../kernels/gather/record.ts'
import { type Kernel, kernelMaker } from '../internal/kernel.ts'
import { GATHER } from '../internal/kernels/gather.ts'
import type { ValueArray } from './builders/buffers.ts'
import { directGather, type Gather } from './gather.ts'
import type { RowRanges } from './row-ranges.ts'

/** Exports of `kernels/gather.ts`. */
interface GatherExports {
  takeFixed(ranges: number, count: number, base: number, from: number, width: number, to: number): void
  takeText(
    ranges: number,
    count: number,
    base: number,
    offsets: number,
    text: number,
    used: number,
    newOffsets: number,
    to: number,
  ): void
  takeBits(ranges: number, count: number, base: number, from: number, to: number, bit: number): void
}

/** Rows of the column that a block spans. */
const BLOCK_ROWS = 4096
/** Most bytes of a column in a block; larger columns are left to {@link directGather}. */
const ROOM = 1 << 18
/** A range, and its number of rows, in words. */
const RANGE_WORDS = RANGE >> 2
const ROWS_WORD = RANGE_ROWS >> 2
/** Longer ranges, and ranges far apart, are copied faster directly. */
const LONG_RUN = 128
const FAR_APART = 16

const gatherKernel: () => Kernel<GatherExports> = kernelMaker<GatherExports>(GATHER)

/** Ranges for the kernel, split at block boundaries. */
interface Ranges {
  /** The kernel's form of the ranges. */
  readonly pairs: Int32Array
  readonly blocks: readonly Block[]
}

interface Block {
  /** The block's ranges. */
  readonly first: number
  readonly end: number
  /** The block's rows in the column, and the numbers of rows gathered before and in it. */
  readonly low: number
  readonly high: number
  readonly before: number
  readonly rows: number
}

/** Copies block by block in a kernel's memory, if there are many short ranges in order, as deduplication produces. One per run. */
export function gatherInKernel(): Gather {
  let room: Room | undefined
  let known: { readonly runs: RowRanges; readonly ranges: Ranges | undefined } | undefined
  const rangesFor = (runs: RowRanges): Ranges | undefined => {
    if (known?.runs !== runs) known = { runs, ranges: isForKernel(runs) ? rangesOf(runs) : undefined }
    return known.ranges
  }
  const start = (): Room => {
    room ??= roomIn(gatherKernel())
    return room
  }
  return {
    fixed(values, stride, runs, out) {
      const width = values.BYTES_PER_ELEMENT * stride
      const ranges = width * BLOCK_ROWS > ROOM ? undefined : rangesFor(runs)
      if (ranges === undefined) directGather.fixed(values, stride, runs, out)
      else takeFixed(start(), ranges, asBytes(values), width, asBytes(out))
    },
    text(values, offsets, runs, out, outOffsets) {
      const ranges = offsets instanceof Int32Array ? rangesFor(runs) : undefined
      if (ranges === undefined || !fitsRoom(offsets, ranges)) directGather.text(values, offsets, runs, out, outOffsets)
      else takeText(start(), ranges, values, offsets as Int32Array, out, outOffsets)
    },
    bits(bits, offset, runs, out) {
      const ranges = rangesFor(runs)
      if (ranges === undefined) directGather.bits(bits, offset, runs, out)
      else takeBits(start(), ranges, bits, offset, out)
    },
  }
}

function isForKernel({ starts, lengths, count, rows }: RowRanges): boolean {
  if (count === 0 || rows > count * LONG_RUN) return false
  let next = 0
  for (let run = 0; run < count; run++) {
    const start = starts[run] as number
    if (start < next) return false
    next = start + (lengths[run] as number)
  }
  return next - (starts[0] as number) <= rows * FAR_APART
}

function rangesOf({ starts, lengths, count, rows }: RowRanges): Ranges {
  const pairs = new Int32Array(RANGE_WORDS * (count + Math.ceil(rows / BLOCK_ROWS)))
  const blocks: Block[] = []
  let block = { first: 0, end: 0, low: 0, high: 0, before: 0, rows: 0 }
  for (let run = 0; run < count; run++) {
    const end = (starts[run] as number) + (lengths[run] as number)
    for (let row = starts[run] as number; row < end; ) {
      const length = Math.min(end - row, BLOCK_ROWS)
      if (row + length - block.low > BLOCK_ROWS || block.end === 0) {
        const before = block.before + block.rows
        block = { first: block.end, end: block.end, low: row, high: row, before, rows: 0 }
        blocks.push(block)
      }
      pairs[block.end * RANGE_WORDS] = row
      pairs[block.end * RANGE_WORDS + ROWS_WORD] = length
      block.end++
      row += length
      block.high = row
      block.rows += length
    }
  }
  return { pairs, blocks }
}

/** Regions of the kernel's memory. A block has no more ranges than rows. */
interface Room extends Pick<Kernel<GatherExports>, 'exports' | 'memory'> {
  readonly ranges: number
  readonly source: number
  readonly target: number
  readonly offsets: number
  readonly newOffsets: number
}

function roomIn({ exports, memory }: Kernel<GatherExports>): Room {
  return {
    exports,
    memory,
    ranges: memory.reserve(BLOCK_ROWS * RANGE),
    source: memory.reserve(ROOM + SPARE),
    target: memory.reserve(ROOM + SPARE),
    offsets: memory.reserve((BLOCK_ROWS + 1) * 4 + SPARE),
    newOffsets: memory.reserve(BLOCK_ROWS * 4 + SPARE),
  }
}

function copyRanges({ memory, ranges }: Room, { pairs }: Ranges, { first, end }: Block): number {
  memory.words.set(pairs.subarray(first * RANGE_WORDS, end * RANGE_WORDS), ranges >> 2)
  return end - first
}

function takeFixed(room: Room, ranges: Ranges, values: Uint8Array, width: number, out: Uint8Array): void {
  const { exports, memory, source, target } = room
  for (const block of ranges.blocks) {
    const count = copyRanges(room, ranges, block)
    memory.bytes.set(values.subarray(block.low * width, block.high * width), source)
    exports.takeFixed(room.ranges, count, block.low, source, width, target)
    out.set(memory.bytes.subarray(target, target + block.rows * width), block.before * width)
  }
}

/** Check that the texts of every block fit, and that every range is inside its block's texts. */
function fitsRoom(offsets: ArrayLike<number>, { pairs, blocks }: Ranges): boolean {
  for (const { first, end, low, high } of blocks) {
    let last = offsets[low] as number
    if ((offsets[high] as number) - last > ROOM) return false
    for (let range = first; range < end; range++) {
      const row = pairs[range * RANGE_WORDS] as number
      const start = offsets[row] as number
      if (start < last) return false
      last = offsets[row + (pairs[range * RANGE_WORDS + ROWS_WORD] as number)] as number
      if (last < start) return false
    }
  }
  return true
}

function takeText(
  room: Room,
  ranges: Ranges,
  values: Uint8Array,
  offsets: Int32Array,
  out: Uint8Array,
  outOffsets: Int32Array,
): void {
  const { exports, memory, source, target, newOffsets } = room
  let used = 0
  for (const block of ranges.blocks) {
    const { low, high, before, rows } = block
    const count = copyRanges(room, ranges, block)
    const start = offsets[low] as number
    memory.words.set(offsets.subarray(low, high + 1), room.offsets >> 2)
    memory.bytes.set(values.subarray(start, offsets[high]), source)
    exports.takeText(room.ranges, count, low, room.offsets, source - start, used, newOffsets, target)
    outOffsets.set(memory.words.subarray(newOffsets >> 2, (newOffsets >> 2) + rows), before + 1)
    const end = outOffsets[before + rows] as number
    out.set(memory.bytes.subarray(target, target + end - used), used)
    used = end
  }
}

function takeBits(room: Room, ranges: Ranges, bits: Uint8Array, offset: number, out: Uint8Array): void {
  const { exports, memory, source, target } = room
  for (const block of ranges.blocks) {
    const { low, high, before, rows } = block
    const count = copyRanges(room, ranges, block)
    memory.bytes.set(bits.subarray((offset + low) >> 3, (offset + high + 7) >> 3), source)
    // Complete the last byte of the previous block.
    memory.bytes[target] = out[before >> 3] as number
    exports.takeBits(room.ranges, count, low - ((offset + low) & 7), source, target, before & 7)
    const end = (before + rows + 7) >> 3
    out.set(memory.bytes.subarray(target, target + end - (before >> 3)), before >> 3)
  }
}

function asBytes({ buffer, byteOffset, byteLength }: ValueArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
