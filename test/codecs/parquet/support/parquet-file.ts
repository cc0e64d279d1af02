import type { CompressionCodec, Encoding, ParquetType } from 'hyparquet'
import { CompressionCodecs, Encodings, ParquetTypes } from 'hyparquet/src/constants.js'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js'

/** A Parquet file put together by hand, so that a test can say in it what no writer would. */
export interface HandmadeFile {
  readonly columns: readonly HandmadeColumn[]
  readonly rows?: number
  readonly createdBy?: string
  /** More fields of the footer. */
  readonly footer?: Record<`field_${number}`, unknown>
}

export interface HandmadeColumn {
  readonly name?: string
  readonly type: ParquetType
  readonly typeLength?: number
  readonly optional?: boolean
  readonly repeated?: boolean
  /** More fields of the schema element, such as the converted type (6). */
  readonly element?: Record<`field_${number}`, unknown>
  readonly codec?: CompressionCodec
  readonly values: number
  readonly pages: readonly Uint8Array[]
  readonly hasDictionary?: boolean
  readonly encrypted?: boolean
  /** Fields of the chunk's metadata to put in place of the right ones. */
  readonly chunk?: Record<`field_${number}`, unknown>
}

export function thrift(struct: Record<string, unknown>): Uint8Array {
  const writer = new ByteWriter()
  serializeTCompactProtocol(writer, struct)
  return writer.getBytes()
}

export function concat(...parts: (Uint8Array | readonly number[])[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

export interface PageOptions {
  readonly values: number
  readonly encoding?: Encoding
  readonly body: Uint8Array | readonly number[]
  readonly uncompressedBytes?: number
  readonly crc?: number
  readonly compressedBytes?: number
}

export function pageV1({ values, encoding = 'PLAIN', body, ...sizes }: PageOptions): Uint8Array {
  const contents = { field_1: values, field_2: Encodings.indexOf(encoding), field_3: 3, field_4: 3 }
  return page(0, body, { field_5: contents }, sizes)
}

export function dictionaryPage({ values, encoding = 'PLAIN', body, ...sizes }: PageOptions): Uint8Array {
  return page(2, body, { field_7: { field_1: values, field_2: Encodings.indexOf(encoding) } }, sizes)
}

export interface PageV2Options extends PageOptions {
  readonly rows?: number
  readonly nulls?: number
  readonly definitionBytes?: number
  readonly repetitionBytes?: number
  readonly isCompressed?: boolean
}

export function pageV2({ values, encoding = 'PLAIN', body, ...options }: PageV2Options): Uint8Array {
  const contents = {
    field_1: values,
    field_2: options.nulls ?? 0,
    field_3: options.rows ?? values,
    field_4: Encodings.indexOf(encoding),
    field_5: options.definitionBytes ?? 0,
    field_6: options.repetitionBytes ?? 0,
    field_7: options.isCompressed ?? false,
  }
  return page(3, body, { field_8: contents }, options)
}

function page(
  type: number,
  body: Uint8Array | readonly number[],
  contents: Record<string, unknown>,
  { uncompressedBytes, compressedBytes, crc }: Partial<PageOptions>,
): Uint8Array {
  const header = {
    field_1: type,
    field_2: uncompressedBytes ?? body.length,
    field_3: compressedBytes ?? body.length,
    ...(crc === undefined ? {} : { field_4: crc }),
    ...contents,
  }
  return concat(thrift(header), body)
}

export function handmadeFile({
  columns,
  rows = columns[0]?.values ?? 0,
  createdBy = 'test',
  footer = {},
}: HandmadeFile): Uint8Array {
  const parts: Uint8Array[] = [new TextEncoder().encode('PAR1')]
  let at = 4
  const chunks = columns.map((column) => {
    const bytes = concat(...column.pages)
    const start = at
    parts.push(bytes)
    at += bytes.length
    const dataAt = start + (column.hasDictionary === true ? (column.pages[0]?.length ?? 0) : 0)
    return {
      field_2: BigInt(start),
      field_3: chunkMetadata(column, start, dataAt, bytes.length),
      ...(column.encrypted === true ? { field_8: { field_1: {} } } : {}),
    }
  })
  const root = { field_4: 'root', field_5: columns.length }
  const metadata = thrift({
    field_1: 2,
    field_2: [root, ...columns.map(schemaElement)],
    field_3: BigInt(rows),
    field_4: [{ field_1: chunks, field_2: BigInt(at), field_3: BigInt(rows) }],
    field_5: undefined,
    field_6: createdBy,
    ...footer,
  })
  const trailer = new Uint8Array(8)
  new DataView(trailer.buffer).setUint32(0, metadata.length, true)
  trailer.set(new TextEncoder().encode('PAR1'), 4)
  return concat(...parts, metadata, trailer)
}

function schemaElement({ name = 'a', type, typeLength, optional, repeated, element = {} }: HandmadeColumn) {
  return {
    field_1: ParquetTypes.indexOf(type),
    ...(typeLength === undefined ? {} : { field_2: typeLength }),
    field_3: repeated === true ? 2 : optional === true ? 1 : 0,
    field_4: name,
    ...element,
  }
}

function chunkMetadata(
  { name = 'a', type, codec = 'UNCOMPRESSED', ...column }: HandmadeColumn,
  start: number,
  dataAt: number,
  length: number,
) {
  return {
    field_1: ParquetTypes.indexOf(type),
    field_2: [0],
    field_3: [name],
    field_4: CompressionCodecs.indexOf(codec),
    field_5: BigInt(column.values),
    field_6: BigInt(length),
    field_7: BigInt(length),
    field_9: BigInt(dataAt),
    ...(column.hasDictionary === true ? { field_11: BigInt(start) } : {}),
    ...column.chunk,
  }
}
