const LOW: u64 = 0xffffffff

/** `2 ** (63 + bits)` divided by each power of ten from 10 on, rounded down, `bits` being the length of the power. */
const RECIPROCALS: StaticArray<u64> = [
  0xcccccccccccccccc, 0xa3d70a3d70a3d70a, 0x83126e978d4fdf3b, 0xd1b71758e219652b, 0xa7c5ac471b478423,
  0x8637bd05af6c69b5, 0xd6bf94d5e57a42bc, 0xabcc77118461cefc, 0x89705f4136b4a597, 0xdbe6fecebdedd5be,
  0xafebff0bcb24aafe, 0x8cbccc096f5088cb, 0xe12e13424bb40e13, 0xb424dc35095cd80f, 0x901d7cf73ab0acd9,
  0xe69594bec44de15b, 0xb877aa3236a4b449, 0x9392ee8e921d5d07,
]

/**
 * The double that is nearest to `digits / power`, `power` being ten to the power of `decimals`, 1 to 18.
 *
 * The digits, shifted until their first bit is at the top, times the reciprocal make a quotient of 63 bits or 64 that is right or one too small: the
 * reciprocal is less than one too small, and so is the upper half of the product. The remainder, below twice the power, decides. A double has 53 bits, so
 * that the bit of a remainder is below all that are rounded, and the conversion rounds the right way.
 */
export function nearestQuotient(digits: u64, decimals: u32, power: u64): f64 {
  const shift = clz(digits)
  const shifted = digits << shift
  const powerShift = 63 - clz(power)
  let quotient = highProduct(shifted, unchecked(RECIPROCALS[decimals - 1]))
  let rest = (shifted << powerShift) - quotient * power
  if (rest >= power) {
    quotient++
    rest -= power
  }
  const half = <i64>((quotient >> 1) | (quotient & 1) | (rest === 0 ? 0 : 1))
  return <f64>half * reinterpret<f64>((1024 - shift - powerShift) << 52)
}

/** The upper 64 bits of a product. */
function highProduct(one: u64, other: u64): u64 {
  const oneLow = one & LOW
  const oneHigh = one >> 32
  const otherLow = other & LOW
  const otherHigh = other >> 32
  const middle = oneHigh * otherLow + ((oneLow * otherLow) >> 32)
  return oneHigh * otherHigh + (middle >> 32) + ((oneLow * otherHigh + (middle & LOW)) >> 32)
}
