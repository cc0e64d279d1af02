import { type RawField, type RawStruct, rawInt, THRIFT } from '../../codecs/parquet/read/footer/raw-thrift.ts'
import { MAX_FOOTER_BYTES } from '../../codecs/parquet/read/footer/read-footer.ts'
import {
  appendBytes,
  appendStruct,
  integerField,
  listField,
  textField,
  type WrittenField,
} from '../../codecs/parquet/write/append-thrift.ts'
import { type ByteSink, byteSink } from '../../codecs/parquet/write/byte-sink.ts'
import { CREATED_BY } from '../../codecs/parquet/write/created-by.ts'
import { MAGIC } from '../../codecs/parquet/write/format.ts'
import { MillraceError } from '../../errors.ts'
import type { Agreement, Disordered } from './agreement.ts'
import { bloomOf, indexPageOf, pagesOf, type RawChunk, type RawGroup, rawGroups } from './groups.ts'
import type { ChunkIndexes } from './page-index.ts'
import type { MergeSource } from './source.ts'
import { movedStatistics } from './statistics.ts'

/** A source whose position in the target is known. */
export interface PlacedSource {
  readonly source: MergeSource
  /** Distance by which its bytes are moved. */
  readonly shift: number
  readonly disordered: Disordered
}

/** Position to which the footer refers. */
interface Place {
  readonly at: number
  readonly length: number
}

interface IndexPlaces {
  readonly offset: Place
  readonly column: Place | undefined
}

const MAX_ORDINAL = 32_767

/**
 * Encode the bytes after the pages of the sources, from position `at` on: page indexes, footer, its length and the closing magic.
 *
 * @throws MillraceError `LIMIT_EXCEEDED` for a footer that is larger than readers accept.
 */
export function mergedTail(
  agreement: Agreement,
  sources: readonly PlacedSource[],
  indexes: readonly ChunkIndexes[] | undefined,
  at: number,
): Uint8Array {
  const sink = byteSink(64 * 1024)
  const places = indexes === undefined ? undefined : appendIndexes(sink, indexes, at)
  const footerAt = sink.length
  appendStruct(sink, [
    integerField(1, THRIFT.I32, agreement.version),
    agreement.schema.field,
    integerField(
      3,
      THRIFT.I64,
      sources.reduce((sum, { source }) => sum + source.rows, 0),
    ),
    listField(4, THRIFT.STRUCT, movedGroups(agreement, sources, places)),
    ...keyValues(agreement),
    textField(6, CREATED_BY),
    ...(agreement.orders.length === 0 ? [] : [listField(7, THRIFT.STRUCT, agreement.orders)]),
  ])
  const length = sink.length - footerAt
  if (length > MAX_FOOTER_BYTES) {
    throw new MillraceError(
      'LIMIT_EXCEEDED',
      `mergeParquet: the merged footer would have ${length} bytes, the limit is ${MAX_FOOTER_BYTES}: merge fewer sources at a time`,
    )
  }
  const trailer = new Uint8Array(8)
  new DataView(trailer.buffer).setUint32(0, length, true)
  trailer.set(MAGIC, 4)
  appendBytes(sink, trailer)
  return sink.bytes.subarray(0, sink.length)
}

/** All column indexes, then all offset indexes: readers fetch each kind as a whole. */
function appendIndexes(sink: ByteSink, indexes: readonly ChunkIndexes[], at: number): Iterator<IndexPlaces> {
  const append = (bytes: Uint8Array): Place => {
    const place = { at: at + sink.length, length: bytes.length }
    appendBytes(sink, bytes)
    return place
  }
  const columns = indexes.map(({ column }) => (column === undefined ? undefined : append(column)))
  return indexes.map(({ offset }, index) => ({ offset: append(offset), column: columns[index] })).values()
}

function keyValues({ keyValues }: Agreement): WrittenField[] {
  const pairs = [...keyValues.values()].flat()
  return pairs.length === 0 ? [] : [listField(5, THRIFT.STRUCT, pairs)]
}

/** The row groups of all sources, each created when it is written. */
function movedGroups(
  agreement: Agreement,
  sources: readonly PlacedSource[],
  places: Iterator<IndexPlaces> | undefined,
): WrittenField['value'][] {
  let ordinal = 0
  return sources.flatMap((placed) => {
    const groups = rawGroups(placed.source.groups)
    return Array.from({ length: placed.source.groupCount }, () => (sink: ByteSink) => {
      const group = groups.next().value as RawGroup
      appendGroup(sink, group, ordinal++, (chunk, column) =>
        movedChunk(agreement, placed, chunk, column, places?.next().value),
      )
    })
  })
}

function appendGroup(
  sink: ByteSink,
  { struct, chunks }: RawGroup,
  ordinal: number,
  moved: (chunk: RawChunk, column: number) => { readonly fields: readonly WrittenField[]; readonly start: number },
): void {
  const written = chunks.map(moved)
  const start = written.reduce((least, chunk) => Math.min(least, chunk.start), Number.POSITIVE_INFINITY)
  appendStruct(sink, [
    ...without(struct, [1, 5, 7]),
    listField(
      1,
      THRIFT.STRUCT,
      written.map(
        ({ fields }) =>
          (into: ByteSink) =>
            appendStruct(into, fields),
      ),
    ),
    ...(written.length === 0 ? [] : [integerField(5, THRIFT.I64, start)]),
    ...(struct.has(7) && ordinal <= MAX_ORDINAL ? [integerField(7, THRIFT.I16, ordinal)] : []),
  ])
}

/** A column chunk at its new position. The copy of its metadata that some writers put after its pages is outdated there, so nothing refers to it. */
function movedChunk(
  agreement: Agreement,
  placed: PlacedSource,
  chunk: RawChunk,
  column: number,
  indexes: IndexPlaces | undefined,
): { readonly fields: readonly WrittenField[]; readonly start: number } {
  const start = pagesOf(chunk).start + placed.shift
  const metadata = movedMetadata(agreement, placed, chunk, column)
  const keepsBounds = !placed.disordered.has(column)
  const fields: WrittenField[] = [
    integerField(2, THRIFT.I64, start),
    { id: 3, type: THRIFT.STRUCT, value: (sink) => appendStruct(sink, metadata) },
    ...(indexes === undefined ? [] : placeFields(4, indexes.offset)),
    ...(indexes?.column === undefined || !keepsBounds ? [] : placeFields(6, indexes.column)),
  ]
  return { fields, start }
}

function placeFields(id: 4 | 6, { at, length }: Place): WrittenField[] {
  return [integerField(id, THRIFT.I64, at), integerField(id + 1, THRIFT.I32, length)]
}

function movedMetadata(
  { leaves }: Agreement,
  { source, shift, disordered }: PlacedSource,
  chunk: RawChunk,
  column: number,
): (WrittenField | RawField)[] {
  const { metadata } = chunk
  const fields: (WrittenField | RawField)[] = without(metadata, [9, 10, 11, 12, 14, 15])
  const move = (id: number, at: number | undefined) => {
    if (at !== undefined) fields.push(integerField(id, THRIFT.I64, at + shift))
  }
  move(9, rawInt(metadata.get(9)))
  move(10, indexPageOf(chunk))
  const dictionary = rawInt(metadata.get(11)) ?? 0
  move(11, dictionary > 0 ? dictionary : undefined)
  const statistics = metadata.get(12)
  if (statistics !== undefined) {
    fields.push(movedStatistics(statistics, leaves[column]?.element, !disordered.has(column)))
  }
  const bloom = bloomOf(chunk, source.footerAt)
  if (bloom !== undefined) {
    move(14, bloom.start)
    const length = metadata.get(15)
    if (length !== undefined) fields.push(length)
  }
  return fields
}

function without(struct: RawStruct, ids: readonly number[]): RawField[] {
  return [...struct.values()].filter(({ id }) => !ids.includes(id))
}
