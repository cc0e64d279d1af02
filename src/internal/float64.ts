import { isExactDouble, parseInt64 } from './int64.ts'
import { asciiText } from './utf8.ts'

const ZERO = 0x30
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e

/** The powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))

/** Every integer up to here is exact in a double. */
const EXACT_MANTISSA = 2 ** 53

/**
 * The nearest double of the decimal number in `bytes[start, end)`, or NaN if the text is not a number, as the text `NaN`.
 *
 * Accepts the numbers of JSON, also without digits on one side of the point (`.5`, `5.`). `+5`, `007` and numbers that
 * overflow to infinity are rejected.
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

/** The exponent `e+12` in `bytes[start, end)`, or NaN; capped at 99,999, which is beyond any double. */
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

/** Check that `bytes[start, end)` holds only digits after an optional minus: an integer of any length. */
export function isIntegerText(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start < end && bytes[start] === MINUS ? start + 1 : start
  if (at >= end) return false
  for (; at < end; at++) if (((bytes[at] as number) - ZERO) >>> 0 > 9) return false
  return true
}

/** Decimals of this many digits all differ as normal doubles. */
const SURE_DIGITS = 15
/** This many digits distinguish all doubles. */
const MAX_DIGITS = 17
const MIN_NORMAL = 2 ** -1022

/**
 * Check that a double represents the number in `bytes[start, end)`, whose nearest double it is: an integer of 64 bits
 * exactly; any other number as a decimal that `String` or `toPrecision` writes for the double. An exponent with a
 * leading zero (`1e05`) and a zero with an exponent (`0E12`) are codes rather than numbers, except the two digits after
 * a sign that C's `printf` writes (`1e-05`, `0e+00`).
 */
export function keepsNumber(value: number, bytes: Uint8Array, start: number, end: number): boolean {
  if (!isIntegerText(bytes, start, end) || value === 0) return isWrittenAs(value, bytes, start, end)
  const halves = new Int32Array(2)
  return parseInt64(bytes, start, end, halves, 0) && isExactDouble(halves[0] as number, halves[1] as number)
}

function isWrittenAs(value: number, bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0
  /** Count the digits from the first to the last that is not zero. */
  let significant = 0
  let at = start
  for (; at < end; at++) {
    const byte = bytes[at] as number
    if (byte === POINT || byte === MINUS) continue
    const digit = byte - ZERO
    if (digit >>> 0 > 9) break
    if (digit !== 0) significant = ++digits
    else if (digits > 0) digits++
  }
  if (at < end && !isWrittenExponent(bytes, at, end, significant === 0)) return false
  if (significant === 0) return true
  if (significant > MAX_DIGITS) return false
  if (significant <= SURE_DIGITS && Math.abs(value) >= MIN_NORMAL) return true
  const decimal = decimalOf(asciiText(bytes, start, end))
  return decimal === decimalOf(value.toPrecision(significant)) || decimal === decimalOf(String(value))
}

function isWrittenExponent(bytes: Uint8Array, start: number, end: number, isZero: boolean): boolean {
  const sign = bytes[start + 1]
  const first = sign === PLUS || sign === MINUS ? start + 2 : start + 1
  const isFromC = first === start + 2 && end - first === 2
  if (isZero) return isFromC && sign === PLUS && bytes[first] === ZERO && bytes[first + 1] === ZERO
  return bytes[first] !== ZERO || end - first === 1 || isFromC
}

/** A decimal number without its sign as its digits from the first to the last that is not zero, and the exponent of the last: equal for equal numbers. */
function decimalOf(text: string): string {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  return `${significant}e${Number(power) - fraction.length + digits.length - significant.length}`
}

/**
 * The shortest text that reads back as the same double; integers beyond 2**53 with an exponent, so that no reader
 * mistakes their digits for exact ones. -0, NaN, Infinity and -Infinity are written by name.
 */
export function float64Text(value: number): string {
  if (Number.isInteger(value)) {
    if (value === 0 && Object.is(value, -0)) return '-0'
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return value.toExponential()
  }
  return String(value)
}
