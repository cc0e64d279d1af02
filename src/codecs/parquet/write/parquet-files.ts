import type { Codec } from '../../codec.ts'
import { chunkContext } from './column-chunk.ts'
import { type FileWriter, fileWriter } from './file-writer.ts'
import { type ParquetWriteOptions, writeSettings } from './write-options.ts'

/** Symbol under which a Parquet codec keeps the maker of many files with its options; the same in every copy of the library. */
export const PARQUET_FILES: unique symbol = Symbol.for('millrace.parquet-files')

/** Makes one file after the other, or several in turns, with one kernel and one set of buffers. */
export type ParquetFiles = () => FileWriter

export function parquetFiles(options: ParquetWriteOptions): ParquetFiles {
  const settings = writeSettings(options)
  const context = chunkContext(settings)
  return () => fileWriter(settings, context)
}

/** The maker of files with a codec's options; undefined where it writes something else than bare Parquet. */
export function parquetFilesOf(codec: Codec): ParquetFiles | undefined {
  const make = (codec as Codec & { readonly [PARQUET_FILES]?: () => ParquetFiles })[PARQUET_FILES]
  return make?.()
}
