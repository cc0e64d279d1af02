import { Binary, Field, Float64, Int32, List, makeData, RecordBatch, Schema, Struct, Table, Utf8 } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { decodeParquet } from '../../../../src/codecs/parquet/parquet.ts'
import { fileWriter } from '../../../../src/codecs/parquet/write/file-writer.ts'
import { type ParquetWriteOptions, writeSettings } from '../../../../src/codecs/parquet/write/write-options.ts'
import { encodeParquet, writeParquet } from '../../../../src/codecs/parquet/write/write-parquet.ts'
import { batchOf, type Cell } from '../../../support/arbitrary-table.ts'
import { metadataOf } from '../support/parquet-oracles.ts'

const SCHEMA = new Schema([new Field('n', new Int32(), false), new Field('t', new Utf8(), true)])
const batch = (rows: number, from = 0) =>
  batchOf(
    SCHEMA,
    Array.from({ length: rows }, (_, i): Cell[] => [from + i, i % 3 === 0 ? null : `row ${from + i}`]),
  )

/** The rows of each row group of a file of these batches. */
function groupsOf(batches: readonly RecordBatch[], options: ParquetWriteOptions, flushAfter: readonly number[] = []) {
  const file = fileWriter(writeSettings(options))
  const pieces: Uint8Array[] = []
  for (const [i, one] of batches.entries()) {
    pieces.push(...file.add(one))
    if (flushAfter.includes(i)) pieces.push(...file.flush())
  }
  pieces.push(...file.finish())
  const bytes = Buffer.concat(pieces)
  const { row_groups, num_rows } = metadataOf(bytes)
  return { groups: row_groups.map((group) => Number(group.num_rows)), rows: Number(num_rows), bytes }
}

describe('row groups', () => {
  test.each<[number[], ParquetWriteOptions, number[]]>([
    [[10], { rowGroupRows: 10 }, [10]],
    [[10], { rowGroupRows: 9 }, [9, 1]],
    [[10], { rowGroupRows: 3 }, [3, 3, 3, 1]],
    [[4, 4, 4], { rowGroupRows: 6 }, [6, 6]],
    [[4, 4, 4], { rowGroupRows: 5 }, [5, 5, 2]],
    [[0, 4, 0], { rowGroupRows: 4 }, [4]],
    [[0], {}, [0]],
    [[1, 1, 1], { rowGroupRows: 1 }, [1, 1, 1]],
  ])('of batches of %j rows with %j: %j', (sizes, options, expected) => {
    const batches = sizes.map((size, i) =>
      batch(
        size,
        sizes.slice(0, i).reduce((sum, before) => sum + before, 0),
      ),
    )
    const { groups, rows } = groupsOf(batches, options)
    expect(groups).toEqual(expected)
    expect(rows).toBe(sizes.reduce((sum, size) => sum + size, 0))
  })

  test('end once they hold their bytes', () => {
    const numbers = new Schema([new Field('n', new Int32(), false)])
    const of = (rows: number) =>
      batchOf(
        numbers,
        Array.from({ length: rows }, (_, i): Cell[] => [i]),
      )
    // Eight bytes a row, since the only column counts twice.
    expect(groupsOf([of(10)], { rowGroupBytes: 24 }).groups).toEqual([3, 3, 3, 1])
    expect(groupsOf([of(10)], { rowGroupBytes: 26 }).groups).toEqual([6, 4])
    expect(groupsOf([of(10)], { rowGroupBytes: 1 }).groups).toEqual(new Array(10).fill(1))
    expect(groupsOf([of(3), of(3), of(3)], { rowGroupBytes: 48 }).groups).toEqual([6, 3])
    expect(groupsOf([of(3), of(3), of(3)], { rowGroupBytes: 50 }).groups).toEqual([9])
  })

  test('are ended by a flush, unless they are empty', () => {
    const { groups, bytes } = groupsOf([batch(3), batch(2, 3), batch(4, 5)], {}, [0, 1, 2])
    expect(groups).toEqual([3, 2, 4])
    expect(groupsOf([batch(0), batch(2)], {}, [0]).groups).toEqual([2])
    expect(metadataOf(bytes).row_groups.map((group) => Number(group.file_offset))[0]).toBe(4)
  })

  test('say where they are and how large', () => {
    const { bytes } = groupsOf([batch(100)], { rowGroupRows: 40, compression: 'none' })
    let at = 4
    for (const group of metadataOf(bytes).row_groups) {
      expect(Number(group.file_offset)).toBe(at)
      const sizes = group.columns.map(({ meta_data }) => Number(meta_data?.total_compressed_size))
      expect(Number(group.total_compressed_size)).toBe(sizes.reduce((sum, size) => sum + size, 0))
      expect(Number(group.total_byte_size)).toBe(
        group.columns.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size), 0),
      )
      at += Number(group.total_compressed_size)
    }
  })

  test('errors name the row of the file', () => {
    const loose = new Schema([new Field('n', new Int32(), true), new Field('t', new Utf8(), true)])
    const write = (rows: Cell[][]) => groupsOf([batch(7), batchOf(loose, rows)], { rowGroupRows: 3 })
    expect(() =>
      write([
        [1, 'a'],
        [null, 'b'],
      ]),
    ).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH', position: { row: 9, column: 'n' } }))
  })
})

describe('nulls where none may be', () => {
  const item = (nullable: boolean) => new List(new Field('item', new Int32(), nullable))
  test.each<[string, Cell[][], number]>([
    ['in the first list', [[[1, null]], [[2]]], 1],
    ['in a later list', [[[1]], [[]], [[2, 3, null]], [[4]]], 3],
    ['a list itself', [[[1]], [null]], 2],
  ])('%s', async (_, rows, row) => {
    const strict = new Schema([new Field('l', item(false), false)])
    const loose = new Schema([new Field('l', item(true), true)])
    const { data } = batchOf(loose, rows)
    const broken = new RecordBatch(
      strict,
      makeData({ type: new Struct(strict.fields), length: rows.length, nullCount: 0, children: data.children }),
    )
    await expect(encodeParquet(new Table(strict, [broken]))).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      position: { row, column: expect.stringMatching(/^l/) },
    })
  })
})

describe('bytes that a stream yields', () => {
  const schema = new Schema([new Field('b', new Binary(), false)])
  const noise = (length: number, seed: number) =>
    Uint8Array.from({ length }, (_, i) => ((i + seed) * 2_654_435_761) >>> 13)

  async function chunksOf(sizes: readonly number[], options: ParquetWriteOptions) {
    async function* source() {
      for (const [i, size] of sizes.entries()) yield batchOf(schema, [[noise(size, i * 31)]])
    }
    const chunks: Uint8Array[] = []
    for await (const chunk of writeParquet(options)(source())) chunks.push(chunk)
    return chunks
  }

  test('come in chunks of 256 KiB or more, until the last', async () => {
    const KIB = 1024
    const chunks = await chunksOf([...new Array<number>(20).fill(50 * KIB), 600 * KIB, 10], {
      rowGroupRows: 1,
      compression: 'none',
    })
    expect(chunks.slice(0, -1).filter(({ length }) => length < 256 * KIB).length).toBeLessThanOrEqual(1)
    expect(chunks.some(({ length }) => length > 600 * KIB)).toBe(true)
    const table = await decodeParquet(Buffer.concat(chunks))
    expect(table.numRows).toBe(22)
    expect(Buffer.compare(table.getChildAt(0)?.get(20), noise(600 * KIB, 20 * 31))).toBe(0)
  })

  test('are the same as of a table', async () => {
    const chunks = await chunksOf([10, 20, 30], { rowGroupRows: 2 })
    const whole = await encodeParquet(
      new Table(
        schema,
        [10, 20, 30].map((size, i) => batchOf(schema, [[noise(size, i * 31)]])),
      ),
      { rowGroupRows: 2 },
    )
    expect(Buffer.compare(Buffer.concat(chunks), whole)).toBe(0)
    expect(chunks.length).toBe(1)
  })
})

describe('a column chunk', () => {
  const chunksOf = async (type: Field['type'], cells: Cell[], options: ParquetWriteOptions = {}, nullable = true) => {
    const one = new Schema([new Field('c', type, nullable)])
    const table = new Table(one, [
      batchOf(
        one,
        cells.map((cell) => [cell]),
      ),
    ])
    const bytes = await encodeParquet(table, options)
    return { bytes, meta: metadataOf(bytes).row_groups[0]?.columns[0] }
  }
  const words = Array.from({ length: 3000 }, (_, i) => `word ${i % 7}`)

  test('names its encodings: of values, of its dictionary, of levels', async () => {
    const encodings = async (...of: Parameters<typeof chunksOf>) => (await chunksOf(...of)).meta?.meta_data?.encodings
    expect(await encodings(new Utf8(), words)).toEqual(['RLE_DICTIONARY', 'PLAIN', 'RLE'])
    expect(await encodings(new Utf8(), words, {}, false)).toEqual(['RLE_DICTIONARY', 'PLAIN'])
    expect(await encodings(new Float64(), [0.1, 0.2, 0.3])).toEqual(['PLAIN', 'RLE'])
    expect(await encodings(new Float64(), [0.1, 0.2, 0.3], {}, false)).toEqual(['PLAIN'])
  })

  test('counts its distinct values by its dictionary, but not those of floats', async () => {
    const distinct = async (...of: Parameters<typeof chunksOf>) =>
      (await chunksOf(...of)).meta?.meta_data?.statistics?.distinct_count
    expect(await distinct(new Utf8(), words)).toBe(7n)
    expect(
      await distinct(
        new Float64(),
        words.map((_, i) => i % 5),
      ),
    ).toBeUndefined()
    expect(await distinct(new Utf8(), ['a', 'b'])).toBeUndefined()
  })

  test('says where its pages begin', async () => {
    const { meta, bytes } = await chunksOf(new Utf8(), words)
    const { data_page_offset, dictionary_page_offset, total_compressed_size } = meta?.meta_data ?? {}
    expect([Number(meta?.file_offset), Number(dictionary_page_offset)]).toEqual([4, 4])
    expect(Number(data_page_offset)).toBeGreaterThan(4)
    expect(Number(total_compressed_size)).toBeLessThan(bytes.length)
    const plain = await chunksOf(new Float64(), [0.1, 0.2])
    expect(plain.meta?.meta_data?.dictionary_page_offset).toBeUndefined()
    expect(Number(plain.meta?.meta_data?.data_page_offset)).toBe(4)
  })

  test('has a bloom filter where it is asked for, but not of booleans', async () => {
    const filtered = await chunksOf(new Utf8(), words, { bloomFilters: ['c'] })
    expect(Number(filtered.meta?.meta_data?.bloom_filter_offset)).toBeGreaterThan(4)
    expect((await chunksOf(new Utf8(), words)).meta?.meta_data?.bloom_filter_offset).toBeUndefined()
    expect(filtered.meta?.offset_index_offset).toBeUndefined()
  })

  test('of unknown names has none', async () => {
    await expect(chunksOf(new Utf8(), words, { bloomFilters: ['c', 'd'] })).rejects.toMatchObject({
      code: 'COLUMN_UNKNOWN',
      position: { column: 'd' },
    })
  })
})
