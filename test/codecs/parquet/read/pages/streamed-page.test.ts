import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'
import { Bool, Field, Float64, Int64, List, makeData, RecordBatch, Schema, Struct, Table, Utf8 } from 'apache-arrow'
import type { CompressionCodec } from 'hyparquet'
import { snappyCompressor } from 'hysnappy'
import { afterAll, describe, expect, test } from 'vitest'
import { type ByteSource, bytesSource } from '../../../../../src/codecs/input/source.ts'
import { decodeParquet, encodeParquet } from '../../../../../src/codecs/parquet/parquet.ts'
import { readBudget } from '../../../../../src/codecs/parquet/read/bytes/read-budget.ts'
import { readParquet } from '../../../../../src/codecs/parquet/read/read-parquet.ts'
import {
  concat,
  dictionaryPage,
  type HandmadeColumn,
  handmadeFile,
  type PageOptions,
  pageV1,
  pageV2,
} from '../../support/parquet-file.ts'

const scratch = mkdtempSync(join(tmpdir(), 'parquet-streamed-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** Beyond what a page may take to be inflated as a whole. */
const COUNT = 2_500_000
const words = Int32Array.from({ length: COUNT }, (_, i) => (i * 7919) % 1000)
const body = new Uint8Array(words.buffer)

const COMPRESS = new Map<CompressionCodec, (bytes: Uint8Array) => Uint8Array>([
  ['GZIP', (bytes) => zlib.gzipSync(bytes, { level: 1 })],
  ['BROTLI', (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 2 } })],
  ['ZSTD', (bytes) => zlib.zstdCompressSync(bytes)],
])

interface Page extends Partial<PageOptions> {
  readonly make?: typeof pageV1
  readonly codec: CompressionCodec
  readonly packed: Uint8Array
  readonly column?: Partial<HandmadeColumn>
}

const pageFile = ({ make = pageV1, codec, packed, column, ...page }: Page) =>
  handmadeFile({
    columns: [
      {
        type: 'INT32',
        codec,
        values: COUNT,
        pages: [make({ values: COUNT, body: packed, uncompressedBytes: body.length, ...page })],
        ...column,
      },
    ],
  })

async function wordsOf(bytes: Uint8Array): Promise<Int32Array> {
  const out = new Int32Array(COUNT)
  let at = 0
  for await (const batch of readParquet(bytes)) {
    const { values } = batch.data.children[0] as { values: Int32Array }
    out.set(values, at)
    at += values.length
  }
  return out
}

/** Literals of 60 bytes at most, then copies of all that came before them, from as far back. */
function snappyOf(first: Uint8Array, size: number, distance: number): Uint8Array {
  const out: number[] = []
  for (let left = size; ; left = Math.floor(left / 128)) {
    out.push(left < 128 ? left : (left & 127) | 128)
    if (left < 128) break
  }
  for (let at = 0; at < first.length; at += 60) {
    const part = first.subarray(at, at + 60)
    out.push((part.length - 1) << 2, ...part)
  }
  for (let at = first.length; at < size; at += 64) {
    out.push(((Math.min(64, size - at) - 1) << 2) | 3)
    out.push(distance & 255, (distance >> 8) & 255, (distance >> 16) & 255, distance >>> 24)
  }
  return Uint8Array.from(out)
}

describe('pages of 10 MB are inflated piece by piece', () => {
  describe.each([...COMPRESS])('%s', (codec, compress) => {
    const packed = compress(body)
    test.each([pageV1, pageV2])('holds the same values', async (make) => {
      const isCompressed = { isCompressed: true }
      expect(Buffer.compare(await bytesOf(pageFile({ codec, packed, make, ...isCompressed })), body)).toBe(0)
    })

    test('a checksum is checked before the last values', async () => {
      const crc = zlib.crc32(packed) | 0
      expect((await wordsOf(pageFile({ codec, packed, crc })))[COUNT - 1]).toBe(words[COUNT - 1])
      await expect(wordsOf(pageFile({ codec, packed, crc: crc ^ 1 }))).rejects.toMatchObject({
        code: 'PARQUET_INVALID',
        message: expect.stringContaining('checksum'),
      })
    })

    test.each([-4, 4])('a size that is %i bytes off is refused', async (off) => {
      const file = pageFile({ codec, packed, uncompressedBytes: body.length + off })
      await expect(wordsOf(file)).rejects.toMatchObject({ code: 'PARQUET_INVALID' })
    })

    test('bytes that are cut are refused', async () => {
      for (const kept of [packed.length >> 1, packed.length - 1]) {
        const cut = pageFile({ codec, packed: packed.subarray(0, kept) })
        await expect(wordsOf(cut)).rejects.toMatchObject({ code: 'PARQUET_INVALID' })
      }
    })
  })

  // Of these compressions it alone has a checksum of its own.
  test('GZIP: a byte that was changed is refused', async () => {
    const packed = zlib.gzipSync(body, { level: 1 })
    for (const at of [packed.length >> 2, packed.length >> 1, packed.length - 6]) {
      const changed = Uint8Array.from(packed)
      changed[at] = (changed[at] as number) ^ 0x10
      await expect(wordsOf(pageFile({ codec: 'GZIP', packed: changed }))).rejects.toMatchObject({
        code: 'PARQUET_INVALID',
      })
    }
  })

  async function bytesOf(file: Uint8Array): Promise<Uint8Array> {
    return new Uint8Array((await wordsOf(file)).buffer)
  }

  test.each([
    ['near', 4000],
    ['as far as blocks reach', 64_000],
    ['farther than any compressor', 200_000],
  ])('snappy that refers %s', async (_, distance) => {
    const first = body.slice(0, distance)
    const expected = new Uint8Array(body.length)
    for (let at = 0; at < expected.length; at += distance) expected.set(first.subarray(0, expected.length - at), at)
    const packed = snappyOf(first, body.length, distance)
    expect(Buffer.compare(await bytesOf(pageFile({ codec: 'SNAPPY', packed })), expected)).toBe(0)
    for (const lie of [
      packed.subarray(0, -1),
      snappyOf(first, body.length - 4, distance),
      snappyOf(first, body.length, distance + 1),
    ]) {
      await expect(wordsOf(pageFile({ codec: 'SNAPPY', packed: lie }))).rejects.toMatchObject({
        code: 'PARQUET_INVALID',
      })
    }
  })

  test('levels that are longer than their page', async () => {
    const packed = zlib.gzipSync(new Uint8Array(body.length).fill(0x7f), { level: 1 })
    await expect(wordsOf(pageFile({ codec: 'GZIP', packed, column: { optional: true } }))).rejects.toMatchObject({
      code: 'PARQUET_INVALID',
    })
  })

  test('fewer values than the page says', async () => {
    const short = body.subarray(0, body.length - 400)
    const file = pageFile({
      codec: 'GZIP',
      packed: zlib.gzipSync(short, { level: 1 }),
      uncompressedBytes: short.length,
    })
    await expect(wordsOf(file)).rejects.toMatchObject({ code: 'PARQUET_INVALID' })
  })
})

describe('tables whose column chunks are one page each', () => {
  const ROWS = 1_200_000
  const table = wideTable(ROWS)

  test.each(['snappy', 'gzip', 'none'] as const)(
    '%s: nulls, text, lists and structs equal those of pages of 1 MiB',
    async (compression) => {
      const rows = { rowGroupRows: ROWS, rowGroupBytes: Number.POSITIVE_INFINITY, compression }
      const limits = { maxInflatedBytes: 4 * 1024 ** 3 }
      const large = await decodeParquet(await encodeParquet(table, { ...rows, pageBytes: Number.POSITIVE_INFINITY }), {
        limits,
      })
      const small = await decodeParquet(await encodeParquet(table, rows), { limits })
      expect(large.numRows).toBe(ROWS)
      for (let at = 0; at < ROWS; at += 9973) expect(String(large.get(at))).toBe(String(small.get(at)))
      for (const { name } of table.schema.fields) {
        expect(large.getChild(name)?.nullCount).toBe(table.getChild(name)?.nullCount)
      }
    },
  )
})

describe('a page is inflated in the background while the header of the next one is read', () => {
  const ROWS = 2_000_000
  const table = wideTable(ROWS)

  // Whoever reads a window of the column takes its turn, however long a read takes.
  test.each([3, 5])('reads of any duration change no value: %i', async (seed) => {
    const rows = { rowGroupRows: ROWS, rowGroupBytes: Number.POSITIVE_INFINITY, pageBytes: 4 * 1024 * 1024 }
    const file = await encodeParquet(table, { ...rows, compression: 'zstd' })
    let random = seed
    const source: ByteSource = {
      ...bytesSource(file),
      async read(start, end) {
        random = (random * 48_271) % 2_147_483_647
        await wait(random % 20)
        return file.slice(start, end)
      },
    }
    let at = 0
    for await (const batch of readParquet(source)) {
      for (const name of ['a', 'b', 'c']) {
        const read = batch.getChild(name)
        const written = table.getChild(name)?.slice(at, at + batch.numRows)
        expect(read?.nullCount).toBe(written?.nullCount)
        for (let row = 0; row < batch.numRows; row += 997) expect(read?.get(row)).toBe(written?.get(row))
      }
      at += batch.numRows
    }
    expect(at).toBe(ROWS)
  })
})

describe('a row group takes at most 1.5 times the budget of its reading, and its dictionaries', () => {
  const child = fileURLToPath(new URL('../../support/parquet-memory-child.ts', import.meta.url))

  /** Reads a file in a process of its own. */
  function read(file: Uint8Array): { rows: number; addedBytes: number } {
    const path = join(scratch, 'group.parquet')
    writeFileSync(path, file)
    return JSON.parse(execFileSync(process.execPath, ['--expose-gc', child, path], { encoding: 'utf8' }))
  }

  describe('2 million rows, 124 MB of values, flat and nested', () => {
    const table = wideTable(2_000_000)
    test.each([
      ['snappy', 'pages of 1 MiB', 1024 * 1024],
      ['snappy', 'a page per column', Number.POSITIVE_INFINITY],
      ['none', 'pages of 1 MiB', 1024 * 1024],
      ['none', 'a page per column', Number.POSITIVE_INFINITY],
      ['zstd', 'pages of 4 MiB', 4 * 1024 * 1024],
    ] as const)('%s, %s', async (compression, _, pageBytes) => {
      const options = { rowGroupRows: 1e9, rowGroupBytes: Number.POSITIVE_INFINITY, pageBytes, compression }
      const { rows, addedBytes } = read(await encodeParquet(table, options))
      expect(rows).toBe(2_000_000)
      expect(addedBytes).toBeLessThan(1.5 * readBudget(table.numCols))
    })
  })

  const VALUES = 131_072
  /** A run of `VALUES` levels. */
  const levels = (level: number) => [0x80, 0x80, 0x10, level]
  const longs = BigInt64Array.from({ length: VALUES }, (_, i) => BigInt((i * 48_271) % 1_000_003))
  const packed = snappyCompressor()(new Uint8Array(longs.buffer))
  const compressed = { values: VALUES, isCompressed: true }

  /** A page of version 2 of 1 MiB, whose levels say that nothing is null and no list has more than one element. */
  const levelPage = (definition: readonly number[], repetition: readonly number[]) =>
    pageV2({
      ...compressed,
      body: concat(repetition, definition, packed),
      uncompressedBytes: longs.byteLength + definition.length + repetition.length,
      definitionBytes: definition.length,
      repetitionBytes: repetition.length,
    })
  const kinds = [
    { page: levelPage([], []) },
    { page: levelPage(levels(1), []), optional: true },
    { page: levelPage(levels(1), levels(0)), repeated: true },
  ]

  test.each([
    [6, 24],
    [60, 5],
  ])('pages of version 2: %i columns of %i MiB, some with nulls or lists', (count, pages) => {
    const columns = Array.from({ length: count }, (_, i): HandmadeColumn => {
      const { page, ...kind } = kinds[i % kinds.length] as (typeof kinds)[number]
      const shape = { name: `c${i}`, type: 'INT64', codec: 'SNAPPY', values: pages * VALUES } as const
      return { ...shape, ...kind, pages: Array<Uint8Array>(pages).fill(page) }
    })
    const { rows, addedBytes } = read(handmadeFile({ columns, rows: pages * VALUES }))
    expect(rows).toBe(pages * VALUES)
    expect(addedBytes).toBeLessThan(1.5 * readBudget(count))
  })

  test('a dictionary of 24 MiB', () => {
    const entries = 3 * 1024 * 1024
    // The width of an index, and one run of them.
    const indexes = pageV1({ values: 8 * VALUES, encoding: 'RLE_DICTIONARY', body: [22, 0x80, 0x80, 0x80, 1, 1, 0, 0] })
    const dictionary = dictionaryPage({ values: entries, body: new Uint8Array(8 * entries) })
    const values = 40 * VALUES
    const pages = [dictionary, ...Array<Uint8Array>(5).fill(indexes)]
    const columns: HandmadeColumn[] = [{ type: 'INT64', values, hasDictionary: true, pages }]
    const { rows, addedBytes } = read(handmadeFile({ columns }))
    expect(rows).toBe(values)
    expect(addedBytes).toBeLessThan(1.5 * readBudget(1) + 8 * entries)
  })
})

/** Columns that take no dictionary: 150 MB at 2 million rows. */
function wideTable(rows: number): Table {
  const bitmap = new Uint8Array((rows + 7) >> 3).fill(0b10110111)
  const text = Buffer.alloc(rows * 12)
  for (let i = 0; i < rows; i++) text.write(`n${String((i * 7919) % 99_999_989).padStart(11, '0')}`, i * 12, 'latin1')
  const offsets = Int32Array.from({ length: rows + 1 }, (_, i) => i * 12)
  const doubles = Float64Array.from({ length: rows }, (_, i) => (i * 48_271) % 2_147_483_647)
  const longs = BigInt64Array.from(doubles, (value) => BigInt(value) * 3n)
  const utf8 = makeData({ type: new Utf8(), length: rows, valueOffsets: offsets, data: text })
  const numbers = makeData({ type: new Float64(), length: rows, nullBitmap: bitmap, data: doubles })
  const starts = Int32Array.from({ length: rows + 1 }, (_, i) => (i >> 1) * 2)
  const fields = [
    new Field('a', new Int64(), false),
    new Field('b', new Float64(), true),
    new Field('c', new Utf8(), false),
    new Field('d', new List(new Field('item', new Float64(), true)), false),
    new Field('e', new Struct([new Field('f', new Utf8(), false)]), false),
    new Field('g', new Bool(), false),
  ]
  const columns = [
    makeData({ type: new Int64(), length: rows, data: longs }),
    numbers,
    utf8,
    makeData({ type: fields[3]?.type as List, length: rows, valueOffsets: starts, child: numbers }),
    makeData({ type: fields[4]?.type as Struct, length: rows, children: [utf8] }),
    makeData({ type: new Bool(), length: rows, data: bitmap }),
  ]
  const schema = new Schema(fields)
  return new Table([
    new RecordBatch(schema, makeData({ type: new Struct(fields), length: rows, children: columns as never })),
  ])
}
