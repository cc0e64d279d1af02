import { RecordBatch, type Table } from 'apache-arrow'
import { checkTable } from '../../../columns/check-table.ts'
import type { Stage } from '../../../internal/stage.ts'
import { checkCodecOptions } from '../../checked-codec.ts'
import { traceEncode } from '../../trace-codec.ts'
import { fileWriter } from './file-writer.ts'
import { type ParquetWriteOptions, WRITE_OPTIONS, writeSettings } from './write-options.ts'

/** Bytes collected into one chunk; larger pieces are yielded unchanged. */
const OUTPUT_BYTES = 256 * 1024

/**
 * A stage from record batches to the bytes of one Parquet file. Arrow buffers are encoded directly, without JavaScript values.
 *
 * Types keep their meaning: 8- to 64-bit integers, floats, text, bytes, dates, times, timestamps (instants if the type
 * has a time zone, whose name is not kept), decimals of at most 76 digits, lists, structs, maps. Seconds become
 * milliseconds. An Arrow dictionary is an encoding to Parquet: the column is written as its value type. A column of the
 * null type has no values. Text must be valid UTF-8. Fields marked as Arrow's extension types `arrow.uuid` and
 * `arrow.json` are written as UUID and JSON.
 *
 * Each column of a row group is encoded as a dictionary or plain values, whichever is smaller after compression of a
 * sample, and with `encodings: 'compact'` also as deltas (of integers, of lengths, of text that shares a prefix with
 * the previous value). File and pages have version 1, and converted types accompany logical ones, as all readers
 * support them; a chunk that hardly shrinks is stored uncompressed. Bounds of text are cut to 64 bytes; a chunk with a
 * NaN has none.
 *
 * @param options - see {@link ParquetWriteOptions}.
 * @returns a stage; every run of it writes a new file. Holds the batches of one row group and the encoded pages of one column. O(bytes).
 * @throws MillraceError `TYPE_MISMATCH` for a type or value that Parquet cannot represent, a null in a required column,
 * a batch with other columns than the first, or no batch; `COLUMN_CONFLICT` for two columns with the same name;
 * `ENCODING_INVALID` for text that is not UTF-8; `COLUMN_UNKNOWN` for a bloom filter on an unknown column;
 * `UNSUPPORTED_FORMAT` for a table without columns, or zstd on a Node without it; `OPTION_INVALID`; `LIMIT_EXCEEDED`
 * for more than 2 GiB in one column of a row group.
 * @see https://github.com/apache/parquet-format
 */
export function writeParquet(options: ParquetWriteOptions = {}): Stage<RecordBatch, Uint8Array> {
  const settings = writeSettings(options)
  return async function* (source) {
    const file = fileWriter(settings)
    const output: Output = { pieces: [], length: 0 }
    for await (const batch of source) yield* grouped(output, file.add(batch))
    yield* grouped(output, file.finish())
    if (output.length > 0) yield joined(output)
  }
}

/**
 * Write a table as the bytes of one Parquet file, in memory, with the types, encodings and errors of {@link writeParquet}.
 *
 * @param table - any Arrow table; a table without rows keeps its schema.
 * @param options - see {@link ParquetWriteOptions}.
 * @returns the bytes of the file. O(bytes).
 * @throws MillraceError as {@link writeParquet}.
 * @example
 * const bytes = await encodeParquet(tableFromRows([{ id: 1n }]))
 * new TextDecoder().decode(bytes.subarray(0, 4)) // => 'PAR1'
 */
export async function encodeParquet(table: Table, options: ParquetWriteOptions = {}): Promise<Uint8Array> {
  checkTable('encodeParquet', table)
  checkCodecOptions('encodeParquet', options, WRITE_OPTIONS)
  const settings = writeSettings(options)
  return traceEncode('parquet', table, () => encodeFile(table, settings))
}

function encodeFile(table: Table, settings: ReturnType<typeof writeSettings>): Uint8Array {
  const file = fileWriter(settings)
  const output: Output = { pieces: [], length: 0 }
  const batches = table.batches.length === 0 ? [new RecordBatch(table.schema, undefined)] : table.batches
  for (const batch of batches) for (const piece of file.add(batch)) add(output, piece)
  for (const piece of file.finish()) add(output, piece)
  return joined(output)
}

/** Pieces of the file collected into larger chunks: pages may be small, and every chunk costs its reader a call. */
interface Output {
  pieces: Uint8Array[]
  length: number
}

/** Yield the pieces, small ones joined. The remainder waits for more. */
function* grouped(output: Output, pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const piece of pieces) {
    const isLarge = piece.length >= OUTPUT_BYTES
    if (isLarge && output.length > 0) yield joined(output)
    if (isLarge) yield piece
    else add(output, piece)
    if (output.length >= OUTPUT_BYTES) yield joined(output)
  }
}

function add(output: Output, piece: Uint8Array): void {
  output.pieces.push(piece)
  output.length += piece.length
}

/** Join the waiting pieces into one chunk. */
function joined(output: Output): Uint8Array {
  const { pieces, length } = output
  output.pieces = []
  output.length = 0
  const out = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}
