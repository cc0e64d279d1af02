import { MillraceError } from '../../../../errors.ts'
import { distinctColumnNames } from '../../../../internal/distinct-column-names.ts'
import { manyNuls } from '../../../input/text-head.ts'
import { type CsvDialect, type CsvLayout, haveSameEnd } from '../../csv-options.ts'
import { type LeadingLines, leadingLines } from './leading-lines.ts'
import { tooManyColumns } from './row-index.ts'
import { type FirstRow, type RowIndexer, rowIndexer } from './row-indexer.ts'
import { judgedInput, type Utf8Input, utf8Input } from './utf8-input.ts'

/** The data rows of a file in any encoding and dialect: lines before them are skipped. */
export interface DataRows {
  /** Push the next bytes, or undefined after the last. @returns the table, undefined while its first row is incomplete. */
  push(chunk: Uint8Array | undefined): OpenTable | undefined
}

/** A file whose columns are known. */
export interface OpenTable {
  readonly names: readonly string[]
  readonly rows: RowIndexer
  /** The dialect of the layout, with the delimiter that the file itself names. */
  readonly dialect: CsvDialect
}

/** @throws MillraceError `CSV_INVALID`, from `push`, at the end of a file without a row. */
export function dataRows(layout: CsvLayout): DataRows {
  const input = inputOf(layout)
  const skipLines = leadingLines(layout.skipLines)
  let dialect = layout.dialect
  let rows: RowIndexer | undefined = layout.part === 'later' ? rowIndexer(layout, 1) : undefined
  let table: OpenTable | undefined
  return {
    push(chunk) {
      const bytes = input(chunk)
      let rest = bytes
      if (rows === undefined) {
        const leading = leadingOf(bytes, chunk === undefined)
        if (leading === undefined) return undefined
        rest = leading.rest
        dialect = namedBy(leading, layout.dialect)
        rows = rowIndexer({ ...layout, dialect }, leading.line)
      }
      if (rest !== undefined && rest.length > 0) rows.push(rest)
      if (chunk === undefined) rows.push(undefined)
      table ??= openTable(rows, { ...layout, dialect }, chunk === undefined)
      return table
    },
  }

  function leadingOf(bytes: Uint8Array | undefined, isLast: boolean): LeadingLines | undefined {
    const found = bytes && skipLines(bytes)
    return found ?? (isLast ? skipLines(undefined) : undefined)
  }
}

function inputOf({ part, encoding }: CsvLayout): Utf8Input {
  if (part === 'later') return (chunk) => chunk
  return part === 'first' ? judgedInput() : utf8Input(encoding)
}

/** The dialect with the delimiter that the file itself names. */
function namedBy({ delimiter }: LeadingLines, dialect: CsvDialect): CsvDialect {
  if (delimiter === undefined) return dialect
  if (dialect.comment?.startsWith(delimiter) || haveSameEnd(delimiter, dialect.quote)) {
    throw new MillraceError('CSV_INVALID', 'the first line, sep=, names the quote or comment as the delimiter', {
      position: { line: 1 },
    })
  }
  return { ...dialect, delimiter }
}

/** Set the columns from the header; undefined while its row is incomplete. */
function openTable(rows: RowIndexer, layout: CsvLayout, isLast: boolean): OpenTable | undefined {
  const { dialect, header, limits, encoding } = layout
  if (typeof header !== 'boolean') {
    if (header.length > limits.maxColumns) throw tooManyColumns(limits.maxColumns, 1)
    rows.start(header.length, false)
    return { names: distinctColumnNames(header), rows, dialect }
  }
  const first = rows.first()
  if (first === undefined) {
    if (isLast) throw emptyFile()
    return undefined
  }
  if (header && first.fields.some((field) => field.includes('\0'))) throw nulInHeader(encoding, first)
  rows.start(first.fields.length, !header)
  return { names: distinctColumnNames(header ? first.fields : first.fields.map(() => '')), rows, dialect }
}

function nulInHeader(encoding: string, { fields, line }: FirstRow): MillraceError {
  return manyNuls(Buffer.from(fields.join()), { encoding: encoding.toLowerCase(), isOption: true }, { line })
}

export function emptyFile(): MillraceError {
  return new MillraceError('CSV_INVALID', 'the file has no rows, not even a header', { position: { line: 1 } })
}
