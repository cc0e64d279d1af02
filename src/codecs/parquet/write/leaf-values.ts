import { type Data, DataType, type Vector } from 'apache-arrow'
import { MillraceError } from '../../../errors.ts'
import { viewOf } from './byte-sink.ts'
import type { Physical } from './leaf-type.ts'
import type { LeafSlots } from './levels.ts'
import { dictionaryCodes, type PhysicalData, physicalData } from './physical-data.ts'
import { misfitSlot } from './value-range.ts'

/**
 * The values of one leaf in one row group, nulls left out, in Parquet's physical form. Reused from column to column: only the part
 * that `physical` names is filled.
 */
export interface LeafValues {
  physical: Physical
  count: number
  /** `bits`: one byte a value, 0 or 1. */
  bits: Uint8Array
  /** `word`, `double-word`: little-endian 32-bit words, 1 or 2 a value. */
  words: Int32Array
  /** `bytes`, `fixed`: value i is `bytes[starts[i], ends[i])`. */
  bytes: Uint8Array
  /** The same bytes, for reading words. */
  view: DataView
  bytesUsed: number
  starts: Int32Array
  ends: Int32Array
  /** Whether every value starts where the one before it ends. */
  contiguous: boolean
  /** Buffers that lie in `bytes` already, and where: a dictionary is copied once, however many batches share it. */
  readonly sources: Map<Uint8Array, number>
}

/** Called with the number of values before one that its type cannot hold, and the rule. */
export type OnMisfit = (value: number, rule: string) => never

export function emptyValues(): LeafValues {
  const none = new Int32Array(0)
  const bytes = new Uint8Array(0)
  const empty = { bits: bytes, words: none, bytes, view: viewOf(bytes), starts: none, ends: none }
  return { physical: 'bits', count: 0, bytesUsed: 0, contiguous: true, sources: new Map(), ...empty }
}

export function resetValues(values: LeafValues, physical: Physical): void {
  values.physical = physical
  values.count = 0
  values.bytesUsed = 0
  values.contiguous = true
  values.sources.clear()
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
  appendPhysical(values, physicalData(data, values.physical), slots, count, false)
}

/** A dictionary of one chunk is looked up directly; one of several in runs of codes that lie in the same chunk. */
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
  throw new MillraceError('TYPE_MISMATCH', 'a dictionary column holds an index that its dictionary lacks')
}

function appendRun(values: LeafValues, chunk: Data, slots: Int32Array, onMisfit: OnMisfit): void {
  if (DataType.isDictionary(chunk.type)) {
    appendDictionaryValues(values, chunk, slots, slots.length, onMisfit)
    return
  }
  const misfit = misfitSlot(chunk, slots, slots.length)
  if (misfit !== undefined) onMisfit(values.count + misfit.index, misfit.rule)
  appendPhysical(values, physicalData(chunk, values.physical), slots, slots.length, true)
}

function appendPhysical(
  values: LeafValues,
  part: PhysicalData,
  slots: Int32Array | undefined,
  count: number,
  isShared: boolean,
): void {
  switch (part.physical) {
    case 'bits':
      appendBits(values, part.bits, part.offset, slots, count)
      break
    case 'words':
      appendWords(values, part.words, part.width, slots, count)
      break
    case 'bytes':
      appendByteRanges(values, part, slots, count, isShared)
      break
  }
  values.count += count
}

function appendBits(
  values: LeafValues,
  bitmap: Uint8Array,
  offset: number,
  slots: Int32Array | undefined,
  count: number,
): void {
  const from = values.count
  values.bits = roomBytes(values.bits, from + count)
  const { bits } = values
  for (let i = 0; i < count; i++) {
    const bit = offset + (slots === undefined ? i : (slots[i] as number))
    bits[from + i] = ((bitmap[bit >> 3] as number) >> (bit & 7)) & 1
  }
}

function appendWords(
  values: LeafValues,
  from: Int32Array,
  width: 1 | 2,
  slots: Int32Array | undefined,
  count: number,
): void {
  const at = values.count * width
  values.words = roomWords(values.words, at + count * width)
  const { words } = values
  if (slots === undefined) words.set(from.subarray(0, count * width), at)
  else if (width === 1) for (let i = 0; i < count; i++) words[at + i] = from[slots[i] as number] as number
  else {
    for (let i = 0; i < count; i++) {
      const slot = slots[i] as number
      words[at + 2 * i] = from[2 * slot] as number
      words[at + 2 * i + 1] = from[2 * slot + 1] as number
    }
  }
}

function appendByteRanges(
  values: LeafValues,
  { bytes, offsets }: { bytes: Uint8Array; offsets: Int32Array },
  slots: Int32Array | undefined,
  count: number,
  isShared: boolean,
): void {
  const from = values.count
  values.starts = roomWords(values.starts, from + count)
  values.ends = roomWords(values.ends, from + count)
  const low = isShared ? 0 : (offsets[slots === undefined ? 0 : (slots[0] as number)] as number)
  const high = isShared
    ? bytes.length
    : (offsets[(slots === undefined ? count - 1 : (slots[count - 1] as number)) + 1] as number)
  const base = copySource(values, bytes, low, high, isShared) - low
  const isContiguous = takeRanges(values, offsets, base, slots, count)
  values.contiguous &&= isContiguous && (from === 0 || values.starts[from] === values.ends[from - 1])
}

/** Whether every value but the first starts where the one before it ends. */
function takeRanges(
  { starts, ends, count: from }: LeafValues,
  offsets: Int32Array,
  base: number,
  slots: Int32Array | undefined,
  count: number,
): boolean {
  let previous = base + (offsets[slots === undefined ? 0 : (slots[0] as number)] as number)
  let gaps = 0
  for (let i = 0; i < count; i++) {
    const slot = slots === undefined ? i : (slots[i] as number)
    const start = base + (offsets[slot] as number)
    const end = base + (offsets[slot + 1] as number)
    gaps |= start ^ previous
    starts[from + i] = start
    ends[from + i] = previous = end
  }
  return gaps === 0
}

/** Copy `source[low, high)` behind what is there, unless it was shared before; where its byte `low` lies. */
function copySource(values: LeafValues, source: Uint8Array, low: number, high: number, isShared: boolean): number {
  const known = isShared ? values.sources.get(source) : undefined
  if (known !== undefined) return known
  const at = values.bytesUsed
  const used = at + high - low
  if (used > 0x7fffffff) {
    throw new MillraceError('LIMIT_EXCEEDED', 'a column holds over 2 GiB in one row group: lower rowGroupRows')
  }
  if (used > values.bytes.length) {
    values.bytes = roomBytes(values.bytes, used)
    values.view = viewOf(values.bytes)
  }
  values.bytes.set(source.subarray(low, high), at)
  values.bytesUsed = used
  if (isShared) values.sources.set(source, at)
  return at
}

function roomBytes(array: Uint8Array, length: number): Uint8Array {
  if (length <= array.length) return array
  const grown = new Uint8Array(Math.max(length, array.length * 2))
  grown.set(array)
  return grown
}

function roomWords(array: Int32Array, length: number): Int32Array {
  if (length <= array.length) return array
  const grown = new Int32Array(Math.max(length, array.length * 2))
  grown.set(array)
  return grown
}
