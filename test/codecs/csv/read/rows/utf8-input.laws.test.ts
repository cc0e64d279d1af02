import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgedInput, type Utf8Input, utf8Input } from '../../../../../src/codecs/csv/read/rows/utf8-input.ts'
import { isMillraceError } from '../../../../../src/errors.ts'
import { law } from '../../../../support/law.ts'

/** Bytes of characters in encodings that have them; null stands for bytes that are no character. */
type Letters = readonly (readonly [char: string | null, ...bytes: number[]])[]

const utf16 = (isBigEndian: boolean): Letters =>
  (
    [
      ['a', 0x61],
      [',', 0x2c],
      ['\u00e9', 0xe9],
      ['\u2028', 0x2028],
      ['\ufffd', 0xfffd],
      ['\u00d8', 0xd8],
      ['\ufeff', 0xfeff],
      ['\ud83d\ude00', 0xd83d, 0xde00],
      [null, 0xd83d],
      [null, 0xde00],
    ] as const
  ).map(([char, ...units]) => [
    char,
    ...units.flatMap((unit: number) => (isBigEndian ? [unit >> 8, unit & 0xff] : [unit & 0xff, unit >> 8])),
  ])

const ENCODINGS: Readonly<Record<string, Letters>> = {
  'utf-8': [
    ['a', 0x61],
    ['\u00e9', 0xc3, 0xa9],
    ['\ufeff', 0xef, 0xbb, 0xbf],
    ['\u{1f600}', 0xf0, 0x9f, 0x98, 0x80],
  ],
  'utf-16le': utf16(false),
  'utf-16be': utf16(true),
  latin1: [
    ['a', 0x61],
    ['\u00e9', 0xe9],
    ['\u20ac', 0x80],
    ['\u0178', 0x9f],
    ['\u0081', 0x81],
    ['\u00a0', 0xa0],
    ['\u007f', 0x7f],
  ],
  shift_jis: [
    ['a', 0x61],
    ['\u3042', 0x82, 0xa0],
    ['\uff71', 0xb1],
    ['\u8868', 0x95, 0x5c],
    [null, 0xfd],
  ],
  gb18030: [
    ['a', 0x61],
    ['\u4e2d', 0xd6, 0xd0],
    ['\u{1f600}', 0x94, 0x39, 0xfc, 0x36],
    [null, 0xff],
  ],
}

/** Half a pair next to another half would be a pair, or another fault. */
const isPairable = (letters: Letters, index: number): boolean =>
  letters[index]?.[0] === null && letters[index + 1]?.[0] === null

/** What an input returns for chunks: one of the first bytes, then others of the sizes in turn. */
function outputOf(input: Utf8Input, bytes: Uint8Array, sizes: readonly number[], first = sizes[0] as number): Buffer {
  const parts: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = turn === 0 ? first : (sizes[turn % sizes.length] as number)
    // A source may reuse the memory of a chunk.
    const chunk = bytes.slice(at, at + size)
    const part = input(chunk)
    if (part !== undefined) parts.push(part.slice())
    chunk.fill(0x2a)
    at += size
  }
  const last = input(undefined)
  return Buffer.concat(last === undefined ? parts : [...parts, last])
}

const files = fc.constantFrom(...Object.keys(ENCODINGS)).chain((encoding) =>
  fc.record({
    encoding: fc.constant(encoding),
    letters: fc
      .array(fc.constantFrom(...(ENCODINGS[encoding] as Letters)), { minLength: 1, maxLength: 40 })
      .filter((letters) => letters.every((_, index) => !isPairable(letters, index))),
    /** Letters before the others, beyond those that are held back for the check of the format. */
    ahead: fc.constantFrom(0, 1500),
    hasMark: fc.boolean(),
    sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
  }),
)

law(
  'csv: text of any encoding becomes the same UTF-8 for any cuts, and what is no character a byte that UTF-8 never has',
  fc.property(files, ({ encoding, letters, ahead, hasMark, sizes }) => {
    const [plain] = ENCODINGS[encoding] as Letters
    const all = [...Array.from({ length: ahead }, () => plain as Letters[number]), ...letters]
    const mark = { 'utf-8': [0xef, 0xbb, 0xbf], 'utf-16le': [0xff, 0xfe], 'utf-16be': [0xfe, 0xff] }[encoding] ?? []
    const body = all.flatMap(([, ...bytes]) => bytes)
    const isMarked = hasMark || letters[0]?.[0] === '\ufeff'
    const bytes = Uint8Array.from(isMarked ? [...mark, ...body] : body)
    const expected = Buffer.concat(all.map(([char]) => (char === null ? Buffer.of(0xff) : Buffer.from(char))))
    // What is ahead passes the check of the format at once, so that the others are read chunk by chunk.
    const first = ahead === 0 ? undefined : ahead * (plain?.length === 3 ? 2 : 1)
    expect(outputOf(utf8Input(encoding), bytes, sizes, first)).toEqual(expected)
  }),
  { runs: 1000 },
)

test.each([
  ['utf-16le', [0x61, 0, 0x62], 'a\u{0}'],
  ['utf-16be', [0, 0x61, 0], 'a\u{0}'],
  ['shift_jis', [0x61, 0x82], 'a\u{0}'],
  ['gb18030', [0x61, 0x94, 0x39, 0xfc], 'a\u{0}'],
])('%s that ends within a character ends in an invalid byte', (encoding, bytes, text) => {
  const expected = Buffer.from(text)
  expected[expected.length - 1] = 0xff
  expect(outputOf(utf8Input(encoding), Uint8Array.from(bytes), [1])).toEqual(expected)
})

test('the first part of a file loses its byte order mark alone, however short', () => {
  const mark = [0xef, 0xbb, 0xbf]
  for (const [bytes, kept] of [
    [[...mark, 0x61], [0x61]],
    [
      [0x61, ...mark],
      [0x61, ...mark],
    ],
    [
      [0xef, 0xbb],
      [0xef, 0xbb],
    ],
    [[], []],
    [mark, []],
  ] as const)
    for (const size of [1, 2, 9]) expect([...outputOf(judgedInput(), Uint8Array.from(bytes), [size])]).toEqual(kept)
})

test('an encoding that no platform has is OPTION_INVALID, with the cause', () => {
  try {
    utf8Input('klingon')
    expect.unreachable()
  } catch (error) {
    expect(isMillraceError(error, 'OPTION_INVALID') && error.cause).toBeInstanceOf(RangeError)
  }
})

test('the error for another encoding names the option', () => {
  expect(() => utf8Input('utf-8')(Uint8Array.from({ length: 2000 }, (_, at) => (at % 2 ? 0 : 0x61)))).toThrow(
    /encoding: 'utf-16le'/,
  )
})
