import type { FileMetadata } from '../../codecs/parquet/read/footer/file-metadata.ts'
import type { RawField } from '../../codecs/parquet/read/footer/raw-thrift.ts'
import { invalid, unsupported } from '../../codecs/parquet/read/invalid.ts'
import {
  bloomOf,
  checkOffsets,
  indexesOf,
  indexPageOf,
  pagesOf,
  type Range,
  type RawChunk,
  rawGroups,
} from './groups.ts'
import { type WriterFault, writerFaults } from './writers.ts'

/** Layout of a file, as far as a merge needs it. */
export interface Survey {
  /** Number of row groups with rows. */
  readonly groupCount: number
  /** The bytes for the target: everything after the magic, except the indexes at the end. Empty if there are no rows. */
  readonly data: Range
  /** Bytes of page indexes; undefined if a column chunk has no offset index, so that the merged file cannot keep any. */
  readonly indexBytes: number | undefined
}

const MAGIC_BYTES = 4
/** Most bytes between the page indexes of a file: every writer puts them together, and bytes between them would be read too. */
const MAX_INDEX_GAPS = 64 * 1024

/**
 * Check the raw row groups against the decoded ones, and determine the layout of the file.
 *
 * @throws MillraceError `UNSUPPORTED_FORMAT` for faults of writers and unknown fields, `PARQUET_INVALID` for offsets outside the data.
 */
export function surveyOf(field: RawField, metadata: FileMetadata, footerAt: number): Survey {
  const faults = writerFaults(metadata.createdBy)
  const checked = metadata.rowGroups.filter(({ rows }) => rows > 0)
  const indexes: (Range | undefined)[] = []
  let [groupCount, end] = [0, MAGIC_BYTES]
  for (const group of rawGroups(field)) {
    const seen = checked[groupCount++]
    if (seen?.rows !== group.rows) throw miscounted()
    for (const [column, chunk] of group.chunks.entries()) {
      checkWriter(chunk, faults)
      const shown = seen.chunks[column]
      if (shown !== undefined) checkOffsets(chunk, footerAt, shown)
      end = Math.max(end, endOf(chunk, footerAt))
      const { offset, column: bounds } = indexesOf(chunk)
      indexes.push(offset, ...(bounds === undefined ? [] : [bounds]))
    }
  }
  if (groupCount !== checked.length) throw miscounted()
  // Indexes at the end are rewritten, so they need not be copied.
  const behind = indexes.flatMap((range) => (range === undefined || range.start < end ? [] : [range.start]))
  const dataEnd = groupCount === 0 ? MAGIC_BYTES : behind.reduce((least, start) => Math.min(least, start), footerAt)
  return { groupCount, data: { start: MAGIC_BYTES, end: dataEnd }, indexBytes: bytesOfIndexes(indexes, footerAt) }
}

function miscounted(): Error {
  return invalid('the row counts of row groups have the wrong type')
}

function checkWriter({ metadata }: RawChunk, faults: readonly WriterFault[]): void {
  const fault = faults.find(({ holds }) => holds(metadata))
  if (fault === undefined) return
  throw unsupported(`${fault.rule}, which readers detect only by the writer's name; read the file and write it again`)
}

/** End of the last byte to which a chunk refers, except its page indexes. Only the start of index pages is known. */
function endOf(chunk: RawChunk, footerAt: number): number {
  if (indexPageOf(chunk) !== undefined) return footerAt
  return Math.max(pagesOf(chunk).end, bloomOf(chunk, footerAt)?.end ?? 0)
}

function bytesOfIndexes(indexes: readonly (Range | undefined)[], footerAt: number): number | undefined {
  let [first, last, bytes] = [footerAt, MAGIC_BYTES, 0]
  for (const range of indexes) {
    if (range === undefined || range.start < MAGIC_BYTES || range.end <= range.start || range.end > footerAt)
      return undefined
    bytes += range.end - range.start
    first = Math.min(first, range.start)
    last = Math.max(last, range.end)
  }
  return last - first > bytes + MAX_INDEX_GAPS ? undefined : bytes
}
