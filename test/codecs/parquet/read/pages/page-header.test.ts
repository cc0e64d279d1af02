import { describe, expect, test } from 'vitest'
import { wholeChunk } from '../../../../../src/codecs/parquet/read/bytes/chunk-bytes.ts'
import { readPageHeader } from '../../../../../src/codecs/parquet/read/pages/page-header.ts'
import { concat, thrift } from '../../support/parquet-file.ts'

const V1 = {
  field_1: 0,
  field_2: 20,
  field_3: 10,
  field_4: undefined as unknown,
  field_5: { field_1: 7, field_2: 8, field_3: 3, field_4: 4 },
}
const V2 = {
  field_1: 3,
  field_2: 20,
  field_3: 10,
  field_8: { field_1: 7, field_2: 1, field_3: 6, field_4: 5, field_5: 3, field_6: 2 },
}
const DICTIONARY = { field_1: 2, field_2: 20, field_3: 10, field_7: { field_1: 7, field_2: 2 } }
const SIZES = { uncompressedBytes: 20, compressedBytes: 10, crc: undefined }

async function read(struct: Record<string, unknown>, before = 0) {
  const bytes = thrift(struct)
  const chunk = concat(new Uint8Array(before).fill(0x4c), bytes, [1, 2, 3])
  const { header, length } = await readPageHeader(wholeChunk(chunk), before)
  expect(length).toBe(bytes.length)
  return header
}

describe('the header of a page', () => {
  test('of version 1', async () => {
    expect(await read(V1, 5)).toEqual({
      ...SIZES,
      type: 'DATA_PAGE',
      slots: 7,
      encoding: 'RLE_DICTIONARY',
      levelEncodings: { definition: 'RLE', repetition: 'BIT_PACKED' },
      levels: undefined,
    })
    expect((await read({ ...V1, field_4: -5 })).crc).toBe(-5)
  })

  test('of version 2, compressed unless it says otherwise', async () => {
    const header = {
      ...SIZES,
      type: 'DATA_PAGE_V2',
      slots: 7,
      encoding: 'DELTA_BINARY_PACKED',
      levelEncodings: undefined,
      levels: { definitionBytes: 3, repetitionBytes: 2, compressed: true },
    }
    expect(await read(V2)).toEqual(header)
    for (const compressed of [true, false]) {
      const { levels } = await read({ ...V2, field_8: { ...V2.field_8, field_7: compressed } })
      expect(levels).toEqual({ ...header.levels, compressed })
    }
  })

  test('of a dictionary, and of an index, which is passed over', async () => {
    const none = { levelEncodings: undefined, levels: undefined }
    expect(await read(DICTIONARY)).toEqual({
      ...SIZES,
      ...none,
      type: 'DICTIONARY_PAGE',
      slots: 7,
      encoding: 'PLAIN_DICTIONARY',
    })
    expect(await read({ field_1: 1, field_2: 20, field_3: 10 })).toEqual({
      ...SIZES,
      ...none,
      type: 'INDEX_PAGE',
      slots: 0,
      encoding: 'PLAIN',
    })
  })

  test.each([900, 1100, 16_000, 17_000, 300_000])('with statistics of %i bytes', async (length) => {
    const statistics = { field_5: new Uint8Array(length) }
    expect((await read({ ...V1, field_5: { ...V1.field_5, field_5: statistics } })).slots).toBe(7)
  })

  const of = (field: string, contents: Record<string, unknown>) => ({
    field_5: undefined,
    field_7: undefined,
    field_8: undefined,
    [field]: contents,
  })
  test.each<[string, Record<string, unknown>]>([
    ['the type of a page is missing', { ...V1, field_1: undefined }],
    ['the type of a page is unknown', { ...V1, field_1: 4 }],
    ['the size of a page is missing', { ...V1, field_2: undefined }],
    ['the size of a page is negative', { ...V1, field_2: -1 }],
    ['the compressed size of a page is missing', { ...V1, field_3: undefined }],
    ['the checksum of a page is not an integer in range', { ...V1, field_4: 'x' }],
    ['a page header lacks the part of its page type', { ...V1, ...of('field_8', V2.field_8) }],
    ['a page header lacks the part of its page type', { ...V2, ...of('field_5', V1.field_5) }],
    ['a page header lacks the part of its page type', { ...DICTIONARY, ...of('field_5', V1.field_5) }],
    ['the contents of a page header is not a struct', { ...V1, field_5: 1 }],
    ['the number of values of a page is negative', { ...V1, field_5: { ...V1.field_5, field_1: -1 } }],
    ['the encoding of a page is missing', { ...V1, field_5: { ...V1.field_5, field_2: undefined } }],
    ['the encoding of a page is unknown', { ...V1, field_5: { ...V1.field_5, field_2: 10 } }],
    ['the encoding of a page is unknown', { ...V1, field_5: { ...V1.field_5, field_3: -1 } }],
    ['the encoding of a page is missing', { ...V1, field_5: { ...V1.field_5, field_4: undefined } }],
    ['the encoding of a page is missing', { ...DICTIONARY, field_7: { field_1: 7 } }],
    ['the encoding of a page is missing', { ...V2, field_8: { ...V2.field_8, field_4: undefined } }],
    ['the size of definition levels is missing', { ...V2, field_8: { ...V2.field_8, field_5: undefined } }],
    ['the size of repetition levels is negative', { ...V2, field_8: { ...V2.field_8, field_6: -1 } }],
  ])('%s', async (message, broken) => {
    await expect(read(broken)).rejects.toMatchObject({ code: 'PARQUET_INVALID', message })
  })

  test('that is cut off by the end of its chunk', async () => {
    const long = thrift({ ...V1, field_5: { ...V1.field_5, field_5: { field_5: new Uint8Array(2000) } } })
    for (const bytes of [thrift(V1).slice(0, -1), long.slice(0, -1), long.slice(0, 1024), new Uint8Array(0)]) {
      await expect(readPageHeader(wholeChunk(bytes), 0)).rejects.toMatchObject({
        code: 'PARQUET_INVALID',
        message: 'a page header is cut off by the end of its column chunk',
      })
    }
  })

  test('that is longer than the first try is read again, in more bytes', async () => {
    const lengths: number[] = []
    const bytes = thrift({ ...V1, field_5: { ...V1.field_5, field_5: { field_5: new Uint8Array(20_000) } } })
    const chunk = wholeChunk(concat(bytes, new Uint8Array(300_000)))
    const noted = (at: number, length: number) => {
      lengths.push(length)
      return chunk.read(at, length)
    }
    await readPageHeader({ ...chunk, read: noted }, 0)
    expect(lengths).toEqual([1024, 16_384, 262_144])
  })
})
