import type { SchemaOption } from '../../columns/column-type.ts'
import { MillraceError } from '../../errors.ts'
import type { InvalidRow } from '../invalid-row.ts'
import { type CodecLimits, DEFAULT_LIMITS } from '../limits.ts'

/** How CSV text is laid out and typed. */
export interface CsvOptions {
  /** Between fields. Default `,`. More than one character, or one beyond ASCII, is read through csv-parse. */
  readonly delimiter?: string
  /** Around fields that hold a delimiter, a quote or a line break. Default `"`; false where quotes are text like any other. */
  readonly quote?: string | false
  /** Before a quote inside quotes. Default: the quote. */
  readonly escape?: string
  /** What a line that is no row begins with. Default: there are no such lines. */
  readonly comment?: string
  /** True (default): the first row names the columns. False: they are `column_1`, `column_2`, ... An array: these are the names, and the first row is data. */
  readonly header?: boolean | readonly string[]
  /** How text is encoded: a label of the WHATWG Encoding standard, such as `utf-16le` or `windows-1252`. Default `utf-8`. Reading only. */
  readonly encoding?: string
  /** The texts of unquoted fields that are null. Default: the empty field alone, `['']`. A null is written as the first of them. */
  readonly nullValues?: readonly string[]
  /** Types of columns by name; the rest is inferred. */
  readonly schema?: SchemaOption
  /** Rows that a stream looks at before it fixes the types. Default 10,000; `Infinity` reads the source twice. */
  readonly inferRows?: number
  /** Takes the rows that are refused, in order; the job goes on without them. Without it the first one is thrown. */
  readonly onInvalidRow?: (row: InvalidRow) => void
  readonly limits?: CodecLimits
  /** What ends a written row: `\n` (default) or `\r\n`. Writing only. */
  readonly eol?: '\n' | '\r\n'
}

/** Options with their defaults, checked. */
export interface CsvSettings {
  readonly delimiter: string
  readonly quote: string | false
  readonly escape: string
  readonly comment: string | undefined
  readonly header: boolean | readonly string[]
  readonly encoding: string
  readonly nullValues: readonly string[]
  readonly schema: SchemaOption | undefined
  readonly inferRows: number
  readonly onInvalidRow: ((row: InvalidRow) => void) | undefined
  readonly maxColumns: number
  readonly maxFieldBytes: number
  readonly maxRowBytes: number
  readonly eol: string
}

/** @throws MillraceError `OPTION_INVALID` for options that contradict each other or make no sense. */
export function csvSettings(options: CsvOptions): CsvSettings {
  const quote = options.quote ?? '"'
  const settings: CsvSettings = {
    delimiter: options.delimiter ?? ',',
    quote,
    escape: options.escape ?? (quote === false ? '"' : quote),
    comment: options.comment,
    header: options.header ?? true,
    encoding: options.encoding ?? 'UTF-8',
    nullValues: options.nullValues ?? [''],
    schema: options.schema,
    inferRows: options.inferRows ?? 10_000,
    onInvalidRow: options.onInvalidRow,
    maxColumns: options.limits?.maxColumns ?? DEFAULT_LIMITS.maxColumns,
    maxFieldBytes: options.limits?.maxFieldBytes ?? DEFAULT_LIMITS.maxFieldBytes,
    maxRowBytes: options.limits?.maxRowBytes ?? DEFAULT_LIMITS.maxRowBytes,
    eol: options.eol ?? '\n',
  }
  for (const name of ['delimiter', 'quote', 'escape', 'comment'] as const) checkMark(name, settings[name])
  const marks = [settings.delimiter, settings.quote, settings.comment].filter((mark) => typeof mark === 'string')
  if (new Set(marks).size < marks.length) throw invalid('delimiter, quote and comment must differ')
  const { comment } = settings
  if (comment !== undefined && [settings.delimiter, settings.quote].some((mark) => mark && comment.startsWith(mark))) {
    throw invalid('comment must not begin with the delimiter or quote: a row that begins with it would be lost')
  }
  if (!(settings.inferRows >= 0)) throw invalid('inferRows must be a number of rows, 0 or more')
  if (typeof settings.header !== 'boolean' && settings.header.length === 0) throw invalid('header names no column')
  return settings
}

/** Whether the byte-level reader serves this dialect; all others are csv-parse's. */
export function isPlainDialect(settings: CsvSettings): boolean {
  const { delimiter, quote, comment } = settings
  return isAsciiByte(delimiter) && quote === '"' && settings.escape === '"' && comment === undefined
}

export function isAsciiByte(text: string): boolean {
  return text.length === 1 && text.charCodeAt(0) < 0x80
}

function checkMark(name: string, mark: string | false | undefined): void {
  if (mark === undefined || mark === false) return
  if (mark === '') throw invalid(`${name} must not be empty`)
  if (/[\r\n]/.test(mark)) throw invalid(`${name} must not hold a line break`)
}

function invalid(message: string): MillraceError {
  return new MillraceError('OPTION_INVALID', message)
}
