import {
  Bool,
  type Data,
  Dictionary,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Int32,
  Int64,
  LargeUtf8,
  List,
  makeData,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Utf8,
  Utf8View,
  vectorFromArray,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { bytesToWrite } from '../../../../src/codecs/parquet/write/batch-bytes.ts'

function batchOf(...children: Data[]): RecordBatch {
  const schema = new Schema(children.map(({ type }, i) => new Field(`c${i}`, type, true)))
  const length = children[0]?.length ?? 0
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }))
}

/** The largest column counts twice; here it is the only one. */
const bytesOf = (data: Data) => bytesToWrite(batchOf(data)) / 2
const int32 = (length: number) => makeData({ type: new Int32(), length, nullCount: 0, data: new Int32Array(length) })
const text = (...lengths: number[]) => {
  const valueOffsets = Int32Array.from([
    0,
    ...lengths.map((_, i) => lengths.slice(0, i + 1).reduce((a, b) => a + b, 0)),
  ])
  const data = new Uint8Array(valueOffsets.at(-1) as number)
  return makeData({ type: new Utf8(), length: lengths.length, nullCount: 0, valueOffsets, data })
}

describe('bytes of a batch', () => {
  test('of values of a fixed width', () => {
    expect(bytesOf(int32(5))).toBe(20)
    expect(bytesOf(makeData({ type: new Int64(), length: 3, nullCount: 0, data: new BigInt64Array(3) }))).toBe(24)
    expect(bytesOf(makeData({ type: new FixedSizeBinary(7), length: 2, nullCount: 0, data: new Uint8Array(14) }))).toBe(
      14,
    )
    expect(bytesOf(makeData({ type: new Bool(), length: 16, nullCount: 0, data: new Uint8Array(2) }))).toBe(2)
    expect(bytesOf(makeData({ type: new Null(), length: 9 }))).toBe(0)
  })

  test('of byte strings: their own, and four for each', () => {
    expect(bytesOf(text(3, 0, 4))).toBe(12 + 7)
    const large = makeData({
      type: new LargeUtf8(),
      length: 2,
      nullCount: 0,
      valueOffsets: BigInt64Array.of(0n, 1n, 5n),
      data: new Uint8Array(5),
    })
    expect(bytesOf(large)).toBe(8 + 5)
    const views = new DataView(new ArrayBuffer(32))
    views.setInt32(0, 2, true)
    views.setInt32(16, 20, true)
    const view = makeData({
      type: new Utf8View(),
      length: 2,
      views: new Uint8Array(views.buffer),
      variadicBuffers: [new Uint8Array(20)],
    })
    expect(bytesOf(view)).toBe(4 + 2 + 4 + 20)
  })

  test('of nested columns: those below, and one or four for each', () => {
    const struct = makeData({
      type: new Struct([new Field('a', new Int32(), true), new Field('b', new Utf8(), true)]),
      length: 3,
      nullCount: 0,
      children: [int32(3), text(1, 2, 3)],
    })
    expect(bytesOf(struct)).toBe(3 + 12 + 12 + 6)
    const list = makeData({
      type: new List(new Field('item', new Int32(), true)),
      length: 3,
      nullCount: 0,
      valueOffsets: Int32Array.of(0, 2, 2, 5),
      child: int32(5),
    })
    expect(bytesOf(list)).toBe(12 + 20)
    const fixed = makeData({
      type: new FixedSizeList(2, new Field('item', new Int32(), true)),
      length: 3,
      nullCount: 0,
      child: int32(6),
    })
    expect(bytesOf(fixed)).toBe(3 + 24)
    expect(bytesToWrite(batchOf(struct, list))).toBe(33 + 32 + 33)
    expect(bytesToWrite(batchOf(list, struct))).toBe(33 + 32 + 33)
    const none = makeData({
      type: list.type,
      length: 0,
      nullCount: 0,
      valueOffsets: new Int32Array(1),
      child: int32(0),
    })
    expect(bytesOf(none)).toBe(0)
  })

  test('of more columns than a function takes arguments', () => {
    const children = new Array(200_000).fill(int32(1))
    expect(bytesToWrite({ data: { children } } as unknown as RecordBatch)).toBe(4 * 200_000 + 4)
  })

  test('of a part of shared buffers', () => {
    const batch = batchOf(text(3, 10, 4, 100))
    expect(bytesToWrite(batch.slice(1, 3))).toBe(2 * (8 + 14))
    const list = makeData({
      type: new List(new Field('item', new Utf8(), true)),
      length: 3,
      nullCount: 0,
      valueOffsets: Int32Array.of(0, 1, 3, 4),
      child: text(3, 10, 4, 100),
    })
    expect(bytesToWrite(batchOf(list).slice(1, 2))).toBe(2 * (4 + 8 + 14))
  })

  test('of a dictionary: its indexes', () => {
    const dictionary = vectorFromArray(['a long text'], new Utf8())
    const type = new Dictionary(new Utf8(), new Int32())
    expect(bytesOf(makeData({ type, length: 3, nullCount: 0, data: new Int32Array(3), dictionary }))).toBe(12)
  })
})
