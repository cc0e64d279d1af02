import { type RecordBatch, Table } from 'apache-arrow'
import { MillraceError } from '../../errors.ts'
import { channels } from '../../internal/channels.ts'
import { traceAsync } from '../../internal/trace.ts'
import { checkCodecOptions, checkedCodec } from '../checked-codec.ts'
import type { Codec } from '../codec.ts'
import { type BytesHolder, inputOf } from '../input/input-of.ts'
import { type ByteSource, type CodecInput, isByteSource, isBytes } from '../input/source.ts'
import { defaultInflatedBytes } from '../limits.ts'
import { countedInput, countTable, readMessage } from '../trace-codec.ts'
import { dataBytes } from './read/bytes/data-bytes.ts'
import { checkReadOptions, type ParquetReadOptions, READ_OPTIONS } from './read/parquet-options.ts'
import { readParquet } from './read/read-parquet.ts'
import { PARQUET_FILES, parquetFiles } from './write/parquet-files.ts'
import { type ParquetWriteOptions, WRITE_OPTIONS } from './write/write-options.ts'
import { writeParquet } from './write/write-parquet.ts'

export type { ParquetReadOptions } from './read/parquet-options.ts'
export type { ParquetCondition, ParquetFilter, ParquetFilterValue } from './read/schema/row-group-filter.ts'
export type { ParquetWriteOptions } from './write/write-options.ts'
export { encodeParquet, writeParquet } from './write/write-parquet.ts'

export const PARQUET_OPTIONS = { ...READ_OPTIONS, ...WRITE_OPTIONS } as const

/** Options of the Parquet codec, for reading and writing. */
export interface ParquetOptions extends ParquetReadOptions, ParquetWriteOptions {}

/**
 * The Parquet codec. Reads and writes files of any size, one row group at a time, directly to and from Arrow buffers.
 *
 * Reading supports every encoding and the compressions snappy, gzip, zstd (Node 22.15 or later), brotli and LZ4, and
 * verifies page checksums. A `ByteSource` is read by range: the footer, then the requested columns, adjacent ones in
 * one request; a stream is collected first. Batches have at most 65,536 rows, are about 4 MiB and never span row
 * groups. Types come from the file: timestamps keep their unit and remain instants (UTC) or local times (no zone),
 * decimals are exact, integers keep their width, fixed-length bytes are fixed-size binary, unannotated bytes binary,
 * repeated fields lists. UUIDs (fixed-size binary) and JSON (text) are marked as Arrow's extension types `arrow.uuid`
 * and `arrow.json` in the metadata of their fields.
 *
 * @param options - what to read (`columns`, `rowGroups`, `filter`, `dictionary`, `int96`, `limits`) and how to write
 * (`compression`, `rowGroupRows`, ...).
 * @throws MillraceError while reading: `PARQUET_INVALID` if the file breaks the format, `UNSUPPORTED_FORMAT` for
 * encryption and for compressions that this Node cannot inflate, `LIMIT_EXCEEDED` if reading would take too much memory
 * or time, `ENCODING_INVALID` for text that is not UTF-8 (with column and row), `COLUMN_UNKNOWN`, `OPTION_INVALID`,
 * `TYPE_MISMATCH` for INT96 beyond its unit, `SOURCE_UNAVAILABLE` and `SOURCE_CHANGED`.
 * @example
 * const bytes = await encodeParquet(tableFromRows([{ id: 1n, name: 'Ada' }, { id: 2n, name: 'Grace' }]))
 * for await (const batch of parquet({ columns: ['name'] }).read(bytes)) console.log(batch.numRows) // => 2
 */
export function parquet(options: ParquetOptions = {}): Codec {
  checkCodecOptions('parquet', options, PARQUET_OPTIONS)
  checkReadOptions('parquet', options)
  const codec = checkedCodec({
    name: 'parquet',
    contentType: 'application/vnd.apache.parquet',
    read: (source) => readParquet(source, options),
    write: () => writeParquet(options),
  })
  return Object.defineProperty(codec, PARQUET_FILES, { value: () => parquetFiles(options) })
}

/**
 * Read a whole Parquet file into a table in memory.
 *
 * @param given - the bytes, or a source, which is read by range.
 * @param options - as for {@link parquet}. The table may occupy `limits.maxInflatedBytes` (default 64 times the file, at least 256 MiB).
 * @returns a table with the batches of the stream. O(bytes of the columns read).
 * @throws MillraceError as {@link parquet} while reading; `LIMIT_EXCEEDED` also if the table exceeds its limit.
 * @example
 * const bytes = await encodeParquet(tableFromRows([{ id: 1n, name: 'Ada' }]))
 * const table = await decodeParquet(bytes)
 * rowsFromTable(table) // => [{ id: 1n, name: 'Ada' }]
 */
export async function decodeParquet(
  given: ByteSource | Uint8Array | BytesHolder,
  options: ParquetReadOptions = {},
): Promise<Table> {
  checkCodecOptions('decodeParquet', options, READ_OPTIONS)
  checkReadOptions('decodeParquet', options)
  const input = inputOf('decodeParquet', given)
  return traceAsync(
    channels.read,
    () => readMessage('parquet'),
    async (message) => {
      if (message === undefined) return readTable(input, options)
      const table = await readTable(countedInput(input, message), options)
      countTable(table, message)
      return table
    },
  )
}

async function readTable(input: CodecInput, options: ParquetReadOptions): Promise<Table> {
  const maxBytes =
    options.limits?.maxInflatedBytes ??
    defaultInflatedBytes(isBytes(input) ? input.length : isByteSource(input) ? await sizeOf(input) : 0)
  const batches: RecordBatch[] = []
  const dictionaries = new Set<unknown>()
  let bytes = 0
  for await (const batch of readParquet(input, options)) {
    bytes += dataBytes(batch.data)
    for (const { dictionary } of batch.data.children) {
      if (dictionary === undefined || dictionaries.has(dictionary)) continue
      dictionaries.add(dictionary)
      for (const data of dictionary.data) bytes += dataBytes(data)
    }
    if (bytes > maxBytes) {
      throw new MillraceError(
        'LIMIT_EXCEEDED',
        `the table exceeds ${maxBytes} bytes; read it as a stream, or raise limits.maxInflatedBytes`,
      )
    }
    batches.push(batch)
  }
  const [first] = batches
  return first === undefined ? new Table() : new Table(first.schema, batches)
}

async function sizeOf(source: ByteSource): Promise<number> {
  return source.size ?? (await source.length?.()) ?? 0
}
