import type { ColumnChunk, RowGroup } from '../footer/file-metadata.ts'
import { exceeded, invalid, unsupported } from '../invalid.ts'
import type { FileShape, Leaf } from './schema-shape.ts'

/** Most values per byte of a file, and the number that any file may have: runs of one value cost almost no bytes. */
const MAX_VALUES_PER_BYTE = 16_384
const MIN_MAX_VALUES = 64 * 1024 * 1024

/** Check the footer's data of a row group before anything is read or allocated for it. */
export function checkRowGroup(group: RowGroup, shape: FileShape, leaves: readonly Leaf[], dataEnd: number): void {
  const stray = group.chunks.length - shape.leafCount
  if (stray !== 0 && stray !== shape.strayLeaves)
    throw invalid('a row group and the schema have different numbers of columns')
  for (const leaf of leaves) {
    const chunk = group.chunks[leaf.index] as ColumnChunk
    const position = { column: leaf.name }
    if (chunk.encrypted)
      throw unsupported('the column is encrypted; write it without encryption, or leave it out of columns', position)
    if (chunk.type !== leaf.layout.physical)
      throw invalid('the type of a column chunk differs from the schema', position)
    if (chunk.values > 0 && (chunk.start < 4 || chunk.end > dataEnd))
      throw invalid('a column chunk is outside the data of the file', position)
    const flat = leaf.repetition === 0
    if (flat && chunk.values !== group.rows)
      throw invalid('a column chunk has a different number of values than its row group has rows', position)
    if (chunk.values < group.rows)
      throw invalid('a column chunk has fewer values than its row group has rows', position)
  }
}

/** Rows without bytes would keep a reader busy forever. */
export function checkTotals(groups: readonly RowGroup[], leaves: readonly Leaf[], fileBytes: number): void {
  const limit = Math.max(MIN_MAX_VALUES, fileBytes * MAX_VALUES_PER_BYTE)
  let values = 0
  let rows = 0
  for (const group of groups) {
    rows += group.rows
    for (const { index } of leaves) values += group.chunks[index]?.values ?? 0
  }
  if (Math.max(values, rows) > limit)
    throw exceeded(`the footer claims ${Math.max(values, rows)} values, the limit is ${limit}`)
}
