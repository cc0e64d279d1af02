import type { CodecOptions } from '../codecs/index.ts'
import type { Flag, FlagFormat } from './flag.ts'
import { LIMIT_FLAGS } from './limit-flags.ts'

const CSV: readonly FlagFormat[] = ['csv']
const JSON_ROWS: readonly FlagFormat[] = ['json']
const TEXT: readonly FlagFormat[] = ['csv', 'json']
const PARQUET: readonly FlagFormat[] = ['parquet']

/** Options for reading, for `inspect` and the input of `convert`. Each flag is the option's name, in lower case with dashes. */
export const READ_FLAGS = {
  from: {
    option: 'format',
    kind: 'text',
    choices: ['csv', 'tsv', 'json', 'ndjson', 'parquet'],
    help: 'format of the input; default by its name',
  },
  'from-compression': {
    option: 'compression',
    kind: 'text',
    choices: ['gzip', 'zstd', 'none', 'auto'],
    formats: TEXT,
    help: 'compression around the input; default by its name; auto: by its first bytes',
  },
  schema: {
    option: 'schema',
    kind: 'types',
    formats: TEXT,
    help: 'type of a column, such as zip=string; the others are inferred',
  },
  'infer-rows': {
    option: 'inferRows',
    kind: 'rows',
    formats: TEXT,
    help: 'rows used for inference; default 10000; all: the whole file, which is read twice',
  },
  delimiter: { option: 'delimiter', kind: 'mark', formats: CSV, help: 'delimiter between fields; default a comma' },
  quote: { option: 'quote', kind: 'mark', formats: CSV, help: 'quote around fields; default "' },
  'no-quote': { option: 'quote', kind: 'off', formats: CSV, help: 'quotes are ordinary text' },
  escape: {
    option: 'escape',
    kind: 'mark',
    formats: CSV,
    help: 'escape before a quote inside quotes; default the quote',
  },
  comment: { option: 'comment', kind: 'mark', formats: CSV, help: 'prefix of comment lines' },
  header: { option: 'header', kind: 'texts', formats: CSV, help: 'name of a column of a file without header' },
  'no-header': { option: 'header', kind: 'off', formats: CSV, help: 'no header: columns are column_1, column_2, ...' },
  encoding: { option: 'encoding', kind: 'text', formats: CSV, help: 'such as utf-16le or windows-1252; default utf-8' },
  'skip-lines': { option: 'skipLines', kind: 'number', formats: CSV, help: 'lines before the header to skip' },
  trim: { option: 'trim', kind: 'on', formats: CSV, help: 'remove spaces and tabs around fields' },
  'short-rows': {
    option: 'shortRows',
    kind: 'text',
    choices: ['error', 'null'],
    formats: CSV,
    help: 'rows with too few fields',
  },
  'trailing-delimiter': {
    option: 'trailingDelimiter',
    kind: 'text',
    choices: ['error', 'ignore'],
    formats: CSV,
    help: 'an extra empty field at the end of rows',
  },
  'lazy-quotes': { option: 'lazyQuotes', kind: 'on', formats: CSV, help: 'quotes inside fields are text' },
  'null-values': {
    option: 'nullValues',
    kind: 'texts',
    formats: CSV,
    help: 'unquoted field that is null; default empty',
  },
  decimal: { option: 'decimal', kind: 'text', formats: CSV, help: 'decimal mark of numbers; default a point' },
  thousands: { option: 'thousands', kind: 'text', formats: CSV, help: 'separator of groups of three digits' },
  'true-values': { option: 'trueValues', kind: 'texts', formats: CSV, help: 'spelling of true in columns of bool' },
  'false-values': { option: 'falseValues', kind: 'texts', formats: CSV, help: 'spelling of false in columns of bool' },
  formats: { option: 'formats', kind: 'pairs', formats: CSV, help: 'format of a column, such as day=%d/%m/%Y' },
  rows: {
    option: 'rows',
    kind: 'texts',
    formats: JSON_ROWS,
    help: 'key that leads to the array of rows, such as Records',
  },
  columns: { option: 'columns', kind: 'texts', formats: PARQUET, help: 'column to read; the others are skipped' },
  'row-groups': { option: 'rowGroups', kind: 'numbers', formats: PARQUET, help: 'row group to read, from 0' },
  dictionary: {
    option: 'dictionary',
    kind: 'text',
    choices: ['decode', 'keep'],
    formats: PARQUET,
    help: 'dictionaries of the file',
  },
  int96: {
    option: 'int96',
    kind: 'text',
    choices: ['ns', 'us'],
    formats: PARQUET,
    help: 'unit of the deprecated INT96 timestamps',
  },
  ...LIMIT_FLAGS,
} as const satisfies Record<string, Flag<keyof CodecOptions>>
