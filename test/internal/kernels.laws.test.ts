import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { bigIntToWords, parseDecimal, decimalText as scaledText, wordsToBigInt } from '../../src/internal/decimal.ts'
import { float64Text, keepsNumber, parseFloat64 } from '../../src/internal/float64.ts'
import { isExactDouble, parseInt64, storeMulAdd, writeInt64 } from '../../src/internal/int64.ts'
import {
  MICROSECOND,
  MILLISECOND,
  NANOSECOND,
  parseDate,
  parseTimestamp,
  type TimestampUnit,
  timestampUnitOf,
} from '../../src/internal/iso8601.ts'
import { writeDate, writeTimestamp } from '../../src/internal/iso8601-text.ts'
import { firstInvalidUtf8, isValidUtf8 } from '../../src/internal/utf8.ts'
import { law } from '../support/law.ts'

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.maxSafeInteger().map(BigInt),
  fc.integer().map(BigInt),
  fc.nat(70).chain((bits) => fc.constantFrom(-1n, 0n, 1n).map((d) => BigInt.asIntN(64, 2n ** BigInt(bits) + d))),
)

const NOISE = '9e.-T0:Z+ '

/** Bytes with noise on both sides, of letters that might be more of the text, so that a kernel that reads beyond its range is found out. */
function placed(text: string): [Uint8Array, number, number] {
  const noise = (NOISE[(text.length * 7 + (text.charCodeAt(text.length - 1) || 0)) % NOISE.length] as string).repeat(20)
  const bytes = Buffer.from(`${noise}${text}${noise}`)
  return [bytes, noise.length, bytes.length - noise.length]
}

function halves(value: bigint): Int32Array {
  return new Int32Array(BigInt64Array.of(value).buffer)
}

function int64Of(out: Int32Array, index: number): bigint {
  return new BigInt64Array(out.slice(2 * index, 2 * index + 2).buffer)[0] as bigint
}

const numberish = fc.oneof(
  fc.stringMatching(/^-?[0-9]{0,21}$/),
  fc.stringMatching(/^[-+]?[0-9]{0,20}\.?[0-9]{0,20}([eE][-+]?[0-9]{0,3})?$/),
  fc.double().map(String),
  fc.string({ maxLength: 4 }),
)

describe('int64', () => {
  law(
    'int64: text to halves equals BigInt for every 64-bit integer',
    fc.property(int64, (value) => {
      const out = new Int32Array(8)
      expect(parseInt64(...placed(String(value)), out, 3)).toBe(true)
      expect(int64Of(out, 3)).toBe(value)
    }),
    { runs: 2000 },
  )

  law(
    'int64: accepts exactly the canonical spelling of a 64-bit integer',
    fc.property(numberish, (text) => {
      const canonical = /^(0|-?[1-9]\d*)$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
      expect(parseInt64(...placed(text), new Int32Array(2), 0)).toBe(canonical)
    }),
    { runs: 2000 },
  )

  law(
    'int64: writing equals String(BigInt)',
    fc.property(int64, (value) => {
      const [low, high] = halves(value) as unknown as [number, number]
      const out = Buffer.alloc(24)
      expect(out.subarray(2, writeInt64(low, high, out, 2)).toString()).toBe(String(value))
      expect(isExactDouble(low, high)).toBe(BigInt(Number(value)) === value)
    }),
    { runs: 2000 },
  )

  law(
    'int64: multiply and add is exact or rejected',
    fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 1e9 }), fc.maxSafeInteger(), (factor, unit, rest) => {
      const exact = BigInt(factor) * BigInt(unit) + BigInt(rest)
      const out = new Int32Array(2)
      expect(storeMulAdd(factor, unit, rest, out, 0)).toBe(BigInt.asIntN(64, exact) === exact)
      if (BigInt.asIntN(64, exact) === exact) expect(int64Of(out, 0)).toBe(exact)
    }),
    { runs: 1000 },
  )
})

/** A decimal's text as a fraction: `1.50` is 150 over 100, with a power of ten. */
function fractionOf(text: string): [numerator: bigint, power: number] {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(text) ?? []
  return [BigInt(`${sign}${whole}${fraction}`), Number(power) - fraction.length]
}

function isSameNumber(a: string, b: string): boolean {
  const [x, xPower] = fractionOf(a)
  const [y, yPower] = fractionOf(b)
  if (Math.abs(xPower - yPower) > 2000) return x === 0n && y === 0n
  const least = Math.min(xPower, yPower)
  return x * 10n ** BigInt(xPower - least) === y * 10n ** BigInt(yPower - least)
}

const MAX_DIGITS = 17
const decimalText = fc.oneof(
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,20})\.[0-9]{0,20}$/),
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,16})\.[0-9]{1,3}$/),
  fc.stringMatching(/^-?(0|[1-9])\.[0-9]{14,17}$/),
  fc.stringMatching(/^-?[1-9](\.[0-9]{0,17})?[eE]-?([1-9][0-9]{0,2})$/),
  fc
    .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 21 }))
    .map(([value, digits]) => value.toPrecision(digits)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
)

describe('float64', () => {
  law(
    'float64: keeps a decimal if and only if String or toPrecision writes its number so, with at most 17 digits',
    fc.property(decimalText, (text) => {
      const value = Number(text)
      fc.pre(Number.isFinite(value) && /[.e]/i.test(text))
      fc.pre(value !== 0 || !/e/i.test(text))
      const forms = [String(value), ...Array.from({ length: MAX_DIGITS }, (_, digits) => value.toPrecision(digits + 1))]
      expect(keepsNumber(value, ...placed(text))).toBe(forms.some((form) => isSameNumber(form, text)))
    }),
    { runs: 5000 },
  )

  law(
    'float64: keeps an exponent with a leading zero only in the form of printf in C',
    fc.property(fc.stringMatching(/^-?[0-9](\.[0-9]{1,6})?[eE][-+]?[0-9]{1,3}$/), (text) => {
      const [, mantissa = '', power = ''] = /^(.+)e(.+)$/i.exec(text) ?? []
      const isZero = !/[1-9]/.test(mantissa)
      const isNumber = isZero ? power === '+00' : /^[-+]?(0|[1-9]\d*)$|^[-+]\d\d$/.test(power)
      const value = Number(text)
      fc.pre(Number.isFinite(value) && (isZero || Math.abs(value) > 1e-300))
      expect(keepsNumber(value, ...placed(text))).toBe(isNumber)
    }),
    { runs: 3000 },
  )

  law(
    'float64: parses to the same double as Number()',
    fc.property(numberish, (text) => {
      const valid = /^-?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text) && Number.isFinite(Number(text))
      expect(parseFloat64(...placed(text))).toBe(valid ? Number(text) : Number.NaN)
    }),
    { runs: 5000 },
  )

  law(
    'float64: the text of a double reads back as the same double',
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(parseFloat64(...placed(float64Text(value)))).toBe(value)
    }),
    { runs: 2000 },
  )
})

const jsDate = fc.date({ min: new Date(-8.64e15), max: new Date(8.64e15), noInvalidDate: true })
const commonDate = fc.date({
  min: new Date('1600-01-01T00:00:00Z'),
  max: new Date('2400-01-01T00:00:00Z'),
  noInvalidDate: true,
})

describe('iso8601', () => {
  law(
    'dates: agree with Date over its whole range, both ways',
    fc.property(fc.oneof(jsDate, commonDate), (date) => {
      const text = date.toISOString().slice(0, -14)
      const out = new Int32Array(2)
      expect(parseDate(...placed(text), out, 1)).toBe(true)
      expect(out[1]).toBe(Math.floor(date.getTime() / 86_400_000))
      const written = Buffer.alloc(24)
      expect(written.subarray(0, writeDate(out[1] as number, written, 0)).toString()).toBe(text)
    }),
    { runs: 2000 },
  )

  law(
    'dates: any day that fits 32 bits round-trips through text',
    fc.property(fc.integer(), (days) => {
      const bytes = Buffer.alloc(24)
      const end = writeDate(days, bytes, 1)
      const out = new Int32Array(1)
      expect(parseDate(bytes, 1, end, out, 0)).toBe(true)
      expect(out[0]).toBe(days)
    }),
    { runs: 1000 },
  )

  law(
    'dates: four-digit dates are accepted if and only if the calendar has the day',
    fc.property(fc.nat(9999), fc.nat(13), fc.nat(32), (year, month, day) => {
      const two = (value: number) => String(value).padStart(2, '0')
      const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
      const date = new Date(`${text}T00:00:00Z`)
      const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
      expect(parseDate(...placed(text), new Int32Array(1), 0)).toBe(exists)
    }),
    { runs: 2000 },
  )

  law(
    'dates and timestamps: invalid if any byte is replaced by another kind',
    fc.property(fc.nat(23), fc.nat(255), (place, byte) => {
      const text = '2024-02-28T12:34:56.789Z'
      const others =
        text[place] === 'T' ? /[Tt ]/ : text[place] === 'Z' ? /[Zz\d]/ : /\d/.test(text[place] ?? '') ? /\d/ : /[-:.]/
      fc.pre(!others.test(String.fromCharCode(byte)))
      const bytes = Buffer.from(text)
      bytes[place] = byte
      expect(parseTimestamp(bytes, 0, bytes.length, MILLISECOND, new Int32Array(2), 0)).toBe(false)
      expect(parseDate(bytes, 0, 10, new Int32Array(1), 0)).toBe(place >= 10)
    }),
    { runs: 2000 },
  )

  law(
    'timestamps: agree with Date, with any offset, both ways',
    fc.property(
      commonDate,
      fc.integer({ min: -1439, max: 1439 }),
      fc.constantFrom('T', ' '),
      (date, offset, separator) => {
        const sign = offset < 0 ? '-' : '+'
        const clock = `${String(Math.trunc(Math.abs(offset) / 60)).padStart(2, '0')}:${String(Math.abs(offset) % 60).padStart(2, '0')}`
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1).replace('T', separator)
        const out = new Int32Array(2)
        expect(parseTimestamp(...placed(`${local}${sign}${clock}`), MILLISECOND, out, 0)).toBe(true)
        expect(int64Of(out, 0)).toBe(BigInt(date.getTime()))
        const written = Buffer.alloc(40)
        const end = writeTimestamp(out[0] as number, out[1] as number, MILLISECOND, written, 0)
        expect(written.subarray(0, end).toString()).toBe(date.toISOString().replace('.000Z', 'Z'))
      },
    ),
    { runs: 2000 },
  )

  const units: readonly [TimestampUnit, bigint][] = [
    [MILLISECOND, 10n ** 6n],
    [MICROSECOND, 10n ** 3n],
    [NANOSECOND, 1n],
  ]
  for (const [unit, nanoseconds] of units) {
    law(
      `timestamps: every 64-bit count of unit ${unit} round-trips through text, with the unit that it needs`,
      fc.property(int64, (value) => {
        const [low, high] = halves(value) as unknown as [number, number]
        const bytes = Buffer.alloc(48)
        const end = writeTimestamp(low, high, unit, bytes, 3)
        const out = new Int32Array(2)
        expect(parseTimestamp(bytes, 3, end, unit, out, 0)).toBe(true)
        expect(int64Of(out, 0)).toBe(value)
        const needed = (value * nanoseconds) % 1_000_000n === 0n ? 1 : (value * nanoseconds) % 1_000n === 0n ? 2 : 3
        expect(timestampUnitOf(bytes, 3, end)).toBe(needed)
      }),
      { runs: 2000 },
    )
  }

  law(
    'timestamps: both parsers accept or reject any bytes alike',
    fc.property(
      fc.stringMatching(
        /^[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9](:[0-6][0-9](\.[0-9]{0,12})?)?(Z|[-+][0-2][0-9]:?([0-6][0-9])?)?$/,
      ),
      (text) => {
        const unit = timestampUnitOf(...placed(text))
        const taken = parseTimestamp(...placed(text), NANOSECOND, new Int32Array(2), 0)
        if (taken) expect(unit).toBeGreaterThan(0)
        const milliseconds = Date.parse(
          text
            .replace(' ', 'T')
            .replace(/(\.\d{3})\d*/, '$1')
            .replace(/(T.*)([-+]\d\d)$/, '$1$2:00'),
        )
        if (unit > 0 && /[Z]$/.test(text) && !/\.\d{0,2}Z/.test(text)) expect(Number.isNaN(milliseconds)).toBe(false)
      },
    ),
    { runs: 1000 },
  )
})

describe('decimal', () => {
  const decimal = fc
    .record({ scale: fc.nat(20), value: fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }) })
    .chain(({ scale, value }) => fc.nat(38).map((cut) => ({ scale, value: value / 10n ** BigInt(cut) })))

  law(
    'decimals: text to words and back is exact',
    fc.property(decimal, fc.constantFrom(4, 8), ({ scale, value }, words) => {
      const out = new Int32Array(3 * words)
      expect(parseDecimal(...placed(scaledText(value, scale)), 38, scale, words, out, 1)).toBe(true)
      expect(wordsToBigInt(out, words, words)).toBe(value)
      const copy = new Int32Array(words)
      bigIntToWords(value, copy, 0, words)
      expect(copy).toEqual(out.slice(words, 2 * words))
      expect([...out.slice(0, words), ...out.slice(2 * words)].every((word) => word === 0)).toBe(true)
    }),
    { runs: 1000 },
  )

  law(
    'decimals: accepts exactly the numbers that precision and scale can represent',
    fc.property(
      fc.stringMatching(/^-?[0-9]{0,9}\.?[0-9]{0,9}(e-?[0-9]{1,2})?$/),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(8),
      (text, precision, scale) => {
        const match = /^(-?)((?:0|[1-9]\d*)?)(?:\.(\d*))?(?:e(-?\d+))?$/.exec(text)
        const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? []
        let scaled: bigint | undefined
        if (whole + fraction !== '') {
          const power = Number(exponent) + scale - fraction.length
          const digits = BigInt(whole + fraction)
          const unit = 10n ** BigInt(Math.abs(power))
          if (power >= 0) scaled = digits * unit
          else if (digits % unit === 0n) scaled = digits / unit
          if (scaled !== undefined && scaled >= 10n ** BigInt(precision)) scaled = undefined
          if (scaled !== undefined && sign === '-') scaled = -scaled
        }
        const out = new Int32Array(4).fill(-1)
        expect(parseDecimal(...placed(text), precision, scale, 4, out, 0)).toBe(scaled !== undefined)
        if (scaled !== undefined) expect(wordsToBigInt(out, 0, 4)).toBe(scaled)
      },
    ),
    { runs: 3000 },
  )
})

describe('utf8', () => {
  law(
    'utf8: the first fault is the position where a strict decoder stops',
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.uint8Array({ maxLength: 6 }), (text, noise) => {
      const bytes = Buffer.concat([Buffer.from(text), noise, Buffer.from(text)])
      const at = firstInvalidUtf8(bytes, 0, bytes.length)
      expect(isValidUtf8(bytes, 0, at)).toBe(true)
      for (let end = at + 1; end <= bytes.length; end++) expect(isValidUtf8(bytes, 0, end) && end - at > 3).toBe(false)
      expect(at === bytes.length).toBe(isValidUtf8(bytes))
    }),
    { runs: 1000 },
  )
})
