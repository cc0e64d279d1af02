import { describe, expect, test } from 'vitest'
import { decodeParquet } from '../../../../../src/codecs/parquet/parquet.ts'
import { fileMetadata } from '../../../../../src/codecs/parquet/read/footer/file-metadata.ts'
import type { ThriftStruct } from '../../../../../src/codecs/parquet/read/footer/thrift-fields.ts'
import { type HandmadeColumn, type HandmadeFile, handmadeFile, pageV1 } from '../../support/parquet-file.ts'

const int32 = (...values: number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer)
const ones: HandmadeColumn = { type: 'INT32', values: 2, pages: [pageV1({ values: 2, body: int32(1, 2) })] }

async function typesAndRows(file: Partial<HandmadeFile>) {
  const table = await decodeParquet(handmadeFile({ columns: [ones], ...file }))
  return [table.schema.fields.map(({ type }) => String(type)), table.numRows]
}

const NO_TEXT = Uint8Array.of(0xff, 0xfe, 0x00)

test.each([
  ['bytes that are no UTF-8', [{ field_1: NO_TEXT, field_2: NO_TEXT }]],
  ['a value that is a number', [{ field_1: 'key', field_2: 7 }]],
  ['a key that is a number', [{ field_1: 7, field_2: 'value' }]],
  ['a key alone', [{ field_1: 'key' }]],
  ['a pair without key and value', [{}]],
  ['pairs that are text', ['key', 'value']],
  ['text in place of the list', 'key=value'],
  ['a number in place of the list', 7],
])('footer key-values that are no text do not keep the data from being read: %s', async (_, pairs) => {
  expect(await typesAndRows({ footer: { field_5: pairs } })).toEqual([['Int32'], 2])
})

test.each([NO_TEXT, 7])('a created_by that is no text does not keep the data from being read', async (createdBy) => {
  expect(await typesAndRows({ footer: { field_6: createdBy } })).toEqual([['Int32'], 2])
})

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const COLUMN = {
  field_1: 1,
  field_3: [bytes('g'), bytes('a')],
  field_4: 6,
  field_5: 10n,
  field_6: 200n,
  field_7: 100n,
  field_9: 40n,
}
const ROOT = { field_4: bytes('root'), field_5: 1 }
const LEAF = { field_1: 1, field_4: bytes('a') }

/** A footer of one column, with other fields in the place of its own. */
const footer = (chunk: ThriftStruct = {}, metadata: ThriftStruct = {}, more: ThriftStruct = {}): ThriftStruct => ({
  field_2: [ROOT, LEAF],
  field_4: [{ field_1: [{ field_3: { ...COLUMN, ...metadata }, ...chunk }], field_3: 10n }],
  ...more,
})
const chunkOf = (...parts: Parameters<typeof footer>) => fileMetadata(footer(...parts), {}).rowGroups[0]?.chunks[0]

describe('the parts of a footer', () => {
  test('a footer of the least fields', () => {
    expect(fileMetadata(footer(), {})).toEqual({
      schema: [
        {
          name: 'root',
          type: undefined,
          typeLength: 0,
          repetition: 'REQUIRED',
          childCount: 1,
          logical: undefined,
        },
        { name: 'a', type: 'INT32', typeLength: 0, repetition: 'REQUIRED', childCount: 0, logical: undefined },
      ],
      rowGroups: [
        {
          rows: 10,
          chunks: [
            {
              type: 'INT32',
              codec: 'ZSTD',
              path: 'g\0a',
              values: 10,
              uncompressedBytes: 200,
              start: 40,
              end: 140,
              hasDictionary: false,
              statistics: undefined,
              encrypted: false,
            },
          ],
        },
      ],
      keyValues: new Map(),
      createdBy: '',
    })
  })

  test('every field of an element', () => {
    const element = { field_1: 7, field_2: 12, field_3: 1, field_6: 21, field_10: { field_14: {} } }
    const { schema } = fileMetadata(footer({}, {}, { field_2: [ROOT, element, { field_1: 0, field_3: 2 }, {}] }), {})
    expect(schema.slice(1)).toEqual([
      {
        name: '',
        type: 'FIXED_LEN_BYTE_ARRAY',
        typeLength: 12,
        repetition: 'OPTIONAL',
        childCount: 0,
        logical: { kind: 'uuid' },
      },
      { name: '', type: 'BOOLEAN', typeLength: 0, repetition: 'REPEATED', childCount: 0, logical: undefined },
      { name: '', type: undefined, typeLength: 0, repetition: 'REQUIRED', childCount: 0, logical: undefined },
    ])
  })

  test('the application of the file', () => {
    const pair = (key: unknown, value: unknown) => ({ field_1: key, field_2: value })
    const { keyValues, createdBy } = fileMetadata(
      footer(
        {},
        {},
        {
          field_5: [pair(bytes('k'), bytes('v')), pair(bytes('only'), 7), pair(7, bytes('x')), 3],
          field_6: bytes('me'),
        },
      ),
      {},
    )
    expect([...keyValues]).toEqual([
      ['k', 'v'],
      ['only', ''],
    ])
    expect(createdBy).toBe('me')
  })

  test.each<[bigint, { start: number; end: number; hasDictionary: boolean }]>([
    [20n, { start: 20, end: 120, hasDictionary: true }],
    [39n, { start: 39, end: 139, hasDictionary: true }],
    [40n, { start: 40, end: 140, hasDictionary: false }],
    [50n, { start: 40, end: 140, hasDictionary: false }],
    [0n, { start: 40, end: 140, hasDictionary: false }],
    [-4n, { start: 40, end: 140, hasDictionary: false }],
    [1n, { start: 1, end: 101, hasDictionary: true }],
  ])('a dictionary at %d lies before the data or is none', (dictionaryAt, expected) => {
    expect(chunkOf({}, { field_11: dictionaryAt })).toMatchObject(expected)
  })

  test('bounds need the order of their column', () => {
    const metadata = { field_12: { field_3: 2n, field_5: bytes('z'), field_6: bytes('a') } }
    const bounds = { min: bytes('a'), max: bytes('z'), nulls: 2 }
    const none = { min: undefined, max: undefined, nulls: 2 }
    for (const order of [{ field_1: {} }, { field_2: {} }]) {
      expect(chunkOf({}, metadata, { field_7: [order] })?.statistics).toEqual(bounds)
    }
    for (const orders of [[], [{}], [{ field_3: {} }]]) {
      expect(chunkOf({}, metadata, { field_7: orders })?.statistics).toEqual(none)
    }
    expect(chunkOf({}, metadata)?.statistics).toEqual(none)
    expect(chunkOf({}, { field_12: {} })?.statistics).toEqual({ min: undefined, max: undefined, nulls: undefined })
  })

  test('an encrypted chunk, with metadata that can be read or without', () => {
    expect(chunkOf({ field_8: { field_1: {} } })).toMatchObject({ encrypted: true, end: 140 })
    expect(chunkOf({ field_3: undefined, field_8: { field_2: {} } })).toEqual({
      type: 'BYTE_ARRAY',
      codec: 'UNCOMPRESSED',
      path: '',
      values: 0,
      uncompressedBytes: 0,
      start: 0,
      end: 0,
      hasDictionary: false,
      statistics: undefined,
      encrypted: true,
    })
  })

  test('as many columns as the limit', () => {
    const of = (columns: number, maxColumns: number) =>
      fileMetadata(footer({}, {}, { field_2: [ROOT, ...Array.from({ length: columns }, () => LEAF)] }), { maxColumns })
    expect(of(3, 3).schema.length).toBe(4)
    expect(() => of(4, 3)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
    const groups = { field_2: [ROOT, ROOT, ROOT, ROOT, LEAF] }
    expect(fileMetadata(footer({}, {}, groups), { maxColumns: 1 }).schema.length).toBe(5)
  })

  test('a path in the file itself may be empty', () => {
    expect(chunkOf({ field_1: new Uint8Array(0) })?.start).toBe(40)
    expect(chunkOf({}, { field_3: [] })?.path).toBe('')
    expect(chunkOf({}, { field_3: [NO_TEXT] })?.path).toBe('\ufffd\ufffd\0')
  })
})

describe('a broken footer is refused with its rule', () => {
  const SIZE = 'of a column chunk'
  test.each<[string, ThriftStruct]>([
    ['the schema is missing', footer({}, {}, { field_2: undefined })],
    ['the schema is not a list of structs', footer({}, {}, { field_2: 3 })],
    ['the list of row groups is missing', footer({}, {}, { field_4: undefined })],
    ['the list of row groups is not a list of structs', footer({}, {}, { field_4: [1] })],
    ['the list of column orders is not a list of structs', footer({}, {}, { field_7: 1 })],
    ['the number of rows of a row group is missing', footer({}, {}, { field_4: [{ field_1: [] }] })],
    ['the number of rows of a row group is negative', footer({}, {}, { field_4: [{ field_1: [], field_3: -1n }] })],
    ['the list of column chunks is missing', footer({}, {}, { field_4: [{ field_3: 1n }] })],
    ['the type of a column is not an integer in range', footer({}, {}, { field_2: [{ field_1: {} }] })],
    ['the type of a column is unknown', footer({}, {}, { field_2: [{ field_1: 8 }] })],
    ['the type of a column is unknown', footer({}, {}, { field_2: [{ field_1: -1 }] })],
    ['the length of a fixed-length type is not an integer in range', footer({}, {}, { field_2: [{ field_2: 'x' }] })],
    ['the repetition of a column is not an integer in range', footer({}, {}, { field_2: [{ field_3: 'x' }] })],
    ['the repetition of a column is unknown', footer({}, {}, { field_2: [{ field_3: 3 }] })],
    ['the name of a column is not a byte string', footer({}, {}, { field_2: [{ field_4: 1 }] })],
    ['the name of a column is not valid UTF-8', footer({}, {}, { field_2: [{ field_4: NO_TEXT }] })],
    ['the number of children of a group is not an integer in range', footer({}, {}, { field_2: [{ field_5: 'x' }] })],
    ['the number of children of a group is negative', footer({}, {}, { field_2: [{ field_5: -1 }] })],
    ['the metadata of a column chunk is missing', footer({ field_3: undefined })],
    ['the metadata of a column chunk is not a struct', footer({ field_3: 1 })],
    ['a column chunk is in another file; read the data files themselves', footer({ field_1: bytes('b') })],
    ['file_path is not a byte string', footer({ field_1: 1 })],
    ['the offset of the data pages is missing', footer({}, { field_9: undefined })],
    ['the offset of the data pages is negative', footer({}, { field_9: -1n })],
    ['the offset of the dictionary page is not an integer in range', footer({}, { field_11: 'x' })],
    [`the type ${SIZE} is missing`, footer({}, { field_1: undefined })],
    [`the type ${SIZE} is unknown`, footer({}, { field_1: 8 })],
    ['the compression is missing', footer({}, { field_4: undefined })],
    ['the compression is unknown', footer({}, { field_4: 8 })],
    ['the path of a column chunk is not a list of names', footer({}, { field_3: undefined })],
    ['the path of a column chunk is not a list of names', footer({}, { field_3: [bytes('a'), 1] })],
    [`the number of values ${SIZE} is negative`, footer({}, { field_5: -1n })],
    [`the uncompressed size ${SIZE} is missing`, footer({}, { field_6: undefined })],
    [`the compressed size ${SIZE} is negative`, footer({}, { field_7: -1n })],
    [`the statistics ${SIZE} is not a struct`, footer({}, { field_12: 1 })],
    [`the number of nulls ${SIZE} is not an integer in range`, footer({}, { field_12: { field_3: 'x' } })],
    [
      `the maximum ${SIZE} is not a byte string`,
      footer({}, { field_12: { field_5: 1 } }, { field_7: [{ field_1: {} }] }),
    ],
    [
      `the minimum ${SIZE} is not a byte string`,
      footer({}, { field_12: { field_6: 1 } }, { field_7: [{ field_1: {} }] }),
    ],
  ])('%s', (message, broken) => {
    expect(() => fileMetadata(broken, {})).toThrow(expect.objectContaining({ code: 'PARQUET_INVALID', message }))
  })
})
