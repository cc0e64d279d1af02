import { describe, expect, test } from 'vitest'
import { textHint } from '../../src/cli/text-hint.ts'

const hinted = (...sample: readonly string[]) => {
  const { type, option, value } = textHint(sample) ?? {}
  return [type, option, value]
}
const NOTHING = [undefined, undefined, undefined]

describe('textHint', () => {
  test.each([
    [
      ['02139', '+7', '-1'],
      ['string', undefined, undefined],
    ],
    [
      ['1,5', '-1.234,50', '+12,0', '1.234.567,8'],
      [undefined, 'decimal', ','],
    ],
    [
      ['1,000', '12', '-1,234,567.25', '+999.5'],
      [undefined, 'thousands', ','],
    ],
    [
      ['31/12/2024', '1/2/1999'],
      [undefined, 'formats', undefined],
    ],
    [
      ['31.12.2024', '1.2.1999'],
      [undefined, 'formats', '%d.%m.%Y'],
    ],
    [
      ['Y', 'N'],
      ['bool', undefined, undefined],
    ],
    [
      ['yes', 'no', 'Yes', 'No', 'YES', 'NO'],
      ['bool', undefined, undefined],
    ],
    [
      ['12', '-7.5', '+1', 'NULL'],
      [undefined, 'nullValues', 'NULL'],
    ],
  ] as const)('%j', (sample, hint) => {
    expect(hinted(...sample)).toEqual(hint)
  })

  test.each(['NA', 'N/A', 'n/a', 'NULL', 'null', 'None', 'nan', '-', '?', '\\N', '#N/A'])(
    '%s between numbers is a null',
    (token) => {
      expect(hinted('1', token, '2.5', token)).toEqual([undefined, 'nullValues', token])
    },
  )

  test.each([
    ['nothing', []],
    ['no number', ['x', 'NA']],
    ['words alone', ['NA', 'NA']],
    ['two words for null', ['1', 'NA', 'NULL']],
    ['a word of its own', ['1', 'none']],
    ['one text of another form', ['1,5', '1.5.']],
    ['text before digits', ['x12', 'x13']],
    ['text behind digits', ['12x', '13x']],
    ['text around a decimal comma', ['x1,5', '1,5x']],
    ['text before a decimal comma', ['x1,5']],
    ['text behind a decimal comma', ['1,5x']],
    ['digits in groups of four', ['1.2345,0']],
    ['a group of four at the front', ['1234.567,0']],
    ['text before thousands', ['x1,000']],
    ['text behind thousands', ['1,000x']],
    ['a point without digits', ['1,000.', '1,000.']],
    ['groups of two', ['1,00.5']],
    ['text before a date', ['x31/12/2024']],
    ['text behind a date', ['31/12/2024x']],
    ['a year of two digits', ['31/12/24']],
    ['days of three digits', ['311/12/2024']],
    ['months of three digits', ['31/122/2024']],
    ['text before a date with points', ['x31.12.2024']],
    ['text behind a date with points', ['31.12.2024x']],
    ['points that are other signs', ['31-12-2024']],
    ['a year of two digits behind points', ['31.12.24']],
    ['words that begin with yes', ['yesterday', 'nothing']],
    ['words that end with no', ['casino', 'dyes']],
    ['numbers with text before, and a null', ['x1', 'NA']],
    ['numbers with text behind, and a null', ['1x', 'NA']],
    ['numbers without digits behind the point, and a null', ['1.', 'NA']],
  ])('says nothing of %s', (_, sample) => {
    expect(hinted(...sample)).toEqual(NOTHING)
  })

  test('has a reason for each hint', () => {
    const samples = [['007'], ['1,5'], ['1,000'], ['1/2/2024'], ['1.2.2024'], ['Y'], ['1', 'NA']]
    for (const sample of samples) expect(textHint(sample)?.why).toMatch(/\w{3,}/)
  })
})
