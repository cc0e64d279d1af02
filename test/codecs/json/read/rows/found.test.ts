import { expect, test } from 'vitest'
import { foundAt } from '../../../../../src/codecs/json/read/rows/found.ts'

/** What is found at `|` in a row, which other text precedes. */
function found(row: string, before = 'nan, '): string | undefined {
  const bytes = Buffer.from(before + row.replace('|', ''))
  const start = Buffer.byteLength(before)
  return foundAt(bytes, start, start + Buffer.byteLength(row.slice(0, row.indexOf('|'))), bytes.length)
}

test.each([
  ['{"a":|NaN}', /NaN or Infinity/],
  ['{"a":n|an}', /NaN or Infinity/],
  ['{"a":-|inf}', /NaN or Infinity/],
  ['{"a":|-Infinity}', /NaN or Infinity/],
  ['{"a":|+inf}', /NaN or Infinity/],
  ['{"a":|INF}', /NaN or Infinity/],
  ['{"a":|nano}', /name without quotes/],
  ['{"a":|infinit}', /name without quotes/],
  ['{"a":|True}', /literal of Python/],
  ['{"a":|False}', /literal of Python/],
  ['{"a":N|one}', /literal of Python/],
  ['{"a":|Nones}', /name without quotes/],
  ['{"a":|true1}', /name without quotes/],
  ['{"a":|undefined}', /undefined: JSON writes null/],
  ['{"a":|undefineds}', /name without quotes/],
  ['{"a":1 |// x', /a comment/],
  ['{"a":1 |/* x', /a comment/],
  ['{"a":1 |/ x', undefined],
  ['|# x', /a comment/],
  ["{|'a':1}", /single quote/],
  ['|<a>', /XML or HTML/],
  ['{"a":|01}', /leading zero/],
  ['{"a":|0x}', undefined],
  ['{"a":|+1}', /begin with a digit or minus/],
  ['{"a":|.5}', /begin with a digit or minus/],
  ['{"a":|+.}', undefined],
  ['{"a":0|x1F}', /hexadecimal/],
  ['{"a":0|Xg}', /name without quotes/],
  ['{|a:1}', /name without quotes/],
  ['{|_a:1}', /name without quotes/],
  ['{|$a:1}', /name without quotes/],
  ['{|Z:1}', /name without quotes/],
  ['{"a":|[}', undefined],
  ['{"a":|@}', undefined],
  ['{"a":|`}', undefined],
  ['{"a":|é}', undefined],
  ['{"a":1,|}', /trailing comma/],
  ['{"a":1, \t\r\n|}', /trailing comma/],
  ['[1,|]', /trailing comma/],
  ['{"a":1|}', undefined],
  ['{|}', undefined],
  ['|}', undefined],
  ['{"a":|\0}', /NUL byte/],
  ['{"a":|\ufeff}', /byte order mark/],
  ['{"a":|\uf000}', undefined],
  ['{"a":|', /the end of the file/],
])('%j', (row, expected) => {
  if (expected === undefined) expect(found(row)).toBeUndefined()
  else expect(found(row)).toMatch(expected)
})

test('what precedes the row is no part of it', () => {
  expect(found('|an', 'n')).toMatch(/name without quotes/)
  expect(found('a|n', 'n')).toMatch(/name without quotes/)
  expect(found('|an', '[')).toMatch(/name without quotes/)
  expect(found('|}', '{"a":1,')).toBeUndefined()
  expect(found(',|}', '')).toBeUndefined()
  expect(found(' ,|}', '')).toMatch(/trailing comma/)
})

test('a word is looked at up to its sixteenth byte, and no further than the file', () => {
  expect(found(`|undefined${'x'.repeat(20)}`)).toMatch(/name without quotes/)
  const bytes = Buffer.from('{"a":NaNo')
  expect(foundAt(bytes, 0, 5, 8)).toMatch(/NaN/)
  expect(foundAt(bytes, 0, 5, 9)).toMatch(/name without quotes/)
  expect(foundAt(bytes, 0, 9, 9)).toBe('the end of the file')
  expect(foundAt(bytes, 0, 10, 9)).toBe('the end of the file')
})

test('a byte order mark is all three of its bytes', () => {
  for (const [place, byte] of [
    [0, 0xee],
    [1, 0xbc],
    [2, 0xbe],
  ] as const) {
    const bytes = Buffer.from('x\ufeff')
    expect(foundAt(bytes, 0, 1, 4)).toMatch(/byte order mark/)
    bytes[1 + place] = byte
    expect(foundAt(bytes, 0, 1, 4)).toBeUndefined()
  }
})
