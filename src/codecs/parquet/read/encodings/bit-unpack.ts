/**
 * Unpack `count` integers of `width` bits, least significant bit first, from bit `bit` (0..7) of byte `at` on.
 *
 * One loop per range of widths, with the bits in a register: this runs once per value of dictionary, delta and level
 * data. The caller has checked that the bytes exist.
 */
export function unpackBits(
  bytes: Uint8Array,
  at: number,
  bit: number,
  width: number,
  out: Int32Array,
  outAt: number,
  count: number,
): void {
  const end = outAt + count
  if (width === 0) {
    out.fill(0, outAt, end)
    return
  }
  if (width > 24) {
    unpackWideBits(bytes, at, bit, width, out, outAt, count)
    return
  }
  const mask = (1 << width) - 1
  if (width === 8 && bit === 0) {
    for (let i = outAt; i < end; i++) out[i] = bytes[at++] as number
    return
  }
  let held = 0
  let bits = 0
  if (bit > 0) {
    held = (bytes[at++] as number) >>> bit
    bits = 8 - bit
  }
  for (let i = outAt; i < end; i++) {
    while (bits < width) {
      held |= (bytes[at++] as number) << bits
      bits += 8
    }
    out[i] = held & mask
    held >>>= width
    bits -= width
  }
}

function unpackWideBits(
  bytes: Uint8Array,
  at: number,
  bit: number,
  width: number,
  out: Int32Array,
  outAt: number,
  count: number,
): void {
  for (let i = outAt; i < outAt + count; i++) {
    let value = 0
    let taken = 0
    while (taken < width) {
      const take = Math.min(8 - bit, width - taken)
      value |= (((bytes[at] as number) >>> bit) & ((1 << take) - 1)) << taken
      taken += take
      bit += take
      if (bit === 8) {
        bit = 0
        at++
      }
    }
    out[i] = value
  }
}

/** Unpack integers of 33 to 64 bits as pairs of 32-bit words, low word first. */
export function unpackLongs(
  bytes: Uint8Array,
  at: number,
  bit: number,
  width: number,
  out: Int32Array,
  outAt: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    unpackWideBits(bytes, at, bit, 32, out, outAt + 2 * i, 1)
    at += 4
    unpackWideBits(bytes, at, bit, width - 32, out, outAt + 2 * i + 1, 1)
    const next = bit + width - 32
    at += next >> 3
    bit = next & 7
  }
}
