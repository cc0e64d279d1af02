import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import {
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBTimeValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import { DataType, type Field, type Table, TimeUnit, tableFromIPC } from 'apache-arrow'
import { type FileMetaData, parquetMetadata, parquetReadObjects, type SchemaElement, type Statistics } from 'hyparquet'
import { readParquet } from 'parquet-wasm'
import type { Cell } from '../../../support/arbitrary-table.ts'

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}

export function metadataOf(bytes: Uint8Array): FileMetaData {
  return parquetMetadata(bufferOf(bytes))
}

/** Rows by hyparquet as they lie in the file: annotations that it would convert, and so round, are taken off before. */
export async function rowsByHyparquet(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  const metadata = metadataOf(bytes)
  const file = bufferOf(bytes)
  const rows = await parquetReadObjects({
    file,
    metadata: { ...metadata, schema: metadata.schema.map(withoutConversion) },
    compressors: { GZIP: (page) => gunzipSync(page), ZSTD: (page) => zstdDecompressSync(page) },
    utf8: false,
  })
  // A struct that is null comes as undefined.
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, nullFor(value)])))
}

function nullFor(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nullFor)
  if (value === undefined) return null
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, nullFor(member)]))
}

/** The statistics of the first column chunk, bounds as they lie in the file. */
export function rawStatistics(bytes: Uint8Array): Statistics {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const footer = view.getUint32(bytes.length - 8, true)
  const parsers = { stringFromBytes: (raw: Uint8Array) => raw }
  const metadata = parquetMetadata(bufferOf(bytes.subarray(bytes.length - 8 - footer)), { parsers })
  return metadata.row_groups[0]?.columns[0]?.meta_data?.statistics ?? {}
}

/** A bound as a cell of the column's type. */
export function boundCell({ type }: Field, bound: Statistics['min_value']): Cell | undefined {
  if (bound === undefined) return undefined
  if (DataType.isUtf8(type)) return Buffer.from(bound as Uint8Array).toString()
  if (DataType.isDecimal(type)) return BigInt(Math.round(Number(bound) * 10 ** type.scale))
  return bound as Cell
}

/** How many rows hyparquet finds by its own use of statistics, bloom filters and page indexes. */
export async function rowsFilteredByHyparquet(
  bytes: Uint8Array,
  column: string,
  wanted: number | bigint,
): Promise<number> {
  const file = bufferOf(bytes)
  const filter = { [column]: { $eq: wanted } }
  const rows = await parquetReadObjects({
    file,
    filter,
    useBloomFilters: true,
    usePageIndex: true,
    rowFormat: 'object',
  })
  return rows.length
}

/** The table that Rust's parquet makes of a file. */
export function tableByParquetWasm(bytes: Uint8Array): Table {
  return tableFromIPC(readParquet(bytes).intoIPCStream())
}

const KEPT = new Set(['UTF8', 'LIST', 'MAP'])

function withoutConversion(element: SchemaElement): SchemaElement {
  const { converted_type, logical_type, ...rest } = element
  return {
    ...rest,
    ...(converted_type !== undefined && KEPT.has(converted_type) ? { converted_type } : {}),
    ...(logical_type?.type === 'FLOAT16' ? { logical_type } : {}),
  }
}

/** A cell in the physical form that {@link rowsByHyparquet} gives. */
export function physicalCell({ type }: Pick<Field, 'type'>, cell: Cell): unknown {
  if (cell === null) return null
  if (DataType.isDictionary(type)) return physicalCell({ type: type.dictionary }, cell)
  if (DataType.isStruct(type)) {
    const members = cell as { [name: string]: Cell }
    return Object.fromEntries(
      type.children.map((child) => [child.name, physicalCell(child, members[child.name] ?? null)]),
    )
  }
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    return (cell as Cell[]).map((item) => physicalCell(type.children[0] as Field, item))
  }
  if (DataType.isDecimal(type)) return physicalDecimal(type.precision, cell as bigint)
  if (DataType.isInt(type) && !type.isSigned) {
    if (type.bitWidth === 64) return BigInt.asIntN(64, cell as bigint)
    return Number(cell) | 0
  }
  return cell
}

function physicalDecimal(precision: number, value: bigint): unknown {
  if (precision <= 9) return Number(value)
  if (precision <= 18) return value
  const bytes = Math.ceil((precision * Math.log2(10) + 1) / 8)
  const hex = BigInt.asUintN(bytes * 8, value).toString(16)
  return new Uint8Array(Buffer.from(hex.padStart(bytes * 2, '0'), 'hex'))
}

export interface DuckDb {
  query(sql: string): Promise<DuckDBValue[][]>
  /** The rows of a Parquet file. */
  rows(bytes: Uint8Array): Promise<DuckDBValue[][]>
  /** A query over a Parquet file, which stands as `FILE`. */
  over(bytes: Uint8Array, sql: string): Promise<DuckDBValue[][]>
  /** A Parquet file of the result of a query. */
  file(sql: string): Promise<Uint8Array>
  close(): void
}

/** DuckDB with a folder of its own. It caches files by path, so every file gets a new name. */
export async function openDuckDb(): Promise<DuckDb> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection: DuckDBConnection = await instance.connect()
  await connection.run('SET enable_external_file_cache=false')
  await connection.run("SET TimeZone='UTC'")
  const folder = mkdtempSync(join(tmpdir(), 'millrace-duckdb-'))
  let files = 0
  const query = async (sql: string): Promise<DuckDBValue[][]> => (await connection.runAndReadAll(sql)).getRows()
  const over = async (bytes: Uint8Array, sql: string): Promise<DuckDBValue[][]> => {
    const path = join(folder, `${files++}.parquet`)
    writeFileSync(path, bytes)
    try {
      return await query(sql.replaceAll('FILE', `'${path}'`))
    } finally {
      rmSync(path)
    }
  }
  return {
    query,
    over,
    rows: (bytes) => over(bytes, 'select * from FILE'),
    async file(sql) {
      const path = join(folder, `${files++}.parquet`)
      await query(`copy (${sql}) to '${path}' (format parquet)`)
      return new Uint8Array(readFileSync(path))
    },
    close() {
      connection.closeSync()
      instance.closeSync()
      rmSync(folder, { recursive: true })
    },
  }
}

/** What DuckDB gave, as a cell of the Arrow type that was written. */
export function cellByDuckDb({ type }: Pick<Field, 'type'>, value: DuckDBValue): unknown {
  if (value === null) return null
  if (DataType.isDictionary(type)) return cellByDuckDb({ type: type.dictionary }, value)
  if (value instanceof DuckDBListValue) return value.items.map((item) => cellByDuckDb(type.children[0] as Field, item))
  if (value instanceof DuckDBStructValue) {
    const children = type.children as Field[]
    return Object.fromEntries(
      children.map((child) => [child.name, cellByDuckDb(child, value.entries[child.name] ?? null)]),
    )
  }
  if (value instanceof DuckDBMapValue) {
    const [key, item] = (type.children[0] as Field).type.children as [Field, Field]
    return value.entries.map((entry) => [cellByDuckDb(key, entry.key), cellByDuckDb(item, entry.value)])
  }
  if (value instanceof DuckDBDecimalValue) return value.value
  if (value instanceof DuckDBBlobValue) return new Uint8Array(value.bytes)
  if (value instanceof DuckDBDateValue) return value.days
  if (DataType.isTime(type)) {
    const micros = (value as DuckDBTimeValue).micros
    return type.bitWidth === 32 ? Number(micros / 1000n) : micros
  }
  if (DataType.isTimestamp(type)) return timestampIn(type.unit, value)
  return value
}

function timestampIn(unit: TimeUnit, value: DuckDBValue): bigint {
  const nanos = nanosOf(value)
  if (unit === TimeUnit.NANOSECOND) return nanos
  return nanos / (unit === TimeUnit.MICROSECOND ? 1_000n : 1_000_000n)
}

function nanosOf(value: DuckDBValue): bigint {
  if (value instanceof DuckDBTimestampNanosecondsValue) return value.nanos
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis * 1_000_000n
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * 1_000_000_000n
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) return value.micros * 1_000n
  throw new Error('not a timestamp')
}
