import { setMaxListeners } from 'node:events'
import type { RecordBatch, Schema } from 'apache-arrow'
import { recordBatch, schemaOf } from '../../../columns/record-batch.ts'
import { isMillraceError, MillraceError } from '../../../errors.ts'
import type { CodecInput } from '../../codec.ts'
import { DEFAULT_LIMITS, defaultInflatedBytes } from '../../limits.ts'
import { type ByteBudget, byteBudget } from './bytes/byte-budget.ts'
import { dataBytes, emptyData } from './bytes/data-bytes.ts'
import { BATCH_BYTES } from './bytes/read-budget.ts'
import type { ColumnReader } from './columns/column-reader.ts'
import { keepDictionaries } from './columns/kept-dictionary.ts'
import type { ColumnChunk } from './footer/file-metadata.ts'
import { type OpenFile, openFile } from './footer/read-footer.ts'
import { readKernels } from './kernel/read-kernel.ts'
import { pagePool } from './pages/page-pool.ts'
import type { ParquetReadOptions } from './parquet-options.ts'
import { openRowGroup, type RowGroupContext } from './row-group-reader.ts'
import { checkRowGroup, checkTotals } from './schema/file-checks.ts'
import { mayMatch } from './schema/row-group-filter.ts'
import { type ColumnShape, fileShape, leavesOf } from './schema/schema-shape.ts'

const BATCH_ROWS = 65_536
/** Most bytes of all batches of a file: every row may be a dictionary's one long value. */
const MIN_MAX_DECODED = 16 * 1024 ** 3
const MAX_DECODED_RATIO = 16_384
/** Most times that the memory allowed can be filled: row groups that share their bytes would keep a reader busy forever. */
const MAX_TURNOVER = 64

/** parquet-mr before 1.2.9 left the header of the dictionary page out of a chunk's size. */
const OLD_WRITER = /^parquet-mr(?: version (?:0|1\.[01]|1\.2\.[0-8])\b|(?! version))/
const DICTIONARY_HEADER_BYTES = 100

/** Read the record batches of a Parquet file: row group by row group, each in batches of at most 65,536 rows. */
export async function* readParquet(input: CodecInput, options: ParquetReadOptions = {}): AsyncGenerator<RecordBatch> {
  try {
    const file = await openFile(input, options.limits ?? {})
    yield* readFile(file, options)
  } catch (error) {
    throw typed(error)
  }
}

async function* readFile(file: OpenFile, options: ParquetReadOptions): AsyncGenerator<RecordBatch> {
  const limits = options.limits ?? {}
  const { metadata, bytes } = file
  const int96 = options.int96 ?? (metadata.keyValues.has('org.apache.spark.version') ? 'us' : 'ns')
  const all = fileShape(metadata.schema, { maxDepth: limits.maxDepth ?? DEFAULT_LIMITS.maxDepth, int96 })
  const groups = selectedGroups(file, all.columns, options)
  const chosen = selectedColumns(all.columns, options.columns)
  const shapes =
    options.dictionary === 'keep'
      ? keepDictionaries(
          chosen,
          groups.map(({ group }) => group),
        )
      : chosen
  const leaves = shapes.flatMap(leavesOf)
  for (const { group } of groups) checkRowGroup(group, all, leaves, file.dataEnd)
  checkTotals(
    groups.map(({ group }) => group),
    leaves,
    bytes.size,
  )
  const schema = schemaOf(shapes.map(({ field }) => field))
  const slack = OLD_WRITER.test(metadata.createdBy) ? DICTIONARY_HEADER_BYTES : 0
  const maxHeld = limits.maxInflatedBytes ?? defaultInflatedBytes(bytes.size)
  const closing = new AbortController()
  setMaxListeners(0, closing.signal)
  const kernels = readKernels(
    groups.reduce(
      (sum, { group }) =>
        leaves.reduce((total, { index }) => total + (group.chunks[index] as ColumnChunk).uncompressedBytes, sum),
      0,
    ),
  )
  const context: Omit<RowGroupContext, 'held'> = {
    file: bytes,
    rangeOf: ({ start, end }) => ({ start, end: Math.max(end, Math.min(end + slack, file.dataEnd)) }),
    kernels,
    pool: pagePool(),
    inflated: byteBudget(maxHeld * MAX_TURNOVER, `the pages inflate to over ${MAX_TURNOVER} times what may be held,`),
    maxFieldBytes: limits.maxFieldBytes ?? DEFAULT_LIMITS.maxFieldBytes,
    maxRowBytes: limits.maxRowBytes ?? DEFAULT_LIMITS.maxRowBytes,
    signal: closing.signal,
  }
  const decoded = byteBudget(
    Math.max(MIN_MAX_DECODED, bytes.size * MAX_DECODED_RATIO),
    'the rows of the file take more than',
  )
  let batches = 0
  try {
    for (const { group, firstRow } of groups) {
      if (group.rows === 0) continue
      const held = byteBudget(maxHeld, 'pages, dictionaries and the batch together exceed limits.maxInflatedBytes,')
      kernels.dropDictionaries()
      const columns = await openRowGroup(group, shapes, firstRow, { ...context, held })
      for await (const batch of groupBatches(schema, columns, group.rows, rowsPerBatch(group, shapes), held, decoded)) {
        batches++
        yield batch
      }
    }
  } finally {
    closing.abort()
    kernels.leave()
  }
  if (batches === 0)
    yield recordBatch(
      schema,
      shapes.map(({ field }) => emptyData(field.type)),
      0,
    )
}

async function* groupBatches(
  schema: Schema,
  columns: readonly ColumnReader[],
  total: number,
  firstRows: number,
  held: ByteBudget,
  decoded: ByteBudget,
): AsyncGenerator<RecordBatch> {
  let target = firstRows
  for (let done = 0; done < total; ) {
    let rows = Math.min(target, total - done)
    rows = await aheadOfAll(columns, rows)
    const data = columns.map((column) => column.take(rows))
    const bytes = data.reduce((sum, column) => sum + dataBytes(column), 0)
    decoded.take(bytes)
    held.take(bytes)
    yield recordBatch(schema, data, rows)
    held.release(bytes)
    done += rows
    // Rows of about 4 MiB, estimated from this batch.
    target = clampRows((BATCH_BYTES * rows) / Math.max(bytes, 1))
  }
}

/**
 * Load all columns concurrently, since their windows are separate requests. Throws the error of the first failing
 * column, as if they were loaded in order.
 */
async function aheadOfAll(columns: readonly ColumnReader[], rows: number): Promise<number> {
  const all = await Promise.allSettled(columns.map((column) => column.ahead(rows)))
  return all.reduce((least, result) => {
    if (result.status === 'rejected') throw result.reason
    return Math.min(least, result.value)
  }, rows)
}

/** Rows of the first batch of a row group, estimated from the sizes in the footer. */
function rowsPerBatch(group: OpenFile['metadata']['rowGroups'][number], shapes: readonly ColumnShape[]): number {
  let bytes = 0
  for (const { index, layout } of shapes.flatMap(leavesOf)) {
    const { uncompressedBytes, values } = group.chunks[index] as ColumnChunk
    bytes += Math.max(uncompressedBytes, values * layout.width)
  }
  return clampRows((BATCH_BYTES * group.rows) / Math.max(bytes, 1))
}

function clampRows(rows: number): number {
  return Math.max(1, Math.min(BATCH_ROWS, Math.floor(rows)))
}

function selectedColumns(
  columns: readonly ColumnShape[],
  names: readonly string[] | undefined,
): readonly ColumnShape[] {
  if (names === undefined) return columns
  return [...new Set(names)].flatMap((name) => {
    const found = columns.filter(({ field }) => field.name === name)
    if (found.length > 0) return found
    throw new MillraceError('COLUMN_UNKNOWN', 'the file has no such column', { position: { column: name } })
  })
}

interface SelectedGroup {
  readonly group: OpenFile['metadata']['rowGroups'][number]
  /** Number of its first row in the file, from 1. */
  readonly firstRow: number
}

function selectedGroups(
  { metadata }: OpenFile,
  columns: readonly ColumnShape[],
  options: ParquetReadOptions,
): SelectedGroup[] {
  let nextRow = 1
  const all = metadata.rowGroups.map((group) => {
    const firstRow = nextRow
    nextRow += group.rows
    return { group, firstRow }
  })
  const selected = options.rowGroups === undefined ? all : options.rowGroups.map((index) => groupAt(all, index))
  const { filter } = options
  return filter === undefined ? selected : selected.filter(({ group }) => mayMatch(filter, group, columns))
}

function groupAt(groups: readonly SelectedGroup[], index: number): SelectedGroup {
  const group = groups[index]
  if (group !== undefined) return group
  throw new MillraceError(
    'OPTION_INVALID',
    `rowGroups: the file has ${groups.length} row groups, ${index} is out of range`,
  )
}

/** Convert any error to a MillraceError: others were caused by bytes that no check foresaw. */
function typed(error: unknown): MillraceError {
  if (isMillraceError(error)) return error
  if (error instanceof RangeError && /allocation|array length/i.test(error.message)) {
    return new MillraceError('LIMIT_EXCEEDED', 'the file needs more memory than is available', { cause: error })
  }
  return new MillraceError('PARQUET_INVALID', 'the file breaks the Parquet format', { cause: error })
}
