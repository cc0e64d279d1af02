import type { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeParquet } from '../../../src/codecs/parquet/parquet.ts'
import {
  type RawField,
  rawInt,
  rawStruct,
  rawStructs,
  THRIFT,
} from '../../../src/codecs/parquet/read/footer/raw-thrift.ts'
import { appendStruct, listField } from '../../../src/codecs/parquet/write/append-thrift.ts'
import { byteSink } from '../../../src/codecs/parquet/write/byte-sink.ts'
import { rowsFromTable } from '../../../src/columns/rows-from-table.ts'
import { concat, type HandmadeFile, handmadeFile, pageV1, thrift } from '../../codecs/parquet/support/parquet-file.ts'
import { metadataOf } from '../../codecs/parquet/support/parquet-oracles.ts'
import { type S3Server, startS3Server } from '../../support/s3-server.ts'
import { handmade, PLAIN } from './support/handmade-source.ts'
import { mergeSmall, SMALL_PART } from './support/merge-files.ts'

let server: S3Server
let client: S3Client
beforeAll(async () => {
  server = await startS3Server({ minPartBytes: SMALL_PART })
  client = server.client()
})
afterAll(() => server.close())

const merge = (files: readonly Uint8Array[]) => mergeSmall(server, client, files)
const rowsOf = async (file: Uint8Array) => [...rowsFromTable(await decodeParquet(file))]

describe('mergeParquet: what is kept, and what is left out because it would not be right', () => {
  const statistics = {
    field_1: Uint8Array.of(9),
    field_2: Uint8Array.of(1),
    field_3: 0n,
    field_5: Uint8Array.of(8),
    field_6: Uint8Array.of(2),
  }
  const orders = { field_7: [{ field_1: {} }] }
  const text = (chunk: Record<string, unknown>, file: Partial<HandmadeFile> = {}) =>
    handmade(
      {
        type: 'BYTE_ARRAY',
        chunk: { field_12: statistics, ...chunk },
        pages: [pageV1({ values: 1, body: [1, 0, 0, 0, 65] })],
      },
      file,
    )
  const statisticsOf = (file: Uint8Array) =>
    metadataOf(file).row_groups.map(({ columns }) => {
      const { min, max, min_value, max_value } = columns[0]?.meta_data?.statistics ?? {}
      return [min, max, min_value, max_value].map((bound) => bound !== undefined)
    })

  test('deprecated bounds of text and of unsigned numbers, which readers trust by the name of the writer, are left out', async () => {
    const file = text({}, { footer: orders })
    expect(statisticsOf((await merge([file])).file)).toEqual([[false, false, true, true]])
    const number = { field_12: { field_1: Uint8Array.of(9, 0, 0, 0), field_2: Uint8Array.of(1, 0, 0, 0) } }
    expect(statisticsOf((await merge([handmade({ chunk: number })])).file)).toEqual([[true, true, false, false]])
    const unsigned = handmade({ chunk: number, element: { field_6: 13 } })
    expect(statisticsOf((await merge([unsigned])).file)).toEqual([[false, false, false, false]])
  })

  test('bounds of a column that a source orders otherwise are left out, the others kept', async () => {
    const [ordered, unordered] = [text({}, { footer: orders }), text({})]
    expect(statisticsOf((await merge([ordered, unordered, ordered])).file).map(([, , min]) => min)).toEqual([
      true,
      false,
      true,
    ])
    const { file } = await merge([unordered, ordered])
    expect(statisticsOf(file).map(([, , min]) => min)).toEqual([true, true])
  })

  test('unknown fields of statistics and of schema elements stay as they came', async () => {
    const element = { field_20: 'new' }
    const file = handmade({ element, chunk: { field_12: { field_3: 0n, field_21: 'more' } } })
    const merged = Buffer.from((await merge([file, file])).file).toString('latin1')
    expect(merged.split('new')).toHaveLength(2)
    expect(merged.split('more')).toHaveLength(3)
  })

  test('a bloom filter outside of its file is left out', async () => {
    const { file } = await merge([handmade({ chunk: { field_14: 1_000_000n, field_15: 32 } })])
    expect(metadataOf(file).row_groups[0]?.columns[0]?.meta_data?.bloom_filter_offset).toBeUndefined()
  })

  test('data between row groups, and chunks that overlap, go along', async () => {
    const page = PLAIN.pages[0] as Uint8Array
    const gap = handmade({ pages: [new Uint8Array(50), page], chunk: { field_7: BigInt(page.length), field_9: 54n } })
    expect(await rowsOf((await merge([gap, gap])).file)).toEqual([{ a: 7 }, { a: 7 }])
    const shared = handmadeFile({ columns: [PLAIN, { ...PLAIN, name: 'b', chunk: { field_9: 4n } }] })
    expect(await rowsOf((await merge([shared, gap, shared].filter((file) => file !== gap))).file)).toEqual([
      { a: 7, b: 7 },
      { a: 7, b: 7 },
    ])
  })

  test('ordinals of row groups count on, sorting columns and the rest of a row group stay', async () => {
    const file = withGroup({ field_4: [{ field_1: 0, field_2: true, field_3: false }], field_5: 4n, field_6: 9n })
    const groups = metadataOf((await merge([file, file])).file).row_groups
    expect(groups).toMatchObject([
      { sorting_columns: [{ column_idx: 0, descending: true, nulls_first: false }], total_compressed_size: 9n },
      { sorting_columns: [{ column_idx: 0, descending: true, nulls_first: false }], total_compressed_size: 9n },
    ])
    for (const group of groups) expect(group.file_offset).toBe(group.columns[0]?.meta_data?.data_page_offset)
    const ordinal = { id: 7, type: THRIFT.I16, value: Uint8Array.of(0) }
    const numbered = withRawGroup(withGroup({}), [ordinal])
    const merged = (await merge([numbered, numbered, numbered])).file
    expect(rawGroupsOf(merged).map((group) => rawInt(group.get(7)))).toEqual([0, 1, 2])
  })

  test('the version is the highest, an index page moves, a file offset is where the chunk begins', async () => {
    const files = [
      handmade({ chunk: { field_10: 4n } }, { footer: { field_1: 1 } }),
      handmade({}, { footer: { field_1: 2 } }),
    ]
    const { file } = await merge([...files, ...files])
    const { version, row_groups } = metadataOf(file)
    expect(version).toBe(2)
    for (const [index, { columns }] of row_groups.entries()) {
      const { data_page_offset, index_page_offset } = columns[0]?.meta_data ?? {}
      expect(columns[0]?.file_offset).toBe(data_page_offset)
      expect(index_page_offset).toBe(index % 2 === 0 ? data_page_offset : undefined)
    }
  })

  test('a dictionary offset of 0 stays absent, one that is not before the data moves along', async () => {
    const [zero, late] = [handmade({ chunk: { field_11: 0n } }), handmade({ chunk: { field_11: 9n } })]
    const groups = metadataOf((await merge([zero, late, late])).file).row_groups
    const offsets = groups.map(({ columns }) => columns[0]?.meta_data)
    expect(offsets.map((each) => each?.dictionary_page_offset)).toEqual([
      undefined,
      (offsets[1]?.data_page_offset ?? 0n) + 5n,
      (offsets[2]?.data_page_offset ?? 0n) + 5n,
    ])
    expect(await rowsOf((await merge([zero, late])).file)).toEqual([{ a: 7 }, { a: 7 }])
  })

  test('page indexes that are wrong, scattered or missing in one source are left out of all', async () => {
    const page = PLAIN.pages[0] as Uint8Array
    const index = (at: number, more: object = {}) =>
      thrift({ field_1: [{ field_1: BigInt(at), field_2: page.length, field_3: 0n }], ...more })
    /** A file whose page is followed by `bytes`, which its footer calls the offset index of the chunk. */
    const indexed = (bytes: Uint8Array, gap = 0) => {
      const at = 4 + page.length + gap
      return handmade(
        { pages: [page, new Uint8Array(gap), bytes], chunk: { field_7: BigInt(page.length) } },
        { footer: { field_4: [groupOf({ field_4: BigInt(at), field_5: bytes.length })] } },
      )
    }
    const isIndexed = async (...files: Uint8Array[]) =>
      metadataOf((await merge(files)).file).row_groups.map(
        ({ columns }) => columns[0]?.offset_index_offset !== undefined,
      )
    const good = indexed(index(4))
    expect(await isIndexed(good, good)).toEqual([true, true])
    // What was rewritten behind the pages is not copied.
    const offsets = metadataOf((await merge([good, good])).file).row_groups.map(({ file_offset }) =>
      Number(file_offset),
    )
    expect(offsets).toEqual([4, 4 + page.length])
    expect(await isIndexed(good, handmade())).toEqual([false, false])
    const bad = [index(3), index(5), index(4, { field_9: 1 }), Uint8Array.of(1, 2, 3), index(4).subarray(0, -1)]
    for (const bytes of bad) expect(await isIndexed(good, indexed(bytes))).toEqual([false, false])
    expect(await isIndexed(indexed(index(4), 100), good)).toEqual([true, true])
  })
})

const page = PLAIN.pages[0] as Uint8Array

/** The row group of {@link handmade}, its column chunk with more fields behind its metadata. */
function groupOf(chunk: Record<string, unknown>, group: Record<string, unknown> = {}) {
  const size = BigInt(page.length)
  const metadata = {
    field_1: 1,
    field_2: [0],
    field_3: ['a'],
    field_4: 0,
    field_5: 1n,
    field_6: size,
    field_7: size,
    field_9: 4n,
  }
  return { field_1: [{ field_2: 0n, field_3: metadata, ...chunk }], field_2: size, field_3: 1n, ...group }
}

function withGroup(group: Record<string, unknown>): Uint8Array {
  return handmade({}, { footer: { field_4: [groupOf({}, group)] } })
}

const footerOf = (file: Uint8Array) => {
  const length = new DataView(file.buffer, file.byteOffset, file.length).getUint32(file.length - 8, true)
  return { at: file.length - 8 - length, struct: rawStruct(file.subarray(file.length - 8 - length, -8)) }
}
const rawGroupsOf = (file: Uint8Array) => rawStructs(footerOf(file).struct.get(4)) ?? []

/** A file whose only row group has more fields. */
function withRawGroup(file: Uint8Array, fields: readonly RawField[]): Uint8Array {
  const { at, struct } = footerOf(file)
  const [group] = rawGroupsOf(file)
  const sink = byteSink()
  const groups = listField(4, THRIFT.STRUCT, [(into) => appendStruct(into, [...(group?.values() ?? []), ...fields])])
  appendStruct(sink, [...[...struct.values()].filter(({ id }) => id !== 4), groups])
  const trailer = new Uint8Array(8)
  new DataView(trailer.buffer).setUint32(0, sink.length, true)
  trailer.set(Buffer.from('PAR1'), 4)
  return concat(file.subarray(0, at), sink.bytes.subarray(0, sink.length), trailer)
}
