import type { ColumnChunk, ColumnIndex, FileMetaData, OffsetIndex, PageHeader } from 'hyparquet'
import { writeBlooms } from 'hyparquet-writer/src/bloom.js'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { writeIndexes } from 'hyparquet-writer/src/indexes.js'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'

/** The thrift structures of a Parquet file as bytes, by hyparquet-writer's format layer. */

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

/** The indexes and bloom filters of all chunks for the place `offset` of the file. Reports to each chunk, for the footer, the places of its own. */
export function indexBytes(indexes: readonly ChunkIndexes[], offset: number): Uint8Array {
  const writer = new ByteWriter(4096)
  writer.offset = offset
  writeIndexes(writer, [...indexes])
  writeBlooms(writer, [...indexes])
  return writer.getBytes()
}

/** The footer: metadata, its length, and the closing magic. Statistics go out as they are, never cut again. */
export function footerBytes(metadata: Omit<FileMetaData, 'metadata_length'>): Uint8Array {
  const writer = new ByteWriter(4096)
  writeMetadata(writer, { ...metadata, metadata_length: 0 }, Number.POSITIVE_INFINITY)
  writer.appendBytes(MAGIC)
  return writer.getBytes()
}
