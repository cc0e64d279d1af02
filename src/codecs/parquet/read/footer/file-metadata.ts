import type { CompressionCodec, FieldRepetitionType, ParquetType } from 'hyparquet'
import { CompressionCodecs, FieldRepetitionTypes, ParquetTypes } from 'hyparquet/src/constants.js'
import type { CodecLimits } from '../../../limits.ts'
import { DEFAULT_LIMITS } from '../../../limits.ts'
import { exceeded, invalid } from '../invalid.ts'
import { annotation, type LogicalType } from './logical-type.ts'
import {
  fieldAt,
  isStruct,
  optionalBytes,
  optionalInt,
  optionalStruct,
  optionalStructs,
  optionalText,
  requiredInt,
  requiredSize,
  requiredStructs,
  type ThriftStruct,
} from './thrift-fields.ts'

/** Contents of a Parquet footer, checked for shape. Fields are numbered as in parquet.thrift. */
export interface FileMetadata {
  readonly schema: readonly SchemaElement[]
  readonly rowGroups: readonly RowGroup[]
  readonly keyValues: ReadonlyMap<string, string>
  readonly createdBy: string
}

export interface SchemaElement {
  readonly name: string
  /** Absent for groups. */
  readonly type: ParquetType | undefined
  readonly typeLength: number
  readonly repetition: FieldRepetitionType
  readonly childCount: number
  /** The logical type, or its equivalent of the older converted type. */
  readonly logical: LogicalType | undefined
}

export interface RowGroup {
  readonly rows: number
  readonly chunks: readonly ColumnChunk[]
}

export interface ColumnChunk {
  readonly type: ParquetType
  readonly codec: CompressionCodec
  readonly path: string
  readonly values: number
  readonly uncompressedBytes: number
  readonly start: number
  readonly end: number
  readonly hasDictionary: boolean
  readonly statistics: Statistics | undefined
  readonly encrypted: boolean
}

/** The bounds of a column chunk as plain-encoded bytes; the deprecated pair, whose order is not defined, is left out. */
export interface Statistics {
  readonly min: Uint8Array | undefined
  readonly max: Uint8Array | undefined
  readonly nulls: number | undefined
}

export function fileMetadata(footer: ThriftStruct, limits: CodecLimits): FileMetadata {
  const elements = requiredStructs(footer, 2, 'the schema')
  const maxColumns = limits.maxColumns ?? DEFAULT_LIMITS.maxColumns
  const leaves = elements.filter((element) => fieldAt(element, 1) !== undefined).length
  if (leaves > maxColumns)
    throw exceeded(`the file has ${leaves} columns, the limit is ${maxColumns} (limits.maxColumns)`)
  const orders = optionalStructs(footer, 7, 'the list of column orders') ?? []
  return {
    schema: elements.map(schemaElement),
    rowGroups: requiredStructs(footer, 4, 'the list of row groups').map((group) => rowGroup(group, orders)),
    keyValues: keyValues(fieldAt(footer, 5)),
    createdBy: textOf(fieldAt(footer, 6)) ?? '',
  }
}

function schemaElement(struct: ThriftStruct): SchemaElement {
  const type = optionalInt(struct, 1, 'the type of a column')
  const repetition = optionalInt(struct, 3, 'the repetition of a column')
  const childCount = optionalInt(struct, 5, 'the number of children of a group') ?? 0
  if (childCount < 0) throw invalid('the number of children of a group is negative')
  return {
    name: optionalText(struct, 4, 'the name of a column') ?? '',
    type: type === undefined ? undefined : named(ParquetTypes, type, 'the type of a column'),
    typeLength: optionalInt(struct, 2, 'the length of a fixed-length type') ?? 0,
    repetition:
      repetition === undefined ? 'REQUIRED' : named(FieldRepetitionTypes, repetition, 'the repetition of a column'),
    childCount,
    logical: annotation(struct),
  }
}

function rowGroup(struct: ThriftStruct, orders: readonly ThriftStruct[]): RowGroup {
  return {
    rows: requiredSize(struct, 3, 'the number of rows of a row group'),
    chunks: requiredStructs(struct, 1, 'the list of column chunks').map((chunk, index) =>
      columnChunk(chunk, hasOrder(orders[index])),
    ),
  }
}

function columnChunk(struct: ThriftStruct, isOrdered: boolean): ColumnChunk {
  const encrypted = fieldAt(struct, 8) !== undefined
  const metadata = optionalStruct(struct, 3, 'the metadata of a column chunk')
  if (metadata === undefined) {
    if (encrypted) return ENCRYPTED_CHUNK
    throw invalid('the metadata of a column chunk is missing')
  }
  if ((optionalBytes(struct, 1, 'file_path')?.length ?? 0) > 0) {
    throw invalid('a column chunk is in another file; read the data files themselves')
  }
  const dataStart = requiredSize(metadata, 9, 'the offset of the data pages')
  const dictionaryStart = optionalInt(metadata, 11, 'the offset of the dictionary page') ?? 0
  const hasDictionary = dictionaryStart > 0 && dictionaryStart < dataStart
  const start = hasDictionary ? dictionaryStart : dataStart
  return {
    type: named(ParquetTypes, requiredInt(metadata, 1, 'the type of a column chunk'), 'the type of a column chunk'),
    codec: named(CompressionCodecs, requiredInt(metadata, 4, 'the compression'), 'the compression'),
    path: pathText(fieldAt(metadata, 3)),
    values: requiredSize(metadata, 5, 'the number of values of a column chunk'),
    uncompressedBytes: requiredSize(metadata, 6, 'the uncompressed size of a column chunk'),
    start,
    end: start + requiredSize(metadata, 7, 'the compressed size of a column chunk'),
    hasDictionary,
    statistics: statistics(optionalStruct(metadata, 12, 'the statistics of a column chunk'), isOrdered),
    encrypted,
  }
}

const ENCRYPTED_CHUNK: ColumnChunk = {
  type: 'BYTE_ARRAY',
  codec: 'UNCOMPRESSED',
  path: '',
  values: 0,
  uncompressedBytes: 0,
  start: 0,
  end: 0,
  hasDictionary: false,
  statistics: undefined,
  encrypted: true,
}

/** Minimum and maximum are undefined without the order of their column. */
function hasOrder(order: ThriftStruct | undefined): boolean {
  return order !== undefined && (fieldAt(order, 1) !== undefined || fieldAt(order, 2) !== undefined)
}

function statistics(struct: ThriftStruct | undefined, isOrdered: boolean): Statistics | undefined {
  if (struct === undefined) return undefined
  return {
    max: isOrdered ? optionalBytes(struct, 5, 'the maximum of a column chunk') : undefined,
    min: isOrdered ? optionalBytes(struct, 6, 'the minimum of a column chunk') : undefined,
    nulls: optionalInt(struct, 3, 'the number of nulls of a column chunk'),
  }
}

const lenientText = new TextDecoder()

function pathText(path: unknown): string {
  if (!Array.isArray(path) || !path.every((part) => part instanceof Uint8Array)) {
    throw invalid('the path of a column chunk is not a list of names')
  }
  return path.map((part) => lenientText.decode(part)).join('\0')
}

/** The application's key-value metadata, on which no value of the file depends: non-text is left out, invalid UTF-8 is replaced. */
function keyValues(pairs: unknown): Map<string, string> {
  const map = new Map<string, string>()
  for (const pair of Array.isArray(pairs) ? pairs.filter(isStruct) : []) {
    const key = textOf(fieldAt(pair, 1))
    if (key !== undefined) map.set(key, textOf(fieldAt(pair, 2)) ?? '')
  }
  return map
}

function textOf(value: unknown): string | undefined {
  return value instanceof Uint8Array ? lenientText.decode(value) : undefined
}

function named<T>(names: readonly T[], index: number, what: string): T {
  const name = names[index]
  if (name === undefined) throw invalid(`${what} is unknown`)
  return name
}
