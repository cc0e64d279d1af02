import type { RecordBatch, Schema } from 'apache-arrow'
import type { RowGroup } from 'hyparquet'
import { MillraceError } from '../../../errors.ts'
import { bytesToWrite } from './batch-bytes.ts'
import { type ChunkContext, chunkContext } from './column-chunk.ts'
import { CREATED_BY } from './created-by.ts'
import { checkSameSchema, type FileSchema, fileSchema, nameOf } from './file-schema.ts'
import { type ChunkIndexes, footerBytes, indexBytes, MAGIC } from './format.ts'
import { encodeRowGroup } from './row-group.ts'
import type { WriteSettings } from './write-options.ts'

/** One Parquet file being written. Batches are held until they fill a row group; yielded bytes are not. */
export interface FileWriter {
  /** Add a batch; yields the bytes that are complete. */
  add(batch: RecordBatch): Generator<Uint8Array>
  /** End the row group, yielding the batches held. */
  flush(): Generator<Uint8Array>
  /** Yield the last row group and the footer. */
  finish(): Generator<Uint8Array>
}

interface FileState {
  readonly settings: WriteSettings
  readonly context: ChunkContext
  readonly rowGroups: RowGroup[]
  readonly indexes: ChunkIndexes[]
  schema: Schema | undefined
  file: FileSchema
  held: RecordBatch[]
  heldRows: number
  heldBytes: number
  /** Rows and bytes written. */
  rows: number
  offset: number
}

/** @param context - shared by files that are written alternately: a kernel for each would cost more than a small file. */
export function fileWriter(settings: WriteSettings, context = chunkContext(settings)): FileWriter {
  const state: FileState = {
    settings,
    context,
    rowGroups: [],
    indexes: [],
    schema: undefined,
    file: { elements: [], leaves: [] },
    held: [],
    heldRows: 0,
    heldBytes: 0,
    rows: 0,
    offset: 0,
  }
  return {
    add: (batch) => addBatch(state, batch),
    flush: () => (state.heldRows > 0 ? flush(state) : nothing()),
    finish: () => finishFile(state),
  }
}

function* addBatch(state: FileState, batch: RecordBatch): Generator<Uint8Array> {
  if (state.schema === undefined) yield* start(state, batch.schema)
  else if (state.schema !== batch.schema) checkSameSchema(state.file, batch.schema)
  const { rowGroupRows, rowGroupBytes } = state.settings
  const bytes = bytesToWrite(batch)
  // A batch larger than a row group is split, on the assumption that its rows have equal size.
  const rowBytes = bytes / Math.max(1, batch.numRows)
  const rowsAtOnce = Math.max(1, Math.min(rowGroupRows, Math.floor(rowGroupBytes / Math.max(rowBytes, 1e-9))))
  let at = 0
  while (at < batch.numRows) {
    const rows = Math.min(batch.numRows - at, rowsAtOnce, rowGroupRows - state.heldRows)
    state.held.push(rows === batch.numRows ? batch : batch.slice(at, at + rows))
    state.heldRows += rows
    state.heldBytes += rows * rowBytes
    at += rows
    if (state.heldRows >= rowGroupRows || state.heldBytes >= rowGroupBytes) yield* flush(state)
  }
}

function* start(state: FileState, schema: Schema): Generator<Uint8Array> {
  state.schema = schema
  state.file = fileSchema(schema)
  checkBloomFilters(state)
  yield* out(state, MAGIC.slice())
}

function checkBloomFilters({ settings, file }: FileState): void {
  const names = new Set(file.leaves.map(nameOf))
  for (const column of settings.bloomFilters) {
    if (names.has(column)) continue
    throw new MillraceError('COLUMN_UNKNOWN', 'bloomFilters names a column that is not in the table', {
      position: { column },
    })
  }
}

/** Encode the held batches as one row group. */
function* flush(state: FileState): Generator<Uint8Array> {
  const { held, file, context, offset, rows } = state
  state.held = []
  state.rows += state.heldRows
  state.heldRows = 0
  state.heldBytes = 0
  const encoding = encodeRowGroup(file.leaves, held, context, { offset, rows })
  let step = encoding.next()
  for (; step.done !== true; step = encoding.next()) yield* out(state, step.value)
  state.rowGroups.push(step.value.rowGroup)
  state.indexes.push(...step.value.indexes)
}

function* finishFile(state: FileState): Generator<Uint8Array> {
  if (state.schema === undefined) {
    throw new MillraceError(
      'TYPE_MISMATCH',
      'no batches were written, so the schema is unknown; write at least one, even an empty one',
    )
  }
  // A file without rows has one row group without rows: the format layer writes an empty list with a type that strict readers reject.
  if (state.heldRows > 0 || state.rowGroups.length === 0) yield* flush(state)
  if (state.indexes.length > 0) yield* out(state, indexBytes(state.indexes, state.offset))
  const metadata = state.settings.metadata.map(([key, value]) => ({ key, value }))
  yield footerBytes({
    version: 1,
    created_by: CREATED_BY,
    schema: [...state.file.elements],
    num_rows: BigInt(state.rows),
    row_groups: state.rowGroups,
    ...(metadata.length === 0 ? {} : { key_value_metadata: metadata }),
  })
}

function* nothing(): Generator<Uint8Array> {}

function* out(state: FileState, bytes: Uint8Array): Generator<Uint8Array> {
  state.offset += bytes.length
  yield bytes
}
