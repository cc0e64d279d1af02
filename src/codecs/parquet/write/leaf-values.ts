import { type Data, DataType, type Vector } from 'apache-arrow'
import { RANGE, RANGE_END } from '../../../../kernels/parquet-write/record.ts'
import { MillraceError } from '../../../errors.ts'
import type { Physical } from './leaf-type.ts'
import type { LeafSlots } from './levels.ts'
import { dictionaryCodes, type PhysicalData, physicalData } from './physical-data.ts'
import { misfitSlot } from './value-range.ts'
import { growRegion, type Region, region, type WriteKernel } from './write-kernel.ts'

/** The values of one leaf in one row group, without nulls, in Parquet's physical form, in the kernel's memory. */
export interface LeafValues {
  readonly kernel: WriteKernel
  readonly physical: Physical
  count: number
  /** `bits`: one byte per value, 0 or 1. `word`, `double-word`: 4 or 8 bytes per value, little-endian. `bytes`, `fixed`: their bytes. */
  readonly data: Region
  /** `bytes`, `fixed`: start and end of each value in `data`, 4 bytes each. */
  readonly ranges: Region
  /** Number of bytes of values. */
  bytesUsed: number
  /** True if every value starts at the end of the previous one. */
  contiguous: boolean
  /** Buffers already in `data`, and their offsets: a dictionary is copied once, however many batches share it. */
  readonly sources: Map<Uint8Array, number>
}

/** Called with the number of values before one that its type cannot hold, and the rule. */
export type OnMisfit = (value: number, rule: string) => never

/** No values yet, with space for one per row. */
export function emptyValues(kernel: WriteKernel, physical: Physical, rows: number): LeafValues {
  const isRanged = physical === 'bytes' || physical === 'fixed'
  const ranges = region(kernel.memory, isRanged ? rows * RANGE : 0)
  // Last, so that it grows in place.
  const data = region(kernel.memory, isRanged ? 0 : rows * widthOf(physical))
  return { kernel, physical, count: 0, data, ranges, bytesUsed: 0, contiguous: true, sources: new Map() }
}

/** Bytes of every value; 0 if ranges define them. */
export function widthOf(physical: Physical): 0 | 1 | 4 | 8 {
  switch (physical) {
    case 'bits':
      return 1
    case 'word':
      return 4
    case 'double-word':
      return 8
    case 'bytes':
    case 'fixed':
      return 0
  }
}

/** Set these values as the input of the kernel's functions. */
export function useValues({ kernel, physical, data, ranges }: LeafValues): void {
  kernel.exports.useValues(widthOf(physical), data.start, ranges.start)
}

/** Offset in `data` at which value `i` begins. */
export function startOf({ kernel, physical, ranges }: LeafValues, i: number): number {
  const width = widthOf(physical)
  return width > 0 ? i * width : (kernel.memory.words[(ranges.start + i * RANGE) >>> 2] as number)
}

export function endOf({ kernel, physical, ranges }: LeafValues, i: number): number {
  const width = widthOf(physical)
  return width > 0 ? (i + 1) * width : (kernel.memory.words[(ranges.start + i * RANGE + RANGE_END) >>> 2] as number)
}

/** Bytes of values `start` to `end`, or of those whose positions are at `order` in the kernel's memory. */
export function byteLength(values: LeafValues, start: number, end: number, order = 0): number {
  if (start >= end) return 0
  if (values.contiguous && order === 0) return endOf(values, end - 1) - startOf(values, start)
  return values.kernel.exports.byteLength(start, end, order)
}

/** The bytes of value `i`: a view, valid until the memory grows. */
export function bytesAt(values: LeafValues, i: number): Uint8Array {
  const { kernel, data } = values
  return kernel.memory.bytes.subarray(data.start + startOf(values, i), data.start + endOf(values, i))
}

export function viewAt(values: LeafValues, i: number): DataView {
  const { buffer, byteOffset, byteLength } = bytesAt(values, i)
  return new DataView(buffer, byteOffset, byteLength)
}

/** Append the values that {@link LeafSlots} names. */
export function appendValues(values: LeafValues, { data, slots, count }: LeafSlots, onMisfit: OnMisfit): void {
  if (count === 0) return
  if (DataType.isDictionary(data.type)) {
    appendDictionaryValues(values, data, slots, count, onMisfit)
    return
  }
  const misfit = misfitSlot(data, slots, count)
  if (misfit !== undefined) onMisfit(values.count + misfit.index, misfit.rule)
  appendPhysical(values, physicalData(data, values.physical), slotSpan(slots, count), false)
}

/** A dictionary of one chunk is looked up directly; one of several, in runs of codes of the same chunk. */
function appendDictionaryValues(
  values: LeafValues,
  data: Data,
  slots: Int32Array | undefined,
  count: number,
  onMisfit: OnMisfit,
): void {
  const codes = new Int32Array(count)
  const all = dictionaryCodes(data)
  for (let i = 0; i < count; i++) codes[i] = all[slots === undefined ? i : (slots[i] as number)] as number
  const chunks = (data.dictionary as Vector).data
  let at = 0
  while (at < count) {
    const { chunk, base } = chunkOf(chunks, codes[at] as number)
    let end = at
    while (end < count && (codes[end] as number) >= base && (codes[end] as number) < base + chunk.length) {
      codes[end] = (codes[end] as number) - base
      end++
    }
    appendRun(values, chunk, codes.subarray(at, end), onMisfit)
    at = end
  }
}

function chunkOf(chunks: readonly Data[], code: number): { chunk: Data; base: number } {
  let base = 0
  for (const chunk of chunks) {
    if (code >= base && code < base + chunk.length) return { chunk, base }
    base += chunk.length
  }
  throw new MillraceError('TYPE_MISMATCH', 'a dictionary column has an index that is not in its dictionary')
}

function appendRun(values: LeafValues, chunk: Data, slots: Int32Array, onMisfit: OnMisfit): void {
  if (DataType.isDictionary(chunk.type)) {
    appendDictionaryValues(values, chunk, slots, slots.length, onMisfit)
    return
  }
  const misfit = misfitSlot(chunk, slots, slots.length)
  if (misfit !== undefined) onMisfit(values.count + misfit.index, misfit.rule)
  const first = slots.reduce((least, slot) => Math.min(least, slot))
  const last = slots.reduce((greatest, slot) => Math.max(greatest, slot))
  appendPhysical(values, physicalData(chunk, values.physical), { slots, count: slots.length, first, last }, true)
}

/** Slots, all of them if there is no list, and the span that contains them. */
interface SlotSpan {
  readonly slots: Int32Array | undefined
  readonly count: number
  readonly first: number
  readonly last: number
}

/** The span of ascending slots. */
function slotSpan(slots: Int32Array | undefined, count: number): SlotSpan {
  if (slots === undefined) return { slots, count, first: 0, last: count - 1 }
  return { slots, count, first: slots[0] as number, last: slots[count - 1] as number }
}

function appendPhysical(values: LeafValues, part: PhysicalData, span: SlotSpan, isShared: boolean): void {
  switch (part.physical) {
    case 'bits':
      appendBits(values, part.bits, part.offset, span)
      break
    case 'words':
      appendWords(values, part.words, part.width, span)
      break
    case 'bytes':
      appendRanges(values, part, span, isShared)
      break
  }
  values.count += span.count
}

function appendBits(values: LeafValues, bitmap: Uint8Array, offset: number, span: SlotSpan): void {
  const { kernel, data, count } = values
  const { exports, memory } = kernel
  growRegion(memory, data, count + span.count)
  const top = memory.top
  const firstByte = (offset + span.first) >> 3
  const bits = bitmap.subarray(firstByte, (offset + span.last + 8) >> 3)
  const at = putBytes(values, bits)
  const slots = putWords(values, span.slots)
  const first = offset - 8 * firstByte
  if (exports.takeBits(data.start + count, at, first, 8 * bits.length, slots, span.count) === 0) throw unsound()
  memory.release(top)
}

function appendWords(
  values: LeafValues,
  from: Int32Array,
  width: 1 | 2,
  { slots, count, first, last }: SlotSpan,
): void {
  const { kernel, data } = values
  const { memory } = kernel
  if (from.length < (last + 1) * width) throw unsound()
  growRegion(memory, data, (values.count + count) * width * 4)
  const to = data.start + values.count * width * 4
  if (slots === undefined) {
    memory.words.set(from.subarray(0, count * width), to / 4)
    return
  }
  const top = memory.top
  const spanned = last + 1 - first
  const words = putWords(values, from.subarray(first * width, (last + 1) * width))
  const slotsAt = putWords(values, slots)
  if (kernel.exports.takeWords(to, words, width, slotsAt, count, first, spanned) === 0) throw unsound()
  memory.release(top)
}

/** Append bytes and ranges relative to them. A shared source is copied as a whole, others from the first value's byte on. */
function appendRanges(
  values: LeafValues,
  { bytes, offsets }: { bytes: Uint8Array; offsets: Int32Array },
  { slots, count, first, last }: SlotSpan,
  isShared: boolean,
): void {
  const { kernel, ranges } = values
  const { exports, memory } = kernel
  const own = offsets.subarray(first, last + 2)
  const low = isShared ? 0 : (own[0] as number)
  const high = isShared ? bytes.length : (own[own.length - 1] as number)
  if (own.length !== last + 2 - first || low < 0 || high < low || high > bytes.length) throw unsound()
  growRegion(memory, ranges, (values.count + count) * RANGE)
  const isFirst = values.count === 0
  const from = ranges.start + values.count * RANGE
  const base = copySource(values, bytes, low, high, isShared)
  const top = memory.top
  const at = putWords(values, own)
  if (slots === undefined) {
    if (exports.takeAllRanges(from, at, count, low, high - low, base) === 0) throw unsound()
    values.contiguous &&= isFirst || base === endOf(values, values.count - 1)
  } else {
    const slotsAt = putWords(values, slots)
    const spanned = last + 1 - first
    const gaps = exports.takeRanges(from, at, slotsAt, count, first, spanned, low, high - low, base)
    if (gaps < 0) throw unsound()
    const follows = isFirst || startOf(values, values.count) === endOf(values, values.count - 1)
    values.contiguous &&= gaps === 0 && follows
  }
  memory.release(top)
}

/** Append `source[low, high)`, unless it was already shared; returns the offset of its byte `low` in `data`. */
function copySource(values: LeafValues, source: Uint8Array, low: number, high: number, isShared: boolean): number {
  const known = isShared ? values.sources.get(source) : undefined
  if (known !== undefined) return known
  const { kernel, data, bytesUsed: at } = values
  const used = at + high - low
  if (used > 0x7fffffff) {
    throw new MillraceError('LIMIT_EXCEEDED', 'a column exceeds 2 GiB in one row group: lower rowGroupRows')
  }
  growRegion(kernel.memory, data, used)
  kernel.memory.bytes.set(source.subarray(low, high), data.start + at)
  values.bytesUsed = used
  if (isShared) values.sources.set(source, at)
  return at
}

/** Bytes at the end of the memory, until it is released. */
function putBytes({ kernel: { memory } }: LeafValues, bytes: Uint8Array): number {
  const at = memory.reserve(bytes.length)
  memory.bytes.set(bytes, at)
  return at
}

/** Words at the end of the memory, 0 for none. */
function putWords({ kernel: { memory } }: LeafValues, words: Int32Array | undefined): number {
  if (words === undefined) return 0
  const at = memory.reserve(words.byteLength)
  memory.words.set(words, at / 4)
  return at
}

/** Converted to a MillraceError once the column is known. */
function unsound(): Error {
  return new RangeError('values are outside their buffers')
}
