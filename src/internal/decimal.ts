/**
 * Decimals as text and as the little-endian 32-bit words of a scaled two's complement integer (4 words are 128 bits, 8 are 256).
 */

const TWO_32 = 2 ** 32
const ZERO = 0x30
const MINUS = 0x2d
const POINT = 0x2e
const POWERS = Int32Array.from({ length: 10 }, (_, exponent) => 10 ** exponent)

/**
 * Parse the decimal number in `bytes[start, end)` into `words` words at `out[index * words]`, scaled by `10 ** scale`. Exponents (`1.5e3`) and zeros
 * beyond the scale are accepted.
 *
 * @returns false if the text is not a number, has a leading zero or plus, or does not fit precision and scale exactly; the value at
 *   the index is then undefined.
 */
export function parseDecimal(
  bytes: Uint8Array,
  start: number,
  end: number,
  precision: number,
  scale: number,
  words: number,
  out: Int32Array | Uint32Array,
  index: number,
): boolean {
  const negative = start < end && bytes[start] === MINUS
  const first = negative ? start + 1 : start
  const mantissaEnd = exponentStart(bytes, first, end)
  const exponent = mantissaEnd === end ? 0 : exponentOf(bytes, mantissaEnd + 1, end)
  if (Number.isNaN(exponent) || !isMantissa(bytes, first, mantissaEnd)) return false
  const base = index * words
  out.fill(0, base, base + words)
  const point = pointOf(bytes, first, mantissaEnd)
  const wholeDigits = point - first + exponent + scale
  // Remaining digits of the scaled integer, from the first significant one; digits after the last must be zero.
  let place = 0
  let significant = 0
  let chunk = 0
  let chunkDigits = 0
  for (let at = first; at < mantissaEnd; at++) {
    if (at === point) continue
    const digit = (bytes[at] as number) - ZERO
    if (place++ >= wholeDigits) {
      if (digit !== 0) return false
      continue
    }
    if (significant > 0 || digit !== 0) significant++
    if (significant > precision) return false
    chunk = chunk * 10 + digit
    if (++chunkDigits === 9) {
      mulAddWords(out, base, words, 1e9, chunk)
      chunk = 0
      chunkDigits = 0
    }
  }
  mulAddWords(out, base, words, POWERS[chunkDigits] as number, chunk)
  if (significant > 0) {
    const zeros = Math.max(0, wholeDigits - place)
    if (significant + zeros > precision) return false
    for (let rest = zeros; rest > 0; rest -= 9) mulAddWords(out, base, words, POWERS[Math.min(rest, 9)] as number, 0)
  }
  if (negative) negateWords(out, base, words)
  return true
}

/** The position of the `e` of an exponent, or `end`. */
function exponentStart(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (((bytes[at] as number) | 0x20) === 0x65) return at
  return end
}

function exponentOf(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS
  let at = start < end && (negative || bytes[start] === 0x2b) ? start + 1 : start
  if (at >= end) return Number.NaN
  let exponent = 0
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit >>> 0 > 9) return Number.NaN
    // Beyond any length of text: the number is zero or does not fit.
    if (exponent < 1e10) exponent = exponent * 10 + digit
  }
  return negative ? -exponent : exponent
}

/** Digits with at most one point, at least one digit, no leading zero before another digit. */
function isMantissa(bytes: Uint8Array, start: number, end: number): boolean {
  let points = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte === POINT) points++
    else if ((byte - ZERO) >>> 0 > 9) return false
  }
  const digits = end - start - points
  if (points > 1 || digits < 1) return false
  return bytes[start] !== ZERO || end - start === 1 || bytes[start + 1] === POINT
}

function pointOf(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === POINT) return at
  return end
}

/** `value = value * factor + addend` on an unsigned integer of several words; both below 2**30. */
function mulAddWords(out: Int32Array | Uint32Array, base: number, words: number, factor: number, addend: number): void {
  let carry = addend
  for (let word = base; word < base + words; word++) {
    const unsigned = (out[word] as number) >>> 0
    const low = (Math.imul(unsigned, factor) + carry) >>> 0
    carry = Math.round((unsigned * factor + carry - low) / TWO_32)
    out[word] = low
  }
}

function negateWords(out: Int32Array | Uint32Array, base: number, words: number): void {
  let carry = 1
  for (let word = base; word < base + words; word++) {
    const flipped = (~(out[word] as number) >>> 0) + carry
    out[word] = flipped
    carry = flipped > 0xffffffff ? 1 : 0
  }
}

/** Read words as an integer. */
export function wordsToBigInt(value: Int32Array | Uint32Array, base: number, words: number): bigint {
  let result = BigInt((value[base + words - 1] as number) | 0)
  for (let word = words - 2; word >= 0; word--) result = (result << 32n) | BigInt((value[base + word] as number) >>> 0)
  return result
}

/** Write an integer as words; the caller ensures that it fits. */
export function bigIntToWords(value: bigint, out: Int32Array | Uint32Array, base: number, words: number): void {
  for (let word = 0; word < words; word++) {
    out[base + word] = Number(BigInt.asIntN(32, value))
    value >>= 32n
  }
}

/** A scaled integer as plain decimal text, all digits of its scale kept: `(1050n, 2)` is `10.50`. */
export function decimalText(scaled: bigint, scale: number): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scale + 1, '0')
  const point = digits.length - scale
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
  return scaled < 0n ? `-${text}` : text
}
