import type { ColumnChunk, ColumnIndex, FileMetaData, OffsetIndex, PageHeader } from 'hyparquet'
import { BoundaryOrders } from 'hyparquet/src/constants.js'
import { writeBlooms } from 'hyparquet-writer/src/bloom.js'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js'

/** The Thrift structures of a Parquet file as bytes, written with hyparquet-writer's format layer. */

export const MAGIC: Uint8Array = Uint8Array.of(0x50, 0x41, 0x52, 0x31)

export function pageHeaderBytes(header: PageHeader): Uint8Array {
  const writer = new ByteWriter(64)
  writePageHeader(writer, header)
  return writer.getBytes()
}

/** Structures of a column chunk between the last row group and the footer. */
export interface ChunkIndexes {
  readonly chunk: ColumnChunk
  readonly columnIndex?: ColumnIndex
  readonly offsetIndex?: OffsetIndex
  readonly bloomFilter?: Uint32Array
}

/** Encode the indexes and bloom filters of all chunks for position `offset` of the file. Sets their positions in each chunk, for the footer. */
export function indexBytes(indexes: readonly ChunkIndexes[], offset: number): Uint8Array {
  const writer = new ByteWriter(4096)
  writer.offset = offset
  for (const { chunk, columnIndex } of indexes)
    if (columnIndex !== undefined) writeColumnIndex(writer, chunk, columnIndex)
  for (const { chunk, offsetIndex } of indexes)
    if (offsetIndex !== undefined) writeOffsetIndex(writer, chunk, offsetIndex)
  writeBlooms(writer, [...indexes])
  return writer.getBytes()
}

/** Chunks of one page have indexes, too: readers (Rust's parquet) require an offset index for every chunk of a file, or for none. */
function writeColumnIndex(writer: ByteWriter, chunk: ColumnChunk, index: ColumnIndex): void {
  const start = writer.offset
  serializeTCompactProtocol(writer, {
    field_1: index.null_pages,
    field_2: index.min_values,
    field_3: index.max_values,
    field_4: BoundaryOrders.indexOf(index.boundary_order),
    field_5: index.null_counts,
  })
  chunk.column_index_offset = BigInt(start)
  chunk.column_index_length = writer.offset - start
}

function writeOffsetIndex(writer: ByteWriter, chunk: ColumnChunk, index: OffsetIndex): void {
  const start = writer.offset
  serializeTCompactProtocol(writer, {
    field_1: index.page_locations.map((page) => ({
      field_1: page.offset,
      field_2: page.compressed_page_size,
      field_3: page.first_row_index,
    })),
  })
  chunk.offset_index_offset = BigInt(start)
  chunk.offset_index_length = writer.offset - start
}

/** The footer: metadata, its length, and the closing magic. Statistics are written unchanged, without further truncation. */
export function footerBytes(metadata: Omit<FileMetaData, 'metadata_length'>): Uint8Array {
  const writer = new ByteWriter(4096)
  writeMetadata(writer, { ...metadata, metadata_length: 0 }, Number.POSITIVE_INFINITY)
  writer.appendBytes(MAGIC)
  return writer.getBytes()
}
