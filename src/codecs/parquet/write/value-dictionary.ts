import { PLACE, SLACK, TABLE_ENTRY } from '../../../../kernels/parquet-write/record.ts'
import { byteLength, type LeafValues } from './leaf-values.ts'
import { bitWidthOf } from './rle-hybrid.ts'
import type { WriteKernel } from './write-kernel.ts'

/** Distinct values in order of their first use, and the position among them of every value. Both are in the kernel's memory. */
export interface ValueDictionary {
  /** Number of distinct values. */
  readonly size: number
  /** Offset of the first position of each distinct value. */
  readonly first: number
  /** Offset of every value's position among the distinct values. */
  readonly indexes: number
}

/** A dictionary under construction. */
interface Building {
  size: number
  readonly first: number
  readonly indexes: number
  /** Offset of the hash table. */
  table: number
  /** Number of its entries, a power of two, minus one. */
  mask: number
}

/** Values after which, and again at every doubling, the dictionary must still pay off. */
const FIRST_JUDGEMENT = 4096
/** Values indexed at a time. */
const BLOCK = 4096
/** Later values that are looked up to see whether they are known. */
const PICKED = 256
/** The largest share of its plain bytes that a column with a dictionary may have, before compression. */
const PAYS = 0.8
/** Steps along the table, per value, beyond which values are assumed to be crafted to collide. */
const MAX_STEPS = 16

/**
 * Index the values by distinct value. Undefined, after stopping early and returning the memory, if that does not make
 * the column smaller.
 *
 * Cost: one hash and about one comparison per value; 4096 in total if all values differ.
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

/** Test whether a dictionary makes the column smaller if later values resemble those seen so far, or a sample of the later ones. */
function pays(building: Building, values: LeafValues, seen: number): boolean {
  const { count } = values
  const { size } = building
  const valueBytes = plainBytes(values, seen) / seen
  const paysWith = (distinct: number): boolean =>
    distinct * valueBytes + (count * bitWidthOf(distinct)) / 8 < PAYS * count * valueBytes
  if (seen === count) return paysWith(size)
  if (paysWith(expectedDistinct(size, seen, count))) return true
  // Values that cycle, such as those of sensors, repeat only after a whole cycle, but a sample shows it.
  return paysWith(Math.round(size / knownShare(building, values, seen)))
}

/** The share of a sample of later values that is already in the dictionary. */
function knownShare({ table, mask, first, size }: Building, { kernel, count }: LeafValues, seen: number): number {
  const stride = Math.max(1, Math.floor((count - seen) / PICKED))
  const picked = Math.ceil((count - seen) / stride)
  const maxSteps = MAX_STEPS * picked
  // Colliding values count as unknown.
  return Math.max(0, kernel.exports.indexValues(seen, count, stride, table, mask, first, 0, size, maxSteps)) / picked
}

function plainBytes(values: LeafValues, seen: number): number {
  return byteLength(values, 0, seen) + (values.physical === 'bytes' ? 4 * seen : 0)
}

/**
 * Estimate the distinct values in `count` draws, given `distinct` in the first `seen`: the birthday problem, assuming
 * draws from one uniform population.
 */
export function expectedDistinct(distinct: number, seen: number, count: number): number {
  if (distinct === seen) return Math.round((distinct / seen) * count)
  let low = distinct
  let high = seen * seen
  for (let i = 0; i < 40; i++) {
    const population = (low + high) / 2
    if (population * -Math.expm1(-seen / population) < distinct) low = population
    else high = population
  }
  return Math.round(low * -Math.expm1(-count / low))
}

/** Make room for `size` distinct values in a half-empty table. */
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
