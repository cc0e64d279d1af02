import type { CodecOptions } from '../codecs/index.ts'
import type { Flag, FlagFormat } from './flag.ts'

const CSV: readonly FlagFormat[] = ['csv']
const PARQUET: readonly FlagFormat[] = ['parquet']

/** Options for writing, for the output of `convert`. Those that exist for reading too, such as `delimiter`, begin with `to-`. */
export const WRITE_FLAGS = {
  to: {
    option: 'format',
    kind: 'text',
    choices: ['csv', 'tsv', 'json', 'ndjson', 'parquet'],
    help: 'format of the output; default by its name',
  },
  'to-compression': {
    option: 'compression',
    kind: 'text',
    choices: ['snappy', 'gzip', 'zstd', 'none'],
    help: 'of the pages of Parquet, default snappy; of other files around the file, default by their name',
  },
  'to-delimiter': {
    option: 'delimiter',
    kind: 'mark',
    formats: CSV,
    help: 'delimiter between fields; default a comma',
  },
  'to-quote': { option: 'quote', kind: 'mark', formats: CSV, help: 'quote around fields; default "' },
  'to-no-quote': { option: 'quote', kind: 'off', formats: CSV, help: 'write no quotes' },
  'to-escape': { option: 'escape', kind: 'mark', formats: CSV, help: 'escape before a quote inside quotes' },
  'to-comment': { option: 'comment', kind: 'mark', formats: CSV, help: 'comment prefix, quoted at the start of rows' },
  'to-trim': {
    option: 'trim',
    kind: 'on',
    formats: CSV,
    help: 'quote text with spaces around it, for readers that trim',
  },
  'to-no-header': { option: 'header', kind: 'off', formats: CSV, help: 'write no header' },
  'to-null-values': { option: 'nullValues', kind: 'texts', formats: CSV, help: 'text of a null; default empty' },
  eol: { option: 'eol', kind: 'line-break', choices: ['lf', 'crlf'], formats: CSV, help: 'line break after a row' },
  'non-finite': {
    option: 'nonFinite',
    kind: 'text',
    choices: ['error', 'null'],
    formats: ['json'],
    help: 'NaN and infinities, which JSON lacks',
  },
  encodings: {
    option: 'encodings',
    kind: 'text',
    choices: ['compatible', 'compact'],
    formats: PARQUET,
    help: 'compact: delta encodings where they save bytes',
  },
  'row-group-rows': { option: 'rowGroupRows', kind: 'number', formats: PARQUET, help: 'rows of a row group' },
  'row-group-bytes': {
    option: 'rowGroupBytes',
    kind: 'number',
    formats: PARQUET,
    help: 'bytes of a row group in memory',
  },
  'page-bytes': { option: 'pageBytes', kind: 'number', formats: PARQUET, help: 'bytes of a page before compression' },
  'page-index': { option: 'pageIndex', kind: 'on', formats: PARQUET, help: 'write column and offset indexes' },
  'bloom-filters': { option: 'bloomFilters', kind: 'texts', formats: PARQUET, help: 'column that gets a bloom filter' },
  metadata: { option: 'metadata', kind: 'pairs', formats: PARQUET, help: 'KEY=TEXT for the footer' },
} as const satisfies Record<string, Flag<keyof CodecOptions>>

/** Options of the codecs that no flag sets: a hint for code that filters rows, and the callback, replaced by `--skip-invalid-rows`. */
export const NOT_BY_FLAG = ['filter', 'onInvalidRow'] as const satisfies readonly (keyof CodecOptions)[]
