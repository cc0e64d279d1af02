import { describe, expect, test } from 'vitest'
import { hybridReader } from '../../../../../src/codecs/parquet/read/encodings/hybrid-reader.ts'
import { packedRun, repeatedRun, varint } from '../../support/encodings.ts'

function read(bytes: readonly number[], width: number, count: number): number[] {
  const out = new Int32Array(count)
  hybridReader(Uint8Array.from(bytes), 0, bytes.length, width).read(out, 0, count)
  return [...out]
}

describe('runs', () => {
  test('of no values are passed over', () => {
    expect(read([...repeatedRun(1, 0, 1), ...packedRun([], 1), ...repeatedRun(1, 2, 1)], 1, 2)).toEqual([1, 1])
  })

  test('of more values than are there are counted', () => {
    expect(read([...varint(2 ** 32 - 2), 1], 1, 3)).toEqual([1, 1, 1])
    expect(read([...varint(2 ** 32 - 1), 0xff], 1, 3)).toEqual([1, 1, 1])
  })

  test.each([
    ['a header above 32 bits', varint(2 ** 32), 'the length of a run is not a 32-bit number'],
    ['a header of 35 bits', varint(2 ** 35 - 1), 'the length of a run is not a 32-bit number'],
    ['a header of six bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0], 'the length of a run is not a 32-bit number'],
    ['a header that is cut off', [0x80], 'the length of a run is not a 32-bit number'],
    ['no run', [], 'a run of levels or indexes ends before its last value'],
    ['a run without its value', [4], 'a run of levels or indexes ends before its value'],
    ['a value that is too wide', [4, 2], 'the value of a run has more bits than its width'],
    ['packed values that are not there', [3], 'packed levels or indexes end before the last value'],
  ])('%s', (_, bytes, message) => {
    expect(() => read(bytes, 1, 2)).toThrow(expect.objectContaining({ code: 'PARQUET_INVALID', message }))
    expect(() => hybridReader(Uint8Array.from(bytes), 0, bytes.length, 1).readBits(new Uint8Array(9), 0, 2)).toThrow(
      message,
    )
  })

  test.each([1, 7, 8, 9, 15, 16, 17, 24, 31, 32])('values of %i bits have no more', (width) => {
    const most = width === 32 ? -1 : 2 ** width - 1
    expect(read(repeatedRun(most, 3, width), width, 3)).toEqual([most, most, most])
    expect(read(packedRun([most >>> 0, 0, most >>> 0], width), width, 3)).toEqual([most, 0, most])
    if (width % 8 > 0)
      expect(() => read(repeatedRun(2 ** width, 3, width), width, 3)).toThrow('more bits than its width')
    const cut = repeatedRun(most, 3, width).slice(0, -1)
    expect(() => read(cut, width, 3)).toThrow('ends before its value')
  })

  test('packed values may be cut behind the last one that is read', () => {
    const packed = packedRun([1, 2, 3, 0, 1, 2, 3, 0], 2)
    expect(read(packed.slice(0, 2), 2, 4)).toEqual([1, 2, 3, 0])
    expect(() => read(packed.slice(0, 2), 2, 5)).toThrow('packed levels or indexes end before the last value')
  })

  test('nothing is read behind the end', () => {
    const bytes = Uint8Array.from([...repeatedRun(1, 2, 1), ...repeatedRun(0, 5, 1)])
    expect(() => hybridReader(bytes, 0, 2, 1).read(new Int32Array(9), 0, 3)).toThrow('ends before its last value')
    expect(() => hybridReader(Uint8Array.of(0x84, 0, 1), 0, 1, 1).read(new Int32Array(9), 0, 3)).toThrow(
      'the length of a run is not a 32-bit number',
    )
    const out = new Int32Array(3)
    hybridReader(bytes, 2, 4, 1).read(out, 1, 2)
    expect([...out]).toEqual([0, 0, 0])
  })
})
