import { copyBytes, sharedLength } from './bytes.ts'
import { lengthOf, startOf } from './values.ts'
import { appendVarint, appendZigZag } from './varint.ts'

/** DELTA_BINARY_PACKED: blocks of 128 deltas, each its least one and four miniblocks of 32 with a bit width of their own. */
const BLOCK: i32 = 128
const MINIBLOCK: i32 = 32

/** The deltas of one block. */
const deltas: usize = memory.data(1024)

/** Append `count` integers of `size` bytes, at least one. */
export function appendDeltas(to: usize, words: usize, size: usize, count: i32): usize {
  to = appendVarint(to, BLOCK)
  to = appendVarint(to, BLOCK / MINIBLOCK)
  to = appendVarint(to, count)
  to = appendZigZag(to, size === 4 ? <i64>load<i32>(words) : load<i64>(words))
  for (let at = 1; at < count; at += BLOCK) {
    const length = min(BLOCK, count - at)
    const start = words + <usize>at * size
    to = appendBlock(to, size === 4 ? takeWordDeltas(start, length) : takeDoubleWordDeltas(start, length), length)
  }
  return to
}

/** In 32 bits, so that unsigned words wrap as they should. @returns the least one. */
function takeWordDeltas(words: usize, count: i32): i64 {
  let least = i64.MAX_VALUE
  let previous = load<i32>(words - 4)
  for (let i = 0; i < count; i++) {
    const word = load<i32>(words + ((<usize>i) << 2))
    const delta = <i64>(word - previous)
    previous = word
    store<i64>(deltas + ((<usize>i) << 3), delta)
    least = min(least, delta)
  }
  return least
}

function takeDoubleWordDeltas(words: usize, count: i32): i64 {
  let least = i64.MAX_VALUE
  let previous = load<i64>(words - 8)
  for (let i = 0; i < count; i++) {
    const word = load<i64>(words + ((<usize>i) << 3))
    const delta = word - previous
    previous = word
    store<i64>(deltas + ((<usize>i) << 3), delta)
    least = min(least, delta)
  }
  return least
}

function appendBlock(to: usize, least: i64, count: i32): usize {
  const widths = appendZigZag(to, least)
  store<u32>(widths, 0)
  to = widths + 4
  for (let i = count; i < BLOCK; i++) store<i64>(deltas + ((<usize>i) << 3), least)
  for (let start = 0; start < count; start += MINIBLOCK) {
    const first = deltas + ((<usize>start) << 3)
    let bits: u64 = 0
    for (let at = first; at < first + 256; at += 8) bits |= <u64>(load<i64>(at) - least)
    const width = 64 - <u32>clz(bits)
    store<u8>(widths + <usize>(start / MINIBLOCK), <u8>width)
    if (width > 0) appendMiniblock(to, first, least, width)
    to += width << 2
  }
  return to
}

/** 32 offsets of `width` bits. */
function appendMiniblock(to: usize, first: usize, least: i64, width: u32): void {
  let pending: u64 = 0
  let used: u32 = 0
  for (let at = first; at < first + 256; at += 8) {
    const offset = <u64>(load<i64>(at) - least)
    pending |= offset << used
    used += width
    if (used >= 64) {
      store<u64>(to, pending)
      to += 8
      used -= 64
      // A shift by 64 is a shift by 0, so a word that went out whole leaves nothing here.
      pending = used === 0 ? 0 : offset >> (width - used)
    }
  }
  store<u64>(to, pending)
}

export function takeLengths(to: usize, start: i32, count: i32): void {
  for (let i = 0; i < count; i++) store<u32>(to + ((<usize>i) << 2), <u32>lengthOf(start + i))
}

/** How many bytes each value shares with the one before it, and how many it has beyond them. */
export function takePrefixes(prefixes: usize, suffixes: usize, start: i32, count: i32): void {
  let before: usize = 0
  let beforeLength: usize = 0
  for (let i = 0; i < count; i++) {
    const from = startOf(start + i)
    const length = lengthOf(start + i)
    const shared = sharedLength(before, from, min(beforeLength, length))
    store<u32>(prefixes + ((<usize>i) << 2), <u32>shared)
    store<u32>(suffixes + ((<usize>i) << 2), <u32>(length - shared))
    before = from
    beforeLength = length
  }
}

/** What each value has beyond its prefix. */
export function appendSuffixes(to: usize, prefixes: usize, start: i32, count: i32): usize {
  for (let i = 0; i < count; i++) {
    const prefix: usize = load<u32>(prefixes + ((<usize>i) << 2))
    const length = lengthOf(start + i) - prefix
    copyBytes(to, startOf(start + i) + prefix, length)
    to += length
  }
  return to
}
