/**
 * Move values of `width` bytes, 1, 2, 4, 8 or 16, to their slots: those whose bit is 1. The other slots become 0.
 */
export function spreadValues(values: usize, width: u32, bits: usize, slots: i32, to: usize): void {
  if (width === 8) spread<u64>(values, bits, slots, to)
  else if (width === 4) spread<u32>(values, bits, slots, to)
  else if (width === 1) spread<u8>(values, bits, slots, to)
  else if (width === 2) spread<u16>(values, bits, slots, to)
  else spreadQuads(values, bits, slots, to)
}

function spread<T>(values: usize, bits: usize, slots: i32, to: usize): void {
  for (let slot = 0; slot < slots; slot++) {
    const bit = bitAt(bits, slot)
    store<T>(to, <T>(load<T>(values) & <T>(<T>0 - <T>bit)))
    values += bit * sizeof<T>()
    to += sizeof<T>()
  }
}

function spreadQuads(values: usize, bits: usize, slots: i32, to: usize): void {
  for (let slot = 0; slot < slots; slot++) {
    const bit = bitAt(bits, slot)
    v128.store(to, v128.and(v128.load(values), i32x4.splat(-(<i32>bit))))
    values += bit << 4
    to += 16
  }
}

/** The ends of the texts of slots: where a bit is 0, that of the slot before. The first offset is that before all. */
export function spreadOffsets(offsets: usize, bits: usize, slots: i32, to: usize): void {
  for (let slot = 0; slot < slots; slot++) {
    offsets += bitAt(bits, slot) << 2
    store<u32>(to, load<u32>(offsets))
    to += 4
  }
}

function bitAt(bits: usize, slot: i32): usize {
  return (<usize>load<u8>(bits + (<usize>slot >> 3)) >> (<usize>slot & 7)) & 1
}
