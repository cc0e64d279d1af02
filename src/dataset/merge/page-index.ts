import { readRanges } from '../../codecs/parquet/read/bytes/file-bytes.ts'
import { rawInt, rawStruct, rawStructs, THRIFT } from '../../codecs/parquet/read/footer/raw-thrift.ts'
import { appendStruct, integerField, listField } from '../../codecs/parquet/write/append-thrift.ts'
import { byteSink } from '../../codecs/parquet/write/byte-sink.ts'
import { isMillraceError } from '../../errors.ts'
import { indexesOf, pagesOf, type Range, rawGroups } from './groups.ts'
import { mapConcurrently } from './run.ts'
import type { MergeSource } from './source.ts'

/** The page indexes of a column chunk for its position in the target. */
export interface ChunkIndexes {
  readonly offset: Uint8Array
  readonly column: Uint8Array | undefined
}

/** Most bytes of page indexes, which are held until the footer is written; beyond this they are omitted. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024

/**
 * Read the page indexes of all column chunks, in order. Offset indexes contain positions in the file, so they are
 * rewritten; column indexes do not.
 *
 * Readers require an offset index for every column chunk or for none, so a missing or invalid one in any source omits them all.
 *
 * @param shifts - distance by which each source's bytes are moved.
 */
export async function movedIndexes(
  sources: readonly MergeSource[],
  shifts: readonly number[],
  concurrency: number,
): Promise<readonly ChunkIndexes[] | undefined> {
  const bytes = sources.reduce((sum, { indexBytes }) => sum + (indexBytes ?? Number.POSITIVE_INFINITY), 0)
  if (bytes > MAX_INDEX_BYTES || bytes === 0) return undefined
  const all = await mapConcurrently(sources, concurrency, (source, index) =>
    indexesOfSource(source, shifts[index] ?? 0),
  )
  const found = all.flatMap((indexes) => indexes ?? [])
  return all.includes(undefined) ? undefined : found
}

async function indexesOfSource(source: MergeSource, shift: number): Promise<ChunkIndexes[] | undefined> {
  const chunks = [...rawGroups(source.groups)].flatMap((group) => group.chunks)
  const ranges = chunks.map(indexesOf)
  const flat = ranges.flatMap(({ offset, column }) => [offset, column].filter((range) => range !== undefined))
  const read = await readRanges(source.file, flat)
  let next = 0
  const moved: ChunkIndexes[] = []
  for (const [index, chunk] of chunks.entries()) {
    const bytes = read[next++] ?? new Uint8Array(0)
    const offset = wherePossible(() => movedOffsetIndex(bytes, shift, pagesOf(chunk)))
    const column = ranges[index]?.column === undefined ? undefined : (read[next++] ?? new Uint8Array(0))
    if (offset === undefined || (column !== undefined && wherePossible(() => rawStruct(column)) === undefined))
      return undefined
    moved.push({ offset, column: column?.slice() })
  }
  return moved
}

/** Rewrite an offset index for moved pages; undefined if it is invalid, or has a page outside its chunk. */
function movedOffsetIndex(bytes: Uint8Array, shift: number, chunk: Range): Uint8Array | undefined {
  const index = rawStruct(bytes)
  const pages = rawStructs(index.get(1))?.map((page) => ({ page, at: rawInt(page.get(1)), size: rawInt(page.get(2)) }))
  const isKnown = [...index.keys()].every((id) => id === 1 || id === 2)
  if (pages === undefined || !isKnown) return undefined
  const isSound = pages.every(
    ({ page, at = -1, size = -1 }) =>
      at >= chunk.start && size >= 0 && at + size <= chunk.end && [...page.keys()].every((id) => id >= 1 && id <= 3),
  )
  if (!isSound) return undefined
  const locations = pages.map(
    ({ page, at = 0 }) =>
      (sink: Parameters<typeof appendStruct>[0]) =>
        appendStruct(
          sink,
          [...page.values()].map((field) => (field.id === 1 ? integerField(1, THRIFT.I64, at + shift) : field)),
        ),
  )
  const sink = byteSink(bytes.length + 64)
  const list = listField(1, THRIFT.STRUCT, locations)
  appendStruct(
    sink,
    [...index.values()].map((field) => (field.id === 1 ? list : field)),
  )
  return sink.bytes.slice(0, sink.length)
}

/** Parsed bytes of an index; undefined if invalid. */
function wherePossible<Out>(make: () => Out): Out | undefined {
  try {
    return make()
  } catch (error) {
    if (isMillraceError(error, 'PARQUET_INVALID')) return undefined
    throw error
  }
}
