/** An unsigned LEB128 integer. */
export function appendVarint(to: usize, value: u64): usize {
  while (value > 0x7f) {
    store<u8>(to, <u8>(value | 0x80))
    to++
    value >>= 7
  }
  store<u8>(to, <u8>value)
  return to + 1
}

export function appendZigZag(to: usize, value: i64): usize {
  return appendVarint(to, <u64>((value << 1) ^ (value >> 63)))
}
