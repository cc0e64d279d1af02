import type { RecordBatch } from 'apache-arrow'
import type { Stage } from '../internal/stage.ts'
import type { BytesHolder } from './input/input-of.ts'
import type { CodecInput } from './input/source.ts'

export type { CodecInput } from './input/source.ts'

export type CodecName = 'csv' | 'json' | 'ndjson' | 'parquet'

/**
 * A file format: bytes to record batches and back.
 *
 * `read` yields at least one batch, empty if the file has a schema and no rows, so that the schema is kept. `write`
 * returns a new stage for every call, for `pipeline` of `node:stream/promises`.
 */
export interface Codec {
  readonly name: CodecName
  readonly contentType: string
  read(source: CodecInput | BytesHolder): AsyncIterable<RecordBatch>
  write(): Stage<RecordBatch, Uint8Array>
}
