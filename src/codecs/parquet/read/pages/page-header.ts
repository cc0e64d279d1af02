import type { Encoding, PageType } from 'hyparquet'
import { Encodings, PageTypes } from 'hyparquet/src/constants.js'
import type { ChunkBytes } from '../bytes/chunk-bytes.ts'
import {
  fieldAt,
  optionalInt,
  optionalStruct,
  readThriftStruct,
  requiredInt,
  requiredSize,
  type ThriftStruct,
} from '../footer/thrift-fields.ts'
import { invalid } from '../invalid.ts'

/** The header of a page, checked for shape. */
export interface PageHeader {
  readonly type: PageType
  readonly compressedBytes: number
  readonly uncompressedBytes: number
  readonly crc: number | undefined
  /** Values and nulls. */
  readonly slots: number
  readonly encoding: Encoding
  /** Version 1: how levels are encoded. */
  readonly levelEncodings: { readonly definition: Encoding; readonly repetition: Encoding } | undefined
  /** Version 2: bytes of the levels, which precede the values uncompressed. */
  readonly levels:
    | { readonly repetitionBytes: number; readonly definitionBytes: number; readonly compressed: boolean }
    | undefined
}

const FIRST_TRY = 1024

/** Read the header at `at` of a chunk; returns it with its length. Headers contain statistics, so they may be long. */
export async function readPageHeader(
  chunk: ChunkBytes,
  at: number,
): Promise<{ readonly header: PageHeader; readonly length: number }> {
  for (let length = FIRST_TRY; ; length *= 16) {
    const read = chunk.read(at, length)
    const bytes = read instanceof Uint8Array ? read : await read
    const decoded = readThriftStruct(bytes, 0, bytes.length)
    if (decoded !== undefined) return { header: pageHeader(decoded.struct), length: decoded.end }
    if (at + length >= chunk.length) throw invalid('a page header is cut off by the end of its column chunk')
  }
}

function pageHeader(struct: ThriftStruct): PageHeader {
  const type = PageTypes[requiredInt(struct, 1, 'the type of a page')]
  if (type === undefined) throw invalid('the type of a page is unknown')
  return {
    type,
    uncompressedBytes: requiredSize(struct, 2, 'the size of a page'),
    compressedBytes: requiredSize(struct, 3, 'the compressed size of a page'),
    crc: optionalInt(struct, 4, 'the checksum of a page'),
    ...pageContents(struct, type),
  }
}

function pageContents(
  struct: ThriftStruct,
  type: PageType,
): Pick<PageHeader, 'slots' | 'encoding' | 'levelEncodings' | 'levels'> {
  const none = { levelEncodings: undefined, levels: undefined }
  if (type === 'INDEX_PAGE') return { slots: 0, encoding: 'PLAIN', ...none }
  const field = type === 'DATA_PAGE' ? 5 : type === 'DICTIONARY_PAGE' ? 7 : 8
  const contents = optionalStruct(struct, field, 'the contents of a page header')
  if (contents === undefined) throw invalid('a page header lacks the part of its page type')
  const slots = requiredSize(contents, 1, 'the number of values of a page')
  if (type === 'DICTIONARY_PAGE') return { slots, encoding: encodingAt(contents, 2), ...none }
  if (type === 'DATA_PAGE') {
    const levelEncodings = { definition: encodingAt(contents, 3), repetition: encodingAt(contents, 4) }
    return { slots, encoding: encodingAt(contents, 2), levelEncodings, levels: undefined }
  }
  const levels = {
    definitionBytes: requiredSize(contents, 5, 'the size of definition levels'),
    repetitionBytes: requiredSize(contents, 6, 'the size of repetition levels'),
    compressed: fieldAt(contents, 7) !== false,
  }
  return { slots, encoding: encodingAt(contents, 4), levelEncodings: undefined, levels }
}

function encodingAt(struct: ThriftStruct, field: number): Encoding {
  const encoding = Encodings[requiredInt(struct, field, 'the encoding of a page')]
  if (encoding === undefined) throw invalid('the encoding of a page is unknown')
  return encoding
}
