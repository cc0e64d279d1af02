/**
 * Copy `length` bits from bit `start` of one bitmap to bit `at` of another, whose bits from there on are zero. Least significant bit first.
 *
 * Hot: whole bytes of the target are combined from two adjacent bytes of the source; only the ends are copied bit by bit.
 */
export function copyBits(from: Uint8Array, start: number, length: number, to: Uint8Array, at: number): void {
  const end = at + length
  const firstWhole = Math.min(end, (at + 7) & ~7)
  while (at < firstWhole) copyBit(from, start++, to, at++)
  const shift = start & 7
  let source = start >> 3
  const lastWhole = end & ~7
  for (let byte = at >> 3; byte < lastWhole >> 3; byte++, source++) {
    to[byte] = shift === 0 ? (from[source] as number) : both(from, source) >> shift
  }
  if (lastWhole > at) {
    start += lastWhole - at
    at = lastWhole
  }
  while (at < end) copyBit(from, start++, to, at++)
}

/** Two bytes as one number; storing it in a byte drops the excess. */
function both(from: Uint8Array, byte: number): number {
  return (from[byte] as number) | ((from[byte + 1] as number) << 8)
}

function copyBit(from: Uint8Array, start: number, to: Uint8Array, at: number): void {
  const bit = ((from[start >> 3] as number) >> (start & 7)) & 1
  to[at >> 3] = (to[at >> 3] as number) | (bit << (at & 7))
}

/** Count set bits among the first `length`. */
export function countBits(bits: Uint8Array, length: number): number {
  const whole = length >> 3
  let count = 0
  for (let byte = 0; byte < whole; byte++) count += setBits(bits[byte] as number)
  const rest = length & 7
  return rest === 0 ? count : count + setBits((bits[whole] as number) & ((1 << rest) - 1))
}

/** Count set bits of one byte: adjacent groups of one, two and four bits are added. */
function setBits(byte: number): number {
  const pairs = byte - ((byte >> 1) & 0x55)
  const fours = (pairs & 0x33) + ((pairs >> 2) & 0x33)
  return (fours + (fours >> 4)) & 0x0f
}
