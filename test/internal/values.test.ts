import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backoffMs } from '../../src/internal/backoff.ts'
import { base64Bytes, base64Text } from '../../src/internal/base64.ts'
import { bytesOf } from '../../src/internal/bytes-of.ts'
import { checkChoice } from '../../src/internal/check-choice.ts'
import { checkCount } from '../../src/internal/check-count.ts'
import { checkNearNames } from '../../src/internal/check-near-names.ts'
import { distinctColumnNames } from '../../src/internal/distinct-column-names.ts'
import { fieldOf } from '../../src/internal/field-of.ts'
import { parseTimeOfDay, timeOfDayFullText, timeOfDayText } from '../../src/internal/time-of-day.ts'
import { asciiText, decodeUtf8, encodeUtf8, firstInvalidUtf8, isValidUtf8 } from '../../src/internal/utf8.ts'
import { isWellFormed } from '../../src/internal/well-formed.ts'
import { law } from '../support/law.ts'

const invalid = (message: string) => expect.objectContaining({ code: 'OPTION_INVALID', message })

describe('checks', () => {
  test('a choice is one of the known values', () => {
    expect(() => checkChoice('f: x', 'a', ['a', 'b'])).not.toThrow()
    expect(() => checkChoice('f: x', 'c', ['a', 'b'])).toThrow(invalid('f: x: must be one of a, b'))
  })

  test('a count is a whole number of its range', () => {
    for (const value of [2, 3, 5]) expect(() => checkCount('n', value, 2, 5)).not.toThrow()
    for (const value of [1, 6, 2.5, Number.NaN, Number.POSITIVE_INFINITY, '3' as never]) {
      expect(() => checkCount('n', value, 2, 5)).toThrow(invalid('n: must be a whole number from 2 to 5'))
    }
  })

  test('a field that is nearly a known one is a typing error', () => {
    const check = (value: object) => () => checkNearNames('f', value, ['bucket', 'key'])
    for (const value of [{}, { bucket: 1 }, { buckett: undefined }, { entirely: 1 }]) expect(check(value)).not.toThrow()
    expect(check({ bucket: 1, buckett: 1 })).toThrow(invalid('f: there is no field "buckett"; did you mean bucket?'))
    expect(check({ kee: 1 })).toThrow(invalid('f: there is no field "kee"; did you mean key?'))
    expect(check({ Bucket: 1 })).toThrow(/did you mean bucket/)
    const long = 'bucket'.padEnd(60, 't')
    expect(() => checkNearNames('f', { [long]: 1 }, [long.slice(0, 50)])).toThrow(
      `field ${JSON.stringify(long.slice(0, 40))};`,
    )
  })

  test('a field of any value is read without an error', () => {
    expect(fieldOf({ a: 1 }, 'a')).toBe(1)
    for (const value of [null, undefined, 'text', 7, () => {}]) expect(fieldOf(value, 'length')).toBe(undefined)
  })
})

describe('backoffMs', () => {
  test('doubles up to its maximum, with full jitter', () => {
    const options = { baseMs: 100, maxMs: 1000, random: () => 0.5 }
    expect([0, 1, 2, 3, 4, 60, 2000].map((failures) => backoffMs(failures, options))).toEqual([
      50, 100, 200, 400, 500, 500, 500,
    ])
    expect(backoffMs(3, { ...options, random: () => 0 })).toBe(0)
    expect([0, 1, 30].map((failures) => backoffMs(failures, { random: () => 1 }))).toEqual([100, 200, 10_000])
    expect(backoffMs(0)).toBeLessThanOrEqual(100)
  })
})

law(
  'distinctColumnNames: returns as many names, all different, and keeps distinct ones',
  fc.property(fc.array(fc.constantFrom('', 'a', 'a_2', 'a_3', 'b', 'column_1', 'column_2', 'column_2_2')), (names) => {
    const distinct = distinctColumnNames(names)
    expect(distinct.length).toBe(names.length)
    expect(new Set(distinct).size).toBe(names.length)
    for (const [at, name] of names.entries()) {
      const own = name || `column_${at + 1}`
      const isFirst = names.findIndex((other, index) => (other || `column_${index + 1}`) === own) === at
      if (isFirst) expect(distinct[at]).toBe(own)
      else expect(distinct[at]).toMatch(new RegExp(`^${own}_\\d+$`))
    }
  }),
)

test('distinctColumnNames: uses the lowest free number', () => {
  expect(distinctColumnNames(['a', 'a', 'a_2', 'a', 'a', 'b', '', 'b'])).toEqual([
    'a',
    'a_3',
    'a_2',
    'a_4',
    'a_5',
    'b',
    'column_7',
    'b_2',
  ])
})

describe('bytes', () => {
  test('views any view or buffer without a copy', () => {
    const buffer = new ArrayBuffer(16)
    const own = new Uint8Array(buffer, 2, 3)
    expect(bytesOf(own)).toBe(own)
    for (const view of [new DataView(buffer, 4, 8), new Int16Array(buffer, 4, 4), new Float64Array(buffer, 8, 1)]) {
      const bytes = bytesOf(view)
      expect([bytes?.buffer, bytes?.byteOffset, bytes?.byteLength]).toEqual([buffer, view.byteOffset, view.byteLength])
    }
    expect(bytesOf(buffer)?.buffer).toBe(buffer)
    expect(bytesOf(new SharedArrayBuffer(3))?.byteLength).toBe(3)
    for (const other of [undefined, null, 'text', [1], {}]) expect(bytesOf(other)).toBe(undefined)
  })

  test('decodes base64 exactly', () => {
    expect(base64Bytes('AQID')).toEqual(Buffer.from([1, 2, 3]))
    expect(base64Bytes('')).toEqual(Buffer.alloc(0))
    for (const text of ['AQI', 'AQ', 'AQID ', 'AR==', '-_==', 'é']) expect(base64Bytes(text)).toBe(undefined)
    expect(base64Text(new Uint8Array(Uint8Array.of(0, 1, 2, 3, 4).buffer, 1, 3))).toBe('AQID')
  })
})

const UNITS = [1n, 1000n, 1_000_000n, 1_000_000_000n] as const

law(
  'timeOfDay: parse inverts text, and the text is that of the clock',
  fc.property(
    fc.constantFrom(...UNITS),
    fc.bigInt({ min: 0n, max: 86_399n }),
    fc.bigInt({ min: 0n, max: 10n ** 9n }),
    (perSecond, seconds, more) => {
      const units = seconds * perSecond + (more % perSecond)
      const full = timeOfDayFullText(units, perSecond)
      const short = timeOfDayText(units, perSecond)
      const clock = new Date(Number(seconds) * 1000).toISOString().slice(11, 19)
      const digits = String(perSecond).length - 1
      const fraction = String(more % perSecond).padStart(digits, '0')
      expect(full).toBe(digits === 0 ? clock : `${clock}.${fraction}`)
      expect(short).toBe(more % perSecond === 0n ? clock : full)
      expect(parseTimeOfDay(full, perSecond)).toBe(units)
      expect(parseTimeOfDay(short, perSecond)).toBe(units)
    },
  ),
)

const pieces = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('a', 'é', '€', '😀', '\u07ff', '\u0800', '\uffff', '\u{10ffff}', '\0') },
    fc.constantFrom(
      [0x80],
      [0xc0, 0x80],
      [0xc3],
      [0xe2, 0x82],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x9f, 0x98],
      [0xf4, 0x90, 0x80, 0x80],
      [0xff],
      [0xe0, 0x80, 0x80],
    ),
  ),
  { maxLength: 40 },
)

law(
  'firstInvalidUtf8: everything before it is valid, and invalid with the next bytes; isValidUtf8 reports whether there is one',
  fc.property(pieces, fc.nat(5), fc.nat(5), (parts, before, after) => {
    const inner = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))
    const bytes = Buffer.concat([Buffer.alloc(before, 0xff), inner, Buffer.alloc(after, 0xff)])
    const end = before + inner.length
    const decoder = new TextDecoder('utf-8', { fatal: true })
    const isValid = (from: number, to: number): boolean => {
      try {
        decoder.decode(bytes.subarray(from, to))
        return true
      } catch {
        return false
      }
    }
    // The first place at which no whole character begins.
    let expected = before
    while (expected < end) {
      const size = [1, 2, 3, 4].find((length) => expected + length <= end && isValid(expected, expected + length))
      if (size === undefined) break
      expected += size
    }
    expect(firstInvalidUtf8(bytes, before, end)).toBe(expected)
    expect(isValidUtf8(bytes, before, end)).toBe(expected === end)
    if (expected === end) expect(decodeUtf8(bytes, before, end)).toBe(inner.toString())
  }),
)

test('text and its bytes: a byte order mark is text, a lone surrogate has no bytes', () => {
  expect(decodeUtf8(Buffer.from('\ufeffaé'))).toBe('\ufeffaé')
  expect(decodeUtf8(Buffer.from('aéb'), 1, 3)).toBe('é')
  expect(decodeUtf8(Buffer.from('aéb'), 0, 3)).toBe('aé')
  expect(encodeUtf8('aé€😀')).toEqual(new TextEncoder().encode('aé€😀'))
  for (const text of ['\ud800', 'a\udc00b', '\udc00\ud800']) {
    expect(encodeUtf8(text)).toBe(undefined)
    expect(isWellFormed(text)).toBe(false)
  }
  expect(isWellFormed('😀')).toBe(true)
  expect(asciiText(new Uint8Array(Buffer.from('x12.5y')).subarray(1), 0, 4)).toBe('12.5')
  expect(asciiText(Buffer.from('x12.5y'), 2, 4)).toBe('2.')
  expect(isValidUtf8(Buffer.from('é'))).toBe(true)
  expect(isValidUtf8(Buffer.from('aéa'), 0, 2)).toBe(false)
  expect(isValidUtf8(Buffer.from('aéa'), 2)).toBe(false)
})
