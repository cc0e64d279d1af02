import type { Codec } from '../../codec.ts'
import { chunkContext } from './column-chunk.ts'
import { type FileWriter, fileWriter } from './file-writer.ts'
import { type ParquetWriteOptions, writeSettings } from './write-options.ts'

/** Symbol under which a Parquet codec stores the factory of its files; the same in every copy of the library. */
export const PARQUET_FILES: unique symbol = Symbol.for('millrace.parquet-files')

/** Creates files, one after another or several at a time, with one kernel and one set of buffers. */
export type ParquetFiles = () => FileWriter

export function parquetFiles(options: ParquetWriteOptions): ParquetFiles {
  const settings = writeSettings(options)
  const context = chunkContext(settings)
  return () => fileWriter(settings, context)
}

/** The factory of files with a codec's options; undefined if it does not write bare Parquet. */
export function parquetFilesOf(codec: Codec): ParquetFiles | undefined {
  const make = (codec as Codec & { readonly [PARQUET_FILES]?: () => ParquetFiles })[PARQUET_FILES]
  return make?.()
}
