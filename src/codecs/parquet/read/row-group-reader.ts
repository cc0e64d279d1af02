import { isMillraceError, MillraceError } from '../../../errors.ts'
import { type ChunkBytes, wholeChunk, windowedChunk } from './bytes/chunk-bytes.ts'
import { type ByteRange, type FileBytes, readRanges } from './bytes/file-bytes.ts'
import { wholePageBytes, windowBytes } from './bytes/read-budget.ts'
import { type ColumnReader, columnReader } from './columns/column-reader.ts'
import { type Collector, flatLeafReader, valuesCollector } from './columns/flat-leaf-reader.ts'
import { dictionaryCollectors } from './columns/kept-dictionary.ts'
import type { LeafLimits, LeafReader } from './columns/leaf-reader.ts'
import { leveledLeafReader } from './columns/leveled-leaf-reader.ts'
import type { ColumnChunk, RowGroup } from './footer/file-metadata.ts'
import type { PageContext } from './pages/data-page.ts'
import { pageReader } from './pages/page-reader.ts'
import { type ColumnShape, type Leaf, leavesOf } from './schema/schema-shape.ts'

export interface RowGroupContext extends Omit<PageContext, 'maxWholeBytes'>, LeafLimits {
  readonly file: FileBytes
  /** The range of a column chunk. */
  rangeOf(chunk: ColumnChunk): ByteRange
}

/** Open the columns of a row group that `checkRowGroup` has checked: only their bytes are read. */
export async function openRowGroup(
  group: RowGroup,
  shapes: readonly ColumnShape[],
  firstRow: number,
  context: RowGroupContext,
): Promise<ColumnReader[]> {
  const leaves = shapes.flatMap(leavesOf)
  const chunks = leaves.map(({ index }) => group.chunks[index] as ColumnChunk)
  const bytes = await chunkBytes(chunks.map(context.rangeOf), context.file)
  const maxWholeBytes = wholePageBytes(chunks.map(({ uncompressedBytes }) => uncompressedBytes))
  let next = 0
  return shapes.map((shape) =>
    columnReader(shape, (leaf) => {
      const at = next++
      const pageContext = { ...context, maxWholeBytes }
      const pages = pageReader(leaf, chunks[at] as ColumnChunk, bytes[at] as ChunkBytes, pageContext)
      const reader =
        shape.kind === 'leaf'
          ? flatLeafReader(leaf, pages, firstRow, collectors(leaf, context), context.held)
          : leveledLeafReader(leaf, pages, firstRow, context, context.held)
      return located(leaf, reader)
    }),
  )
}

function collectors(leaf: Leaf, limits: RowGroupContext): (rows: number) => Collector {
  if (leaf.kept !== undefined) return dictionaryCollectors(leaf, leaf.kept, limits)
  return (rows) => valuesCollector(leaf, rows, limits, limits.kernels.start())
}

async function chunkBytes(chunks: readonly ByteRange[], file: FileBytes): Promise<ChunkBytes[]> {
  const window = windowBytes(chunks.map(({ start, end }) => end - start))
  const isWhole = ({ start, end }: ByteRange) => end - start <= window
  const whole = await readRanges(file, chunks.filter(isWhole))
  let next = 0
  return chunks.map((chunk) =>
    isWhole(chunk) ? wholeChunk(whole[next++] as Uint8Array) : windowedChunk(file, chunk, window),
  )
}

/** Add the column's name to its errors. */
function located(leaf: Leaf, reader: LeafReader): LeafReader {
  const fail = (error: unknown): never => {
    if (isMillraceError(error) && error.position !== undefined) throw error
    const position = { column: leaf.name }
    if (isMillraceError(error))
      throw new MillraceError(error.code, error.message, { position, cause: error.cause ?? error })
    if (error instanceof RangeError && /allocation|array length/i.test(error.message)) throw error
    throw new MillraceError('PARQUET_INVALID', 'the pages of a column cannot be decoded', { position, cause: error })
  }
  return {
    ahead: (rows) => reader.ahead(rows).catch(fail),
    take(rows) {
      try {
        return reader.take(rows)
      } catch (error) {
        return fail(error)
      }
    },
  }
}
