import zlib from 'node:zlib'
import type { CompressionCodec, Encoding, ParquetType } from 'hyparquet'
import { snappyCompressor } from 'hysnappy'
import type { SchemaElement } from '../../../../src/codecs/parquet/read/footer/file-metadata.ts'
import type { ColumnShape } from '../../../../src/codecs/parquet/read/schema/schema-shape.ts'
import { deltaPacked, packedRun, prefixed, repeatedRun } from './encodings.ts'
import { concat, dictionaryPage, pageV1, pageV2 } from './parquet-file.ts'
import { shapesOf } from './schema-element.ts'

/** Values by small numbers, so that each type has its own of them. */
export interface ValueKind {
  readonly element: Partial<SchemaElement> & { readonly type: ParquetType }
  /** PLAIN bytes of a value, without a length. */
  plain(value: number): number[]
  /** The value as `arrowCell` shows it. */
  cell(value: number): string | boolean
}

export const VALUE_KINDS: Readonly<Record<string, ValueKind>> = {
  int32: {
    element: { type: 'INT32' },
    plain: (value) => [value, 0, 0, 0],
    cell: String,
  },
  int64: {
    element: { type: 'INT64' },
    plain: (value) => [value, 0, 0, 0, 0, 0, 0, 0],
    cell: String,
  },
  uint8: {
    element: { type: 'INT32', logical: { kind: 'integer', bits: 8, signed: false } },
    plain: (value) => [value, 0, 0, 0],
    cell: String,
  },
  text: {
    element: { type: 'BYTE_ARRAY', logical: { kind: 'string' } },
    plain: (value) => [...Buffer.from('é'.repeat(value % 40) + value)],
    cell: (value) => 'é'.repeat(value % 40) + value,
  },
  decimal: {
    element: { type: 'BYTE_ARRAY', logical: { kind: 'decimal', precision: 5, scale: 0 } },
    plain: (value) => (value % 3 === 0 ? [0, value] : [0, 0, value]),
    cell: String,
  },
  fixed: {
    element: { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 3 },
    plain: (value) => [value, 1, 2],
    cell: (value) => Buffer.of(value, 1, 2).toString('hex'),
  },
  boolean: {
    element: { type: 'BOOLEAN' },
    plain: (value) => [value & 1],
    cell: (value) => (value & 1) === 1,
  },
}

export type Row = number | null | readonly (number | null)[]
export type Nesting = 'required' | 'optional' | 'list'

export interface CellsOptions {
  readonly nesting: Nesting
  readonly kind: ValueKind
  readonly version: 1 | 2
  readonly encoding: 'PLAIN' | 'RLE_DICTIONARY' | 'DELTA'
  readonly codec: CompressionCodec
  /** Slots of each page, again and again. */
  readonly pageSlots: readonly number[]
  readonly checksum?: boolean
}

interface Entry {
  readonly repetition: number
  readonly definition: number
  readonly value: number | undefined
}

const MAX = { required: [0, 0], optional: [1, 0], list: [3, 1] } as const

export function shapeOf({ nesting, kind }: Pick<CellsOptions, 'nesting' | 'kind'>): ColumnShape {
  const optional = { repetition: 'OPTIONAL' } as const
  const elements: Partial<SchemaElement>[] =
    nesting === 'list'
      ? [
          { childCount: 1, ...optional, logical: { kind: 'list' } },
          { name: 'list', childCount: 1, repetition: 'REPEATED' },
          { ...kind.element, name: 'element', ...optional },
        ]
      : [{ ...kind.element, ...(nesting === 'optional' ? optional : {}) }]
  return shapesOf(elements, 1)[0] as ColumnShape
}

/** The levels of a row, after the record shredding of the Dremel paper. */
function entriesOf(row: Row, nesting: Nesting): Entry[] {
  if (nesting !== 'list') {
    const definition = nesting === 'optional' && row !== null ? 1 : 0
    return [{ repetition: 0, definition, value: (row as number | null) ?? undefined }]
  }
  if (row === null) return [{ repetition: 0, definition: 0, value: undefined }]
  const items = row as readonly (number | null)[]
  if (items.length === 0) return [{ repetition: 0, definition: 1, value: undefined }]
  return items.map((item, i) => ({
    repetition: i === 0 ? 0 : 1,
    definition: item === null ? 2 : 3,
    value: item ?? undefined,
  }))
}

const COMPRESS: Partial<Record<CompressionCodec, (bytes: Uint8Array) => Uint8Array>> = {
  SNAPPY: snappyCompressor(),
  GZIP: (bytes) => zlib.gzipSync(bytes),
  ZSTD: (bytes) => zlib.zstdCompressSync(bytes),
}

/** The pages of a column of rows, and the slots of them all. */
export function pagesOf(rows: readonly Row[], options: CellsOptions): { pages: Uint8Array[]; values: number } {
  const { nesting, kind, encoding } = options
  const entries = rows.flatMap((row) => entriesOf(row, nesting))
  const distinct = [...new Set(entries.flatMap(({ value }) => (value === undefined ? [] : [value])))]
  const pages: Uint8Array[] = []
  if (encoding === 'RLE_DICTIONARY') {
    const body = plainOf(kind, distinct)
    const packed = compressed(options.codec, Uint8Array.from(body))
    pages.push(
      dictionaryPage({
        values: distinct.length,
        body: packed,
        uncompressedBytes: body.length,
        ...crcOf(options, packed),
      }),
    )
  }
  for (let at = 0, i = 0; at < entries.length; i++) {
    const take = options.pageSlots[i % options.pageSlots.length] ?? entries.length
    pages.push(pageOf(entries.slice(at, at + take), distinct, options))
    at += take
  }
  return { pages, values: entries.length }
}

function pageOf(entries: readonly Entry[], distinct: readonly number[], options: CellsOptions): Uint8Array {
  const [maxDefinition, maxRepetition] = MAX[options.nesting]
  const levels = (of: readonly number[], max: number) => (max === 0 ? [] : levelRuns(of, 32 - Math.clz32(max)))
  const repetition = levels(
    entries.map((entry) => entry.repetition),
    maxRepetition,
  )
  const definition = levels(
    entries.map((entry) => entry.definition),
    maxDefinition,
  )
  const present = entries.flatMap(({ value }) => (value === undefined ? [] : [value]))
  const { encoding, bytes } = encoded(present, distinct, options)
  if (options.version === 1) {
    const sized = (runs: readonly number[], max: number) => (max === 0 ? [] : prefixed(runs))
    const body = concat(sized(repetition, maxRepetition), sized(definition, maxDefinition), bytes)
    const packed = compressed(options.codec, body)
    return pageV1({
      values: entries.length,
      encoding,
      body: packed,
      uncompressedBytes: body.length,
      ...crcOf(options, packed),
    })
  }
  const body = concat(repetition, definition, compressed(options.codec, Uint8Array.from(bytes)))
  return pageV2({
    values: entries.length,
    encoding,
    body,
    uncompressedBytes: repetition.length + definition.length + bytes.length,
    repetitionBytes: repetition.length,
    definitionBytes: definition.length,
    isCompressed: options.codec !== 'UNCOMPRESSED',
    ...crcOf(options, body),
  })
}

function encoded(present: readonly number[], distinct: readonly number[], { encoding, kind }: CellsOptions) {
  const { type } = kind.element
  if (encoding === 'RLE_DICTIONARY') {
    const width = Math.max(1, 32 - Math.clz32(distinct.length))
    const indexes = present.map((value) => distinct.indexOf(value))
    return { encoding: 'RLE_DICTIONARY' as Encoding, bytes: [width, ...packedRun(indexes, width)] }
  }
  if (encoding === 'DELTA' && (type === 'INT32' || type === 'INT64')) {
    const bytes = deltaPacked(present.map(BigInt), type === 'INT32' ? 32 : 64)
    return { encoding: 'DELTA_BINARY_PACKED' as Encoding, bytes }
  }
  if (encoding === 'DELTA' && type === 'BYTE_ARRAY') {
    const values = present.map((value) => kind.plain(value))
    const lengths = deltaPacked(
      values.map(({ length }) => BigInt(length)),
      32,
    )
    return { encoding: 'DELTA_LENGTH_BYTE_ARRAY' as Encoding, bytes: [...lengths, ...values.flat()] }
  }
  return { encoding: 'PLAIN' as Encoding, bytes: plainOf(kind, present) }
}

function plainOf({ element: { type }, plain }: ValueKind, values: readonly number[]): number[] {
  if (type === 'BYTE_ARRAY') return values.flatMap((value) => prefixed(plain(value)))
  if (type !== 'BOOLEAN') return values.flatMap((value) => plain(value))
  return packedRun(
    values.map((value) => value & 1),
    1,
  ).slice(1 + Number(values.length > 504))
}

/** Stretches of one level as runs, the rest packed. */
function levelRuns(levels: readonly number[], width: number): number[] {
  const out: number[] = []
  for (let at = 0; at < levels.length; ) {
    let run = 1
    while (levels[at + run] === levels[at]) run++
    const packed = levels.slice(at, at + 8)
    if (run >= 8 || packed.length < 8) out.push(...repeatedRun(levels[at] as number, run, width))
    else out.push(...packedRun(packed, width))
    at += run >= 8 || packed.length < 8 ? run : 8
  }
  return out
}

function compressed(codec: CompressionCodec, bytes: Uint8Array): Uint8Array {
  return COMPRESS[codec]?.(bytes) ?? bytes
}

function crcOf({ checksum }: CellsOptions, bytes: Uint8Array) {
  return checksum === true ? { crc: zlib.crc32(bytes) | 0 } : {}
}

/** What a row reads as. */
export function cellOf(row: Row, { cell }: ValueKind): unknown {
  if (row === null) return null
  return typeof row === 'number' ? cell(row) : row.map((item) => (item === null ? null : cell(item)))
}
