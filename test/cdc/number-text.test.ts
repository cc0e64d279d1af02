import { describe, expect, test } from 'vitest'
import {
  autoNumber,
  bigIntOf,
  canonicalNumber,
  isInDynamoDBRange,
  isNumberText,
  isSameNumber,
  parseDecimalText,
} from '../../src/cdc/number-text.ts'

describe('texts of numbers', () => {
  test.each([
    ['0', '0e0'],
    ['-0', '0e0'],
    ['0.00', '0e0'],
    ['150', '15e1'],
    ['1.5e2', '15e1'],
    ['150.0', '15e1'],
    ['-0.010', '-1e-2'],
    ['1e+3', '1e3'],
    ['1E-130', '1e-130'],
    ['1e000000000000001', '1e1'],
    ['9007199254740993', '9007199254740993e0'],
  ])('%s is canonically %s', (text, canonical) => {
    expect(canonicalNumber(text)).toBe(canonical)
    expect(isNumberText(text)).toBe(true)
  })

  test.each([
    '',
    '-',
    '.',
    '1.',
    '.5',
    '01',
    '-01.5',
    '+1',
    '1e',
    '1e1.5',
    '0x1',
    ' 1',
    '1 ',
    'NaN',
    '1e1000000000000000',
    '１',
  ])('%j is no number', (text) => {
    expect([canonicalNumber(text), autoNumber(text), isNumberText(text), isInDynamoDBRange(text)]).toEqual([
      undefined,
      undefined,
      false,
      false,
    ])
    expect([isSameNumber(text, '1'), isSameNumber('1', text)]).toEqual([undefined, undefined])
  })

  test.each([
    ['1', '1.0', true],
    ['10', '1e1', true],
    ['-0', '0', true],
    ['1', '-1', false],
    ['1', '10', false],
    ['9007199254740993', '9007199254740993.0', true],
    ['9007199254740993', '9007199254740992', false],
    // Neither is lossless as a double, so that both stay texts.
    ['0.13582479362138638', '1.3582479362138638e-1', true],
    ['0.13582479362138638', '0.13582479362138639', false],
    ['0.1', '0.10000000000000000001', false],
  ])('%s and %s are the same number: %s', (left, right, isSame) => {
    expect([isSameNumber(left, right), isSameNumber(right, left)]).toEqual([isSame, isSame])
  })

  test.each([
    ['0', true],
    ['0e500', true],
    ['1e-130', true],
    ['-1e-130', true],
    ['9.99e-131', false],
    ['1e125', true],
    [`9.${'9'.repeat(37)}e125`, true],
    ['1e126', false],
    ['9'.repeat(38), true],
    [`1${'0'.repeat(38)}`, true],
    ['1'.repeat(39), false],
  ])('DynamoDB takes %s: %s', (text, isTaken) => {
    expect(isInDynamoDBRange(text)).toBe(isTaken)
  })

  test.each([
    ['123456789012345', 123456789012345],
    ['-12.5', -12.5],
    ['0.5', 0.5],
    ['-0', 0],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-1e20', -100000000000000000000n],
    ['1e309', '1e309'],
    ['0.30000000000000004', 0.30000000000000004],
    ['0.3000000000000000444', '0.3000000000000000444'],
  ])('%s is %s where that is lossless', (text, value) => {
    expect(autoNumber(text)).toBe(value)
  })

  test('a bigint of 4,096 digits is made, no longer one, and none of a fraction', () => {
    const integerOf = (text: string) => {
      const decimal = parseDecimalText(text)
      return decimal && bigIntOf(decimal)
    }
    expect(integerOf('1e4095')).toBe(10n ** 4095n)
    expect(integerOf('-25e1')).toBe(-250n)
    expect([integerOf('1e4096'), integerOf('0.5')]).toEqual([undefined, undefined])
  })
})
