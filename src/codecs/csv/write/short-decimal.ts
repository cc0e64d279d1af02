import { writeInt64 } from '../../../internal/int64.ts'

/** Scaled integers up to this have at most 15 digits, and no two of them scale back to the same double. */
const MAX_SCALED = 1e15
const UNIT = 1e4
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30

/**
 * Write a double that is a decimal of at most four places and 15 digits, as most measured values are, at `out[at]`. A decimal of at most 15
 * digits that reads back as the double is its shortest text, so this writes what `String(value)` would, without a string.
 *
 * @returns the offset after its last byte, -1 for all other doubles.
 */
export function writeShortDecimal(value: number, out: Uint8Array, at: number): number {
  let scaled = Math.round(value * UNIT)
  if (scaled / UNIT !== value) return -1
  if (!(scaled < MAX_SCALED && scaled > -MAX_SCALED) || scaled === 0) return -1
  if (scaled < 0) {
    out[at++] = MINUS
    scaled = -scaled
  }
  const whole = Math.floor(scaled / UNIT)
  let fraction = scaled - whole * UNIT
  at = writeInt64(whole | 0, Math.floor(whole / 2 ** 32), out, at)
  if (fraction === 0) return at
  out[at++] = POINT
  for (let place = UNIT / 10; fraction > 0; place /= 10) {
    const digit = Math.floor(fraction / place)
    out[at++] = ZERO + digit
    fraction -= digit * place
  }
  return at
}
