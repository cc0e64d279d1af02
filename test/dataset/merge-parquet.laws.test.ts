import type { S3Client } from '@aws-sdk/client-s3'
import { Table } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { encodeParquet, type ParquetWriteOptions } from '../../src/codecs/parquet/parquet.ts'
import { arbitraryTableCase, type TableCase } from '../support/arbitrary-table.ts'
import { law } from '../support/law.ts'
import { type DuckDb, metadataOf, openDuckDb, rowsByHyparquet, tableByParquetWasm } from '../support/parquet-oracles.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'
import { cellsOf, joined, mergeSmall, SMALL_PART, tableCells } from './merge-support.ts'

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
beforeEach(() => server.reset())

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

law(
  'mergeParquet: what our reader, DuckDB, hyparquet and parquet-wasm read of the target is what they read of the sources one after the other',
  fc.asyncProperty(arbitraryFiles(true), async (given) => {
    server.reset()
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
    expect(server.openUploads()).toBe(0)
    expect(server.keys().filter((key) => key.startsWith(BUCKET))).toEqual([])
  }),
  { runs: 60 },
)
