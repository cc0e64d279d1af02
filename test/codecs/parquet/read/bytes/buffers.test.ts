import { Bool, Dictionary, Field, Int32, List, makeData, Struct, Utf8, vectorFromArray } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { byteBudget } from '../../../../../src/codecs/parquet/read/bytes/byte-budget.ts'
import { byteWindow } from '../../../../../src/codecs/parquet/read/bytes/byte-window.ts'
import { dataBytes, emptyData } from '../../../../../src/codecs/parquet/read/bytes/data-bytes.ts'
import {
  byteValues,
  fixedValues,
  int32View,
  reserve,
  reserveBytes,
  usedBytes,
  viewOf,
} from '../../../../../src/codecs/parquet/read/bytes/value-buffers.ts'

describe('a budget of bytes', () => {
  test('may be used up, but not exceeded', () => {
    const budget = byteBudget(10, 'pages take more than')
    budget.take(4)
    budget.take(6)
    expect(() => budget.take(1)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', message: 'pages take more than 10 bytes' }),
    )
  })

  test('has again what is returned', () => {
    const budget = byteBudget(10, 'pages take more than')
    budget.take(10)
    budget.release(3)
    budget.take(3)
    expect(() => budget.take(1)).toThrow('10 bytes')
  })
})

describe('bytes of columns', () => {
  const text = makeData({
    type: new Utf8(),
    length: 2,
    nullCount: 1,
    nullBitmap: Uint8Array.of(1, 0, 0),
    valueOffsets: Int32Array.of(0, 3, 3),
    data: new Uint8Array(5),
  })

  test('all buffers count, and those of children', () => {
    expect(dataBytes(text)).toBe(3 + 12 + 5)
    const bits = makeData({ type: new Bool(), length: 9, nullCount: 0, data: new Uint8Array(2) })
    expect(dataBytes(bits)).toBe(2)
    const list = makeData({
      type: new List(new Field('item', new Utf8(), true)),
      length: 1,
      nullCount: 0,
      valueOffsets: Int32Array.of(0, 2),
      child: text,
    })
    expect(dataBytes(list)).toBe(8 + 20)
    const struct = makeData({
      type: new Struct([new Field('a', new Utf8(), true), new Field('b', new Utf8(), true)]),
      length: 2,
      nullCount: 0,
      children: [text, text],
    })
    expect(dataBytes(struct)).toBe(40)
  })

  test('a dictionary counts by its indexes', () => {
    const type = new Dictionary(new Utf8(), new Int32())
    const dictionary = vectorFromArray(['a long text'], new Utf8())
    expect(dataBytes(makeData({ type, length: 3, nullCount: 0, data: Int32Array.of(0, 0, 0), dictionary }))).toBe(12)
  })

  test('a column without rows is complete, and its children are', () => {
    const type = new Struct([new Field('l', new List(new Field('item', new Int32(), true)), true)])
    const empty = emptyData(type)
    expect([empty.length, empty.nullCount, empty.children.length]).toEqual([0, 0, 1])
    expect(empty.children[0]?.children[0]?.length).toBe(0)
    expect([...(empty.children[0]?.valueOffsets ?? [])]).toEqual([0])
  })
})

describe('room for values', () => {
  test('of a fixed width is doubled at least, and keeps what is there', () => {
    const values = fixedValues(4, 2)
    values.bytes.fill(7)
    values.count = 2
    const { bytes } = values
    reserve(values, 0)
    expect(values.bytes).toBe(bytes)
    reserve(values, 1)
    expect([...values.bytes]).toEqual([...new Array<number>(8).fill(7), ...new Array<number>(8).fill(0)])
    reserve(values, 10)
    expect(values.bytes.length).toBe(48)
  })

  test('of byte strings: offsets', () => {
    const values = byteValues(2)
    values.offsets.set([0, 3, 5])
    values.count = 2
    const { offsets } = values
    reserve(values, 0)
    expect(values.offsets).toBe(offsets)
    reserve(values, 1)
    expect([...values.offsets]).toEqual([0, 3, 5, 0, 0, 0])
    reserve(values, 20)
    expect(values.offsets.length).toBe(23)
    expect(usedBytes(values)).toBe(5)
  })

  test('of byte strings: bytes, up to the most', () => {
    const values = byteValues(2, 100)
    expect(reserveBytes(values, 3)).toBe(0)
    expect(values.bytes.length).toBe(3)
    values.bytes.fill(7)
    values.offsets[1] = 3
    values.count = 1
    const { bytes } = values
    expect(reserveBytes(values, 0)).toBe(3)
    expect(values.bytes).toBe(bytes)
    expect(reserveBytes(values, 1)).toBe(3)
    expect([...values.bytes]).toEqual([7, 7, 7, 0, 0, 0])
    expect(reserveBytes(values, 97)).toBe(3)
    expect(values.bytes.length).toBe(100)
    expect(() => reserveBytes(values, 98)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
  })

  test('bytes grow by 8 MiB at most beyond what is needed', () => {
    const MIB = 1024 * 1024
    const values = byteValues(1)
    reserveBytes(values, 20 * MIB)
    values.offsets[1] = 20 * MIB
    values.count = 1
    reserveBytes(values, 1)
    expect(values.bytes.length).toBe(28 * MIB + 1)
  })

  test('views begin where the bytes do', () => {
    const bytes = new Uint8Array(20).subarray(4, 17)
    const words = int32View(bytes)
    expect([words.byteOffset, words.length]).toEqual([4, 3])
    expect([viewOf(bytes).byteOffset, viewOf(bytes).byteLength]).toEqual([4, 13])
  })
})

describe('a window over pieces', () => {
  async function* pieces(...sizes: number[]) {
    let next = 0
    for (const size of sizes) yield Uint8Array.from({ length: size }, () => next++)
  }

  test('holds at least as many bytes as are asked for, and no more pieces than that takes', async () => {
    const window = byteWindow(pieces(3, 0, 4, 5, 6))
    expect(await window.fill(0)).toBe(0)
    expect(await window.fill(3)).toBe(3)
    expect(await window.fill(2)).toBe(3)
    window.at = 2
    expect(await window.fill(2)).toBe(5)
    expect([window.at, ...window.bytes]).toEqual([0, 2, 3, 4, 5, 6])
    window.at = 4
    window.release()
    expect([window.at, ...window.bytes]).toEqual([0, 6])
    expect(await window.fill(100)).toBe(12)
    expect(await window.fill(100)).toBe(12)
    expect([...window.bytes]).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17])
  })

  test('lets the rest pass without holding it', async () => {
    const read: number[] = []
    async function* noted() {
      for await (const piece of pieces(3, 4, 5)) {
        read.push(piece.length)
        yield piece
      }
    }
    const window = byteWindow(noted())
    await window.fill(2)
    expect(read).toEqual([3])
    await window.drain()
    expect(read).toEqual([3, 4, 5])
    expect(window.bytes.length).toBe(3)
    await window.drain()
    expect(await window.fill(9)).toBe(3)
  })
})
