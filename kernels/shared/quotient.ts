const LOW: u64 = 0xffffffff

/**
 * The double nearest to the quotient of two positive integers. The quotient of both, shifted until their first bits are
 * at the top, has 63 or 64 bits, more than a double's 53; its last bit records a remainder, so that the conversion to a
 * double rounds correctly.
 */
export function nearestQuotient(dividend: u64, divisor: u64): f64 {
  const dividendShift = clz(dividend)
  const divisorShift = clz(divisor)
  const quotient = quotientOf(dividend << dividendShift, divisor << divisorShift)
  return <f64>quotient * powerOfTwo(<i64>divisorShift - <i64>dividendShift - 63)
}

/** 2 ** 63 times one integer divided by another, both over 2 ** 63: in two steps of 32 bits (Knuth, 4.3.1, algorithm D). */
function quotientOf(dividend: u64, divisor: u64): u64 {
  const top = divisor >> 32
  const high = quotientDigit(dividend >> 1, (dividend & 1) << 31, top, divisor & LOW)
  const rest = (dividend << 31) - high * divisor
  const low = quotientDigit(rest, 0, top, divisor & LOW)
  const isExact = rest << 32 === low * divisor
  return (high << 32) | low | (isExact ? 0 : 1)
}

/** The 32 bits of the quotient of `high * 2 ** 32 + next` and `top * 2 ** 32 + bottom`. */
function quotientDigit(high: u64, next: u64, top: u64, bottom: u64): u64 {
  let digit = high / top
  let rest = high - digit * top
  while (digit > LOW || digit * bottom > ((rest << 32) | next)) {
    digit--
    rest += top
    if (rest > LOW) break
  }
  return digit
}

function powerOfTwo(exponent: i64): f64 {
  return reinterpret<f64>((1023 + exponent) << 52)
}
