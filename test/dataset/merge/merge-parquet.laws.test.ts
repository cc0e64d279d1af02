import type { S3Client } from '@aws-sdk/client-s3'
import { Float64, Int32, Int64, Table, Uint32 } from 'apache-arrow'
import fc from 'fast-check'
import type { FileMetaData } from 'hyparquet'
import { afterAll, beforeAll, expect } from 'vitest'
import { decodeParquet, encodeParquet, type ParquetWriteOptions } from '../../../src/codecs/parquet/parquet.ts'
import { readThriftStruct } from '../../../src/codecs/parquet/read/footer/thrift-fields.ts'
import { rowsFromTable } from '../../../src/columns/rows-from-table.ts'
import {
  type DuckDb,
  metadataOf,
  openDuckDb,
  rowsByHyparquet,
  rowsFilteredByHyparquet,
  tableByParquetWasm,
} from '../../codecs/parquet/support/parquet-oracles.ts'
import { arbitraryTableCase, type TableCase } from '../../support/arbitrary-table.ts'
import { law } from '../../support/law.ts'
import { type S3Server, startS3Server } from '../../support/s3-server.ts'
import { cellsOf, joined, mergeSmall, SMALL_PART, tableCells } from './support/merge-files.ts'

let server: S3Server
let client: S3Client
let duckdb: DuckDb
beforeAll(async () => {
  server = await startS3Server({ minPartBytes: SMALL_PART })
  client = server.client()
  duckdb = await openDuckDb()
})
afterAll(async () => {
  await server.close()
  duckdb.close()
})

const options: fc.Arbitrary<ParquetWriteOptions> = fc.record({
  compression: fc.constantFrom('snappy', 'zstd', 'gzip', 'none'),
  encodings: fc.constantFrom('compatible', 'compact'),
  rowGroupRows: fc.constantFrom(1, 3, 7, 1000),
  pageBytes: fc.constantFrom(1, 40, 1_000_000),
  pageIndex: fc.boolean(),
})

/** A table, cut into files of one schema, each written in another way. */
function arbitraryFiles(nested: boolean) {
  const tables = arbitraryTableCase({ nested, maxRows: 40, maxColumns: 3 })
  return tables.chain((table) =>
    fc
      .array(fc.tuple(fc.nat(table.rows.length), options), { maxLength: 4 })
      .chain((cuts) => fc.tuple(fc.constant(table), fc.constant(cuts), options)),
  )
}

type Cuts = readonly (readonly [number, ParquetWriteOptions])[]

async function filesOf([table, cuts, last]: readonly [TableCase, Cuts, ParquetWriteOptions]): Promise<Uint8Array[]> {
  const sorted = [...cuts].sort(([a], [b]) => a - b)
  let start = 0
  return Promise.all(
    [...sorted, [table.rows.length, last] as const].map(([end, how]) => {
      const part = new Table(table.schema, table.table.slice(start, end).batches)
      start = end
      return encodeParquet(part, how)
    }),
  )
}

/** What a footer says of the row groups that have rows, but for places in the file. */
function groupsOf(file: Uint8Array): unknown[] {
  return metadataOf(file)
    .row_groups.filter((group) => group.num_rows > 0n)
    .map(({ columns, file_offset, ordinal, ...group }) => ({
      ...group,
      columns: columns.map(({ meta_data, offset_index_offset, offset_index_length, column_index_offset, ...rest }) => {
        const { file_offset: _, ...chunk } = rest
        const { data_page_offset, dictionary_page_offset, bloom_filter_offset, ...metadata } = meta_data ?? {}
        return {
          ...chunk,
          ...metadata,
          dictionary: dictionary_page_offset !== undefined && Number(data_page_offset) - Number(dictionary_page_offset),
          bloom: bloom_filter_offset !== undefined,
          indexed: offset_index_length !== undefined,
        }
      }),
    }))
}

law(
  'mergeParquet: the footer describes every row group as its source did, except its position',
  fc.asyncProperty(arbitraryFiles(true), async (given) => {
    const files = await filesOf(given)
    const { file } = await mergeSmall(server, client, files)
    const withIndexes = files.every((each) => metadataOf(each).row_groups.every(isIndexed))
    const expected = files.flatMap(groupsOf)
    expect(groupsOf(file)).toEqual(withIndexes ? expected : expected.map(withoutIndexes))
  }),
  { runs: 60 },
)

function isIndexed({ columns, num_rows }: FileMetaData['row_groups'][number]): boolean {
  return num_rows === 0n || columns.every(({ offset_index_length }) => offset_index_length !== undefined)
}

function withoutIndexes(group: unknown): unknown {
  const { columns, ...rest } = group as { columns: Record<string, unknown>[] }
  return { ...rest, columns: columns.map(({ column_index_length, ...chunk }) => ({ ...chunk, indexed: false })) }
}

const ordered = fc.constantFrom(new Int32(), new Int64(), new Float64(), new Uint32())

law(
  'mergeParquet: no matching row is skipped because of statistics, bloom filters or page indexes of the target',
  fc.asyncProperty(
    arbitraryTableCase({ nested: false, maxColumns: 2, maxRows: 60, types: ordered }),
    fc.array(fc.tuple(fc.nat(60), fc.constantFrom(1, 10, 25)), { maxLength: 3 }),
    fc.nat(59),
    async (table, cuts, at) => {
      const wanted = table.rows[at]?.[0] ?? null
      fc.pre(typeof wanted === 'bigint' || (typeof wanted === 'number' && Number.isFinite(wanted)))
      const indexed = (rowGroupRows: number) => ({ rowGroupRows, pageBytes: 16, pageIndex: true, bloomFilters: ['c0'] })
      const files = await filesOf([table, cuts.map(([row, rows]) => [row, indexed(rows)]), indexed(20)])
      const { file } = await mergeSmall(server, client, files)
      const isWanted = (cell: unknown) => cell === wanted || (cell === 0 && wanted === 0)
      const expected = table.rows.filter(([cell]) => isWanted(cell)).length
      expect(await rowsFilteredByHyparquet(file, 'c0', wanted)).toBe(expected)
      const literal = typeof wanted === 'number' ? `'${String(wanted)}'::double` : String(wanted)
      expect((await duckdb.over(file, `select c0 from FILE where c0 = ${literal}`)).length).toBe(expected)
      const groups = await decodeParquet(file, { filter: { c0: { eq: wanted } } })
      expect([...(groups.getChildAt(0)?.toArray() ?? [])].length).toBeGreaterThanOrEqual(expected)
      const cells = rowsFromTable(groups)
      expect([...cells].filter(({ c0 }) => Number(c0) === Number(wanted)).length).toBeGreaterThanOrEqual(expected)
    },
  ),
  { runs: 60 },
)

law(
  'mergeParquet: every entry of an offset index of the target points to a page header',
  fc.asyncProperty(arbitraryFiles(true), async ([table, cuts, last]) => {
    const files = await filesOf([
      table,
      cuts.map(([row, how]) => [row, { ...how, pageIndex: true }]),
      { ...last, pageIndex: true },
    ])
    const { file } = await mergeSmall(server, client, files)
    for (const { columns, num_rows } of metadataOf(file).row_groups) {
      for (const { meta_data, offset_index_offset, offset_index_length } of columns) {
        const start = Number(offset_index_offset)
        const bytes = file.subarray(start, start + Number(offset_index_length))
        const pages = readThriftStruct(bytes, 0, bytes.length)?.struct['field_1'] as ThriftPage[]
        expect(Number(pages[0]?.field_1)).toBe(Number(meta_data?.data_page_offset))
        expect(pages.every(({ field_3 }, page) => field_3 < num_rows && (page === 0) === (field_3 === 0n))).toBe(true)
        for (const [index, { field_1, field_2 }] of pages.entries()) {
          const next = pages[index + 1]
          if (next !== undefined) expect(Number(next.field_1)).toBe(Number(field_1) + field_2)
          const header = readThriftStruct(file, Number(field_1), file.length)
          expect([0, 3]).toContain(header?.struct['field_1'])
        }
      }
    }
  }),
  { runs: 40 },
)

interface ThriftPage {
  readonly field_1: bigint
  readonly field_2: number
  readonly field_3: bigint
}

law(
  'mergeParquet: this library, DuckDB, hyparquet and parquet-wasm read the target as the sources in order',
  fc.asyncProperty(arbitraryFiles(true), async (given) => {
    const files = await filesOf(given)
    const { file, rows, bytes, rowGroups, copiedBytes, readBytes } = await mergeSmall(server, client, files)
    expect(await cellsOf(file)).toEqual(joined(await Promise.all(files.map(cellsOf))))
    expect(await rowsByHyparquet(file)).toEqual((await Promise.all(files.map(rowsByHyparquet))).flat())
    const byDuckDb: unknown[] = []
    for (const each of files) byDuckDb.push(...(await duckdb.rows(each)))
    expect(await duckdb.rows(file)).toEqual(byDuckDb)
    const byWasm = (each: Uint8Array) => tableCells(tableByParquetWasm(each))
    expect(byWasm(file)).toEqual(joined(files.map(byWasm)))
    expect({ rows, bytes, rowGroups }).toEqual({
      rows: given[0].rows.length,
      bytes: file.length,
      rowGroups: metadataOf(file).row_groups.length,
    })
    expect(copiedBytes).toBeLessThan(bytes)
    expect(readBytes).toBeGreaterThan(0)
  }),
  { runs: 60 },
)
