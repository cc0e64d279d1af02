import {
  Bool,
  type DataType,
  Decimal,
  Dictionary,
  Field,
  FixedSizeBinary,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { decodeParquet } from '../../../../src/codecs/parquet/parquet.ts'
import { wholeChunk } from '../../../../src/codecs/parquet/read/bytes/chunk-bytes.ts'
import { readPageHeader } from '../../../../src/codecs/parquet/read/pages/page-header.ts'
import { byteLength, bytesAt, endOf, startOf, widthOf } from '../../../../src/codecs/parquet/write/leaf-values.ts'
import { encodeParquet } from '../../../../src/codecs/parquet/write/write-parquet.ts'
import { batchOf, type Cell } from '../../../support/arbitrary-table.ts'
import { collected } from '../support/leaf-of-cells.ts'
import { batchCells } from '../support/parquet-cells.ts'
import { metadataOf } from '../support/parquet-oracles.ts'

const KINDS: readonly [string, DataType, (at: number) => Cell][] = [
  ['booleans', new Bool(), (at) => at % 3 === 0],
  ['integers', new Int32(), (at) => at],
  ['long integers', new Int64(), BigInt],
  ['text', new Utf8(), (at) => `${at}`],
  ['fixed bytes', new FixedSizeBinary(3), (at) => Uint8Array.of(at, at >> 8, 1)],
  ['decimals', new Decimal(0, 30, 128), BigInt],
]

async function roundTrip(type: DataType, cells: readonly Cell[], nullable = false) {
  const schema = new Schema([new Field('c', type, nullable)])
  const batch = batchOf(
    schema,
    cells.map((cell) => [cell]),
  )
  const read = await decodeParquet(await encodeParquet(new Table(schema, [batch])))
  expect(batchCells(read.batches, 0)).toEqual(batchCells([batch], 0))
}

describe.each(KINDS)('%s', (_, type, cell) => {
  test('of lists that are longer than the row group has rows', async () => {
    const list = new List(new Field('item', type, true))
    const items = Array.from({ length: 3000 }, (__, at) => cell(at))
    await roundTrip(list, [items])
    await roundTrip(list, [items.slice(0, 1000), [], items.slice(1000)])
  })

  test('that repeat themselves before others come', async () => {
    await roundTrip(
      type,
      Array.from({ length: 4000 }, (__, at) => cell(at >> 9)),
    )
    await roundTrip(
      type,
      Array.from({ length: 4000 }, (__, at) => (at % 5 === 0 ? null : cell(at >> 9))),
      true,
    )
  })
})

describe('byte strings in memory', () => {
  const { kernel, values } = collected(new Utf8(), ['a', '', 'bcd', 'ef'], false)

  test('lie between their start and their end', () => {
    expect([0, 1, 2, 3].map((i) => [startOf(values, i), endOf(values, i)])).toEqual([
      [0, 1],
      [1, 1],
      [1, 4],
      [4, 6],
    ])
    expect(Buffer.from(bytesAt(values, 2)).toString()).toBe('bcd')
  })

  test('have a length together, in order or in another', () => {
    expect(byteLength(values, 0, 4)).toBe(6)
    expect(byteLength(values, 1, 3)).toBe(3)
    expect(byteLength(values, 2, 2)).toBe(0)
    expect(byteLength(values, 3, 1)).toBe(0)
    const order = kernel.memory.reserve(12)
    kernel.memory.words.set([3, 0, 2], order / 4)
    expect(byteLength(values, 0, 3, order)).toBe(6)
    expect(byteLength(values, 0, 2, order)).toBe(3)
    expect(byteLength(values, 2, 3, order)).toBe(3)
  })

  test('take as many bytes as they have, others as their type', () => {
    expect((['bits', 'word', 'double-word', 'bytes', 'fixed'] as const).map(widthOf)).toEqual([1, 4, 8, 0, 0])
  })
})

test('a page of nulls alone has no values, not even the width of indexes', async () => {
  const schema = new Schema([new Field('c', new Utf8(), true)])
  const cells = Array.from({ length: 40_000 }, (_, at): Cell[] => [at < 20_000 ? null : `word ${at % 3}`])
  const bytes = await encodeParquet(new Table(schema, [batchOf(schema, cells)]), {
    pageIndex: true,
    compression: 'none',
  })
  const { meta_data } = metadataOf(bytes).row_groups[0]?.columns[0] ?? {}
  expect(meta_data?.encodings).toContain('RLE_DICTIONARY')
  const { header } = await readPageHeader(wholeChunk(bytes), Number(meta_data?.data_page_offset))
  // The length of the levels, and one run of them.
  expect(header).toMatchObject({ slots: 20_000, encoding: 'PLAIN', uncompressedBytes: 4 + 4 })
})

test('an index that is not in its dictionary is refused by name', async () => {
  const type = new Dictionary(new Utf8(), new Int32())
  const dictionary = vectorFromArray(['a', 'b'], new Utf8())
  for (const code of [-1, 2]) {
    const data = makeData({ type, length: 2, nullCount: 0, data: Int32Array.of(0, code), dictionary })
    const schema = new Schema([new Field('c', type, false)])
    const struct = makeData({ type: new Struct(schema.fields), length: 2, nullCount: 0, children: [data] })
    await expect(encodeParquet(new Table(schema, [new RecordBatch(schema, struct)]))).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      message: expect.stringContaining('a dictionary column has an index that is not in its dictionary'),
    })
  }
})

test('a column of another number of rows than its batch is refused', async () => {
  const schema = new Schema([new Field('a', new Int32(), false), new Field('b', new Int32(), false)])
  for (const length of [2, 4]) {
    const data = makeData({ type: new Int32(), length, nullCount: 0, data: new Int32Array(length) })
    const whole = makeData({ type: new Int32(), length: 3, nullCount: 0, data: new Int32Array(3) })
    const batch = new RecordBatch(
      schema,
      makeData({ type: new Struct(schema.fields), length: 3, nullCount: 0, children: [whole, whole] }),
    )
    Object.defineProperty(batch.data, 'children', { value: [whole, data] })
    await expect(encodeParquet(new Table(schema, [batch]))).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      message: expect.stringContaining('a column has more or fewer rows than its batch'),
      position: { column: 'b' },
    })
  }
})
