import { copyBytes, sharedLength } from './bytes'
import { packDoubleWords, packWords } from './pack'
import { DELTA_BLOCK, LENGTH } from './record'
import { lengthOf, startOf } from './values'
import { appendVarint, appendZigZag } from './varint'

/** DELTA_BINARY_PACKED: blocks of 128 deltas, each with its least delta and four miniblocks of 32 with separate bit widths. */
const MINIBLOCK: i32 = 32

/** The deltas of one block, and a miniblock's offsets from the least one in half the bytes. */
const deltas: usize = memory.data(1024)
const offsets: usize = memory.data(128)

/** Append `count` integers of `size` bytes, at least one. */
export function appendDeltas(to: usize, words: usize, size: usize, count: i32): usize {
  to = appendVarint(to, DELTA_BLOCK)
  to = appendVarint(to, DELTA_BLOCK / MINIBLOCK)
  to = appendVarint(to, count)
  to = appendZigZag(to, size === 4 ? <i64>load<i32>(words) : load<i64>(words))
  for (let at = 1; at < count; at += DELTA_BLOCK) {
    const length = min(DELTA_BLOCK, count - at)
    const start = words + <usize>at * size
    to = size === 4 ? appendWordBlock(to, start, length) : appendDoubleWordBlock(to, start, length)
  }
  return to
}

/** In 32 bits, so that unsigned words wrap as they should. */
function appendWordBlock(to: usize, words: usize, count: i32): usize {
  const least = count === DELTA_BLOCK ? takeBlockDeltas(words) : takeWordDeltas(words, count)
  const widths = appendZigZag(to, least)
  store<u32>(widths, 0)
  to = widths + 4
  const leasts = i32x4.splat(least)
  for (let i = 0; i < count; i += MINIBLOCK) {
    const first = deltas + ((<usize>i) << 2)
    let bits = i32x4.splat(0)
    for (let at = first; at < first + 128; at += 16) {
      const offset = i32x4.sub(v128.load(at), leasts)
      bits = v128.or(bits, offset)
      v128.store(at, offset)
    }
    const halves = i64x2.extract_lane(bits, 0) | i64x2.extract_lane(bits, 1)
    const width = 32 - <u32>clz(<u32>(halves | (halves >> 32)))
    store<u8>(widths + <usize>(i / MINIBLOCK), <u8>width)
    if (width > 0) packWords(to, first, MINIBLOCK, width)
    to += width << 2
  }
  return to
}

/** Compute the deltas of a whole block. @returns the least delta. */
function takeBlockDeltas(words: usize): i32 {
  let least = i32x4.splat(i32.MAX_VALUE)
  for (let at: usize = 0; at < 512; at += 16) {
    const delta = i32x4.sub(v128.load(words + at), v128.load(words + at - 4))
    v128.store(deltas + at, delta)
    least = i32x4.min_s(least, delta)
  }
  const lower = min(i32x4.extract_lane(least, 0), i32x4.extract_lane(least, 1))
  return min(lower, min(i32x4.extract_lane(least, 2), i32x4.extract_lane(least, 3)))
}

/** Fill the block with the least delta, and return that. */
function takeWordDeltas(words: usize, count: i32): i32 {
  let least = i32.MAX_VALUE
  for (let i: usize = 0; i < <usize>count; i++) {
    const delta = load<i32>(words + (i << 2)) - load<i32>(words + (i << 2) - 4)
    store<i32>(deltas + (i << 2), delta)
    least = min(least, delta)
  }
  for (let i = <usize>count; i < <usize>DELTA_BLOCK; i++) store<i32>(deltas + (i << 2), least)
  return least
}

function appendDoubleWordBlock(to: usize, words: usize, count: i32): usize {
  const least = takeDoubleWordDeltas(words, count)
  const widths = appendZigZag(to, least)
  store<u32>(widths, 0)
  to = widths + 4
  for (let i = 0; i < count; i += MINIBLOCK) {
    const first = deltas + ((<usize>i) << 3)
    let bits: u64 = 0
    for (let at: usize = 0; at < 256; at += 8) {
      const offset = <u64>(load<i64>(first + at) - least)
      bits |= offset
      store<u64>(first + at, offset)
      store<u32>(offsets + (at >> 1), <u32>offset)
    }
    const width = 64 - <u32>clz(bits)
    store<u8>(widths + <usize>(i / MINIBLOCK), <u8>width)
    if (width > 32) packDoubleWords(to, first, MINIBLOCK, width)
    else if (width > 0) packWords(to, offsets, MINIBLOCK, width)
    to += width << 2
  }
  return to
}

/** Fill the block with the least delta, and return that. */
function takeDoubleWordDeltas(words: usize, count: i32): i64 {
  let least = i64.MAX_VALUE
  let previous = load<i64>(words - 8)
  for (let i: usize = 0; i < <usize>count; i++) {
    const word = load<i64>(words + (i << 3))
    const delta = word - previous
    previous = word
    store<i64>(deltas + (i << 3), delta)
    least = min(least, delta)
  }
  for (let i = <usize>count; i < <usize>DELTA_BLOCK; i++) store<i64>(deltas + (i << 3), least)
  return least
}

export function takeLengths(to: usize, start: i32, count: i32): void {
  for (let i = 0; i < count; i++) store<u32>(to + <usize>i * LENGTH, <u32>lengthOf(start + i))
}

/** Count the bytes that each value shares with the previous one, and its other bytes. */
export function takePrefixes(prefixes: usize, suffixes: usize, start: i32, count: i32): void {
  let before: usize = 0
  let beforeLength: usize = 0
  for (let i = 0; i < count; i++) {
    const from = startOf(start + i)
    const length = lengthOf(start + i)
    const shared = sharedLength(before, from, min(beforeLength, length))
    store<u32>(prefixes + <usize>i * LENGTH, <u32>shared)
    store<u32>(suffixes + <usize>i * LENGTH, <u32>(length - shared))
    before = from
    beforeLength = length
  }
}

/** Append the bytes of each value beyond its prefix. */
export function appendSuffixes(to: usize, prefixes: usize, start: i32, count: i32): usize {
  for (let i = 0; i < count; i++) {
    const prefix: usize = load<u32>(prefixes + <usize>i * LENGTH)
    const length = lengthOf(start + i) - prefix
    copyBytes(to, startOf(start + i) + prefix, length)
    to += length
  }
  return to
}
