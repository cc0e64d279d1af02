/**
 * Numbers as DynamoDB writes them: text in the grammar of JSON's numbers. Two texts are the same number where their canonical decimals are
 * the same: digits without zeros at either end, and the exponent of the last one.
 */

const ZERO = 0x30
const MINUS = 0x2d
const POINT = 0x2e

/** As many digits survive the way through a double, whatever they are; as many powers of ten are exact ones. */
const SAFE_DIGITS = 15
const POWERS = Float64Array.from({ length: SAFE_DIGITS + 1 }, (_, exponent) => 10 ** exponent)

const GRAMMAR = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** Longer exponents are no exact integers themselves. */
const MAX_EXPONENT_DIGITS = 15

/** Most digits of a bigint: a short text with a great exponent must not fill the memory. */
const MAX_BIGINT_DIGITS = 4096

export interface Decimal {
  readonly isNegative: boolean
  /** Without zeros at either end; empty for zero. */
  readonly digits: string
  /** Of the last digit. */
  readonly exponent: number
}

/**
 * The value of a number's text: a number where that is lossless, else a bigint where it is an integer in a double's range, else the text.
 *
 * One loop validates and adds up what most numbers are, up to 15 digits with or without a point; the quotient of two exact doubles is then
 * rounded once, so it is the nearest double, and its shortest text has the same digits.
 *
 * @returns undefined where the text is no number.
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

/** The integer of a decimal; undefined where it has a fraction, or more digits than fit in memory without harm. */
export function bigIntOf({ isNegative, digits, exponent }: Decimal): bigint | undefined {
  if (exponent < 0 || digits.length + exponent > MAX_BIGINT_DIGITS) return undefined
  const value = BigInt(digits) * 10n ** BigInt(exponent)
  return isNegative ? -value : value
}

export function isNumberText(text: string): boolean {
  return parseDecimalText(text) !== undefined
}

/** The parts of a number's text; undefined where it is none. O(letters). */
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

/** Test whether two texts are the same number, however they spell it; undefined where one of them is no number. */
export function isSameNumber(left: string, right: string): boolean | undefined {
  const first = autoNumber(left)
  const second = autoNumber(right)
  if (first === undefined || second === undefined) return undefined
  // What is lossless is the same number where it is the same value, and never that of a text that is not.
  if (typeof first !== 'string' || typeof second !== 'string') return first === second
  return canonicalNumber(left) === canonicalNumber(right)
}

/** Significant digits that DynamoDB keeps, and the powers of ten of the first of them. */
const MAX_DIGITS = 38
const MAX_POWER = 125
const MIN_POWER = -130

/**
 * Test whether DynamoDB takes a number: up to 38 digits, zero or between 1E-130 and 9.99...E+125 in magnitude.
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

/** One text for all spellings of a number: `150`, `1.5e2` and `150.0` are `15e1`. Undefined where the text is no number. */
export function canonicalNumber(text: string): string | undefined {
  const decimal = parseDecimalText(text)
  if (decimal === undefined) return undefined
  return `${decimal.isNegative ? '-' : ''}${decimal.digits || '0'}e${decimal.exponent}`
}
