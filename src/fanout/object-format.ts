import { known } from '../codecs/checked-codec.ts'
import type { CodecOptions } from '../codecs/codec-for.ts'
import { codecFor } from '../codecs/codec-for.ts'
import { CSV_OPTIONS, type CsvOptions, type CsvSettings, csvSettings, isAsciiByte } from '../codecs/csv/csv-options.ts'
import type { Split, SplitFormat } from './gather/split.ts'

/** Format of an object, by its key and the options. */
export interface ObjectFormat {
  readonly format: SplitFormat
  readonly compression: Split['compression']
}

/** @throws MillraceError `UNSUPPORTED_FORMAT` for a key without a known ending, without `format`. */
export function objectFormat(key: string, options: CodecOptions): ObjectFormat {
  const { name } = codecFor(key, options)
  const [, ending = '', wrapping = ''] = /(?:\.([a-z]+))??(?:\.(gz|gzip|zst))?$/.exec(key.toLowerCase()) ?? []
  const isTsv = options.format === undefined ? ending === 'tsv' : options.format === 'tsv'
  const format = name === 'csv' && isTsv ? 'tsv' : name
  const byKey = wrapping === '' ? undefined : wrapping === 'zst' ? 'zstd' : 'gzip'
  const { compression = byKey } = options
  if (format === 'parquet') return { format, compression: byKey }
  if (compression === 'none') return { format, compression: undefined }
  return { format, compression: compression === 'snappy' ? byKey : compression }
}

/** The settings of CSV or TSV, from options for several formats. */
export function csvSettingsOf(format: SplitFormat, options: CsvOptions): CsvSettings {
  return csvSettings({ ...(format === 'tsv' && { delimiter: '\t' }), ...known(options, CSV_OPTIONS) })
}

/** Test whether rows can be found from any byte: marks of one byte, text in UTF-8. */
export function isDivisibleCsv({ layout }: CsvSettings): boolean {
  const { delimiter, quote, escape: escapeMark, comment, lazyQuotes } = layout.dialect
  const marks = [delimiter, quote, escapeMark, comment].filter((mark) => typeof mark === 'string')
  return marks.every(isAsciiByte) && !lazyQuotes && new TextDecoder(layout.encoding).encoding === 'utf-8'
}
