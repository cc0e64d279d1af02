import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  boolOf,
  inferredField,
  inferredType,
  isUndecided,
  nonFiniteNumber,
  SEEN,
  seenInNumber,
  seenInText,
  seenInTime,
} from '../../../src/codecs/text/inferred-type.ts'
import { isEmptyColumn } from '../../../src/columns/empty-column.ts'
import { law } from '../../support/law.ts'

function seen(text: string): number {
  const bytes = Buffer.from(`1${text}1`)
  return seenInText(bytes, 1, bytes.length - 1, new Int32Array(2))
}

function typeOf(...texts: string[]): string | undefined {
  return inferredType(texts.map(seen).reduce((all, one) => all | one, 0))
}

test.each<[string | undefined, string[]]>([
  [undefined, []],
  ['bool', ['true', 'FALSE', 'True']],
  ['string', ['true', '1']],
  ['int64', ['0', '-1', '9223372036854775807', '-9223372036854775808']],
  ['string', ['9223372036854775808']],
  ['string', ['1', '9223372036854775808']],
  ['string', ['1.5', '100000000000000000000']],
  ['string', ['007']],
  ['string', ['00.5']],
  ['string', ['+5']],
  ['float64', ['-0']],
  ['float64', ['1.5', '-2e-3', '.5', '5.', '7']],
  ['float64', ['1.5', '9007199254740992', '1152921504606846976']],
  ['string', ['1.5', '9007199254740993']],
  ['string', ['1e400']],
  ['float64', ['1', 'NaN']],
  ['float64', ['1.5', 'Infinity', '-Infinity']],
  ['string', ['NaN']],
  ['string', ['NaN', 'Infinity']],
  ['string', ['nan', '1']],
  ['string', ['9007199254740993', 'NaN']],
  ['date', ['2024-02-29', '1969-12-31', '0000-01-01', '+012024-01-01']],
  ['string', ['2023-02-29']],
  ['string', ['2024-1-1']],
  ['string', ['20240101', '2024-01-01']],
  ['string', ['2024-01-01', '2024-01-01T00:00:00Z']],
  ['timestamp', ['2024-01-01T00:00', '2024-01-01 00:00:00.123', '2024-01-01T00:00:00.500000000Z']],
  ['timestamp[us]', ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.000001Z', '1500-01-01T00:00:00Z']],
  ['timestamp[ns]', ['2024-01-01T00:00:00.000001Z', '2024-01-01T00:00:00.000000001Z']],
  ['string', ['1500-01-01T00:00:00Z', '2024-01-01T00:00:00.000000001Z']],
  ['string', ['1500-01-01T00:00:00.000000001Z']],
  ['string', ['2024-01-01T24:00:00Z']],
  ['string', ['2024-01-01T23:59:60Z']],
  ['string', ['2024-01-01T00:00:00.0000000001Z']],
  ['string', ['']],
  ['string', [' 1']],
])('infers %s from %j', (type, texts) => {
  expect(typeOf(...texts)).toBe(type)
})

const flag = fc.constantFrom(...Object.values(SEEN))

law(
  'inference: a column of text stays text, whatever value follows',
  fc.property(fc.array(flag, { minLength: 1 }), flag, (flags, more) => {
    const all = flags.reduce((sum, one) => sum | one, 0)
    if (all !== SEEN.nonFinite && inferredType(all) === 'string') expect(inferredType(all | more)).toBe('string')
  }),
  { runs: 2000 },
)

/** The flags that each type represents exactly, narrowest type first. */
const REPRESENTED = {
  bool: SEEN.bool,
  int64: SEEN.int | SEEN.wideInt,
  float64: SEEN.int | SEEN.float | SEEN.nonFinite,
  date: SEEN.date,
  timestamp: SEEN.milliseconds | SEEN.beyondMicroseconds | SEEN.beyondNanoseconds,
  'timestamp[us]': SEEN.milliseconds | SEEN.microseconds | SEEN.beyondNanoseconds,
  'timestamp[ns]': SEEN.milliseconds | SEEN.microseconds | SEEN.nanoseconds,
} as const

test('inference: of every set of flags, the narrowest type that represents all of them', () => {
  const wrong: unknown[] = []
  for (let flags = 1; flags < 2 * SEEN.text; flags++) {
    const fitting = Object.entries(REPRESENTED).find(([, represented]) => (flags & ~represented) === 0)
    const expected = flags === SEEN.nonFinite ? 'string' : (fitting?.[0] ?? 'string')
    if (inferredType(flags) !== expected) wrong.push([flags, inferredType(flags), expected])
  }
  expect(wrong).toEqual([])
  expect(inferredType(0)).toBeUndefined()
})

test('only nulls, and only NaN and infinities, leave a type undecided', () => {
  for (let flags = 0; flags < 2 * SEEN.text; flags++)
    expect([flags, isUndecided(flags)]).toEqual([flags, flags === 0 || flags === SEEN.nonFinite])
})

test('an inferred field is nullable, and marked if no value was seen', () => {
  const fields = [0, SEEN.int, SEEN.nonFinite].map((flags) => inferredField('a', flags))
  expect(fields.map(({ name, nullable, type }) => [name, nullable, String(type)])).toEqual([
    ['a', true, 'Utf8'],
    ['a', true, 'Int64'],
    ['a', true, 'Utf8'],
  ])
  expect(fields.map(isEmptyColumn)).toEqual([true, false, false])
})

const { milliseconds, microseconds, nanoseconds, beyondMicroseconds, beyondNanoseconds } = SEEN

test.each<[string, number]>([
  ['2024-01-01', SEEN.date],
  ['2024-01-01T00:00:00Z', milliseconds],
  ['2024-01-01T00:00:00.123Z', milliseconds],
  ['2024-01-01T00:00:00.123400Z', microseconds],
  ['2024-01-01T00:00:00.123456700Z', nanoseconds],
  ['1500-01-01T00:00:00Z', milliseconds | beyondNanoseconds],
  ['1500-01-01T00:00:00.000001Z', microseconds | beyondNanoseconds],
  ['1500-01-01T00:00:00.000000001Z', 0],
  ['+300000-01-01T00:00:00Z', milliseconds | beyondMicroseconds | beyondNanoseconds],
  ['+300000-01-01T00:00:00.000001Z', 0],
  ['+300000-01-01T00:00:00.000000001Z', 0],
  ['+999999999-01-01T00:00:00Z', 0],
  ['2262-04-11T23:47:16.854775807Z', nanoseconds],
  ['2262-04-11T23:47:16.854775808Z', 0],
  ['2262-04-11T23:47:16.854Z', milliseconds],
  ['2262-04-11T23:47:16.855Z', milliseconds | beyondNanoseconds],
  ['2262-04-11T23:47:16.854775Z', microseconds],
  ['2262-04-11T23:47:16.854776Z', microseconds | beyondNanoseconds],
  ['+294247-01-10T04:00:54.775807Z', microseconds | beyondNanoseconds],
  ['+294247-01-10T04:00:54.775808Z', 0],
  ['+294247-01-10T04:00:54.775Z', milliseconds | beyondNanoseconds],
  ['+294247-01-10T04:00:54.776Z', milliseconds | beyondMicroseconds | beyondNanoseconds],
  ['2024-01-01T24:00:00Z', 0],
  ['12', 0],
  ['', 0],
])('the flags of the time %j', (text, flags) => {
  const bytes = Buffer.from(`1${text}1`)
  expect(seenInTime(bytes, 1, bytes.length - 1, new Int32Array(2))).toBe(flags)
})

test.each<[string, number]>([
  ['0', SEEN.int],
  ['-9', SEEN.int],
  ['9007199254740992', SEEN.int],
  ['9007199254740993', SEEN.wideInt],
  ['-9007199254740993', SEEN.wideInt],
  ['9223372036854775807', SEEN.wideInt],
  ['9223372036854775808', SEEN.text],
  ['-0', SEEN.float],
  ['0.5', SEEN.float],
  ['1e5', SEEN.float],
  ['0.1234567890123456789', SEEN.text],
  ['-0e5', SEEN.text],
  ['1e400', 0],
  ['x', 0],
  ['', 0],
])('the flags of the number %j', (text, flags) => {
  const bytes = Buffer.from(`1${text}1`)
  expect(seenInNumber(bytes, 1, bytes.length - 1, new Int32Array(2))).toBe(flags)
})

test.each<[string, number]>([
  ['-Infinity', SEEN.nonFinite],
  ['-infinity', SEEN.text],
  ['+Infinity', SEEN.text],
  ['Infinity', SEEN.nonFinite],
  ['NaN', SEEN.nonFinite],
  ['/5', SEEN.text],
  [':5', SEEN.text],
  ['9', SEEN.int],
  ['.', SEEN.text],
  ['+', SEEN.text],
  ['-', SEEN.text],
  ['e5', SEEN.text],
])('the flags of the text %j', (text, flags) => expect(seen(text)).toBe(flags))

const wordOf = <T>(of: (bytes: Uint8Array, start: number, end: number) => T, text: string): T => {
  const bytes = Buffer.from(`x${text}x`)
  return of(bytes, 1, bytes.length - 1)
}

test('true and false, in any letter case and nothing else', () => {
  for (const text of ['true', 'TRUE', 'tRuE']) expect([text, wordOf(boolOf, text)]).toEqual([text, 1])
  for (const text of ['false', 'FALSE', 'fAlSe']) expect([text, wordOf(boolOf, text)]).toEqual([text, 0])
  for (const text of ['', 'tru', 'true ', 'trues', 'xrue', 'txue', 'trxe', 'trux', 'fals', 'falses', 'xalse', 'falsx'])
    expect([text, wordOf(boolOf, text)]).toEqual([text, -1])
})

test('NaN and infinities, in exactly their letter case and nothing else', () => {
  const numbers = ['NaN', 'Infinity', '-Infinity'].map((text) => wordOf(nonFiniteNumber, text))
  expect(numbers).toEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  const others = ['', 'Na', 'NaNs', 'xaN', 'NxN', 'Nax', 'nan', 'xnfinity', 'Infinitx', 'infinity', 'Infinit']
  for (const text of [
    ...others,
    '-xnfinity',
    '-Infinitx',
    '+Infinity',
    'xInfinity',
    '--Infinity',
    '-Infinityx',
    '-Inf',
  ])
    expect([text, wordOf(nonFiniteNumber, text)]).toEqual([text, undefined])
})
