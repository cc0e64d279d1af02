import type { Cells } from './cells.ts'
import { isValid } from './validity.ts'

/**
 * Row hashes of 128 bits under a key of 128 bits, in the manner of HalfSipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input PRF"): four
 * lanes of 32 bits, one round for every word of four bytes, three at the end. Who does not know the key cannot make rows collide.
 *
 * Rows are hashed column by column: four words of state a row, and a kernel that runs down one column at a time.
 */
export type RowHash = (columns: readonly Cells[], first: number, end: number, out: Int32Array) => void

/** Words of one row's hash. */
export const HASH_WORDS = 4

const NULL_TWEAK = 0xff
const END_TWEAK = 0xee
const END_ROUNDS = 3

/** @param key - four random words, afresh for every run. */
export function rowHash(key: Int32Array): RowHash {
  const [k0, k1, k2, k3] = key as unknown as [number, number, number, number]
  return (columns, first, end, out) => {
    for (let at = 0; at < (end - first) * HASH_WORDS; at += HASH_WORDS) {
      out[at] = k0
      out[at + 1] = k1
      out[at + 2] = k2 ^ 0x6c796765
      out[at + 3] = k3 ^ 0x74656462
    }
    for (const column of columns) absorb(column, first, end, out, 0, HASH_WORDS)
    finish(out, (end - first) * HASH_WORDS)
  }
}

/** Take in the cells `first` to `end`, each into the state at `at`, which moves by `step`; items of one list all go into one state. */
function absorb(cells: Cells, first: number, end: number, state: Int32Array, at: number, step: number): void {
  if (cells.kind === 'words') absorbWords(cells, first, end, state, at, step)
  else if (cells.kind === 'bytes') absorbBytes(cells, first, end, state, at, step)
  else absorbNested(cells, first, end, state, at, step)
}

/** Hot: the round is written out, since its four lanes must stay in registers. A null is one zero word under a tweak no value has. */
function absorbWords(cells: Cells, first: number, end: number, state: Int32Array, at: number, step: number): void {
  const { words, width, nulls, bitOffset } = cells
  const hasNulls = nulls.length > 0
  for (let cell = first; cell < end; cell++, at += step) {
    let v0 = state[at] as number
    let v1 = state[at + 1] as number
    let v2 = state[at + 2] as number
    let v3 = state[at + 3] as number
    const isNull = hasNulls && !isValid(nulls, bitOffset + cell)
    if (isNull) v2 ^= NULL_TWEAK
    const start = cell * width
    const last = isNull ? start + 1 : start + width
    for (let index = start; index < last; index++) {
      const word = isNull ? 0 : (words[index] as number)
      v3 ^= word
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
      v0 ^= word
    }
    state[at] = v0
    state[at + 1] = v1
    state[at + 2] = v2
    state[at + 3] = v3
  }
}

/**
 * Hot: as {@link absorbWords}, four bytes a word. Up to three bytes are one word together with their number, its top bit set; more come as
 * their number, then word by word, the last word being the last four bytes. So no two texts, and no two rows of texts, give
 * the same words.
 */
function absorbBytes(cells: Cells, first: number, end: number, state: Int32Array, at: number, step: number): void {
  const { bytes, offsets, nulls, bitOffset } = cells
  const hasNulls = nulls.length > 0
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let cell = first; cell < end; cell++, at += step) {
    let v0 = state[at] as number
    let v1 = state[at + 1] as number
    let v2 = state[at + 2] as number
    let v3 = state[at + 3] as number
    let start = offsets[cell] as number
    let length = (offsets[cell + 1] as number) - start
    if (hasNulls && !isValid(nulls, bitOffset + cell)) {
      v2 ^= NULL_TWEAK
      length = 0
    }
    const stop = start + length
    const last = stop - 4
    let word = length
    if (length < 4) {
      word = shortWord(bytes, start, length)
      start = stop
    }
    for (;;) {
      v3 ^= word
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
      v0 ^= word
      if (start >= stop) break
      const beyond = last - start
      // The smaller of start and last, without a branch that every second text would take unforeseen.
      word = view.getInt32(start + (beyond & (beyond >> 31)), true)
      start += 4
    }
    state[at] = v0
    state[at + 1] = v1
    state[at + 2] = v2
    state[at + 3] = v3
  }
}

const SHORT = 1 << 31

function shortWord(bytes: Uint8Array, start: number, length: number): number {
  if (length === 0) return SHORT
  const first = bytes[start] as number
  const middle = bytes[start + (length >> 1)] as number
  const last = bytes[start + length - 1] as number
  return SHORT | (length << 24) | (last << 16) | (middle << 8) | first
}

/** A list is its number of items and then these; a struct a word and then its fields; both a null word alone where they are null. */
function absorbNested(cells: Cells, first: number, end: number, state: Int32Array, at: number, step: number): void {
  const { kind, nulls, bitOffset, offsets, children } = cells
  const isList = kind === 'list'
  for (let cell = first; cell < end; cell++, at += step) {
    const isNull = nulls.length > 0 && !isValid(nulls, bitOffset + cell)
    const start = isList ? (offsets[cell] as number) : cell
    const stop = isList ? (offsets[cell + 1] as number) : cell + 1
    if (isNull) state[at + 2] = (state[at + 2] as number) ^ NULL_TWEAK
    absorbWord(state, at, isNull ? 0 : stop - start)
    if (isNull) continue
    for (let item = start; item < stop; item++) {
      for (const child of children) absorb(child, item, item + 1, state, at, 0)
    }
  }
}

function absorbWord(state: Int32Array, at: number, word: number): void {
  state[at + 3] = (state[at + 3] as number) ^ word
  rounds(state, at, 1)
  state[at] = (state[at] as number) ^ word
}

/** The last rounds of every state. */
function finish(state: Int32Array, length: number): void {
  for (let at = 0; at < length; at += HASH_WORDS) {
    state[at + 2] = (state[at + 2] as number) ^ END_TWEAK
    rounds(state, at, END_ROUNDS)
  }
}

function rounds(state: Int32Array, at: number, count: number): void {
  let v0 = state[at] as number
  let v1 = state[at + 1] as number
  let v2 = state[at + 2] as number
  let v3 = state[at + 3] as number
  for (; count > 0; count--) {
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
  }
  state[at] = v0
  state[at + 1] = v1
  state[at + 2] = v2
  state[at + 3] = v3
}
