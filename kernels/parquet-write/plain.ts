import { copyBytes } from './bytes'
import { RANGE, RANGE_END } from './record'
import { data, lengthOf, placeOf, ranges, startOf, width } from './values'

/** Pack bits of one byte each: a multiplication moves eight of them to their places in the highest byte. */
export function appendBits(to: usize, start: i32, end: i32): usize {
  let at = start
  for (; at + 8 <= end; at += 8) {
    store<u8>(to, <u8>((load<u64>(data + <usize>at) * 0x0102040810204080) >> 56))
    to++
  }
  if (at === end) return to
  let byte: u32 = 0
  for (let i = at; i < end; i++) byte |= (<u32>load<u8>(data + <usize>i)) << (i - at)
  store<u8>(to, <u8>byte)
  return to + 1
}

export function appendWords(to: usize, start: i32, end: i32, order: usize): usize {
  if (order === 0) {
    const size = <usize>(end - start) * width
    memory.copy(to, data + <usize>start * width, size)
    return to + size
  }
  for (let i = start; i < end; i++) {
    const place = <usize>placeOf(order, i)
    if (width === 4) store<u32>(to, load<u32>(data + (place << 2)))
    else store<u64>(to, load<u64>(data + (place << 3)))
    to += width
  }
  return to
}

/** Append each value after its length. */
export function appendPrefixed(to: usize, start: i32, end: i32, order: usize): usize {
  for (let i = start; i < end; i++) {
    const place = placeOf(order, i)
    const length = lengthOf(place)
    store<u32>(to, <u32>length)
    copyBytes(to + 4, startOf(place), length)
    to += 4 + length
  }
  return to
}

/** Append the bytes of values, with one copy if they are contiguous. */
export function appendConcatenated(to: usize, start: i32, end: i32, order: usize, isContiguous: bool): usize {
  if (start >= end) return to
  if (isContiguous) {
    const size =
      <usize>load<u32>(ranges + <usize>(end - 1) * RANGE, RANGE_END) - <usize>load<u32>(ranges + <usize>start * RANGE)
    memory.copy(to, startOf(start), size)
    return to + size
  }
  for (let i = start; i < end; i++) {
    const place = placeOf(order, i)
    const length = lengthOf(place)
    copyBytes(to, startOf(place), length)
    to += length
  }
  return to
}
