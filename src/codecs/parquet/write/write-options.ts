import { MillraceError } from '../../../errors.ts'
import type { Kind } from '../../../internal/check-arguments.ts'
import { encodeUtf8 } from '../../../internal/utf8.ts'

export type ParquetCompression = 'snappy' | 'zstd' | 'gzip' | 'none'

/** `compatible`: plain values and dictionaries, which every reader supports. `compact`: delta encodings too. */
export type ParquetEncodings = 'compatible' | 'compact'

/**
 * Options for writing a Parquet file.
 *
 * @example
 * const table = tableFromRows([{ id: 1, name: 'Ada' }, { id: 2, name: 'Grace' }, { id: 3, name: 'Edsger' }])
 * const bytes = await encodeParquet(table, { compression: 'gzip', rowGroupRows: 2, bloomFilters: ['name'], metadata: { source: 'example' } })
 * rowsFromTable(await decodeParquet(bytes, { rowGroups: [1] })) // => [{ id: 3, name: 'Edsger' }]
 */
export interface ParquetWriteOptions {
  /** Compression of pages. Default `snappy`. `zstd` needs Node 22.15 or later. */
  readonly compression?: ParquetCompression
  /**
   * Encodings to choose from. Default `compatible`: plain values and dictionaries, which every reader supports.
   * `compact` adds the delta encodings if they save bytes: for ascending integers, and text that shares a prefix with
   * the previous value. Readers in JavaScript and older ones do not support them.
   */
  readonly encodings?: ParquetEncodings
  /** Most rows of a row group. Default 131,072. */
  readonly rowGroupRows?: number
  /**
   * Bytes after which a row group is closed: those of Arrow buffers, the largest column counted twice, since a copy of it is encoded. One row
   * group is held in memory. Default 32 MiB.
   */
  readonly rowGroupBytes?: number
  /** Approximate bytes of a page before compression. Default 1 MiB. */
  readonly pageBytes?: number
  /** Write column and offset indexes, so that readers can skip pages; pages then hold at most 20,000 rows. Default false. */
  readonly pageIndex?: boolean
  /** Columns that get a bloom filter in every row group: a nested one by its path, `address.city`. Default none. */
  readonly bloomFilters?: readonly string[]
  /** Key-values for the footer. Default none. */
  readonly metadata?: Readonly<Record<string, string>>
}

export const WRITE_OPTIONS = {
  compression: 'string',
  encodings: 'string',
  rowGroupRows: 'number',
  rowGroupBytes: 'number',
  pageBytes: 'number',
  pageIndex: 'boolean',
  bloomFilters: 'strings',
  metadata: 'object',
} as const satisfies Record<keyof ParquetWriteOptions, Kind>

export interface WriteSettings {
  readonly compression: ParquetCompression
  readonly encodings: ParquetEncodings
  readonly rowGroupRows: number
  readonly rowGroupBytes: number
  readonly pageBytes: number
  readonly pageRows: number
  readonly pageIndex: boolean
  readonly bloomFilters: ReadonlySet<string>
  readonly metadata: readonly (readonly [key: string, value: string])[]
}

const COMPRESSIONS: readonly string[] = ['snappy', 'zstd', 'gzip', 'none'] satisfies ParquetCompression[]
const ENCODINGS: readonly string[] = ['compatible', 'compact'] satisfies ParquetEncodings[]
const INDEXED_PAGE_ROWS = 20_000

/** The options with their defaults, checked. */
export function writeSettings(options: ParquetWriteOptions): WriteSettings {
  const pageIndex = options.pageIndex ?? false
  return {
    compression: oneOf('compression', COMPRESSIONS, options.compression ?? 'snappy'),
    encodings: oneOf('encodings', ENCODINGS, options.encodings ?? 'compatible'),
    rowGroupRows: positive('rowGroupRows', options.rowGroupRows ?? 131_072),
    rowGroupBytes: positive('rowGroupBytes', options.rowGroupBytes ?? 32 * 1024 * 1024),
    pageBytes: positive('pageBytes', options.pageBytes ?? 1024 * 1024),
    pageRows: pageIndex ? INDEXED_PAGE_ROWS : Number.POSITIVE_INFINITY,
    pageIndex,
    bloomFilters: new Set(options.bloomFilters),
    metadata: Object.entries(options.metadata ?? {}).map(keyValue),
  }
}

function oneOf<T extends string>(name: string, values: readonly string[], value: T): T {
  if (values.includes(value)) return value
  throw new MillraceError('OPTION_INVALID', `${name} must be one of ${values.join(', ')}`)
}

function positive(name: string, value: number): number {
  if (value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value > 0)) return value
  throw new MillraceError('OPTION_INVALID', `${name} must be a positive integer`)
}

function keyValue([key, value]: [string, unknown]): readonly [string, string] {
  if (typeof value === 'string' && encodeUtf8(value) !== undefined && encodeUtf8(key) !== undefined) return [key, value]
  throw new MillraceError('OPTION_INVALID', 'metadata must map names to strings without lone surrogates')
}
