import { asciiText } from './utf8.ts'

const ZERO = 0x30
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e

/** The powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))

/** Integers up to here are exact in a double, whatever their digits. */
const EXACT_MANTISSA = 2 ** 53

/**
 * The nearest double of the decimal number in `bytes[start, end)`, or NaN where the text is none: the text `NaN` is no number either.
 *
 * Takes the numbers of JSON, and a missing digit on one side of the point (`.5`, `5.`). `+5`, `007` and what overflows to infinity are
 * no numbers.
 */
export function parseFloat64(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return Number.NaN
  const negative = bytes[start] === MINUS
  let at = negative ? start + 1 : start
  const whole = at
  let mantissa = 0
  let digit = 0
  for (; at < end; at++) {
    digit = (bytes[at] as number) - ZERO
    if (digit >>> 0 > 9) break
    mantissa = mantissa * 10 + digit
  }
  let digits = at - whole
  if (digits > 1 && bytes[whole] === ZERO) return Number.NaN
  let exponent = 0
  if (at < end && bytes[at] === POINT) {
    const fraction = ++at
    for (; at < end; at++) {
      digit = (bytes[at] as number) - ZERO
      if (digit >>> 0 > 9) break
      mantissa = mantissa * 10 + digit
    }
    exponent = fraction - at
    digits += at - fraction
  }
  if (digits === 0) return Number.NaN
  if (at < end) {
    const power = parseExponent(bytes, at, end)
    if (Number.isNaN(power)) return power
    exponent += power
  }
  // Both operands are exact, so the one rounding of the quotient or product is the right one (Clinger 1990).
  if (mantissa < EXACT_MANTISSA) {
    if (exponent === 0) return negative ? -mantissa : mantissa
    if (exponent < 0 && exponent >= -22) {
      const value = mantissa / (POWERS[-exponent] as number)
      return negative ? -value : value
    }
    if (exponent > 0 && exponent <= 22) {
      const value = mantissa * (POWERS[exponent] as number)
      return negative ? -value : value
    }
  }
  const value = Number(asciiText(bytes, start, end))
  return Number.isFinite(value) ? value : Number.NaN
}

/** The exponent `e+12` in `bytes[start, end)`, or NaN; held at 99,999, which is beyond any double all the same. */
function parseExponent(bytes: Uint8Array, start: number, end: number): number {
  if (((bytes[start] as number) | 0x20) !== 0x65) return Number.NaN
  let at = start + 1
  const negative = at < end && bytes[at] === MINUS
  if (at < end && (negative || bytes[at] === PLUS)) at++
  if (at >= end) return Number.NaN
  let exponent = 0
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit >>> 0 > 9) return Number.NaN
    if (exponent < 99_999) exponent = exponent * 10 + digit
  }
  return negative ? -exponent : exponent
}

/** Whether `bytes[start, end)` holds nothing but digits after an optional minus: an integer, however long. */
export function isIntegerText(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start < end && bytes[start] === MINUS ? start + 1 : start
  if (at >= end) return false
  for (; at < end; at++) if (((bytes[at] as number) - ZERO) >>> 0 > 9) return false
  return true
}

/**
 * The shortest text that reads back as the same double; integers beyond 2**53 with an exponent, so that no reader takes their
 * digits for exact ones. -0, NaN, Infinity and -Infinity keep their names.
 */
export function float64Text(value: number): string {
  if (Number.isInteger(value)) {
    if (value === 0 && Object.is(value, -0)) return '-0'
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return value.toExponential()
  }
  return String(value)
}
