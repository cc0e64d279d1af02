import { MillraceError } from '../../../errors.ts'
import { encodeUtf8 } from '../../../internal/utf8.ts'

export type ParquetCompression = 'snappy' | 'zstd' | 'gzip' | 'none'

/**
 * How a Parquet file is written.
 *
 * @example
 * const table = tableFromRows([{ id: 1, name: 'Ada' }, { id: 2, name: 'Grace' }, { id: 3, name: 'Edsger' }])
 * const bytes = await encodeParquet(table, { compression: 'gzip', rowGroupRows: 2, bloomFilters: ['name'], metadata: { source: 'example' } })
 * rowsFromTable(await decodeParquet(bytes, { rowGroups: [1] })) // => [{ id: 3, name: 'Edsger' }]
 */
export interface ParquetWriteOptions {
  /** Compression of pages. Default `snappy`. `zstd` needs a Node whose zlib has it (22.15 or later). */
  readonly compression?: ParquetCompression
  /** Rows of a row group at the most. Default 131,072. */
  readonly rowGroupRows?: number
  /** Bytes of Arrow buffers after which a row group is closed. One row group is held in memory. Default 64 MiB. */
  readonly rowGroupBytes?: number
  /** Bytes of a page before compression, about. Default 1 MiB. */
  readonly pageBytes?: number
  /** Write column and offset indexes, so that readers may skip pages; pages then hold 20,000 rows at the most. Default false. */
  readonly pageIndex?: boolean
  /** Columns that get a bloom filter in every row group: a nested one by its path, `address.city`. Default none. */
  readonly bloomFilters?: readonly string[]
  /** Key-values for the footer. Default none. */
  readonly metadata?: Readonly<Record<string, string>>
}

export interface WriteSettings {
  readonly compression: ParquetCompression
  readonly rowGroupRows: number
  readonly rowGroupBytes: number
  readonly pageBytes: number
  readonly pageRows: number
  readonly pageIndex: boolean
  readonly bloomFilters: ReadonlySet<string>
  readonly metadata: readonly (readonly [key: string, value: string])[]
}

const COMPRESSIONS: readonly string[] = ['snappy', 'zstd', 'gzip', 'none'] satisfies ParquetCompression[]
const INDEXED_PAGE_ROWS = 20_000

/** The options with their defaults, checked. */
export function writeSettings(options: ParquetWriteOptions): WriteSettings {
  const compression = options.compression ?? 'snappy'
  if (!COMPRESSIONS.includes(compression)) {
    throw new MillraceError('OPTION_INVALID', `compression must be one of ${COMPRESSIONS.join(', ')}`)
  }
  const pageIndex = options.pageIndex ?? false
  return {
    compression,
    rowGroupRows: positive('rowGroupRows', options.rowGroupRows ?? 131_072),
    rowGroupBytes: positive('rowGroupBytes', options.rowGroupBytes ?? 64 * 1024 * 1024),
    pageBytes: positive('pageBytes', options.pageBytes ?? 1024 * 1024),
    pageRows: pageIndex ? INDEXED_PAGE_ROWS : Number.POSITIVE_INFINITY,
    pageIndex,
    bloomFilters: new Set(options.bloomFilters),
    metadata: Object.entries(options.metadata ?? {}).map(keyValue),
  }
}

function positive(name: string, value: number): number {
  if (value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value > 0)) return value
  throw new MillraceError('OPTION_INVALID', `${name} must be a positive integer`)
}

function keyValue([key, value]: [string, unknown]): readonly [string, string] {
  if (typeof value === 'string' && encodeUtf8(value) !== undefined && encodeUtf8(key) !== undefined) return [key, value]
  throw new MillraceError('OPTION_INVALID', 'metadata holds text by name, without lone surrogates')
}
