import zlib from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { byteValues, fixedValues, type Values } from '../../../../../src/codecs/parquet/read/bytes/value-buffers.ts'
import type { DataPage } from '../../../../../src/codecs/parquet/read/pages/data-page.ts'
import type { Leaf } from '../../../../../src/codecs/parquet/read/schema/schema-shape.ts'
import { type ColumnPages, openPages, type PageLimits } from '../../support/column-pages.ts'
import { packedRun, prefixed, repeatedRun, uint32 } from '../../support/encodings.ts'
import { concat, dictionaryPage, pageV1, pageV2, thrift } from '../../support/parquet-file.ts'
import { leafOf } from '../../support/schema-element.ts'

const INT32 = leafOf({ type: 'INT32' })
const OPTIONAL = leafOf({ type: 'INT32', repetition: 'OPTIONAL' })
const LISTED: Leaf = { ...OPTIONAL, definition: 1, repetition: 1 }
const TEXT = leafOf({ type: 'BYTE_ARRAY', logical: { kind: 'string' } })
const word = (...values: number[]): number[] => values.flatMap(uint32)

async function readPages(column: ColumnPages, limits?: PageLimits) {
  const { reader, held } = openPages(column, limits)
  const pages: DataPage[] = []
  for (let page = await reader.next(); page !== undefined; page = await reader.next()) pages.push(page)
  return { pages, held }
}

async function valuesOf(page: DataPage | undefined, count: number, into: Values = fixedValues(4, count)) {
  await page?.hold?.(count, count, Number.POSITIVE_INFINITY)
  page?.values.read(count, into)
  return into.kind === 'fixed' ? [...new Int32Array(into.bytes.buffer, 0, count)] : [...into.bytes]
}

const WHOLE = [Number.POSITIVE_INFINITY, 0]
const refused = (message: string, code = 'PARQUET_INVALID') => ({ code, message: expect.stringContaining(message) })

describe.each(WHOLE)('pages over %d bytes are read piece by piece', (maxWholeBytes) => {
  test('pages of values, with pages of no values and of indexes between them', async () => {
    const index = thrift({ field_1: 1, field_2: 3, field_3: 3 })
    const column = {
      leaf: INT32,
      values: 3,
      pages: [
        pageV1({ values: 1, body: word(7) }),
        concat(index, [1, 2, 3]),
        pageV1({ values: 0, body: [] }),
        pageV2({ values: 2, body: word(8, 9) }),
      ],
    }
    const { pages } = await readPages(column, { maxWholeBytes })
    expect(pages.map(({ slots }) => slots)).toEqual([1, 2])
    expect([await valuesOf(pages[0], 1), await valuesOf(pages[1], 2)]).toEqual([[7], [8, 9]])
    expect(pages.map(({ definition, repetition }) => [definition, repetition])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ])
    expect(pages.map(({ valueBytes }) => valueBytes)).toEqual([4, 8])
  })

  test('levels of both versions precede the values', async () => {
    const levels = [repeatedRun(0, 2, 1), repeatedRun(1, 2, 1)] as const
    const v1 = pageV1({ values: 2, body: [...prefixed(levels[0]), ...prefixed(levels[1]), ...word(7, 8)] })
    const v2 = pageV2({
      values: 2,
      body: [...levels[0], ...levels[1], ...word(7, 8)],
      repetitionBytes: 2,
      definitionBytes: 2,
    })
    for (const page of [v1, v2]) {
      const { pages } = await readPages({ leaf: LISTED, values: 2, pages: [page] }, { maxWholeBytes })
      const out = new Int32Array(2)
      pages[0]?.repetition?.read(out, 0, 2)
      expect([...out]).toEqual([0, 0])
      pages[0]?.definition?.read(out, 0, 2)
      expect([...out]).toEqual([1, 1])
      expect(await valuesOf(pages[0], 2)).toEqual([7, 8])
      expect(() => pages[0]?.definition?.read(out, 0, 1)).toThrow('ends before its last value')
    }
  })

  test('a checksum of the compressed bytes, levels and all', async () => {
    const body = [...repeatedRun(1, 2, 1), ...word(7, 8)]
    const crc = zlib.crc32(Uint8Array.from(body))
    for (const [sum, isRight] of [
      [crc | 0, true],
      [crc ^ 1, false],
      [(crc + 1) | 0, false],
      [0, false],
    ] as const) {
      const pages = [pageV2({ values: 2, body, definitionBytes: 2, crc: sum })]
      const read = async () => {
        const { reader } = openPages({ leaf: OPTIONAL, values: 2, pages }, { maxWholeBytes })
        return valuesOf(await reader.next(), 2)
      }
      if (isRight) expect(await read()).toEqual([7, 8])
      else await expect(read()).rejects.toMatchObject(refused('the checksum of a page does not match its bytes'))
    }
  })

  const gzip = (bytes: number[]) => zlib.gzipSync(Uint8Array.from(bytes))
  test('of version 2, compressed or not: levels never are', async () => {
    const levels = repeatedRun(1, 2, 1)
    const packed = gzip(word(7, 8))
    const base = { values: 2, definitionBytes: 2 }
    for (const page of [
      pageV2({ ...base, body: [...levels, ...packed], uncompressedBytes: 10, isCompressed: true }),
      pageV2({ ...base, body: [...levels, ...word(7, 8)], isCompressed: false }),
    ]) {
      const { pages } = await readPages({ leaf: OPTIONAL, codec: 'GZIP', values: 2, pages: [page] }, { maxWholeBytes })
      expect(await valuesOf(pages[0], 2)).toEqual([7, 8])
    }
  })

  test.each<[string, Leaf, Uint8Array[], number, string, string?]>([
    ['no page', INT32, [], 1, 'a column chunk ends before its last value'],
    ['too few pages', INT32, [pageV1({ values: 1, body: word(1) })], 2, 'a column chunk ends before its last value'],
    [
      'too many values',
      INT32,
      [pageV1({ values: 2, body: word(1, 2) })],
      1,
      'a page has more values than are left in its column chunk',
    ],
    [
      'too many values in the second page',
      INT32,
      [pageV1({ values: 1, body: word(1) }), pageV1({ values: 2, body: word(1, 2) })],
      2,
      'a page has more values than are left in its column chunk',
    ],
    [
      'a page that is longer than its chunk',
      INT32,
      [pageV1({ values: 1, body: word(1), compressedBytes: 5, uncompressedBytes: 5 })],
      1,
      'a page is longer than its column chunk',
    ],
    [
      'levels in another encoding',
      OPTIONAL,
      [
        concat(
          thrift({ field_1: 0, field_2: 4, field_3: 4, field_5: { field_1: 1, field_2: 0, field_3: 4, field_4: 3 } }),
          word(1),
        ),
      ],
      1,
      'levels in the deprecated encoding BIT_PACKED cannot be read',
      'UNSUPPORTED_FORMAT',
    ],
    ['levels without a length', OPTIONAL, [pageV1({ values: 1, body: [1, 2, 3] })], 1, 'a page ends before its levels'],
    [
      'levels that are longer than the page',
      OPTIONAL,
      [pageV1({ values: 1, body: [3, 0, 0, 0, 2, 1] })],
      1,
      'the levels of a page are longer than the page',
    ],
    [
      'levels of 4 GiB',
      OPTIONAL,
      [pageV1({ values: 1, body: [255, 255, 255, 255, 2, 1] })],
      1,
      'the levels of a page are longer than the page',
    ],
    [
      'levels of version 2 that are longer than the page',
      OPTIONAL,
      [pageV2({ values: 1, body: [2, 1], definitionBytes: 3, uncompressedBytes: 9 })],
      1,
      'the levels of a page are longer than the page',
    ],
    [
      'levels of version 2 that are longer than the page inflated',
      OPTIONAL,
      [pageV2({ values: 1, body: [2, 1, 3], definitionBytes: 2, repetitionBytes: 1, uncompressedBytes: 2 })],
      1,
      'the levels of a page are longer than the page',
    ],
  ])('%s', async (_, leaf, pages, values, message, code) => {
    await expect(readPages({ leaf, values, pages }, { maxWholeBytes })).rejects.toMatchObject(refused(message, code))
  })

  test('two kinds of levels that are longer than the page together', async () => {
    const body = [...prefixed(repeatedRun(0, 1, 1)), 6, 0, 0, 0, 2, 1, 7, 0, 0, 0].slice(0, -1)
    const pages = [pageV1({ values: 1, body })]
    await expect(readPages({ leaf: LISTED, values: 1, pages }, { maxWholeBytes })).rejects.toMatchObject(
      refused('the levels of a page are longer than the page'),
    )
  })

  test('levels of no bytes are found to be missing when they are read', async () => {
    const column = { leaf: OPTIONAL, values: 1, pages: [pageV1({ values: 1, body: prefixed([]) })] }
    const { pages } = await readPages(column, { maxWholeBytes })
    expect(() => pages[0]?.definition?.read(new Int32Array(1), 0, 1)).toThrow('ends before its last value')
  })

  test('levels that fill their page', async () => {
    const v1 = pageV1({ values: 1, body: prefixed([2, 0]) })
    const v2 = pageV2({ values: 1, body: [2, 0], definitionBytes: 2 })
    for (const page of [v1, v2]) {
      const { pages } = await readPages({ leaf: OPTIONAL, values: 1, pages: [page] }, { maxWholeBytes })
      const out = new Int32Array(1)
      pages[0]?.definition?.read(out, 0, 1)
      expect([pages[0]?.slots, out[0]]).toEqual([1, 0])
    }
  })

  test('all that pages inflate to is counted, and what they hold', async () => {
    const column = { leaf: INT32, values: 4, pages: [1, 2].map(() => pageV1({ values: 2, body: word(1, 2) })) }
    expect((await readPages(column, { maxWholeBytes, maxInflated: 16 })).pages.length).toBe(2)
    await expect(readPages(column, { maxWholeBytes, maxInflated: 15 })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    })
    const { reader } = openPages(column, { maxWholeBytes, maxHeld: 7 })
    await expect(reader.next()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    expect((await openPages(column, { maxWholeBytes, maxHeld: 8 }).reader.next())?.slots).toBe(2)
  })
})

describe('a page that is read piece by piece', () => {
  const body = Uint8Array.from(word(...Array.from({ length: 300 }, (_, i) => i)))

  test('holds no more than a whole page may, besides its levels', async () => {
    const { pages, held } = await readPages(
      { leaf: INT32, values: 300, pages: [pageV1({ values: 300, body })] },
      { maxWholeBytes: 100, maxHeld: 1200 },
    )
    expect(pages[0]?.heldBytes).toBe(100)
    held.take(1100)
    expect(() => held.take(1)).toThrow()
    const levels = prefixed(repeatedRun(1, 300, 1))
    const leveled = { leaf: OPTIONAL, values: 300, pages: [pageV1({ values: 300, body: [...levels, ...body] })] }
    const { pages: of } = await readPages(leveled, { maxWholeBytes: 100 })
    expect(of[0]?.heldBytes).toBe(100 + levels.length - 4)
    const { pages: small } = await readPages(leveled, { maxWholeBytes: 1206 })
    expect(small[0]?.heldBytes).toBe(1207)
  })

  test('is one of plain values over the size, in a compression that allows it', async () => {
    const isStreamed = async (leaf: Leaf, page: Uint8Array, maxWholeBytes: number, codec?: ColumnPages['codec']) => {
      const column = { leaf, values: 300, pages: [page], ...(codec === undefined ? {} : { codec }) }
      return (await openPages(column, { maxWholeBytes }).reader.next())?.hold !== undefined
    }
    const plain = pageV1({ values: 300, body })
    expect(await isStreamed(INT32, plain, 1199)).toBe(true)
    expect(await isStreamed(INT32, plain, 1200)).toBe(false)
    expect(await isStreamed(INT32, pageV2({ values: 300, body }), 1199)).toBe(true)
    expect(await isStreamed(leafOf({ type: 'BOOLEAN' }), plain, 100)).toBe(false)
    const split = pageV1({ values: 300, encoding: 'BYTE_STREAM_SPLIT', body })
    expect(await isStreamed(INT32, split, 100)).toBe(false)
    const block = Uint8Array.of(0xf0, 255, 255, 255, 255, 1200 - 15 - 4 * 255, ...body)
    const lz4 = pageV1({ values: 300, body: block, uncompressedBytes: 1200 })
    expect(await isStreamed(INT32, lz4, 100, 'LZ4_RAW')).toBe(false)
  })

  test('is read to its end before its last values are returned', async () => {
    const damaged = zlib.gzipSync(body)
    damaged[damaged.length - 5] = (damaged[damaged.length - 5] as number) ^ 1
    const page = pageV1({ values: 300, body: damaged, uncompressedBytes: 1200 })
    const { reader } = openPages({ leaf: INT32, codec: 'GZIP', values: 300, pages: [page] }, { maxWholeBytes: 0 })
    const read = await reader.next()
    await expect(read?.hold?.(300, 300, 1e6)).rejects.toMatchObject({ code: 'PARQUET_INVALID' })
  })

  test('a part of it is ready without the rest', async () => {
    const page = pageV1({ values: 300, body })
    const { reader } = openPages({ leaf: INT32, values: 300, pages: [page] }, { maxWholeBytes: 0 })
    const read = await reader.next()
    expect(await read?.hold?.(10, 300, 1e6)).toBe(10)
    expect(await read?.hold?.(300, 300, 40)).toBe(10)
    expect(await read?.hold?.(300, 300, 1e6)).toBe(300)
  })
})

describe('dictionaries', () => {
  const indexed = pageV1({ values: 2, encoding: 'RLE_DICTIONARY', body: [1, ...packedRun([1, 0], 1)] })
  const first = (leaf: Leaf, ...pages: Uint8Array[]) => openPages({ leaf, values: 2, pages }).reader.next()

  test('of numbers, converted as their column is', async () => {
    const page = await first(INT32, dictionaryPage({ values: 2, body: word(7, 8) }), indexed)
    expect(await valuesOf(page, 2)).toEqual([8, 7])
    expect(page?.dictionary).toMatchObject({
      longestValue: 0,
      checked: true,
      values: { kind: 'fixed', width: 4, count: 2 },
    })
    const narrow = leafOf({ type: 'INT32', logical: { kind: 'integer', bits: 8, signed: false } })
    const converted = await first(narrow, dictionaryPage({ values: 2, body: word(7, 8) }), indexed)
    expect(converted?.dictionary).toMatchObject({ longestValue: 0, checked: true, values: { width: 1, count: 2 } })
    const bits = await first(leafOf({ type: 'BOOLEAN' }), dictionaryPage({ values: 2, body: [0b10] }), indexed)
    expect([...(bits?.dictionary?.values.bytes ?? [])]).toEqual([0, 1])
  })

  test('of text, with the longest of them, and whether they are UTF-8', async () => {
    const of = async (leaf: Leaf, ...texts: number[][]) => {
      const body = texts.flatMap(prefixed)
      return (await first(leaf, dictionaryPage({ values: texts.length, body }), indexed))?.dictionary
    }
    expect(await of(TEXT, [97], [98, 99, 100], [])).toMatchObject({
      longestValue: 3,
      checked: true,
      values: { count: 3 },
    })
    expect(await of(TEXT, [], [])).toMatchObject({ longestValue: 1, checked: true })
    expect(await of(TEXT, [97], [0xff])).toMatchObject({ longestValue: 1, checked: false })
    expect(await of(leafOf({ type: 'BYTE_ARRAY' }), [97], [0xff])).toMatchObject({ checked: true })
  })

  test('that a later page does not use is known nevertheless', async () => {
    const { reader } = openPages({
      leaf: INT32,
      values: 4,
      pages: [dictionaryPage({ values: 2, body: word(7, 8) }), indexed, pageV1({ values: 2, body: word(1, 2) })],
    })
    const [before, after] = [await reader.next(), await reader.next()]
    expect(before?.chunkDictionary).toBe(before?.dictionary)
    expect([after?.dictionary, after?.chunkDictionary]).toEqual([undefined, before?.dictionary])
  })

  test('PLAIN_DICTIONARY is another name', async () => {
    const old = pageV1({ values: 2, encoding: 'PLAIN_DICTIONARY', body: [1, ...packedRun([1, 0], 1)] })
    const page = await first(INT32, dictionaryPage({ values: 2, encoding: 'PLAIN_DICTIONARY', body: word(7, 8) }), old)
    expect(await valuesOf(page, 2)).toEqual([8, 7])
    expect(page?.dictionary?.values.count).toBe(2)
  })

  test.each<[string, Leaf, Uint8Array, string, string?]>([
    [
      'INT32',
      INT32,
      dictionaryPage({ values: 3, body: word(1, 2) }),
      'a dictionary claims more values than its page can hold',
    ],
    [
      'BOOLEAN',
      leafOf({ type: 'BOOLEAN' }),
      dictionaryPage({ values: 9, body: [1] }),
      'a dictionary claims more values than its page can hold',
    ],
    [
      'BYTE_ARRAY',
      TEXT,
      dictionaryPage({ values: 3, body: [...prefixed([]), ...prefixed([1, 2])] }),
      'claims more values',
    ],
    [
      'another encoding',
      INT32,
      dictionaryPage({ values: 1, encoding: 'RLE', body: word(1) }),
      'dictionaries in the encoding RLE cannot be read',
      'UNSUPPORTED_FORMAT',
    ],
  ])('that cannot be: %s', async (_, leaf, page, message, code) => {
    await expect(first(leaf, page, indexed)).rejects.toMatchObject(refused(message, code))
  })

  test('as large as its page', async () => {
    expect((await first(leafOf({ type: 'BOOLEAN' }), dictionaryPage({ values: 8, body: [1] }), indexed))?.slots).toBe(2)
    const texts = dictionaryPage({ values: 2, body: [...prefixed([]), ...prefixed([])] })
    expect((await first(TEXT, texts, indexed))?.slots).toBe(2)
  })

  test('a second one', async () => {
    const dictionary = dictionaryPage({ values: 2, body: word(7, 8) })
    await expect(first(INT32, dictionary, dictionary, indexed)).rejects.toMatchObject(
      refused('a column chunk has a second dictionary'),
    )
  })

  test('are kept as they are where their column asks for it', async () => {
    const kept = { ...TEXT, kept: {} as NonNullable<Leaf['kept']> }
    const dictionary = dictionaryPage({ values: 2, body: [...prefixed([97]), ...prefixed([98])] })
    const { reader } = openPages({
      leaf: kept,
      values: 3,
      pages: [dictionary, indexed, pageV1({ values: 1, body: prefixed([99]) })],
    })
    expect(await valuesOf(await reader.next(), 2)).toEqual([1, 0])
    expect(await valuesOf(await reader.next(), 1, byteValues(0))).toEqual([99])
  })
})

test('the memory of a page is returned once', async () => {
  const body = new Uint8Array(70_000)
  const packed = zlib.gzipSync(body)
  const { reader } = openPages({
    leaf: leafOf({ type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 70_000 }),
    codec: 'GZIP',
    values: 1,
    pages: [pageV1({ values: 1, body: packed, uncompressedBytes: 70_000 })],
  })
  const page = await reader.next()
  page?.release?.()
  page?.release?.()
  expect(page?.heldBytes).toBe(70_000)
})
