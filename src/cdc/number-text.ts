/**
 * Numbers in DynamoDB's form: text in the grammar of JSON's numbers. Two texts are the same number if their canonical
 * decimals are equal: digits without leading and trailing zeros, and the exponent of the last one.
 */

const ZERO = 0x30
const MINUS = 0x2d
const POINT = 0x2e

/** Digits that always survive a round trip through a double, and powers of ten that are exact doubles. */
const SAFE_DIGITS = 15
const POWERS = Float64Array.from({ length: SAFE_DIGITS + 1 }, (_, exponent) => 10 ** exponent)

const GRAMMAR = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** Longer exponents are not exact integers themselves. */
const MAX_EXPONENT_DIGITS = 15

/** Most digits of a bigint: a short text with a large exponent must not exhaust the memory. */
const MAX_BIGINT_DIGITS = 4096

export interface Decimal {
  readonly isNegative: boolean
  /** Digits without leading and trailing zeros; empty for zero. */
  readonly digits: string
  /** Exponent of the last digit. */
  readonly exponent: number
}

/**
 * Parse a number's text: a number if that is lossless, otherwise a bigint for an integer in a double's range, otherwise the text.
 *
 * One loop validates and evaluates the usual numbers, of up to 15 digits with or without a point; the quotient of two exact doubles is then
 * rounded once, so it is the nearest double, and its shortest text has the same digits.
 *
 * @returns undefined if the text is not a number.
 */
export function autoNumber(text: string): number | bigint | string | undefined {
  const { length } = text
  let at = text.charCodeAt(0) === MINUS ? 1 : 0
  const start = at
  let mantissa = 0
  let point = -1
  for (; at < length; at++) {
    const code = text.charCodeAt(at)
    const digit = code - ZERO
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit
    else if (code === POINT && point < 0) point = at
    else return autoDecimal(text)
  }
  const wholeEnd = point < 0 ? length : point
  const digits = point < 0 ? length - start : length - start - 1
  const hasLeadingZero = text.charCodeAt(start) === ZERO && wholeEnd - start > 1
  if (digits > SAFE_DIGITS || hasLeadingZero || wholeEnd === start || point === length - 1) return autoDecimal(text)
  // Not `-mantissa`: zero has no sign.
  if (start === 1) mantissa = 0 - mantissa
  return point < 0 ? mantissa : mantissa / (POWERS[length - 1 - point] as number)
}

function autoDecimal(text: string): number | bigint | string | undefined {
  const decimal = parseDecimalText(text)
  if (decimal === undefined) return undefined
  const number = numberOf(text)
  if (!Number.isFinite(number)) return text
  if (decimal.exponent >= 0) return Number.isSafeInteger(number) ? number : bigIntOf(decimal)
  const shortest = parseDecimalText(String(number))
  return shortest !== undefined && isSame(decimal, shortest) ? number : text
}

/** The nearest double of a valid number; -0 is 0. */
export function numberOf(text: string): number {
  return Number(text) + 0
}

/** The integer of a decimal; undefined if it has a fraction, or too many digits for memory. */
export function bigIntOf({ isNegative, digits, exponent }: Decimal): bigint | undefined {
  if (exponent < 0 || digits.length + exponent > MAX_BIGINT_DIGITS) return undefined
  const value = BigInt(digits) * 10n ** BigInt(exponent)
  return isNegative ? -value : value
}

export function isNumberText(text: string): boolean {
  return parseDecimalText(text) !== undefined
}

/** The parts of a number's text; undefined if it is not a number. O(characters). */
export function parseDecimalText(text: string): Decimal | undefined {
  const [, sign, whole = '', fraction = '', power = '0'] = GRAMMAR.exec(text) ?? [undefined]
  if (sign === undefined || power.length > MAX_EXPONENT_DIGITS) return undefined
  const all = whole + fraction
  let end = all.length
  while (end > 0 && all.charCodeAt(end - 1) === ZERO) end--
  if (end === 0) return { isNegative: false, digits: '', exponent: 0 }
  let start = 0
  while (all.charCodeAt(start) === ZERO) start++
  const exponent = Number(power) - fraction.length + (all.length - end)
  return { isNegative: sign !== '', digits: all.slice(start, end), exponent }
}

/** Test whether two texts are the same number, in any spelling; undefined if one of them is not a number. */
export function isSameNumber(left: string, right: string): boolean | undefined {
  const first = autoNumber(left)
  const second = autoNumber(right)
  if (first === undefined || second === undefined) return undefined
  // Lossless values are the same number exactly if they are equal, and never equal one that is not lossless.
  if (typeof first !== 'string' || typeof second !== 'string') return first === second
  return canonicalNumber(left) === canonicalNumber(right)
}

/** Significant digits that DynamoDB stores, and the range of exponents of the first one. */
const MAX_DIGITS = 38
const MAX_POWER = 125
const MIN_POWER = -130

/**
 * Test whether DynamoDB accepts a number: up to 38 digits, zero or between 1E-130 and 9.99...E+125 in magnitude.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
export function isInDynamoDBRange(text: string): boolean {
  const decimal = parseDecimalText(text)
  if (decimal === undefined) return false
  const { digits, exponent } = decimal
  const power = exponent + digits.length - 1
  return digits === '' || (digits.length <= MAX_DIGITS && power >= MIN_POWER && power <= MAX_POWER)
}

function isSame(left: Decimal, right: Decimal): boolean {
  return left.exponent === right.exponent && left.isNegative === right.isNegative && left.digits === right.digits
}

/** Make one text for all spellings of a number: `150`, `1.5e2` and `150.0` are `15e1`. Undefined if the text is not a number. */
export function canonicalNumber(text: string): string | undefined {
  const decimal = parseDecimalText(text)
  if (decimal === undefined) return undefined
  return `${decimal.isNegative ? '-' : ''}${decimal.digits || '0'}e${decimal.exponent}`
}
