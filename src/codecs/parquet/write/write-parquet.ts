import { RecordBatch, type Table } from 'apache-arrow'
import type { Stage } from '../../../internal/stage.ts'
import { fileWriter } from './file-writer.ts'
import { type ParquetWriteOptions, writeSettings } from './write-options.ts'

/** Bytes that are put together before they go out. */
const OUTPUT_BYTES = 256 * 1024

/**
 * Record batches to the bytes of one Parquet file, row group by row group.
 */
export function writeParquet(options: ParquetWriteOptions = {}): Stage<RecordBatch, Uint8Array> {
  const settings = writeSettings(options)
  return async function* (source) {
    const file = fileWriter(settings)
    let pieces: Uint8Array[] = []
    let bytes = 0
    for await (const batch of source) {
      for (const piece of file.add(batch)) {
        pieces.push(piece)
        bytes += piece.length
        if (bytes >= OUTPUT_BYTES) {
          yield concatenated(pieces, bytes)
          pieces = []
          bytes = 0
        }
      }
    }
    for (const piece of file.finish()) {
      pieces.push(piece)
      bytes += piece.length
      if (bytes >= OUTPUT_BYTES) {
        yield concatenated(pieces, bytes)
        pieces = []
        bytes = 0
      }
    }
    if (bytes > 0) yield concatenated(pieces, bytes)
  }
}

/**
 * A table as the bytes of one Parquet file, in memory.
 */
export async function encodeParquet(table: Table, options: ParquetWriteOptions = {}): Promise<Uint8Array> {
  const file = fileWriter(writeSettings(options))
  const pieces: Uint8Array[] = []
  const batches = table.batches.length === 0 ? [new RecordBatch(table.schema, undefined)] : table.batches
  for (const batch of batches) pieces.push(...file.add(batch))
  pieces.push(...file.finish())
  return concatenated(
    pieces,
    pieces.reduce((sum, { length }) => sum + length, 0),
  )
}

function concatenated(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0] as Uint8Array
  const out = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}
