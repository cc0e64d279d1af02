import { RUN_BIT, RUN_BYTE, RUN_IS_PACKED, RUN_LEFT, RUN_NEXT, RUN_VALUE } from './record'

/**
 * Take up to `count` values of Parquet's hybrid of repeated and bit-packed runs, as far as their bytes lie before `end`.
 *
 * @param reader - a reader of runs, see `record.ts`, which stands behind the values taken afterwards.
 * @param width - bits of a value, 1 to 32.
 * @param to - four bytes for every value; up to seven more values may be written.
 * @returns how many were taken. TypeScript goes on from there: it says what is wrong where no more bytes come.
 */
export function takeRuns(reader: usize, end: usize, width: u32, to: usize, count: i32): i32 {
  let left = count
  while (left > 0) {
    let run = <i32>load<u32>(reader, RUN_LEFT)
    if (run === 0) {
      if (!beginRun(reader, end, width)) break
      continue
    }
    // Runs may have more values than 31 bits count.
    run = <u32>run > <u32>left ? left : run
    if (load<u32>(reader, RUN_IS_PACKED) !== 0) {
      const from = <usize>load<u32>(reader, RUN_BYTE)
      const bit = load<u32>(reader, RUN_BIT)
      const held = from < end ? ((<u64>(end - from)) << 3) - <u64>bit : 0
      run = <i32>min<u64>(<u64>run, held / <u64>width)
      if (run === 0) break
      unpack(from, bit, width, to, run)
      const next = <u64>bit + <u64>run * <u64>width
      store<u32>(reader, <u32>(from + <usize>(next >> 3)), RUN_BYTE)
      store<u32>(reader, <u32>(next & 7), RUN_BIT)
    } else repeat(load<u32>(reader, RUN_VALUE), to, run)
    store<u32>(reader, load<u32>(reader, RUN_LEFT) - run, RUN_LEFT)
    to += (<usize>run) << 2
    left -= run
  }
  return count - left
}

/** Read the header of a run and, where it repeats one, its value; false where they are cut off or sound wrong. */
export function beginRun(reader: usize, end: usize, width: u32): bool {
  let at = <usize>load<u32>(reader, RUN_NEXT)
  let header: u64 = 0
  for (let shift: u64 = 0; ; shift += 7) {
    if (at >= end || shift > 28) return false
    const byte: u64 = load<u8>(at)
    at++
    header |= (byte & 0x7f) << shift
    if (byte < 0x80) break
  }
  if (header > 0xffffffff) return false
  if ((header & 1) !== 0) {
    const groups = header >> 1
    // A run as long as that would not fit into memory.
    if (groups > 0x7ffffff) return false
    store<u32>(reader, <u32>at, RUN_BYTE)
    store<u32>(reader, 0, RUN_BIT)
    store<u32>(reader, 1, RUN_IS_PACKED)
    store<u32>(reader, (<u32>groups) << 3, RUN_LEFT)
    // Its end, or anywhere behind that of the bytes.
    at = <usize>min<u64>(<u64>at + groups * <u64>width, 0xffffffff)
  } else {
    const bytes = (width + 7) >> 3
    if (at + bytes > end) return false
    const value = load<u32>(at) & (<u32>0xffffffff >> (32 - 8 * bytes))
    if (width < 32 && value >> width !== 0) return false
    store<u32>(reader, value, RUN_VALUE)
    store<u32>(reader, 0, RUN_IS_PACKED)
    store<u32>(reader, <u32>(header >> 1), RUN_LEFT)
    at += bytes
  }
  store<u32>(reader, <u32>at, RUN_NEXT)
  return true
}

function repeat(value: u32, to: usize, count: i32): void {
  const values = i32x4.splat(<i32>value)
  for (const end = to + ((<usize>count) << 2); to < end; to += 16) v128.store(to, values)
}

/** Eight bytes from where a value begins hold it whole, whatever its width. */
function unpack(from: usize, bit: u32, width: u32, to: usize, count: i32): void {
  const mask: u32 = <u32>0xffffffff >> (32 - width)
  const end = to + ((<usize>count) << 2)
  if (width <= 14) {
    // Four values of up to 14 bits, and seven bits before them.
    let at = <u64>bit
    for (; to < end; to += 16) {
      const bits = load<u64>(from + <usize>(at >> 3)) >> (at & 7)
      store<u32>(to, <u32>bits & mask)
      store<u32>(to, <u32>(bits >> width) & mask, 4)
      store<u32>(to, <u32>(bits >> (2 * width)) & mask, 8)
      store<u32>(to, <u32>(bits >> (3 * width)) & mask, 12)
      at += 4 * width
    }
    return
  }
  let at = <u64>bit
  for (; to < end; to += 4) {
    store<u32>(to, <u32>(load<u64>(from + <usize>(at >> 3)) >> (at & 7)) & mask)
    at += width
  }
}
