import type { ColumnChunk } from '../../codecs/parquet/read/footer/file-metadata.ts'
import {
  type RawField,
  type RawStruct,
  rawInt,
  rawList,
  rawStruct,
} from '../../codecs/parquet/read/footer/raw-thrift.ts'
import { invalid } from '../../codecs/parquet/read/invalid.ts'
import { checkKnown } from './fields.ts'

/** A row group as bytes, and its column chunks. */
export interface RawGroup {
  readonly struct: RawStruct
  readonly rows: number
  readonly chunks: readonly RawChunk[]
}

export interface RawChunk {
  readonly struct: RawStruct
  readonly metadata: RawStruct
}

/** A range of bytes of a file. */
export interface Range {
  readonly start: number
  readonly end: number
}

/**
 * Iterate over the row groups of a footer that have rows: parsed, they take many times their bytes, so they are not
 * kept. Row groups without rows are skipped: some readers reject them.
 */
export function* rawGroups(field: RawField): Generator<RawGroup> {
  for (const bytes of rawList(field)?.items ?? []) {
    const struct = rawStruct(bytes)
    checkKnown('a row group', struct)
    const rows = rawInt(struct.get(3)) ?? 0
    if (rows > 0) yield { struct, rows, chunks: (rawList(struct.get(1))?.items ?? []).map(rawChunk) }
  }
}

function rawChunk(bytes: Uint8Array): RawChunk {
  const struct = rawStruct(bytes)
  checkKnown('a column chunk', struct)
  const metadata = rawStruct(struct.get(3)?.value ?? new Uint8Array(0))
  checkKnown("a column chunk's metadata", metadata)
  return { struct, metadata }
}

/** Range of the pages of a chunk: from its dictionary, if it has one, otherwise from its first data page, as in the reader. */
export function pagesOf({ metadata }: RawChunk): Range {
  const data = rawInt(metadata.get(9)) ?? 0
  const dictionary = rawInt(metadata.get(11)) ?? 0
  const start = dictionary > 0 && dictionary < data ? dictionary : data
  return { start, end: start + (rawInt(metadata.get(7)) ?? 0) }
}

/** Ranges of the page indexes of a chunk, according to the footer. */
export function indexesOf({ struct }: RawChunk): {
  readonly offset: Range | undefined
  readonly column: Range | undefined
} {
  return { offset: rangeAt(struct, 4), column: rangeAt(struct, 6) }
}

function rangeAt(struct: RawStruct, field: 4 | 6): Range | undefined {
  const start = rawInt(struct.get(field))
  const length = rawInt(struct.get(field + 1))
  return start === undefined || length === undefined ? undefined : { start, end: start + length }
}

/** Range of the bloom filter of a chunk; without its length, which older writers omit, up to `limit`. Undefined if it cannot be there. */
export function bloomOf({ metadata }: RawChunk, limit: number): Range | undefined {
  const start = rawInt(metadata.get(14))
  const end = start === undefined ? 0 : start + (rawInt(metadata.get(15)) ?? limit - start)
  return start === undefined || start < 4 || end <= start || end > limit ? undefined : { start, end }
}

/** Start of the index pages, which no known writer creates; undefined if there are none. */
export function indexPageOf({ metadata }: RawChunk): number | undefined {
  const at = rawInt(metadata.get(10)) ?? 0
  return at > 0 ? at : undefined
}

/** @throws MillraceError `PARQUET_INVALID` if an offset of a chunk is outside the file's data. */
export function checkOffsets(chunk: RawChunk, dataEnd: number, checked: ColumnChunk): void {
  const position = { column: checked.path.replaceAll('\0', '.') }
  const { start, end } = pagesOf(chunk)
  if (start !== checked.start || end !== checked.end)
    throw invalid('the offsets of a column chunk have the wrong type', position)
  const indexPage = indexPageOf(chunk)
  if (indexPage !== undefined && (indexPage < 4 || indexPage >= dataEnd))
    throw invalid('the index page of a column chunk is outside the data of the file', position)
}
