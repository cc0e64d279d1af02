import { PLACE, SLACK, TABLE_ENTRY } from '../../../../kernels/parquet-write/record.ts'
import { byteLength, type LeafValues } from './leaf-values.ts'
import { bitWidthOf } from './rle-hybrid.ts'
import type { WriteKernel } from './write-kernel.ts'

/** Distinct values in order of their first use, and for every value the place of its distinct one. Both lie in the kernel's memory. */
export interface ValueDictionary {
  /** Number of distinct values. */
  readonly size: number
  /** Offset of the places that each distinct value had first. */
  readonly first: number
  /** Offset of the places among the distinct values. */
  readonly indexes: number
}

/** A dictionary under construction. */
interface Building {
  size: number
  readonly first: number
  readonly indexes: number
  /** Offset of the hash table. */
  table: number
  /** Its entries but one: they are a power of two. */
  mask: number
}

/** Values after which it is judged, over and over at the double, whether a dictionary still pays. */
const FIRST_JUDGEMENT = 4096
/** Values that are indexed in one go. */
const BLOCK = 4096
/** Values to come that are looked up to see whether they are known. */
const PICKED = 256
/** The largest share of its plain bytes that a column may keep with a dictionary, before compression. */
const PAYS = 0.8
/** Steps along the table, per value, beyond which the values are taken for made to collide. */
const MAX_STEPS = 16

/**
 * Index the values by distinct value. Undefined, with the work stopped early and the memory returned, where that does not make the column
 * smaller.
 *
 * Cost: one hash and about one comparison a value; 4096 of them where all values differ.
 */
export function buildDictionary(values: LeafValues): ValueDictionary | undefined {
  const { kernel, count } = values
  const { memory } = kernel
  const first = memory.reserve(PLACE * count + SLACK)
  const indexes = memory.reserve(PLACE * count + SLACK)
  const tables = memory.top
  const building: Building = { size: 0, first, indexes, table: 0, mask: 0 }
  newTable(kernel, building, 2 * FIRST_JUDGEMENT)
  const isWorthIt = indexAll(values, building)
  memory.release(isWorthIt ? tables : first)
  return isWorthIt ? { size: building.size, first, indexes } : undefined
}

function indexAll(values: LeafValues, building: Building): boolean {
  const { kernel, count } = values
  for (let at = 0; at < count; ) {
    const end = Math.min(count, at + BLOCK)
    makeRoom(kernel, building, building.size + end - at)
    const { first, indexes, table, mask, size } = building
    const maxSteps = MAX_STEPS * (end - at)
    building.size = kernel.exports.indexValues(at, end, 1, table, mask, first, indexes, size, maxSteps)
    if (building.size < 0) return false
    at = end
    // At 4096 values, at 8192, at 16384, ... and at the end: powers of two have one bit.
    if (((at & (at - 1)) === 0 || at === count) && !pays(building, values, at)) return false
  }
  return true
}

/** Tests that a dictionary makes the column smaller if the values to come are like those seen so far, or like a few picked from them. */
function pays(building: Building, values: LeafValues, seen: number): boolean {
  const { count } = values
  const { size } = building
  const valueBytes = plainBytes(values, seen) / seen
  const paysWith = (distinct: number): boolean =>
    distinct * valueBytes + (count * bitWidthOf(distinct)) / 8 < PAYS * count * valueBytes
  if (seen === count) return paysWith(size)
  if (paysWith(expectedDistinct(size, seen, count))) return true
  // Values that come round in order, such as those of sensors, show no repeat until the round is over: the picked ones show it.
  return paysWith(Math.round(size / knownShare(building, values, seen)))
}

/** The share of values picked from those to come that is in the dictionary already. */
function knownShare({ table, mask, first, size }: Building, { kernel, count }: LeafValues, seen: number): number {
  const stride = Math.max(1, Math.floor((count - seen) / PICKED))
  const picked = Math.ceil((count - seen) / stride)
  const maxSteps = MAX_STEPS * picked
  // None are known where they collide, as if none were.
  return Math.max(0, kernel.exports.indexValues(seen, count, stride, table, mask, first, 0, size, maxSteps)) / picked
}

function plainBytes(values: LeafValues, seen: number): number {
  const { physical } = values
  if (physical === 'word') return 4 * seen
  if (physical === 'double-word') return 8 * seen
  return byteLength(values, 0, seen) + (physical === 'bytes' ? 4 * seen : 0)
}

/**
 * Estimates the distinct values that `count` draws show where `seen` of them showed `distinct`: the birthday problem, taken for draws from one
 * population of equal chances.
 */
export function expectedDistinct(distinct: number, seen: number, count: number): number {
  if (distinct === seen || seen === count) return Math.round((distinct / seen) * count)
  let low = distinct
  let high = seen * seen
  for (let i = 0; i < 40; i++) {
    const population = (low + high) / 2
    if (population * -Math.expm1(-seen / population) < distinct) low = population
    else high = population
  }
  return Math.round(low * -Math.expm1(-count / low))
}

/** Room for `size` distinct values in a table that is half empty. */
function makeRoom(kernel: WriteKernel, building: Building, size: number): void {
  const { table, mask } = building
  if (mask + 1 >= 2 * size) return
  newTable(kernel, building, 2 * size)
  kernel.exports.resizeTable(table, mask, building.table, building.mask)
}

/** An empty table. */
function newTable({ memory }: WriteKernel, building: Building, atLeast: number): void {
  const entries = 2 ** Math.ceil(Math.log2(atLeast))
  building.table = memory.reserve(entries * TABLE_ENTRY)
  building.mask = entries - 1
  memory.bytes.fill(0, building.table, building.table + entries * TABLE_ENTRY)
}
