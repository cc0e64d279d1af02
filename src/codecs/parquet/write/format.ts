import type { FileMetaData, PageHeader } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'

/** The thrift structures of a Parquet file as bytes, by hyparquet-writer's format layer. */

export const MAGIC: Uint8Array = Uint8Array.of(0x50, 0x41, 0x52, 0x31)

export function pageHeaderBytes(header: PageHeader): Uint8Array {
  const writer = new ByteWriter(64)
  writePageHeader(writer, header)
  return writer.getBytes()
}

/** The footer: metadata, its length, and the closing magic. Statistics go out as they are, never cut again. */
export function footerBytes(metadata: Omit<FileMetaData, 'metadata_length'>): Uint8Array {
  const writer = new ByteWriter(4096)
  writeMetadata(writer, { ...metadata, metadata_length: 0 }, Number.POSITIVE_INFINITY)
  writer.appendBytes(MAGIC)
  return writer.getBytes()
}
