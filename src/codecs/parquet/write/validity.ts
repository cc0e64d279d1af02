import { type Data, DataType } from 'apache-arrow'
import { SLACK } from '../../../../kernels/parquet-write/record.ts'
import { dictionaryCodes } from './physical-data.ts'
import type { WriteKernel } from './write-kernel.ts'

/** Make the test of a slot for null; undefined if none is null. A dictionary value may be null although its index is not. */
export function nullTest(data: Data): ((slot: number) => boolean) | undefined {
  const { type, dictionary } = data
  if (DataType.isNull(type)) return () => true
  const own = ownNullTest(data)
  if (dictionary === undefined || !hasNullEntries(data)) return own
  const codes = dictionaryCodes(data)
  const isNullEntry = (code: number) => code >= 0 && code < dictionary.length && !dictionary.isValid(code)
  return (slot) => own?.(slot) || isNullEntry(codes[slot] as number)
}

/** The slots of a flat column that have a value, as bits; undefined if all have one. */
export function validityOf(data: Data): { readonly bitmap: Uint8Array; readonly offset: number } | undefined {
  const isNull = nullTest(data)
  if (isNull === undefined) return undefined
  const { type, length, nullBitmap, offset } = data
  if (!DataType.isNull(type) && !hasNullEntries(data)) return { bitmap: nullBitmap as Uint8Array, offset }
  const bitmap = new Uint8Array((length + 7) >> 3)
  for (let i = 0; i < length; i++) if (!isNull(i)) bitmap[i >> 3] = (bitmap[i >> 3] as number) | (1 << (i & 7))
  return { bitmap, offset: 0 }
}

function hasNullEntries({ type, dictionary }: Data): boolean {
  return DataType.isDictionary(type) && dictionary !== undefined && dictionary.nullCount > 0
}

function ownNullTest({ nullBitmap, nullCount, offset }: Data): ((slot: number) => boolean) | undefined {
  if (!nullBitmap || nullBitmap.length === 0 || nullCount <= 0) return undefined
  const bitmap: Uint8Array = nullBitmap
  return (slot) => (((bitmap[(offset + slot) >> 3] as number) >> ((offset + slot) & 7)) & 1) === 0
}

/** The slots whose bits are 1, and a level of 0 or 1 for each; returns how many. */
export function presentSlots(
  { exports, memory }: WriteKernel,
  bitmap: Uint8Array,
  offset: number,
  count: number,
  slots: Int32Array,
  definitions: Uint8Array | undefined,
  start: number,
): number {
  const top = memory.top
  const bits = bitmap.subarray(offset >> 3, (offset + count + 7) >> 3)
  const size = ((offset & 7) + count + 7) >> 3
  const from = memory.reserve(size)
  const slotsAt = memory.reserve(4 * count + SLACK)
  const levels = memory.reserve(count)
  memory.bytes.set(bits, from)
  // Rows that a bitmap is too short for are null.
  memory.bytes.fill(0, from + bits.length, from + size)
  const values = exports.takePresent(from, offset & 7, count, slotsAt, levels)
  slots.set(memory.words.subarray(slotsAt >>> 2, (slotsAt >>> 2) + values))
  definitions?.set(memory.bytes.subarray(levels, levels + count), start)
  memory.release(top)
  return values
}

/** The first slot that is not among the first `count`, which ascend. */
export function firstGap(slots: Int32Array, count: number): number {
  let slot = 0
  while (slot < count && slots[slot] === slot) slot++
  return slot
}
