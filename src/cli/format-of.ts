import { type Codec, type CodecOptions, codecFor } from '../codecs/index.ts'
import { isMillraceError, MillraceError } from '../errors.ts'

/** Find a codec by the ending of a name, or by the flag that names the format. */
export function codecOf(name: string, options: CodecOptions, side: 'from' | 'to'): Codec {
  try {
    return codecFor(name, options)
  } catch (error) {
    if (!isMillraceError(error, 'UNSUPPORTED_FORMAT') || options.format !== undefined) throw error
    const which = side === 'from' ? 'input' : 'output'
    throw new MillraceError(
      'UNSUPPORTED_FORMAT',
      `the ${which}'s name does not show its format; pass --${side} with csv, tsv, json, ndjson or parquet`,
    )
  }
}

/** The compression around a file, by its name. */
export function compressionOf(name: string): 'gzip' | 'zstd' | 'none' {
  if (/\.(?:gz|gzip)$/i.test(name)) return 'gzip'
  return /\.zst$/i.test(name) ? 'zstd' : 'none'
}

/** The format of a file, with `tsv` separate from `csv`. */
export function formatOf(name: string, codec: Codec, { format }: CodecOptions): Codec['name'] | 'tsv' {
  const isTsv = format === 'tsv' || (format === undefined && /\.tsv(?:\.(?:gz|gzip|zst))?$/i.test(name))
  return codec.name === 'csv' && isTsv ? 'tsv' : codec.name
}

/** Test whether a format is text with delimiters, in an encoding of choice. */
export function isCsv(format: string): boolean {
  return format === 'csv' || format === 'tsv'
}
