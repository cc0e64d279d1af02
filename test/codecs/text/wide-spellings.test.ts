import { describe, expect, test } from 'vitest'
import { parseWideTimestamp, wideNonFinite } from '../../../src/codecs/text/wide-spellings.ts'
import { MICROSECOND, MILLISECOND, NANOSECOND, type TimestampUnit } from '../../../src/internal/iso8601.ts'

const BEFORE = '1'.repeat(70)
const inBytes = <T>(text: string, read: (bytes: Uint8Array, start: number, end: number) => T): T => {
  const bytes = Buffer.from(`${BEFORE}${text}1`)
  return read(bytes, BEFORE.length, bytes.length - 1)
}

describe('doubles that are no numbers', () => {
  test.each([
    ['nan', Number.NaN],
    ['NaN', Number.NaN],
    ['inf', Number.POSITIVE_INFINITY],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-INF', Number.NEGATIVE_INFINITY],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['+infinity', Number.POSITIVE_INFINITY],
    ['-INFINITY', Number.NEGATIVE_INFINITY],
  ])('%s', (text, value) => expect(inBytes(text, wideNonFinite)).toBe(value))

  test.each([
    '',
    '-',
    'na',
    'nans',
    '-nan',
    '+nan',
    'in',
    'infi',
    'infinit',
    'infinitys',
    '--inf',
    'xinf',
    '1',
    '-infinityx',
  ])('%j is none', (text) => expect(inBytes(text, wideNonFinite)).toBeUndefined())
})

describe('timestamps', () => {
  const parsed = (text: string, unit: TimestampUnit = MILLISECOND): bigint | undefined => {
    const out = new Int32Array(6)
    const isTime = inBytes(text, (bytes, start, end) => parseWideTimestamp(bytes, start, end, unit, out, 1))
    const values = new BigInt64Array(out.buffer)
    expect([values[0], values[2]]).toEqual([0n, 0n])
    if (!isTime) expect(values[1]).toBe(0n)
    return isTime ? values[1] : undefined
  }

  test.each([
    ['2024-01-01', '2024-01-01T00:00:00Z'],
    ['1969-12-31', '1969-12-31T00:00:00Z'],
    ['2024-01-01 10:20:30 UTC', '2024-01-01T10:20:30Z'],
    ['2024-01-01T10:20:30 UTC', '2024-01-01T10:20:30Z'],
    ['2024-01-01 10:20:30.123 UTC', '2024-01-01T10:20:30.123Z'],
    ['2024-01-01 10:20:30 Z', '2024-01-01T10:20:30Z'],
    ['2024-01-01 10:20:30 z', '2024-01-01T10:20:30Z'],
    ['2024-01-01 10:20:30 +01', '2024-01-01T09:20:30Z'],
    ['2024-01-01 10:20:30 +0130', '2024-01-01T08:50:30Z'],
    ['2024-01-01 10:20:30 +01:30', '2024-01-01T08:50:30Z'],
    ['2024-01-01 10:20:30 -23:59', '2024-01-02T10:19:30Z'],
  ])('%s', (text, iso) => {
    const time = BigInt(Date.parse(iso))
    expect(parsed(text)).toBe(time)
    expect(parsed(text, MICROSECOND)).toBe(time * 1000n)
    expect(parsed(text, NANOSECOND)).toBe(time * 1_000_000n)
  })

  test('a text has at most 64 bytes, zeros of its fraction included', () => {
    const withZeros = (length: number): string => `2024-01-01 10:20:30.${'0'.repeat(length - 24)} UTC`
    expect(parsed(withZeros(64))).toBe(BigInt(Date.parse('2024-01-01T10:20:30Z')))
    expect(parsed(withZeros(65))).toBeUndefined()
  })

  test('the unit must hold the time', () => {
    expect(parsed('2024-01-01 00:00:00.123456 UTC')).toBeUndefined()
    expect(parsed('2024-01-01 00:00:00.123456 UTC', MICROSECOND)).toBe(1_704_067_200_123_456n)
    expect([parsed('1500-01-01', NANOSECOND), parsed('1500-01-01', MICROSECOND)]).toEqual([
      undefined,
      BigInt(Date.parse('1500-01-01')) * 1000n,
    ])
  })

  test.each([
    '',
    '2024-01-01T10:20:30Z',
    '2024-01-01 10:20:30',
    '2024-01-01 UTC',
    'UTC',
    ' UTC',
    '2024-01-01 10:20:30 utc',
    '2024-01-01 10:20:30 UTCx',
    '2024-01-01 10:20:30 UTC ',
    '2024-01-01 10:20:30 UTC UTC',
    '2024-01-01 10:20:30  Z',
    '2024-01-01 10:20:30 CET',
    '2024-01-01 10:20:30 +1',
    '2024-01-01 10:20:30 +01:3',
    '2024-01-01 10:20:30 +01:',
    '2024-01-01 10:20:30 +01:300',
    '2024-01-01 10:20:30 x01:30',
    '2024-01-01 10:20:30 +x1:30',
    '2024-01-01 10:20:30 +0x:30',
    '2024-01-01 10:20:30 +01:x0',
    '2024-01-01 10:20:30 +01:0x',
    '2024-01-01T10:20:30+01:00 UTC',
    `2024-01-01 10:20:30.${'0'.repeat(50)} UTC`,
    '2023-02-29',
  ])('%j is none', (text) => expect(parsed(text)).toBeUndefined())
})
