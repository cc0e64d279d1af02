import { describe, expect, test } from 'vitest'
import { byteWindow } from '../../../../../src/codecs/parquet/read/bytes/byte-window.ts'
import { byteValues, fixedValues, usedBytes } from '../../../../../src/codecs/parquet/read/bytes/value-buffers.ts'
import { plainWindowDecoder } from '../../../../../src/codecs/parquet/read/encodings/plain-window.ts'
import { prefixed, uint32 } from '../../support/encodings.ts'

const STEP = 64 * 1024

/** A window over bytes in pieces of a size, and how many of the pieces it has read. */
function windowOf(bytes: readonly number[] | Uint8Array, pieceBytes: number) {
  const all = Uint8Array.from(bytes)
  const read = { pieces: 0 }
  async function* pieces() {
    for (let at = 0; at < all.length; at += pieceBytes) {
      read.pieces++
      yield all.slice(at, at + pieceBytes)
    }
  }
  return { window: byteWindow(pieces()), read }
}

describe('values of a fixed width', () => {
  const bytes = Array.from({ length: 42 }, (_, i) => i)

  test('as many are held as are asked for, or as fit the bytes: one at least', async () => {
    const { window, read } = windowOf(bytes, 8)
    const decoder = plainWindowDecoder(window, 4, 100)
    expect(await decoder.hold(3, 1000)).toBe(3)
    expect(read.pieces).toBe(2)
    const into = fixedValues(4, 0)
    decoder.read(3, into)
    expect(await decoder.hold(9, 11)).toBe(2)
    decoder.read(2, into)
    expect(await decoder.hold(9, 8)).toBe(2)
    expect(await decoder.hold(9, 0)).toBe(1)
    decoder.read(1, into)
    expect([...into.bytes.subarray(0, 24)]).toEqual(bytes.slice(0, 24))
    expect(decoder.longestValue).toBe(0)
  })

  test('as many as their bytes are held, where a piece ends with them', async () => {
    const decoder = plainWindowDecoder(windowOf(bytes, 8).window, 4, 100)
    expect(await decoder.hold(9, 8)).toBe(2)
    decoder.read(2, fixedValues(4, 0))
    expect(await decoder.hold(9, 4)).toBe(1)
  })

  test('values that are not there are held by name, and refused when they are read', async () => {
    const decoder = plainWindowDecoder(windowOf(bytes, 8).window, 4, 100)
    expect(await decoder.hold(10, 1000)).toBe(10)
    decoder.read(10, fixedValues(4, 0))
    expect(await decoder.hold(5, 4)).toBe(5)
    expect(() => decoder.read(5, fixedValues(4, 0))).toThrow('a page ends before its values')
  })
})

describe('byte strings', () => {
  const texts = [[1, 2, 3], [], [4], [5, 6], [7, 8, 9, 10]]
  const page = texts.flatMap(prefixed)
  const read = (decoder: ReturnType<typeof plainWindowDecoder>, count: number) => {
    const into = byteValues(0)
    decoder.read(count, into)
    return Array.from({ length: count }, (_, i) => [...into.bytes.subarray(into.offsets[i], into.offsets[i + 1])])
  }

  test.each([1, 2, 3, 5, 7, 100])('in pieces of %i bytes', async (pieceBytes) => {
    const decoder = plainWindowDecoder(windowOf(page, pieceBytes).window, 0, 100)
    expect(await decoder.hold(3, 1000)).toBe(3)
    expect(read(decoder, 3)).toEqual(texts.slice(0, 3))
    expect(await decoder.hold(2, 1000)).toBe(2)
    expect(read(decoder, 2)).toEqual(texts.slice(3))
    expect(await decoder.hold(0, 1000)).toBe(0)
  })

  test('behind other bytes of the window', async () => {
    const { window } = windowOf([9, 9, 9, ...page], 4)
    await window.fill(3)
    window.at = 3
    const decoder = plainWindowDecoder(window, 0, 100)
    expect(await decoder.hold(5, 1000)).toBe(5)
    expect(read(decoder, 5)).toEqual(texts)
  })

  test('no more are held than the bytes allow once they are there, and one at least', async () => {
    const decoder = plainWindowDecoder(windowOf(page, 100).window, 0, 100)
    expect(await decoder.hold(5, 0)).toBe(5)
    const large = [...new Uint8Array(50_000), 1].map((_, i) => i & 127)
    const many = Array.from({ length: 6 }, () => prefixed(large)).flat()
    const { window } = windowOf(many, 10_000)
    const sparing = plainWindowDecoder(window, 0, 60_000)
    expect(await sparing.hold(6, 60_000)).toBe(2)
    expect(read(sparing, 2)).toEqual([large, large])
    expect(await sparing.hold(4, 50_005)).toBe(1)
    expect(await sparing.hold(4, 1)).toBe(1)
    expect(await sparing.hold(4, 100_011)).toBe(3)
    expect(await sparing.hold(4, 1_000_000)).toBe(4)
  })

  test('pieces are read as they are needed', async () => {
    const { window, read: counted } = windowOf(new Uint8Array(10 * STEP), STEP)
    const decoder = plainWindowDecoder(window, 0, 100)
    expect(await decoder.hold(4, 1)).toBe(4)
    expect(counted.pieces).toBe(1)
    expect(await decoder.hold(STEP / 4 + 1, 10 * STEP)).toBe(STEP / 4 + 1)
    expect(counted.pieces).toBe(2)
  })

  test('a value as long as the limit, and one that is longer', async () => {
    const value = (length: number) => [...prefixed([9]), ...prefixed(new Uint8Array(length))]
    for (const pieceBytes of [999, 70_000]) {
      const fits = plainWindowDecoder(windowOf(value(70_000), pieceBytes).window, 0, 70_000)
      expect(await fits.hold(2, 100_000)).toBe(2)
      const tooLong = plainWindowDecoder(windowOf(value(70_001), pieceBytes).window, 0, 70_000)
      await expect(tooLong.hold(2, 100_000)).rejects.toMatchObject({
        code: 'LIMIT_EXCEEDED',
        message: 'a value is longer than 70000 bytes (limits.maxFieldBytes)',
      })
    }
    const never = plainWindowDecoder(windowOf([...uint32(-1), ...new Uint8Array(STEP)], 999).window, 0, 2 ** 32 - 2)
    await expect(never.hold(1, 1000)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  test.each([
    ['a length', [1, 0, 0], 'a page ends before its values'],
    ['a value', [...uint32(3), 1, 2], 'a value is longer than its page'],
    ['everything', [], 'a page ends before its values'],
  ])('%s that is cut off is held by name, and refused when it is read', async (_, cut, message) => {
    for (const pieceBytes of [1, 100]) {
      const decoder = plainWindowDecoder(windowOf([...prefixed([7]), ...cut], pieceBytes).window, 0, 100)
      expect(await decoder.hold(2, 1000)).toBe(2)
      expect(() => decoder.read(2, byteValues(0))).toThrow(message)
    }
  })

  test('all bytes of a length count', async () => {
    for (const length of [0x1_0203, 0x0102_0304]) {
      const { window } = windowOf([...uint32(length), ...new Uint8Array(STEP)], STEP)
      await expect(plainWindowDecoder(window, 0, length - 1).hold(1, 1000)).rejects.toMatchObject({
        code: 'LIMIT_EXCEEDED',
      })
      const { window: same } = windowOf([...uint32(length), ...new Uint8Array(STEP)], STEP)
      expect(await plainWindowDecoder(same, 0, length).hold(1, 1000)).toBe(1)
    }
    const fits = plainWindowDecoder(windowOf(prefixed(new Uint8Array(0x10203)), 999).window, 0, 0x10203)
    expect(await fits.hold(1, 1000)).toBe(1)
    const into = byteValues(0)
    fits.read(1, into)
    expect(usedBytes(into)).toBe(0x10203)
  })
})
