import { describe, expect, test } from 'vitest'
import { decimalText, parseDecimal, wordsToBigInt } from '../../src/internal/decimal.ts'
import { float64Text, isIntegerText, keepsNumber, parseFloat64 } from '../../src/internal/float64.ts'
import { parseInt64 } from '../../src/internal/int64.ts'
import { MILLISECOND, NANOSECOND, parseDate, parseTimestamp, timestampUnitOf } from '../../src/internal/iso8601.ts'
import { writeDate, writeTimestamp } from '../../src/internal/iso8601-text.ts'

/** Text amid bytes that might be more of it. */
function amid(text: string, noise: string): [Uint8Array, number, number] {
  const bytes = Buffer.from(`${noise.repeat(20)}${text}${noise.repeat(20)}`)
  return [bytes, noise.length * 20, bytes.length - noise.length * 20]
}
const NOISES = ['0', '9', '-', '.', 'e', 'T', ':', 'Z', '+05']

describe.each(NOISES)('amid %j', (noise) => {
  test.each<[string, string | undefined]>([
    ['2024-02-29T12:34', '2024-02-29T12:34:00.000Z'],
    ['2024-02-29t12:34:56', '2024-02-29T12:34:56.000Z'],
    ['2024-02-29 12:34:56z', '2024-02-29T12:34:56.000Z'],
    ['2024-02-29T12:34:56.7', '2024-02-29T12:34:56.700Z'],
    ['2024-02-29T12:34:56.789000000000Z', '2024-02-29T12:34:56.789Z'],
    ['2024-02-29T12:34+05', '2024-02-29T07:34:00.000Z'],
    ['2024-02-29T12:34+0530', '2024-02-29T07:04:00.000Z'],
    ['2024-02-29T12:34-05:30', '2024-02-29T18:04:00.000Z'],
    ['2024-02-29T12:34+23:59', '2024-02-28T12:35:00.000Z'],
    ['+002024-02-29T12:34', '2024-02-29T12:34:00.000Z'],
    ['-000001-02-28T12:34', '-000001-02-28T12:34:00.000Z'],
    ['+012024-02-29T12:34Z', '+012024-02-29T12:34:00.000Z'],
    ['2000-02-29T00:00', '2000-02-29T00:00:00.000Z'],
    ['2024-02-29T12:34:56.7890000000001Z', undefined],
    ['2024-02-29T12:34:56.Z', undefined],
    ['2024-02-29T12:34:5', undefined],
    ['2024-02-29T12:34:', undefined],
    ['2024-02-29T12:3', undefined],
    ['2024-02-29T1234', undefined],
    ['2024-02-29T24:00', undefined],
    ['2024-02-29T12:60', undefined],
    ['2024-02-29T12:34:60', undefined],
    ['2024-02-29T12:34+24:00', undefined],
    ['2024-02-29T12:34+05:60', undefined],
    ['2024-02-29T12:34+5', undefined],
    ['2024-02-29T12:34+05:3', undefined],
    ['2024-02-29T12:34+05-30', undefined],
    ['2024-02-29T12:34 05:30', undefined],
    ['2024-02-29T12:34x05', undefined],
    ['2024-02-29T12:34ZZ', undefined],
    ['2024-02-29_12:34', undefined],
    ['1900-02-29T00:00', undefined],
    ['2023-02-29T00:00', undefined],
    ['2024-04-31T00:00', undefined],
    ['2024-13-01T00:00', undefined],
    ['2024-00-01T00:00', undefined],
    ['2024-01-00T00:00', undefined],
    ['2024-01-32T00:00', undefined],
    ['2024/01/01T00:00', undefined],
    ['+2024-02-29T12:34', undefined],
    ['+12345-02-28T12:34', undefined],
    ['+1234567890-02-28T12:34', undefined],
    ['-000000-02-28T12:34', undefined],
    ['+002024x02-28T12:34', undefined],
    ['+00202x-02-28T12:34', undefined],
    ['+002024-02-28T12:', undefined],
    [`2024-02-29T12:34:56.${'0'.repeat(60)}Z`, undefined],
    ['', undefined],
  ])('%j is %s', (text, iso) => {
    const out = new Int32Array(8)
    expect(parseTimestamp(...amid(text, noise), MILLISECOND, out, 3)).toBe(iso !== undefined)
    const value = new BigInt64Array(out.buffer)[3] as bigint
    expect(value).toBe(iso === undefined ? 0n : BigInt(Date.parse(iso)))
    expect(timestampUnitOf(...amid(text, noise)) > 0).toBe(iso !== undefined)
  })

  test.each<[string, string | undefined]>([
    ['2024-02-29', '2024-02-29'],
    ['0000-01-01', '0000-01-01'],
    ['9999-12-31', '9999-12-31'],
    ['+010000-01-01', '+010000-01-01'],
    ['+999999-01-01', '+999999-01-01'],
    ['+1000000-01-01', '+1000000-01-01'],
    ['+5881580-07-11', '+5881580-07-11'],
    ['-000001-12-31', '-000001-12-31'],
    ['-5877641-06-23', '-5877641-06-23'],
    ['+5881580-07-12', undefined],
    ['-5877641-06-22', undefined],
    ['+999999999-12-31', undefined],
    ['2024-2-29', undefined],
    ['+2024-02-29', undefined],
    ['+12345-01-01', undefined],
    ['+1234567890-01-01', undefined],
    ['2024-02-2', undefined],
    ['2024-02-290', undefined],
    ['x024-02-29', undefined],
    ['', undefined],
  ])('%j is the day %s', (text, written) => {
    const out = new Int32Array(2)
    expect(parseDate(...amid(text, noise), out, 1)).toBe(written !== undefined)
    if (written === undefined) return expect(out[1]).toBe(0)
    const bytes = Buffer.alloc(24)
    expect(bytes.subarray(1, writeDate(out[1] as number, bytes, 1)).toString()).toBe(written)
  })

  test.each<[string, boolean]>([
    ['0', true],
    ['5', true],
    ['-5', true],
    ['007', true],
    ['12345678901234567890123', true],
    ['', false],
    ['-', false],
    ['+5', false],
    ['x1', false],
    ['1x', false],
    ['1.5', false],
    ['--1', false],
  ])('%j is digits alone: %s', (text, expected) => {
    expect(isIntegerText(...amid(text, noise))).toBe(expected)
  })

  test.each<[string, number]>([
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['-0', -0],
    ['-.5e1', -5],
    ['123e22', 123e22],
    ['123e23', 123e23],
    ['123e-22', 123e-22],
    ['123e-23', 123e-23],
    ['9007199254740993', 9007199254740992],
    ['9007199254740993e-1', 900719925474099.2],
    ['1e-400', 0],
    [`1e-${'9'.repeat(400)}`, 0],
    [`0e${'9'.repeat(400)}`, 0],
  ])('%s is the double %d', (text, value) => {
    expect(parseFloat64(...amid(text, noise))).toBe(value)
  })

  test.each([
    '',
    '-',
    '.',
    '-.',
    '+5',
    '007',
    '-00',
    '1e',
    '1e+',
    '1e-',
    'e5',
    '1x',
    '1.5.5',
    '1e400',
    '1e5.5',
    'NaN',
    `1e${'9'.repeat(400)}`,
  ])('%j is no double', (text) => {
    expect(parseFloat64(...amid(text, noise))).toBe(Number.NaN)
  })

  test('an empty text is no integer', () => {
    expect(parseInt64(...amid('', noise), new Int32Array(2), 0)).toBe(false)
    expect(parseInt64(...amid('-', noise), new Int32Array(2), 0)).toBe(false)
  })

  test.each<[string, bigint | undefined]>([
    ['12.30', 1230n],
    ['-12.3', -1230n],
    ['12.300', 1230n],
    ['1.23e1', 1230n],
    ['123e-1', 1230n],
    ['0', 0n],
    ['-0.00', 0n],
    ['0e99999999999999', 0n],
    ['.5', 50n],
    ['5.', 500n],
    ['12.345', undefined],
    ['12345678.00', undefined],
    ['01', undefined],
    ['+1', undefined],
    ['1e', undefined],
    ['1e+', undefined],
    ['1e99999999999999', undefined],
    ['1e1.5', undefined],
    ['.', undefined],
    ['', undefined],
    ['-', undefined],
    ['1.2.3', undefined],
  ])('%j is the decimal(9, 2) %s', (text, scaled) => {
    const out = new Int32Array(12).fill(-1)
    expect(parseDecimal(...amid(text, noise), 9, 2, 4, out, 2)).toBe(scaled !== undefined)
    if (scaled !== undefined) expect(wordsToBigInt(out, 8, 4)).toBe(scaled)
    expect([...out.subarray(0, 8)].every((word) => word === -1)).toBe(true)
  })
})

describe('keepsNumber', () => {
  test.each<[string, boolean]>([
    ['9007199254740992', true],
    ['9007199254740993', false],
    ['9223372036854775807', false],
    ['-9223372036854775808', true],
    ['18446744073709551616', false],
    ['0', true],
    ['-0', true],
    ['0.1', true],
    ['0.10000000000000001', true],
    ['0.100000000000000001', false],
    ['1e5', true],
    ['1e05', false],
    ['1e-05', true],
    ['1e+05', true],
    ['1e005', false],
    ['1e+005', false],
    ['1e0', true],
    ['0e+00', true],
    ['0.0e+00', true],
    ['0e+01', false],
    ['0e+10', false],
    ['0e-00', false],
    ['0e00', false],
    ['0e0', false],
    ['0E12', false],
    ['5e-324', true],
    ['4.9e-324', true],
    ['3e-324', false],
    ['2.2250738585072014e-308', true],
  ])('%s: %s', (text, expected) => {
    const bytes = Buffer.from(text)
    expect(keepsNumber(Number(text), bytes, 0, bytes.length)).toBe(expected)
  })
})

test('texts of numbers', () => {
  expect(
    [0, -0, 1.5, 2 ** 53, 2 ** 53 - 1, -(2 ** 60), Number.NaN, Number.NEGATIVE_INFINITY, 5e-324].map(float64Text),
  ).toEqual([
    '0',
    '-0',
    '1.5',
    '9.007199254740992e+15',
    '9007199254740991',
    '-1.152921504606847e+18',
    'NaN',
    '-Infinity',
    '5e-324',
  ])
  expect([
    decimalText(0n, 0),
    decimalText(5n, 0),
    decimalText(-5n, 2),
    decimalText(0n, 2),
    decimalText(1050n, 2),
  ]).toEqual(['0', '5', '-0.05', '0.00', '10.50'])
  const later = Buffer.from('2262-04-11T23:47:16.854775808Z')
  const out = new Int32Array(2)
  const bytes = Buffer.from('2262-04-11T23:47:16.854775807Z')
  expect(parseTimestamp(bytes, 0, bytes.length, NANOSECOND, out, 0)).toBe(true)
  expect(parseTimestamp(later, 0, later.length, NANOSECOND, out, 0)).toBe(false)
})

test.each(['+1000000', '+9999999', '+10000000', '+99999999', '+100000000', '-10000000'])(
  'the year %s is written as it is read',
  (year) => {
    const text = Buffer.from(`${year}-01-02T03:04:05Z`)
    const out = new Int32Array(2)
    expect(parseTimestamp(text, 0, text.length, MILLISECOND, out, 0)).toBe(true)
    const written = Buffer.alloc(48)
    const end = writeTimestamp(out[0] as number, out[1] as number, MILLISECOND, written, 0)
    expect(written.subarray(0, end).toString()).toBe(text.toString())
  },
)
