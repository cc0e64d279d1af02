import { packWords } from './pack'
import { appendVarint } from './varint'

/** Bits of a repeated run, with the header of the bit-packed run that must follow it. */
const RUN_BITS: i32 = 40

/** Append levels, one byte each, in Parquet's hybrid of run-length and bit-packed runs. */
export function appendLevels(to: usize, levels: usize, count: i32, bitWidth: i32): usize {
  return appendHybrid<u8>(to, levels, count, bitWidth)
}

export function appendIndexes(to: usize, indexes: usize, count: i32, bitWidth: i32): usize {
  return appendHybrid<u32>(to, indexes, count, bitWidth)
}

/**
 * A bit-packed run holds a multiple of 8 values, so a repeated run provides its missing values; only the last run is
 * padded. A repeated run that is long enough and begins at `at` or later includes the value `minRun - 1` further on, so
 * that value is compared with those before it, last first: if values differ, most are never read.
 */
function appendHybrid<T>(to: usize, values: usize, count: i32, bitWidth: i32): usize {
  const divisor = max(1, bitWidth)
  const minRun = max(8, (RUN_BITS + divisor - 1) / divisor)
  let literals = 0
  let at = 0
  while (at + minRun <= count) {
    let first = at + minRun - 1
    const value = valueAt<T>(values, first)
    while (first > at && valueAt<T>(values, first - 1) === value) first--
    if (first > at) {
      at = first
      continue
    }
    let next = at + minRun
    while (next < count && valueAt<T>(values, next) === value) next++
    const lent = (8 - ((at - literals) & 7)) & 7
    if (next - at - lent >= minRun) {
      if (at + lent > literals) to = appendPackedRun<T>(to, values, literals, at + lent, bitWidth)
      to = appendRepeatedRun(to, <u32>value, next - at - lent, bitWidth)
      literals = next
    }
    at = next
  }
  return literals < count ? appendPackedRun<T>(to, values, literals, count, bitWidth) : to
}

function valueAt<T>(values: usize, i: i32): T {
  return load<T>(values + <usize>i * sizeof<T>())
}

export function appendRepeatedRun(to: usize, value: u32, count: i32, bitWidth: i32): usize {
  to = appendVarint(to, (<u64>count) << 1)
  store<u32>(to, value)
  return to + <usize>((bitWidth + 7) >> 3)
}

function appendPackedRun<T>(to: usize, values: usize, start: i32, end: i32, bitWidth: i32): usize {
  const groups = (end - start + 7) >> 3
  to = appendVarint(to, ((<u64>groups) << 1) | 1)
  const size = <usize>groups * <usize>bitWidth
  const first = values + <usize>start * sizeof<T>()
  if (sizeof<T>() === 1) packBytes(to, first, end - start, bitWidth)
  else packWords(to, first, end - start, bitWidth)
  clearPadding(to, end - start, bitWidth, size)
  return to + size
}

/** Up to seven values of padding, some bits of which may come from the bytes after the values. */
function clearPadding(to: usize, count: i32, bitWidth: i32, size: usize): void {
  const bits = <usize>count * <usize>bitWidth
  const at = bits >> 3
  if (at >= size) return
  store<u8>(to + at, <u8>(<u32>load<u8>(to + at) & ((1 << (<u32>(bits & 7))) - 1)))
  memory.fill(to + at + 1, 0, size - at - 1)
}

function packBytes(to: usize, bytes: usize, count: i32, width: u32): void {
  let pending: u64 = 0
  let used: u32 = 0
  for (const end = bytes + <usize>count; bytes < end; bytes++) {
    pending |= (<u64>load<u8>(bytes)) << used
    used += width
    // A level has up to eight bits, so another one always fits.
    if (used >= 56) {
      store<u64>(to, pending)
      to += 7
      pending >>= 56
      used -= 56
    }
  }
  store<u64>(to, pending)
}
