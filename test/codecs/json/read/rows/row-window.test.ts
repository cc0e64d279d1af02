import { describe, expect, test } from 'vitest'
import {
  blanksBefore,
  endsLine,
  lineOf,
  newRowWindow,
  passRows,
  pushBytes,
  type RowPart,
  type RowWindow,
  rowsEnd,
} from '../../../../../src/codecs/json/read/rows/row-window.ts'

const PART: RowPart = { isFirst: true, isLast: true }

function windowOf(...chunks: readonly (string | Uint8Array | undefined)[]): RowWindow {
  const window = newRowWindow({}, [], undefined, PART)
  for (const chunk of chunks) pushBytes(window, typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  return window
}
const textOf = ({ cursor: { bytes, end } }: RowWindow): string => Buffer.from(bytes.subarray(0, end)).toString('latin1')

test('blanks are counted back from an offset, up to 256', () => {
  const bytes = Buffer.from('x \t  y')
  expect([0, 1, 2, 3, 4, 5, 6].map((at) => blanksBefore(bytes, at))).toEqual([0, 0, 1, 2, 3, 4, 0])
  for (const count of [0, 1, 2, 255, 256, 257, 400]) {
    expect([count, blanksBefore(Buffer.from(`x${' '.repeat(count)}{`), count + 1)]).toEqual([
      count,
      Math.min(count, 256),
    ])
    expect([count, blanksBefore(Buffer.from(`${'\t'.repeat(count)}{`), count)]).toEqual([count, Math.min(count, 256)])
  }
})

test('a line ends with a line feed, or a carriage return that none follows', () => {
  const bytes = Buffer.from('a\nb\r\nc\rd\r')
  const ends = Array.from({ length: bytes.length }, (_, at) => at).filter((at) => endsLine(bytes, at))
  expect(ends).toEqual([1, 4, 6, 8])
})

test('the line of an offset is counted from the window on', () => {
  const window = windowOf('a\nb\r\nc\rd\n')
  expect(Array.from({ length: 10 }, (_, offset) => lineOf(window, offset))).toEqual([1, 1, 2, 2, 2, 3, 3, 4, 4, 5])
  window.at = 2
  window.cursor.line = 7
  expect([2, 4, 5, 7].map((offset) => lineOf(window, offset))).toEqual([7, 7, 8, 9])
})

describe('the bytes of a file', () => {
  test('are appended, and the zeros of the end follow them', () => {
    const window = windowOf('abc', 'de')
    expect(textOf(window)).toBe('abcde')
    expect([...window.cursor.bytes.subarray(5, 7)]).toEqual([0, 0])
    expect([window.at, window.dropped, window.ended]).toEqual([0, 0, false])
    pushBytes(window, undefined)
    expect([textOf(window), window.ended]).toEqual(['abcde', true])
  })

  test('that were read make room for others, except the blanks before the next row', () => {
    const window = windowOf('{"a":1}\n  {"a":2}')
    passRows(window, 10, 1)
    window.retryAt = 12
    pushBytes(window, Buffer.from('{"a":3}'))
    expect(textOf(window)).toBe('  {"a":2}{"a":3}')
    expect([window.at, window.dropped, window.row, window.retryAt, window.checked]).toEqual([2, 8, 1, 4, 16])
    expect([...window.cursor.bytes.subarray(16, 18)]).toEqual([0, 0])
  })

  test('of any size have room, and keep what was not read', () => {
    const window = windowOf('x'.repeat(1000))
    let expected = 'x'.repeat(1000)
    let before = 0
    for (const [size, read] of [
      [64_000, 10],
      [70_000, 500],
      [1, 100_000],
      [200_000, 30_000],
      [3, 0],
      [65_536, 150_000],
    ] as const) {
      const more = String.fromCharCode(65 + (size % 26)).repeat(size)
      expected = expected.slice(read) + more
      before += read
      window.at += read
      pushBytes(window, Buffer.from(more))
      expect(textOf(window).slice(window.at) === expected).toBe(true)
      expect(window.dropped + window.at).toBe(before)
      const { bytes, end } = window.cursor
      expect([bytes.length >= end + 2, bytes[end], bytes[end + 1]]).toEqual([true, 0, 0])
    }
  })
})

describe('the encoding is checked', () => {
  const INVALID = Uint8Array.of(0x61, 0xff)

  test('up to a character that is not complete, and then from there on', () => {
    for (const letter of ['é', '€', '😀']) {
      const bytes = Buffer.from(`ab${letter}c`)
      for (let cut = 1; cut < bytes.length; cut++) {
        const window = windowOf(bytes.subarray(0, cut))
        expect([letter, cut, window.invalidUtf8Before]).toEqual([letter, cut, 0])
        expect(window.checked).toBeLessThanOrEqual(cut)
        pushBytes(window, bytes.subarray(cut))
        pushBytes(window, undefined)
        expect([window.invalidUtf8Before, window.checked]).toEqual([0, bytes.length])
      }
    }
  })

  test('and bytes that are none mark all rows that begin before the end', () => {
    const window = windowOf(INVALID, 'bcd')
    pushBytes(window, undefined)
    expect(window.invalidUtf8Before).toBeGreaterThanOrEqual(2)
    expect(windowOf('abc', undefined).invalidUtf8Before).toBe(0)
    const cut = windowOf('ab', Buffer.from('é').subarray(0, 1))
    expect(cut.invalidUtf8Before).toBe(0)
    pushBytes(cut, undefined)
    expect(cut.invalidUtf8Before).toBe(3)
    for (const bad of [
      [0x80],
      [0xc3, 0x61],
      [0xe2, 0x82, 0x61],
      [0xf0, 0x9f, 0x98, 0x61],
      [0x80, 0x80, 0x80, 0x80, 0x80],
    ]) {
      const all = windowOf('ab', Uint8Array.from(bad), 'cd', undefined)
      expect([bad, all.invalidUtf8Before > 0]).toEqual([bad, true])
    }
  })
})

test('rows may begin up to the end, and in a part that another follows up to the brace of that', () => {
  const follows = newRowWindow({}, [], undefined, { isFirst: true, isLast: false })
  pushBytes(follows, Buffer.from('{}\n'))
  expect([rowsEnd(follows), follows.cursor.end]).toEqual([3, 3])
  pushBytes(follows, undefined)
  expect([rowsEnd(follows), follows.cursor.end, textOf(follows)]).toEqual([3, 4, '{}\n{'])
  const last = windowOf('{}\n', undefined)
  expect([rowsEnd(last), last.cursor.end]).toEqual([3, 3])
})

test('after rows of an array a comma or the end is next, after consecutive objects another', () => {
  const window = windowOf('{}{}')
  window.stage = 'firstRow'
  passRows(window, 2, 1)
  expect([window.at, window.row, window.stage]).toEqual([2, 1, 'afterRow'])
  window.stage = 'objects'
  passRows(window, 4, 3)
  expect([window.at, window.row, window.stage]).toEqual([4, 4, 'objects'])
})
