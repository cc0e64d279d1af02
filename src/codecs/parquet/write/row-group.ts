import type { RecordBatch } from 'apache-arrow'
import type { RowGroup } from 'hyparquet'
import { isMillraceError, MillraceError } from '../../../errors.ts'
import { checkText } from './check-text.ts'
import { type ChunkContext, type EncodedChunk, encodeChunk } from './column-chunk.ts'
import { nameOf, type WriteLeaf } from './file-schema.ts'
import type { ChunkIndexes } from './format.ts'
import { appendValues, emptyValues, type LeafValues } from './leaf-values.ts'
import { appendLevels, entryOfValue, resetLevels, rowOfEntry } from './levels.ts'

/** A row group's position in the file. */
export interface RowGroupStart {
  readonly offset: number
  /** Rows of the preceding row groups. */
  readonly rows: number
}

export interface EncodedRowGroup {
  readonly rowGroup: RowGroup
  readonly indexes: readonly ChunkIndexes[]
}

/**
 * Encode one row group, column chunk by column chunk: the bytes of each are yielded before the next one is begun.
 *
 * @returns its metadata for the footer, and the structures before the footer.
 */
export function* encodeRowGroup(
  leaves: readonly WriteLeaf[],
  batches: readonly RecordBatch[],
  context: ChunkContext,
  start: RowGroupStart,
): Generator<Uint8Array, EncodedRowGroup> {
  const columns: RowGroup['columns'] = []
  const indexes: ChunkIndexes[] = []
  const rows = batches.reduce((sum, batch) => sum + batch.numRows, 0)
  let offset = start.offset
  let uncompressed = 0n
  for (const leaf of leaves) {
    const encoded = encodeLeaf(leaf, batches, context, { offset, rows: start.rows })
    columns.push(encoded.chunk)
    if (encoded.indexes !== undefined) indexes.push(encoded.indexes)
    for (const piece of encoded.pieces) {
      offset += piece.length
      yield piece
    }
    uncompressed += encoded.chunk.meta_data?.total_uncompressed_size ?? 0n
  }
  const rowGroup = {
    columns,
    total_byte_size: uncompressed,
    num_rows: BigInt(rows),
    file_offset: BigInt(start.offset),
    total_compressed_size: BigInt(offset - start.offset),
  }
  return { rowGroup, indexes }
}

function encodeLeaf(
  leaf: WriteLeaf,
  batches: readonly RecordBatch[],
  context: ChunkContext,
  { offset, rows }: RowGroupStart,
): EncodedChunk {
  const { memory } = context.kernel
  const top = memory.top
  try {
    return encodeChunk(leaf, collect(leaf, batches, context, rows), context, offset)
  } catch (error) {
    throw typed(error, nameOf(leaf))
  } finally {
    memory.release(top)
  }
}

/** Convert any error to a MillraceError: others were caused by buffers that do not match their Arrow type, or by lack of memory. */
function typed(error: unknown, column: string): MillraceError {
  const isKernel = isMillraceError(error, 'LIMIT_EXCEEDED') && error.cause instanceof RangeError
  if (isMillraceError(error) && !isKernel) return error
  const options = { position: { column }, cause: error }
  if (isKernel || (error instanceof RangeError && /allocation|array length|grow/i.test(error.message))) {
    return new MillraceError(
      'LIMIT_EXCEEDED',
      'a column needs more memory than is available: lower rowGroupRows',
      options,
    )
  }
  return new MillraceError('TYPE_MISMATCH', 'the buffers of a column do not match its Arrow type', options)
}

/** Collect the levels of one leaf from all batches in the context, and its values in the kernel's memory. */
function collect(
  leaf: WriteLeaf,
  batches: readonly RecordBatch[],
  { kernel, levels }: ChunkContext,
  rowsBefore: number,
): LeafValues {
  resetLevels(levels)
  const rows = batches.reduce((sum, batch) => sum + batch.numRows, 0)
  const values = emptyValues(kernel, leaf.physical, rows)
  let batchStart = rowsBefore
  for (const batch of batches) {
    const data = batch.data.children[leaf.column]
    if (data === undefined || data.length !== batch.numRows) {
      throw new MillraceError('TYPE_MISMATCH', 'a column has more or fewer rows than its batch', {
        position: { column: nameOf(leaf) },
      })
    }
    const found = appendLevels(kernel, levels, leaf, data, (row) => {
      throw new MillraceError(
        'TYPE_MISMATCH',
        'a column that is not nullable contains a null: fill it or make the field nullable',
        {
          position: { row: batchStart + row + 1, column: nameOf(leaf) },
        },
      )
    })
    appendValues(values, found, (value, rule) => {
      throw new MillraceError('TYPE_MISMATCH', rule, { position: placeOf(value) })
    })
    batchStart += batch.numRows
  }
  checkText(leaf, values, (value) => {
    throw new MillraceError(
      'ENCODING_INVALID',
      'text is not valid UTF-8: cast the column to binary to keep its bytes',
      {
        position: placeOf(value),
      },
    )
  })
  return values

  function placeOf(value: number): { row: number; column: string } {
    const entry = entryOfValue(levels, leaf, value)
    return { row: rowsBefore + rowOfEntry(levels, leaf, entry) + 1, column: nameOf(leaf) }
  }
}
