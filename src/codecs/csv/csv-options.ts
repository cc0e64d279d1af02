import { type SchemaOption, schemaFields } from '../../columns/column-type.ts'
import { MillraceError } from '../../errors.ts'
import type { Kind } from '../../internal/check-arguments.ts'
import { checkChoice } from '../../internal/check-choice.ts'
import type { InvalidRow } from '../invalid-row.ts'
import { type CodecLimits, DEFAULT_LIMITS } from '../limits.ts'
import { type DateFormat, dateFormat } from './date-format.ts'

/** Layout and types of CSV text. */
export interface CsvOptions {
  /** Delimiter between fields. Default `,`. A first line `sep=X` overrides it. */
  readonly delimiter?: string
  /** Quote around fields that hold a delimiter, a quote or a line break. Default `"`; false reads quotes as ordinary text. */
  readonly quote?: string | false
  /** Escape before a quote, or before itself, inside quotes; elsewhere it is text. Default: the quote. */
  readonly escape?: string
  /** Prefix of comment lines, which are skipped. Default: no comments. */
  readonly comment?: string
  /**
   * True (default): the first row names the columns. False: the names are `column_1`, `column_2`, ... An array: these
   * are the names, and the first row is data.
   */
  readonly header?: boolean | readonly string[]
  /** Encoding of the text: a label of the WHATWG Encoding standard, such as `utf-16le` or `windows-1252`. Default `utf-8`. Reading only. */
  readonly encoding?: string
  /** Physical lines to skip before the header, or before the first row. Default 0. Reading only. */
  readonly skipLines?: number
  /** Remove spaces and tabs around fields and around their quotes. Default false. */
  readonly trim?: boolean
  /** Treatment of rows with too few fields: `'error'` (default) rejects them, `'null'` fills the missing fields. Reading only. */
  readonly shortRows?: 'error' | 'null'
  /** Treatment of an extra empty field at the end of a row, or of the header: `'error'` (default) or `'ignore'`. Reading only. */
  readonly trailingDelimiter?: 'error' | 'ignore'
  /** Read quotes inside unquoted fields, and quotes inside quoted fields that do not end them, as text. Default false. Reading only. */
  readonly lazyQuotes?: boolean
  /** Texts that mean null in unquoted fields. Default `['']`, the empty field. A null is written as the first of them. */
  readonly nullValues?: readonly string[]
  /** Decimal mark of numbers, one ASCII character. Default `.`. Reading only. */
  readonly decimal?: string
  /** Separator of groups of three digits, one ASCII character: with `','`, `1,000` is a number and `1,00` is text. Default: none. Reading only. */
  readonly thousands?: string
  /** Spellings of true in columns pinned as `bool`, in place of `true`. Reading only. */
  readonly trueValues?: readonly string[]
  /** Spellings of false in columns pinned as `bool`, in place of `false`. Reading only. */
  readonly falseValues?: readonly string[]
  /** Formats of dates and times, by column: `%Y %y %m %d %H %I %M %S %f %z %b %p %%`. The directives determine the type. Reading only. */
  readonly formats?: { readonly [column: string]: string }
  /** Types of columns by name; the others are inferred. */
  readonly schema?: SchemaOption
  /** Rows of a stream that are used for inference, before its types are final. Default 10,000; `Infinity` reads the source twice. */
  readonly inferRows?: number
  /** Called with each rejected row, in order; reading continues. Without it the first one is thrown. */
  readonly onInvalidRow?: (row: InvalidRow) => void
  readonly limits?: CodecLimits
  /** Line break after a written row: `\n` (default) or `\r\n`. Writing only. */
  readonly eol?: '\n' | '\r\n'
}

/** The characters that divide text into rows and fields. */
export interface CsvDialect {
  readonly delimiter: string
  readonly quote: string | false
  readonly escape: string
  readonly comment: string | undefined
  readonly trim: boolean
  readonly lazyQuotes: boolean
  readonly padsShortRows: boolean
  readonly ignoresTrailingDelimiter: boolean
}

/** Limits of a file. */
export interface CsvLimits {
  readonly maxColumns: number
  readonly maxFieldBytes: number
  readonly maxRowBytes: number
}

/** Settings that divide a file into rows. */
export interface CsvLayout {
  readonly dialect: CsvDialect
  readonly limits: CsvLimits
  readonly encoding: string
  readonly skipLines: number
  readonly header: boolean | readonly string[]
  /** Part of the file that the bytes hold, if not all of it. Both parts are UTF-8 that has been checked; a later one begins with a data row. */
  readonly part?: 'first' | 'later'
}

/** Settings that type the columns of a file. */
export interface CsvTyping {
  readonly schema: SchemaOption | undefined
  readonly nullValues: readonly string[]
  readonly decimal: string
  readonly thousands: string | undefined
  readonly trueValues: readonly string[] | undefined
  readonly falseValues: readonly string[] | undefined
  /** Formats by column; a `Map`, since a column may be called `__proto__`. */
  readonly formats: ReadonlyMap<string, DateFormat>
}

/** Options with their defaults, checked and grouped by the modules that use them. */
export interface CsvSettings {
  readonly layout: CsvLayout
  readonly typing: CsvTyping
  readonly inferRows: number
  readonly onInvalidRow: ((row: InvalidRow) => void) | undefined
  readonly eol: string
}

export const CSV_OPTIONS = {
  delimiter: 'string',
  quote: 'any',
  escape: 'string',
  comment: 'string',
  header: 'any',
  encoding: 'string',
  skipLines: 'number',
  trim: 'boolean',
  shortRows: 'string',
  trailingDelimiter: 'string',
  lazyQuotes: 'boolean',
  nullValues: 'strings',
  decimal: 'string',
  thousands: 'string',
  trueValues: 'strings',
  falseValues: 'strings',
  formats: 'object',
  schema: 'object',
  inferRows: 'number',
  onInvalidRow: 'function',
  limits: 'object',
  eol: 'string',
} as const satisfies Record<keyof CsvOptions, Kind>

/** @throws MillraceError `OPTION_INVALID` for options that contradict each other or make no sense. */
export function csvSettings(options: CsvOptions): CsvSettings {
  const dialect = dialectOf(options)
  const { header = true, skipLines = 0, inferRows = 10_000, limits } = options
  if (!(inferRows >= 0)) throw invalid('inferRows must be a number of rows, 0 or more')
  if (!Number.isSafeInteger(skipLines) || skipLines < 0) throw invalid('skipLines must be a number of lines, 0 or more')
  checkHeader(header)
  // Unknown types are rejected here, not when a file is read.
  schemaFields(options.schema)
  return {
    layout: {
      dialect,
      limits: {
        maxColumns: limits?.maxColumns ?? DEFAULT_LIMITS.maxColumns,
        maxFieldBytes: limits?.maxFieldBytes ?? DEFAULT_LIMITS.maxFieldBytes,
        maxRowBytes: limits?.maxRowBytes ?? DEFAULT_LIMITS.maxRowBytes,
      },
      encoding: options.encoding ?? 'UTF-8',
      skipLines,
      header,
    },
    typing: typingOf(options, dialect),
    inferRows,
    onInvalidRow: options.onInvalidRow,
    eol: options.eol ?? '\n',
  }
}

function checkHeader(header: unknown): void {
  if (typeof header === 'boolean') return
  const isNames = Array.isArray(header) && header.every((name) => typeof name === 'string')
  if (!isNames) throw invalid('header must be true, false or an array of names')
  if (header.length === 0) throw invalid('header must name at least one column')
}

function typingOf(options: CsvOptions, dialect: CsvDialect): CsvTyping {
  const { schema, nullValues = [''], decimal = '.', thousands, trueValues, falseValues, formats = {} } = options
  for (const [name, mark] of Object.entries({ decimal, thousands })) {
    if (mark === undefined || (name === 'decimal' && options.decimal === undefined)) continue
    if (!isAsciiByte(mark) || /[-+0-9A-Za-z\r\n]/.test(mark))
      throw invalid(`${name} must be one ASCII character that numbers do not use`)
    // Inside quotes, the delimiter may separate thousands.
    if (mark === dialect.quote || (name === 'decimal' && mark === dialect.delimiter)) {
      throw invalid(`${name} must differ from delimiter and quote`)
    }
  }
  if (decimal === thousands) throw invalid('decimal and thousands must differ')
  if (trueValues?.length === 0 || falseValues?.length === 0)
    throw invalid('trueValues and falseValues must not be empty')
  if (trueValues?.some((text) => falseValues?.includes(text))) throw invalid('trueValues and falseValues must differ')
  return {
    schema,
    nullValues,
    decimal,
    thousands,
    trueValues,
    falseValues,
    formats: new Map(Object.entries(formats).map(([column, format]) => [column, dateFormat(format)])),
  }
}

function dialectOf(options: CsvOptions): CsvDialect {
  const { delimiter = ',', quote = '"', comment, shortRows = 'error', trailingDelimiter = 'error' } = options
  const escapeMark = options.escape ?? (quote === false ? '"' : quote)
  for (const [name, mark] of Object.entries({ delimiter, quote, escape: escapeMark, comment })) checkMark(name, mark)
  const marks = [delimiter, quote, comment].filter((mark) => typeof mark === 'string')
  if (new Set(marks).size < marks.length) throw invalid('delimiter, quote and comment must differ')
  if (comment !== undefined && [delimiter, quote].some((mark) => mark && comment.startsWith(mark))) {
    throw invalid('comment must not begin with the delimiter or quote: a row that begins with it would be lost')
  }
  if (quote !== false && quote !== escapeMark && doOverlap(quote, escapeMark)) {
    throw invalid('quote and escape must be equal or not overlap: which of them a text holds would be ambiguous')
  }
  // The byte before a field shows whether it is quoted.
  if (haveSameEnd(delimiter, quote)) throw invalid('delimiter must not end as quote does')
  checkChoice('shortRows', shortRows, ['error', 'null'])
  checkChoice('trailingDelimiter', trailingDelimiter, ['error', 'ignore'])
  const { trim = false, lazyQuotes = false } = options
  if (trim && marks.some((mark) => mark !== delimiter && /[ \t]/.test(mark))) {
    throw invalid('with trim, quote and comment must not hold spaces or tabs')
  }
  return {
    delimiter,
    quote,
    escape: escapeMark,
    comment,
    trim,
    lazyQuotes,
    padsShortRows: shortRows === 'null',
    ignoresTrailingDelimiter: trailingDelimiter === 'ignore',
  }
}

export function isAsciiByte(text: string): boolean {
  return text.length === 1 && text.charCodeAt(0) < 0x80
}

/** Test whether two marks could overlap in a text, some characters of one being part of the other. */
function doOverlap(one: string, other: string): boolean {
  if (one.includes(other) || other.includes(one)) return true
  for (let length = 1; length < Math.min(one.length, other.length); length++) {
    if (one.endsWith(other.slice(0, length)) || other.endsWith(one.slice(0, length))) return true
  }
  return false
}

function checkMark(name: string, mark: string | false | undefined): void {
  if (mark === undefined || mark === false) return
  if (typeof mark !== 'string') throw invalid(`${name} must be text, or false`)
  if (mark === '') throw invalid(`${name} must not be empty`)
  if (/[\r\n]/.test(mark)) throw invalid(`${name} must not hold a line break`)
}

/** Test whether a delimiter ends with the byte that a quote ends with. */
export function haveSameEnd(delimiter: string, quote: string | false): boolean {
  return quote !== false && Buffer.from(delimiter).at(-1) === Buffer.from(quote).at(-1)
}

function invalid(message: string): MillraceError {
  return new MillraceError('OPTION_INVALID', message)
}
