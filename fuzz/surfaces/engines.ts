import { DuckDBBlobValue, type DuckDBValue } from '@duckdb/node-api'
import { DataType, type Field, type RecordBatch, TimeUnit } from 'apache-arrow'
import { parquet } from '../../src/codecs/parquet/parquet.ts'
import { isMillraceError } from '../../src/errors.ts'
import { batchCells, type Cell, duckdbCell } from '../../test/codecs/parquet/support/parquet-cells.ts'
import { openDuckDb, tableByParquetWasm } from '../../test/codecs/parquet/support/parquet-oracles.ts'
import { mutateParquet } from '../mutate/parquet.ts'
import { Difference, type Surface } from '../surface.ts'
import { surface as parquetSurface } from './parquet.ts'
import { all } from './support/chunks.ts'

const CHOICES = 2
const LIMITS = { maxInflatedBytes: 4 * 1024 * 1024 }
const MAX_ROWS = 500
const duckDb = await openDuckDb()
await duckDb.query("SET memory_limit='64MB'")

/** A Parquet file that other engines read too: the same rows. Only files that are read here are given to them. */
async function run(input: Uint8Array): Promise<void> {
  const bytes = input.subarray(CHOICES)
  const batches = await readOrUndefined(bytes)
  const [first] = batches ?? []
  const rows = batches?.reduce((sum, { numRows }) => sum + numRows, 0) ?? 0
  if (batches === undefined || first === undefined || rows > MAX_ROWS || first.numCols === 0) return
  const rust = attempt(() => tableByParquetWasm(bytes))
  // Its number of rows is that of the footer, which need not be that of the row groups.
  if (rust?.numRows === rows) {
    // A group with two annotations that contradict each other is a list for one reader and a struct for the other.
    const fields = first.schema.fields.filter(
      ({ type }, column) => isFlat(type) || `${type}` === `${rust.schema.fields[column]?.type}`,
    )
    checkColumns('Rust', fields, batches, (column) => batchCells(rust.batches, column))
  }
  const theirs = await duckDb.rows(bytes).catch(() => undefined)
  if (theirs === undefined) return
  if (theirs.length !== rows) throw new Difference(`rows of DuckDB: ${theirs.length}, not ${rows}`)
  const fields = first.schema.fields.filter((field, column) => isAlike(field, theirs, column))
  const cellsOf = (column: number, { type }: Field): Cell[] =>
    theirs.map((row) => duckdbCell(row[column] ?? null, type))
  checkColumns('DuckDB', fields, batches, cellsOf)
}

async function readOrUndefined(bytes: Uint8Array): Promise<RecordBatch[] | undefined> {
  try {
    return await all(parquet({ limits: LIMITS }).read(bytes))
  } catch (error) {
    if (!isMillraceError(error)) throw error
    return undefined
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function checkColumns(
  engine: string,
  fields: readonly Field[],
  batches: readonly RecordBatch[],
  cellsOf: (column: number, field: Field) => Cell[],
): void {
  for (const field of fields) {
    const column = batches[0]?.schema.fields.indexOf(field) ?? 0
    const ours = JSON.stringify(batchCells(batches, column))
    const theirs = JSON.stringify(attempt(() => cellsOf(column, field)))
    if (theirs !== undefined && ours !== theirs)
      throw new Difference(`cells of ${engine}: ${field}: ${ours.slice(0, 300)} here, ${theirs.slice(0, 300)} there`)
  }
}

/**
 * Test whether DuckDB sees a column as the format says: it takes more groups for lists, reads levels that no writer writes in its own way, takes text for
 * bytes where one of its two annotations is broken, and cuts decimals that are beyond their precision, and INT96 to
 * microseconds.
 */
function isAlike({ type }: Field, rows: readonly DuckDBValue[][], column: number): boolean {
  const isNanos = DataType.isTimestamp(type) && type.unit === TimeUnit.NANOSECOND
  if (!isFlat(type) || DataType.isDecimal(type) || isNanos) return false
  const values = rows.map((row) => row[column])
  if (DataType.isUtf8(type)) return !values.some((value) => value instanceof DuckDBBlobValue)
  return !(DataType.isBinary(type) && values.some((value) => typeof value === 'string'))
}

function isFlat({ children }: DataType): boolean {
  return (children ?? []).length === 0
}

export const surface: Surface = { ...parquetSurface, mutate: mutateParquet(CHOICES), run }
