import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compact } from '../../../../../src/codecs/json/read/rows/compact.ts'
import { type Cursor, newCursor, type RowLimits } from '../../../../../src/codecs/json/read/rows/cursor.ts'
import {
  hexDigit,
  isBlank,
  isDigit,
  isKey,
  isSpace,
  skipBlanks,
  skipNumber,
  skipSpace,
  skipString,
  skipValue,
} from '../../../../../src/codecs/json/read/rows/grammar.ts'
import { law } from '../../../../support/law.ts'

const BEFORE = '"{[1 '
const START = BEFORE.length

const WITHOUT_LIMITS = newCursor({})

/** A cursor over a text that other text precedes. */
function cursorOf(text: string, limits?: RowLimits): Cursor {
  const bytes = Buffer.from(`${BEFORE}${text}\0\0`)
  return { ...(limits === undefined ? WITHOUT_LIMITS : newCursor(limits)), bytes, end: bytes.length - 2 }
}

/** The length of the value that begins a text, or its fault: the reason, and the offset in the text. */
function skipped(text: string, limits?: RowLimits, depth = 0): number | string {
  const cursor = cursorOf(text, limits)
  const end = skipValue(cursor, START, depth)
  return end >= 0 ? end - START : `${cursor.fault.reason} @${cursor.faultAt - START}`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** All texts of up to so many of the given parts. */
function* texts(parts: readonly string[], length: number): Generator<string> {
  yield ''
  if (length > 0) for (const text of texts(parts, length - 1)) for (const part of parts) yield text + part
}

/** The texts of these parts that are taken for JSON although they are not, or the other way about. */
function misjudged(parts: readonly string[], length: number, before = '', after = ''): string[] {
  const wrong = new Set<string>()
  for (const middle of texts(parts, length)) {
    const text = `${before}${middle}${after}`
    if (/^\s|\s$/.test(text)) continue
    if ((skipped(text) === text.length) !== isJson(text)) wrong.add(text)
  }
  return [...wrong]
}

describe('a value is what JSON.parse accepts', () => {
  test('numbers', () => expect(misjudged(['-', '0', '1', '.', 'e', '+', 'E'], 5)).toEqual([]))
  test('objects and arrays', () => expect(misjudged(['{', '}', '[', ']', ',', ':', '""', '1', ' '], 4)).toEqual([]))
  test('arrays of values', () => {
    expect(misjudged(['{', '}', ',', '"k"', ':', '1'], 4, '[{"a":1', '\r\n]')).toEqual([])
    expect(misjudged(['[', ']', ',', '\t', 'null', 'true', 'false'], 4, '[', ']')).toEqual([])
  })
  test('words', () => {
    for (const word of ['true', 'false', 'null']) {
      expect(skipped(word)).toBe(word.length)
      for (let at = 0; at < word.length; at++) {
        const wrong = `${word.slice(0, at)}x${word.slice(at + 1)}`
        expect(skipped(wrong)).toBe(`a value is expected @${at}`)
        expect(skipped(word.slice(0, at))).toBe(`a value is expected @${at}`)
      }
    }
  })
  test('every byte in a string, plain and escaped', () => {
    const wrong: unknown[] = []
    for (let code = 0; code < 256; code++) {
      const byte = String.fromCharCode(code)
      for (const text of [`"a${byte}"`, `"a\\${byte}"`, `"\\u00${byte}0"`, `"\\u${byte}000"`, `"\\u000${byte}"`]) {
        const isString = skipped(text) === Buffer.byteLength(text)
        if (isString !== isJson(text)) wrong.push([code, text])
      }
    }
    expect(wrong).toEqual([])
  })
  law(
    'json: a value ends where JSON.stringify ended it, before any other text',
    fc.property(
      fc.jsonValue(),
      fc.constantFrom(undefined, 1, '\t'),
      fc.constantFrom('', ',', '}', ' 1'),
      (value, indent, after) => {
        const text = JSON.stringify(value, null, indent)
        expect(skipped(text + after)).toBe(Buffer.byteLength(text))
        const { bytes } = cursorOf(text)
        const out = new Uint8Array(bytes.length)
        const end = compact(bytes, START, START + Buffer.byteLength(text), out, 3)
        expect(Buffer.from(out.subarray(3, end)).toString()).toBe(JSON.stringify(value))
      },
    ),
  )
})

describe('faults and their places', () => {
  test.each([
    ['', 'a value is expected @0'],
    ['x', 'a value is expected @0'],
    ['-', 'a number must follow the grammar of JSON @1'],
    ['-x', 'a number must follow the grammar of JSON @1'],
    ['01', 'a number must follow the grammar of JSON @1'],
    ['-01', 'a number must follow the grammar of JSON @2'],
    ['1.', 'a number must follow the grammar of JSON @2'],
    ['1.e5', 'a number must follow the grammar of JSON @2'],
    ['1e', 'a number must follow the grammar of JSON @2'],
    ['1e+', 'a number must follow the grammar of JSON @3'],
    ['1.5E-x', 'a number must follow the grammar of JSON @5'],
    ['"ab', 'a control character in a string must be escaped @3'],
    ['"a\nb"', 'a control character in a string must be escaped @2'],
    ['"a\\x"', 'a backslash must begin a valid escape @3'],
    ['"a\\', 'a backslash must begin a valid escape @3'],
    ['"\\u12x4"', 'a backslash must begin a valid escape @5'],
    ['"\\u"', 'a backslash must begin a valid escape @3'],
    ['"\\ud800"', 'an escaped surrogate lacks its other half @7'],
    ['"\\ud800\\n"', 'an escaped surrogate lacks its other half @8'],
    ['"\\ud800\\u0041"', 'an escaped surrogate lacks its other half @1'],
    ['"\\ud800\\u00x1"', 'a backslash must begin a valid escape @11'],
    ['"\\udc00"', 'an escaped surrogate lacks its other half @1'],
    ['"a\\udfff"', 'an escaped surrogate lacks its other half @2'],
    ['{', 'a key in double quotes is expected @1'],
    ['{ 1', 'a key in double quotes is expected @2'],
    ['{"a"', 'a colon is expected after the key @4'],
    ['{"a" , 1', 'a colon is expected after the key @5'],
    ['{"a":', 'a value is expected @5'],
    ['{"a":1', 'a comma or } is expected @6'],
    ['{"a":1 ]', 'a comma or } is expected @7'],
    ['{"a":1,', 'a key in double quotes is expected @7'],
    ['{"a":1, }', 'a key in double quotes is expected @8'],
    ['{"a\n":1}', 'a control character in a string must be escaped @3'],
    ['[', 'a value is expected @1'],
    ['[ ,', 'a value is expected @2'],
    ['[1', 'a comma or ] is expected @2'],
    ['[1 }', 'a comma or ] is expected @3'],
    ['[1,', 'a value is expected @3'],
    ['[1, ]', 'a value is expected @4'],
    ['[[1,{"a":x}]]', 'a value is expected @9'],
  ])('%j', (text, fault) => expect(skipped(text)).toBe(fault))

  test('surrogates in pairs, and single ones where they are ignored', () => {
    for (const text of ['"\\ud800\\udc00"', '"\\udbff\\udfff"', '"\\uD83D\\uDE00"', '"\\ud7ff"', '"\\ue000"'])
      expect([text, skipped(text)]).toEqual([text, text.length])
    for (const text of ['"\\ud800"', '"\\udc00"', '"\\ud800\\n"', '"\\ud800\\ud800"', '"\\udbff\\ue000"']) {
      expect([text, skipped(text)]).toEqual([text, expect.stringContaining('surrogate')])
      const cursor = cursorOf(text)
      cursor.lenient = true
      expect([text, skipValue(cursor, START, 0)]).toEqual([text, START + text.length])
    }
  })
})

describe('limits', () => {
  test.each([
    ['"12345678"', 8],
    ['"\\n345678"', 8],
    ['12345678', 8],
    ['-1.5e+10', 8],
    ['""', 0],
  ])('%s has %d bytes', (text, length) => {
    expect(skipped(text, { maxFieldBytes: length })).toBe(text.length)
    const at = text.startsWith('"') ? 1 : 0
    expect(skipped(text, { maxFieldBytes: length - 1 })).toBe(`a value is longer than limits.maxFieldBytes @${at}`)
  })

  test.each(['[[[]]]', '{"a":{"a":{}}}', '[{"a":[]}]'])('%s is three levels deep', (text) => {
    expect(skipped(text, { maxDepth: 3 })).toBe(text.length)
    expect(skipped(text, { maxDepth: 4 }, 1)).toBe(text.length)
    expect(skipped(text, { maxDepth: 2 })).toMatch(/maxDepth/)
    expect(skipped(text, { maxDepth: 3 }, 1)).toMatch(/maxDepth/)
    expect(skipped(text, { maxDepth: 0 })).toMatch(/maxDepth allows @0$/)
  })

  test('nesting stops at 500 levels with any option', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    expect(skipped(nested(500), { maxDepth: 1000 })).toBe(1000)
    expect(skipped(nested(501), { maxDepth: 1000 })).toMatch(/maxDepth allows @500$/)
    expect(skipped(nested(64))).toBe(128)
    expect(skipped(nested(65))).toMatch(/maxDepth allows @64$/)
  })
})

describe('space', () => {
  test.each([
    ['', 0, 0],
    ['x', 0, 0],
    [' \tx', 2, 0],
    ['\nx', 1, 1],
    ['\r\nx', 2, 1],
    ['\rx', 1, 1],
    ['\r\r\n\n\rx', 5, 4],
    [' \r \n', 4, 2],
    ['\x0b', 0, 0],
    ['\u00a0', 0, 0],
  ])('%j has %d bytes and %d lines', (text, length, lines) => {
    const cursor = cursorOf(text)
    expect([skipSpace(cursor, START) - START, cursor.line]).toEqual([length, 1 + lines])
  })

  test('blanks are spaces and tabs', () => {
    const { bytes } = cursorOf(' \t \n')
    expect([skipBlanks(bytes, START) - START, skipBlanks(bytes, START + 3) - START]).toEqual([3, 3])
    const kinds = (is: (byte: number | undefined) => boolean): number[] =>
      Array.from({ length: 256 }, (_, byte) => byte).filter(is)
    expect(kinds(isBlank)).toEqual([9, 32])
    expect(kinds(isSpace)).toEqual([9, 10, 13, 32])
    expect(kinds(isDigit)).toEqual([...'0123456789'].map((digit) => digit.charCodeAt(0)))
    expect([isBlank(undefined), isSpace(undefined), isDigit(undefined)]).toEqual([false, false, false])
  })

  test('digits of base 16', () => {
    for (let byte = 0; byte < 256; byte++) {
      const value = Number.parseInt(String.fromCharCode(byte), 16)
      expect([byte, hexDigit(byte)]).toEqual([byte, Number.isNaN(value) ? -1 : value])
    }
  })
})

test('a key is compared with its closing quote', () => {
  const { bytes } = cursorOf('ab"abc"')
  const key = Buffer.from('ab"')
  expect([0, 1, 3].map((at) => isKey(bytes, START + at, key))).toEqual([true, false, false])
  expect(isKey(bytes, START + 3, Buffer.from('abc"'))).toBe(true)
  expect(isKey(bytes, START + 3, Buffer.from('xbc"'))).toBe(false)
  expect(isKey(bytes, START + 3, Buffer.from('axc"'))).toBe(false)
  expect(isKey(bytes, START + 3, Buffer.from('abx"'))).toBe(false)
  expect(isKey(bytes, START + 2, Buffer.from('"'))).toBe(true)
})

test('a number and a string end at what follows them', () => {
  expect(skipNumber(cursorOf('12.5e3abc'), START)).toBe(START + 6)
  expect(skipNumber(cursorOf('0,'), START)).toBe(START + 1)
  expect(skipString(cursorOf('"a\\"b"c"'), START)).toBe(START + 6)
})
