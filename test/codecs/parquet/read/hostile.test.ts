import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import zlib from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { readInChild } from '../../support/codec-in-child.ts'
import { concat, dictionaryPage, handmadeFile, pageV1, pageV2, thrift } from '../support/parquet-file.ts'

const scratch = mkdtempSync(join(tmpdir(), 'parquet-hostile-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const MAX_INT = 0x7fffffff
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]
const uint32 = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]
/** A run of one value of up to a byte. */
const run = (count: number, value: number): number[] => [...varint(count * 2), value]
const prefixed = (bytes: readonly number[]): number[] => [...uint32(bytes.length), ...bytes]

/** A file whose footer is these bytes. */
function footerOf(bytes: Uint8Array): Uint8Array {
  const magic = new TextEncoder().encode('PAR1')
  return concat(magic, bytes, uint32(bytes.length), magic)
}

/** A column of int32 with one page. */
function int32File(page: Uint8Array, values: number, chunk: Record<`field_${number}`, unknown> = {}): Uint8Array {
  return handmadeFile({ columns: [{ type: 'INT32', values, pages: [page], chunk }] })
}

const ZEROS = new Uint8Array(260 * 1024 * 1024)
const deltaLies = [...varint(MAX_INT - 127), 1, ...varint(MAX_INT), 0, 0, 0]

const hostile = new Map<string, { file: Uint8Array; code: string }>([
  [
    'a footer list of 2^31 elements',
    { file: footerOf(concat([0x19], [0xf9], varint(MAX_INT), [0xf9], varint(MAX_INT))), code: 'PARQUET_INVALID' },
  ],
  [
    'a number of a million bytes',
    { file: footerOf(concat([0x16], new Uint8Array(1_000_000).fill(0x80))), code: 'PARQUET_INVALID' },
  ],
  [
    'a hundred thousand structs in one another',
    { file: footerOf(new Uint8Array(100_000).fill(0x1c)), code: 'PARQUET_INVALID' },
  ],
  [
    'lists in lists, each of 2^24',
    {
      file: footerOf(concat(...Array.from({ length: 1000 }, () => concat([0x19, 0xf9], varint(1 << 24))))),
      code: 'PARQUET_INVALID',
    },
  ],
  [
    'a schema of 20,000 columns',
    {
      file: schemaFile(
        Array.from({ length: 20_000 }, (_, i) => ({ field_1: 1, field_3: 0, field_4: `c${i}` })),
        20_000,
      ),
      code: 'LIMIT_EXCEEDED',
    },
  ],
  [
    'groups 1,000 deep',
    {
      file: schemaFile(
        Array.from({ length: 1000 }, () => ({ field_3: 0, field_4: 'g', field_5: 1 })),
        1,
      ),
      code: 'LIMIT_EXCEEDED',
    },
  ],
  [
    'a group of 2^31 children',
    { file: schemaFile([{ field_1: 1, field_3: 0, field_4: 'a' }], MAX_INT), code: 'PARQUET_INVALID' },
  ],
  [
    '2^40 rows that no bytes back',
    {
      file: handmadeFile({
        rows: 2 ** 40,
        columns: [{ type: 'INT32', values: 2 ** 40, pages: [pageV1({ values: 0, body: [] })] }],
      }),
      code: 'LIMIT_EXCEEDED',
    },
  ],
  ['a page of 2^31 values', { file: int32File(pageV1({ values: MAX_INT, body: [] }), 1), code: 'PARQUET_INVALID' }],
  [
    'a page of 2 GB in the uncompressed',
    {
      file: int32File(pageV1({ values: 1, body: [1, 0, 0, 0], uncompressedBytes: MAX_INT }), 1),
      code: 'LIMIT_EXCEEDED',
    },
  ],
  [
    'a page that is longer than its chunk',
    {
      file: int32File(pageV1({ values: 1, body: [1, 0, 0, 0], compressedBytes: MAX_INT }), 1),
      code: 'PARQUET_INVALID',
    },
  ],
  [
    'a chunk beyond the file',
    {
      file: int32File(pageV1({ values: 1, body: [1, 0, 0, 0] }), 1, { field_7: BigInt(2 ** 40) }),
      code: 'PARQUET_INVALID',
    },
  ],
  ['a gzip bomb', { file: bomb('GZIP', zlib.gzipSync(ZEROS), ZEROS.length), code: 'LIMIT_EXCEEDED' }],
  [
    'a brotli bomb that hides its size',
    {
      file: bomb(
        'BROTLI',
        zlib.brotliCompressSync(ZEROS, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
        1000,
      ),
      code: 'PARQUET_INVALID',
    },
  ],
  [
    'a snappy page whose literal has a negative length',
    {
      file: bomb('SNAPPY', Uint8Array.of(10, 0xfc, 0xfa, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 10),
      code: 'PARQUET_INVALID',
    },
  ],
  [
    'a dictionary of 2^31 entries',
    {
      file: handmadeFile({
        columns: [
          {
            type: 'INT64',
            values: 1,
            hasDictionary: true,
            pages: [
              dictionaryPage({ values: MAX_INT, body: [0] }),
              pageV1({ values: 1, encoding: 'RLE_DICTIONARY', body: [1, 2, 0] }),
            ],
          },
        ],
      }),
      code: 'PARQUET_INVALID',
    },
  ],
  [
    'an index beyond its dictionary',
    {
      file: handmadeFile({
        columns: [
          {
            type: 'INT32',
            values: 9,
            hasDictionary: true,
            pages: [
              dictionaryPage({ values: 1, body: [1, 0, 0, 0] }),
              pageV1({ values: 9, encoding: 'RLE_DICTIONARY', body: [8, ...run(9, 200)] }),
            ],
          },
        ],
      }),
      code: 'PARQUET_INVALID',
    },
  ],
  [
    'delta lengths of 2^31 values',
    {
      file: handmadeFile({
        columns: [
          {
            type: 'BYTE_ARRAY',
            values: 1000,
            pages: [pageV1({ values: 1000, encoding: 'DELTA_BYTE_ARRAY', body: [...deltaLies, ...deltaLies] })],
          },
        ],
      }),
      code: 'PARQUET_INVALID',
    },
  ],
  ['a row of 2^28 elements', { file: hugeRow(1 << 28), code: 'LIMIT_EXCEEDED' }],
  [
    'fixed-length values of 2 GB',
    {
      file: handmadeFile({
        columns: [
          { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: MAX_INT, values: 1, pages: [pageV1({ values: 1, body: [1] })] },
        ],
      }),
      code: 'LIMIT_EXCEEDED',
    },
  ],
  ['a row of 4 million texts of 1,000 bytes', { file: hugeTexts(4_000_000), code: 'LIMIT_EXCEEDED' }],
])

/** These are sound, if unusual, and must stay small while they are read. */
const harmless = new Map<string, { file: Uint8Array; rows: number }>([
  [
    'delta blocks of 2^31 values, of which 1,000 are asked for',
    { file: int32File(pageV1({ values: 1000, encoding: 'DELTA_BINARY_PACKED', body: deltaLies }), 1000), rows: 1000 },
  ],
  ['a value of 1 MB in each of 1,000 rows', { file: longValue(1000), rows: 1000 }],
  ['50 million rows of one value', { file: manyRows(50_000_000), rows: 50_000_000 }],
  ['2^20 elements in one row', { file: hugeRow(1 << 20), rows: 1 }],
])

describe('parquet: hostile files, in a process with little memory', () => {
  const paths = [...hostile, ...harmless].map(([name, { file }], index) => {
    const path = join(scratch, `${index}.parquet`)
    writeFileSync(path, file)
    return { name, path }
  })
  const outcomes = readInChild(paths.map(({ path }) => path))

  for (const { name, path } of paths) {
    test(name, async () => {
      const found = (await outcomes).find((outcome) => outcome.path === path)
      const expected = hostile.get(name)
      expect(found?.outcome).toBe(expected?.code ?? 'read')
      if (expected === undefined) expect(found?.rows).toBe(harmless.get(name)?.rows)
      expect(found?.ms).toBeLessThan(10_000)
      expect(found?.peakMb).toBeLessThan(400)
    })
  }
})

function schemaFile(elements: readonly object[], children: number): Uint8Array {
  return footerOf(
    thrift({ field_1: 2, field_2: [{ field_4: 'root', field_5: children }, ...elements], field_3: 0n, field_4: [] }),
  )
}

function bomb(codec: 'GZIP' | 'BROTLI' | 'SNAPPY', body: Uint8Array, uncompressedBytes: number): Uint8Array {
  const page = pageV1({ values: 1, body, uncompressedBytes })
  return handmadeFile({ columns: [{ type: 'INT32', codec, values: 1, pages: [page] }] })
}

/** One row whose list has `count` elements, in a few bytes of runs. */
function hugeRow(count: number): Uint8Array {
  const repetition = prefixed([...run(1, 0), ...run(count - 1, 1)])
  const definition = prefixed(run(count, 1))
  const page = pageV1({ values: count, encoding: 'RLE_DICTIONARY', body: [...repetition, ...definition, 0] })
  const dictionary = dictionaryPage({ values: 1, body: [7, 0, 0, 0] })
  const padding = pageV1({ values: 0, body: new Uint8Array(16_384) })
  return handmadeFile({
    rows: 1,
    columns: [
      { type: 'INT32', repeated: true, values: count, hasDictionary: true, pages: [dictionary, padding, page] },
    ],
  })
}

/** One row whose list has `count` texts of 1,000 bytes, in a few bytes of runs, in a file large enough for the kernel. */
function hugeTexts(count: number): Uint8Array {
  const repetition = prefixed([...run(1, 0), ...run(count - 1, 1)])
  const definition = prefixed(run(count, 1))
  const indexes = [1, ...run(count / 2, 0), ...run(count / 2, 1)]
  const page = pageV1({ values: count, encoding: 'RLE_DICTIONARY', body: [...repetition, ...definition, ...indexes] })
  const text = concat(uint32(1000), new Uint8Array(1000).fill(120))
  const dictionary = dictionaryPage({ values: 2, body: concat(text, text) })
  const padding = pageV1({ values: 0, body: new Uint8Array(512 * 1024) })
  return handmadeFile({
    rows: 1,
    columns: [
      { type: 'BYTE_ARRAY', repeated: true, values: count, hasDictionary: true, pages: [dictionary, padding, page] },
    ],
  })
}

function longValue(rows: number): Uint8Array {
  const value = new Uint8Array(1024 * 1024)
  const dictionary = dictionaryPage({ values: 1, body: concat(uint32(value.length), value) })
  const page = pageV2({ values: rows, encoding: 'RLE_DICTIONARY', body: [0] })
  return handmadeFile({
    columns: [{ type: 'BYTE_ARRAY', values: rows, hasDictionary: true, pages: [dictionary, page] }],
  })
}

function manyRows(rows: number): Uint8Array {
  const dictionary = dictionaryPage({ values: 1, body: [7, 0, 0, 0] })
  const page = pageV2({ values: rows, encoding: 'RLE_DICTIONARY', body: [1, ...run(rows, 0)] })
  return handmadeFile({ columns: [{ type: 'INT32', values: rows, hasDictionary: true, pages: [dictionary, page] }] })
}
