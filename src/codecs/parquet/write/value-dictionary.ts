import type { LeafValues } from './leaf-values.ts'
import { bitWidthOf } from './rle-hybrid.ts'
import { hashRange, isSame, sameBytes } from './value-hash.ts'

/** Distinct values in order of their first use. Reused from column to column. */
export interface ValueDictionary {
  /** Number of distinct values. */
  size: number
  /** Which value was the first of each distinct one. */
  first: Int32Array
  /** For every value, the place of its distinct one. */
  indexes: Int32Array
  /** Open addressing: place + 1 of a distinct value, 0 where free. A power of two long. */
  table: Int32Array
  /** The hash of every distinct value. */
  hashes: Int32Array
  /** The hashes of the values being indexed. */
  readonly block: Int32Array
}

/** Values after which it is judged, over and over at the double, whether a dictionary still pays. */
const FIRST_JUDGEMENT = 4096
/** Values that are hashed in one go. */
const BLOCK = 4096
/** Values to come that are looked up to see whether they are known. */
const PICKED = 256
/** What share of its plain bytes a column may keep at the most with a dictionary, before compression. */
const PAYS = 0.8
/** Steps along the table, per value, beyond which the values are taken for made to collide. */
const MAX_STEPS = 16

export function emptyDictionary(): ValueDictionary {
  const none = new Int32Array(0)
  return { size: 0, first: none, indexes: none, table: none, hashes: none, block: new Int32Array(BLOCK) }
}

/**
 * Index the values by distinct value. False, with the work stopped early, where that does not make the column smaller.
 *
 * Cost: one hash and about one comparison a value; 4096 of them where all values differ.
 */
export function buildDictionary(dictionary: ValueDictionary, values: LeafValues): boolean {
  const { count } = values
  dictionary.size = 0
  if (dictionary.indexes.length < count) dictionary.indexes = new Int32Array(count)
  if (dictionary.table.length === 0) resizeTable(dictionary, 2 * FIRST_JUDGEMENT)
  dictionary.table.fill(0)
  let at = 0
  while (at < count) {
    const end = Math.min(count, at + BLOCK)
    hashRange(values, at, end, dictionary.block)
    if (!indexRange(dictionary, values, at, end)) return false
    at = end
    // At 4096 values, at 8192, at 16384, ... and at the end: powers of two have one bit.
    if (((at & (at - 1)) === 0 || at === count) && !pays(dictionary, values, at)) return false
  }
  return true
}

/** Whether a dictionary makes the column smaller if the values to come are like those seen so far, or like a few picked from them. */
function pays(dictionary: ValueDictionary, values: LeafValues, seen: number): boolean {
  const { count } = values
  const { size } = dictionary
  const valueBytes = plainBytes(values, seen) / seen
  const paysWith = (distinct: number): boolean =>
    distinct * valueBytes + (count * bitWidthOf(distinct)) / 8 < PAYS * count * valueBytes
  if (seen === count) return paysWith(size)
  if (paysWith(expectedDistinct(size, seen, count))) return true
  // Values that come round in order, such as those of sensors, show no repeat until the round is over: the picked ones tell.
  return paysWith(Math.round(size / knownShare(dictionary, values, seen)))
}

/** What share of values picked from those to come is in the dictionary already. */
function knownShare(dictionary: ValueDictionary, values: LeafValues, seen: number): number {
  const { table, hashes, first, block } = dictionary
  const mask = table.length - 1
  const stride = Math.max(1, Math.floor((values.count - seen) / PICKED))
  let picked = 0
  let known = 0
  for (let i = seen; i < values.count; i += stride, picked++) {
    hashRange(values, i, i + 1, block)
    const hash = block[0] as number
    let slot = hash & mask
    for (let steps = 0; steps < MAX_STEPS && table[slot] !== 0; steps++, slot = (slot + 1) & mask) {
      const place = (table[slot] as number) - 1
      if (hashes[place] !== hash || !isSame(values, first[place] as number, i)) continue
      known++
      break
    }
  }
  return known / picked
}

function plainBytes({ physical, starts, ends, contiguous }: LeafValues, seen: number): number {
  if (physical === 'word') return 4 * seen
  if (physical === 'double-word') return 8 * seen
  const prefix = physical === 'bytes' ? 4 * seen : 0
  if (contiguous) return (ends[seen - 1] as number) - (starts[0] as number) + prefix
  let bytes = prefix
  for (let i = 0; i < seen; i++) bytes += (ends[i] as number) - (starts[i] as number)
  return bytes
}

/**
 * How many distinct values `count` draws show where `seen` of them showed `distinct`: the birthday problem, taken for draws from one
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

/**
 * Index `values[start, end)`, whose hashes lie in the block: walk the table, compare, take in. One loop over local arrays, since every value
 * of a column that repeats passes through it.
 */
function indexRange(dictionary: ValueDictionary, values: LeafValues, start: number, end: number): boolean {
  makeRoom(dictionary, dictionary.size + end - start)
  const { table, indexes, first, hashes, block } = dictionary
  const { physical, words, view, starts, ends } = values
  const width = physical === 'word' ? 1 : physical === 'double-word' ? 2 : 0
  const mask = table.length - 1
  let { size } = dictionary
  let steps = MAX_STEPS * (end - start)
  for (let i = start; i < end; i++) {
    const hash = block[i - start] as number
    let slot = hash & mask
    let place = (table[slot] as number) - 1
    for (; place >= 0; place = (table[slot] as number) - 1) {
      if (hashes[place] === hash) {
        const j = first[place] as number
        if (width === 0) {
          if (sameBytes(view, starts[j] as number, ends[j] as number, starts[i] as number, ends[i] as number)) break
        } else if (width === 1) {
          if (words[i] === words[j]) break
        } else if (words[2 * i] === words[2 * j] && words[2 * i + 1] === words[2 * j + 1]) break
      }
      slot = (slot + 1) & mask
      if (--steps < 0) return false
    }
    if (place < 0) {
      place = size++
      table[slot] = place + 1
      first[place] = i
      hashes[place] = hash
    }
    indexes[i] = place
  }
  dictionary.size = size
  return true
}

/** Room for `size` distinct values in a table that is half empty. */
function makeRoom(dictionary: ValueDictionary, size: number): void {
  if (dictionary.first.length < size) {
    dictionary.first = grown(dictionary.first, size)
    dictionary.hashes = grown(dictionary.hashes, size)
  }
  if (dictionary.table.length < 2 * size) resizeTable(dictionary, 2 * size)
}

function grown(array: Int32Array, length: number): Int32Array {
  const out = new Int32Array(Math.max(length, 2 * array.length))
  out.set(array)
  return out
}

function resizeTable(dictionary: ValueDictionary, atLeast: number): void {
  const table = new Int32Array(2 ** Math.ceil(Math.log2(atLeast)))
  const mask = table.length - 1
  for (let place = 0; place < dictionary.size; place++) {
    let slot = (dictionary.hashes[place] as number) & mask
    while (table[slot] !== 0) slot = (slot + 1) & mask
    table[slot] = place + 1
  }
  dictionary.table = table
}
