/**
 * Take the slots whose bits are 1, and a level of 0 or 1 for each slot. The place of a null is taken by the next value, so that there is no branch.
 *
 * @param bit - of the byte at `bitmap`, at which the first slot lies.
 * @param slots - four bytes for every slot.
 * @returns how many slots are there.
 */
export function takePresent(bitmap: usize, bit: u32, count: i32, slots: usize, levels: usize): i32 {
  const first = slots
  let at = bit
  for (let slot = 0; slot < count; slot++) {
    const one = (<u32>load<u8>(bitmap + <usize>(at >> 3)) >> (at & 7)) & 1
    store<u8>(levels + <usize>slot, <u8>one)
    store<i32>(slots, slot)
    slots += (<usize>one) << 2
    at++
  }
  return <i32>((slots - first) >> 2)
}

/**
 * Take words of 4 bytes or double words of 8 from the places `slots`, counted from `firstSlot` on, of which there are `slotsEnd`.
 *
 * @returns whether all are among them.
 */
export function takeWords(
  to: usize,
  words: usize,
  width: u32,
  slots: usize,
  count: i32,
  firstSlot: u32,
  slotsEnd: u32,
): bool {
  return width === 1
    ? take<u32>(to, words, slots, count, firstSlot, slotsEnd)
    : take<u64>(to, words, slots, count, firstSlot, slotsEnd)
}

function take<T>(to: usize, words: usize, slots: usize, count: i32, firstSlot: u32, slotsEnd: u32): bool {
  for (const end = slots + ((<usize>count) << 2); slots < end; slots += 4) {
    const slot = load<u32>(slots) - firstSlot
    if (slot >= slotsEnd) return false
    store<T>(to, load<T>(words + <usize>slot * sizeof<T>()))
    to += sizeof<T>()
  }
  return true
}

/** Count the bytes that are `level`, sixteen at a time. */
export function countLevels(levels: usize, count: i32, level: u32): i32 {
  const wanted = i8x16.splat(<i8>level)
  let total: i32 = 0
  for (; count >= 16; count -= 16) {
    total += popcnt<i32>(i8x16.bitmask(i8x16.eq(v128.load(levels), wanted)))
    levels += 16
  }
  const last = i8x16.bitmask(i8x16.eq(v128.load(levels), wanted)) & ((1 << count) - 1)
  return total + popcnt<i32>(last)
}
