import { MillraceError } from '../../../../errors.ts'
import { manyNuls } from '../../../input/text-head.ts'
import { type CsvSettings, isPlainDialect } from '../../csv-options.ts'
import { columnNames } from './column-names.ts'
import { dialectReader } from './csv-parse-reader.ts'
import { tooManyColumns } from './row-index.ts'
import { rowScanner } from './row-indexer.ts'
import type { FirstRow, RowReader } from './row-reader.ts'
import { utf8Input } from './utf8-input.ts'

/** The rows of a file in any encoding and dialect, its header taken off. */
export interface TableRows {
  readonly reader: RowReader
  /** Of the columns; undefined while the first row is not whole, and the reader is not to be asked for rows. */
  readonly names: readonly string[] | undefined
  /** Give the next bytes, or undefined after the last. */
  push(chunk: Uint8Array | undefined): void
}

/** @throws MillraceError `CSV_INVALID`, from `push`, where a file without a row ends. */
export function tableRows(settings: CsvSettings): TableRows {
  const input = utf8Input(settings.encoding)
  const reader = isPlainDialect(settings) ? rowScanner(settings) : dialectReader(settings)
  let names: string[] | undefined
  return {
    reader,
    get names() {
      return names
    },
    push(chunk) {
      const bytes = input(chunk)
      if (bytes !== undefined && bytes.length > 0) reader.push(bytes)
      if (chunk === undefined) reader.push(undefined)
      names ??= startTable(reader, settings, chunk === undefined)
    },
  }
}

/** Fix the columns by the header; undefined while its row is not whole. */
function startTable(
  reader: RowReader,
  { header, maxColumns, encoding }: CsvSettings,
  isLast: boolean,
): string[] | undefined {
  if (typeof header !== 'boolean') {
    if (header.length > maxColumns) throw tooManyColumns(maxColumns, 1)
    reader.start(header.length, false)
    return columnNames(header)
  }
  const first = reader.first()
  if (first === undefined) {
    if (isLast) throw emptyFile()
    return undefined
  }
  if (header && first.fields.some((field) => field.includes('\0'))) throw nulInHeader(encoding, first)
  reader.start(first.fields.length, !header)
  return columnNames(header ? first.fields : first.fields.map(() => ''))
}

function nulInHeader(encoding: string, { fields, line }: FirstRow): MillraceError {
  const { message } = manyNuls(Buffer.from(fields.join()), { encoding: encoding.toLowerCase(), isOption: true })
  return new MillraceError('ENCODING_INVALID', message, { position: { line } })
}

export function emptyFile(): MillraceError {
  return new MillraceError('CSV_INVALID', 'the file holds no row, not even a header', { position: { line: 1 } })
}
