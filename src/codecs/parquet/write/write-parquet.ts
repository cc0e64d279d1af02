import { RecordBatch, type Table } from 'apache-arrow'
import { checkTable } from '../../../columns/check-table.ts'
import type { Stage } from '../../../internal/stage.ts'
import { checkCodecOptions } from '../../checked-codec.ts'
import { traceEncode } from '../../trace-codec.ts'
import { fileWriter } from './file-writer.ts'
import { type ParquetWriteOptions, WRITE_OPTIONS, writeSettings } from './write-options.ts'

/** Bytes that are put together before they go out; pieces of more go out as they are. */
const OUTPUT_BYTES = 256 * 1024

/**
 * A stage from record batches to the bytes of one Parquet file. Arrow buffers go straight to pages, no JavaScript value is made.
 *
 * Types keep their meaning: 8- to 64-bit integers, floats, text, bytes, dates, times, timestamps (an instant where the type has a time
 * zone, whose name is not kept), decimals of 76 digits at the most, lists, structs, maps. Seconds become milliseconds. An Arrow dictionary
 * is an encoding to Parquet: the column is written as its value type. A column of the null type has no values. Text must be valid UTF-8.
 * Fields marked as Arrow's extension types `arrow.uuid` and `arrow.json` are written as UUID and JSON.
 *
 * A dictionary or plain values, whichever is smaller after compression by a sample, per column and row group, and with `encodings: 'compact'`
 * deltas too (of integers, of lengths, of text that shares its beginning with the value before). File and pages of version 1, converted types
 * beside logical ones, as all readers know them; a chunk that hardly shrinks is stored uncompressed. Bounds of text are cut to 64 bytes; a chunk with a NaN has none.
 *
 * @param options - see {@link ParquetWriteOptions}.
 * @returns a stage; every run of it writes a new file. Holds the batches of one row group and the encoded pages of one column. O(bytes).
 * @throws MillraceError `TYPE_MISMATCH` for a type or value that Parquet cannot keep, a null in a required column, a batch of other columns than
 * the first, or no batch at all; `COLUMN_CONFLICT` for two columns of one name; `ENCODING_INVALID` for text that is not UTF-8;
 * `COLUMN_UNKNOWN` for a bloom filter on no column; `UNSUPPORTED_FORMAT` for no columns, or zstd on a Node without it; `OPTION_INVALID`;
 * `LIMIT_EXCEEDED` for over 2 GiB in one column of a row group.
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
 * A table as the bytes of one Parquet file, in memory. What {@link writeParquet} says of types, encodings and errors holds here.
 *
 * @param table - any Arrow table; a table without rows keeps its schema.
 * @param options - see {@link ParquetWriteOptions}.
 * @returns the bytes of the file. O(bytes).
 * @throws MillraceError as {@link writeParquet} does.
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

/** Pieces of the file that wait to go out together: pages may be small, and every chunk costs its reader a call. */
interface Output {
  pieces: Uint8Array[]
  length: number
}

/** Pieces, small ones put together. What remains in the output waits for more. */
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

/** All that waits as one chunk. */
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
