import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'
import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import type { RecordBatch } from 'apache-arrow'
import { parquetMetadata, parquetRead } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { decodeParquet } from '../../src/codecs/parquet/parquet.ts'
import { readParquet } from '../../src/codecs/parquet/read/read-parquet.ts'
import { isMillraceError } from '../../src/errors.ts'
import {
  batchCells,
  type Cell,
  duckdbCell,
  hyparquetCell,
  hyparquetParsers,
  withoutDecimals,
} from '../codecs/parquet/support/parquet-cells.ts'
import { readInChild } from '../codecs/support/codec-in-child.ts'

const CORPUS = fileURLToPath(new URL('../../../shared/corpora/parquet/', import.meta.url))

const REPORTS = fileURLToPath(new URL('../../../shared/reports/', import.meta.url))

/** Files that cannot be read, by the code that says why. */
const REFUSED = new Map([
  ['datapage_v1-corrupt-checksum.parquet', 'PARQUET_INVALID'],
  ['rle-dict-uncompressed-corrupt-checksum.parquet', 'PARQUET_INVALID'],
  // Two gigabytes in four kilobytes.
  ['large_string_map.brotli.parquet', 'LIMIT_EXCEEDED'],
  // One value lies before 294,247 BC, beyond 64-bit microseconds; the oracles give two different wrong dates.
  ['int96_from_spark.parquet', 'TYPE_MISMATCH'],
])

/** Files that an oracle cannot read or reads otherwise, with the reason. */
const NOT_BY_DUCKDB = new Map([
  ['byte_stream_split_extended.gzip.parquet', 'DuckDB has byte stream split for floats only'],
  ['hadoop_lz4_compressed.parquet', 'DuckDB has no LZ4 with frames'],
  ['hadoop_lz4_compressed_larger.parquet', 'DuckDB has no LZ4 with frames'],
  ['non_hadoop_lz4_compressed.parquet', 'DuckDB has no LZ4 with frames'],
  ['map_no_value.parquet', 'DuckDB wants maps to have values; the format lets them be left out'],
])
const NOT_BY_HYPARQUET = new Map([
  ['hadoop_lz4_compressed.parquet', 'hyparquet has no LZ4'],
  ['hadoop_lz4_compressed_larger.parquet', 'hyparquet has no LZ4'],
  ['non_hadoop_lz4_compressed.parquet', 'hyparquet has no LZ4'],
  ['lz4_raw_compressed.parquet', 'hyparquet has no LZ4'],
  ['lz4_raw_compressed_larger.parquet', 'hyparquet has no LZ4'],
  ['map_no_value.parquet', 'hyparquet makes a map without values a struct'],
  ['nation.dict-malformed.parquet', 'hyparquet takes the size of a chunk, which is too small here, at its word'],
  ['repeated_primitive_no_list.parquet', 'hyparquet makes empty repeated fields null'],
])

function files(folder: string): string[] {
  const path = join(CORPUS, folder)
  if (!existsSync(path)) return []
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(path, entry.name))
}

const data = [...files('data'), ...files('data/geospatial')]
const readable = data.filter((path) => path.endsWith('.parquet') && !REFUSED.has(basename(path)))
const hasCorpus = data.length > 0

describe.skipIf(!hasCorpus)('parquet-testing, where the corpus is there', () => {
  for (const path of readable.filter((path) => !NOT_BY_DUCKDB.has(basename(path)))) {
    test(`as DuckDB: ${basename(path)}`, async () => {
      const batches = await batchesOf(path)
      const rows = await duckdbRows(path)
      const columns = batches[0]?.schema.fields ?? []
      columns.forEach((field, index) => {
        const expected = rows.map((row) => duckdbCell(row[index] ?? null, field.type))
        expect(batchCells(batches, index)).toEqual(expected)
      })
      expect(rowCount(batches)).toBe(rows.length)
    })
  }

  for (const path of readable.filter((path) => !NOT_BY_HYPARQUET.has(basename(path)))) {
    test(`as hyparquet: ${basename(path)}`, async () => {
      const batches = await batchesOf(path)
      const rows = await hyparquetRows(path)
      const columns = batches[0]?.schema.fields ?? []
      columns.forEach((field, index) => {
        const expected = rows.map((row) => hyparquetCell(row[index], field.type))
        expect(batchCells(batches, index)).toEqual(expected)
      })
    })
  }

  test('LZ4 in its three frames holds the same values', async () => {
    const [hadoop, bare, raw] = await Promise.all(
      ['hadoop_lz4_compressed', 'non_hadoop_lz4_compressed', 'lz4_raw_compressed'].map(cellsOf),
    )
    expect(hadoop).toEqual(raw)
    expect(bare).toEqual(raw)
    expect(await cellsOf('hadoop_lz4_compressed_larger')).toEqual(await cellsOf('lz4_raw_compressed_larger'))
  })

  test('a map without values is a list of its keys', async () => {
    const [withValues, withoutValues, list] = await cellsOf('map_no_value')
    expect(withoutValues).toEqual(list)
    expect(withValues?.[0]).toEqual([
      ['1', null],
      ['2', null],
      ['3', null],
    ])
  })

  test.each([...REFUSED])('%s: %s', async (name, code) => {
    expect(await outcome(join(CORPUS, 'data', name))).toBe(code)
  })

  test.each(data.filter((path) => path.endsWith('.encrypted')).map((path) => basename(path)))(
    '%s: encrypted',
    async (name) => {
      expect(await outcome(join(CORPUS, 'data', name))).toBe('UNSUPPORTED_FORMAT')
    },
  )

  test('broken and hostile files end with one of our errors, soon and in little memory', async () => {
    const hostile = ['bad_data', 'arrow-fuzzing', 'arrow-encoding-fuzzing'].flatMap(files)
    const outcomes = await readInChild(hostile)
    expect(outcomes.map(({ path }) => path)).toEqual(hostile)
    for (const { path, outcome, ms, peakMb } of outcomes) {
      expect
        .soft(outcome, basename(path))
        .toMatch(/^(read|PARQUET_INVALID|LIMIT_EXCEEDED|UNSUPPORTED_FORMAT|ENCODING_INVALID)$/)
      expect.soft(ms, basename(path)).toBeLessThan(5000)
      expect.soft(peakMb, basename(path)).toBeLessThan(400)
    }
  })
})

describe.skipIf(!existsSync(REPORTS))('files of public reports, where they are there', () => {
  const report = (name: string) => new Uint8Array(readFileSync(join(REPORTS, name)))

  test('statistics whose minimum is above their maximum skip nothing: the rows that DuckDB finds', async () => {
    const path = join(REPORTS, 'stats-min-over-max-uint64.parquet')
    const rows = (await duckdbRows(path)).length
    for (const eq of [0, 0n]) {
      expect((await decodeParquet(report(basename(path)), { filter: { a: { eq } } })).numRows).toBe(rows)
    }
    expect(rows).toBe(2)
  })

  test('INTERVAL beside UNKNOWN is fixed-size binary of 12 bytes', async () => {
    const { schema, batches } = await decodeParquet(report('interval-unknown.parquet'))
    expect(schema.fields.map(({ type }) => String(type))).toContain('FixedSizeBinary[12]')
    expect(batchCells(batches, 0).length).toBeGreaterThan(0)
  })
})

test.skipIf(hasCorpus)('parquet-testing is not there: conformance was skipped', () => {
  console.warn(`no files in ${CORPUS}`)
})

async function batchesOf(path: string): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = []
  for await (const batch of readParquet(new Uint8Array(readFileSync(path)))) batches.push(batch)
  return batches
}

async function cellsOf(name: string): Promise<Cell[][]> {
  const batches = await batchesOf(join(CORPUS, 'data', `${name}.parquet`))
  return (batches[0]?.schema.fields ?? []).map((_, index) => batchCells(batches, index))
}

async function outcome(path: string): Promise<string> {
  try {
    await batchesOf(path)
    return 'read'
  } catch (error) {
    return isMillraceError(error) ? error.code : `not ours: ${error}`
  }
}

function rowCount(batches: readonly RecordBatch[]): number {
  return batches.reduce((sum, { numRows }) => sum + numRows, 0)
}

async function duckdbRows(path: string): Promise<DuckDBValue[][]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const reader = await connection.runAndReadAll(`select * from read_parquet('${path}', hive_partitioning = false)`)
    return reader.getRows()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function hyparquetRows(path: string): Promise<unknown[][]> {
  const bytes = new Uint8Array(readFileSync(path))
  let rows: unknown[][] = []
  await parquetRead({
    file: bytes.buffer,
    metadata: withoutDecimals(parquetMetadata(bytes)),
    parsers: hyparquetParsers,
    utf8: false,
    compressors: {
      GZIP: (page) => zlib.gunzipSync(page),
      ZSTD: (page) => zlib.zstdDecompressSync(page),
      BROTLI: (page) => zlib.brotliDecompressSync(page),
    },
    onComplete: (all) => {
      rows = all
    },
  })
  return rows
}
