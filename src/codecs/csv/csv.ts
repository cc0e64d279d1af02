import type { Table } from 'apache-arrow'
import { checkTable } from '../../columns/check-table.ts'
import { checkCodecOptions, checkedCodec } from '../checked-codec.ts'
import type { Codec } from '../codec.ts'
import { bytesGiven } from '../input/input-of.ts'
import { countingRefused, traceDecode, traceEncode } from '../trace-codec.ts'
import { CSV_OPTIONS, type CsvOptions, csvSettings } from './csv-options.ts'
import { readCsv, readCsvTable } from './read/read-csv.ts'
import { writeCsv, writeCsvTable } from './write/write-csv.ts'

export type { CsvOptions } from './csv-options.ts'

/**
 * The CSV codec: RFC 4180 text to record batches and back, streaming.
 *
 * Types are inferred from the first `inferRows` rows, or pinned by `schema`. Batches hold at most 65,536 rows and about 4 MiB of text; memory
 * does not grow with the file.
 *
 * Repeated header names get `_2`, `_3`; empty ones become `column_N`, N being their position. Blank lines are skipped.
 * Null is an empty unquoted field; `""` is the empty string.
 *
 * @returns a codec for any number of files. Reading is O(bytes).
 * @throws MillraceError `OPTION_INVALID` at once; while reading `CSV_INVALID` (no rows, a ragged row, a stray or
 * unclosed quote), `ENCODING_INVALID`, `TYPE_MISMATCH` (a value that does not fit its column), `COLUMN_UNKNOWN` (a
 * pinned column that the file lacks), `LIMIT_EXCEEDED`; while writing `TYPE_MISMATCH` (a column that cannot be written
 * as CSV). Each with line, row and column where known.
 * Source: RFC 4180.
 * @example
 * for await (const batch of csv().read(new TextEncoder().encode('id,name\n1,Ada\n'))) console.log(batch.numRows) // => 1
 */
export function csv(options: CsvOptions = {}): Codec {
  checkCodecOptions('csv', options, CSV_OPTIONS)
  const settings = csvSettings(options)
  return checkedCodec({
    name: 'csv',
    contentType: 'text/csv',
    read: (source, message) => readCsv(source, countingRefused(settings, message)),
    write: () => writeCsv(settings),
  })
}

/**
 * Read a whole CSV file in memory. Types are inferred from all of its values, so they never depend on the order of its rows.
 *
 * @param bytes - the file. You can release it afterwards; the table does not share its memory.
 * @returns a table of one or more chunks; a file with only a header has no rows. O(bytes).
 * @throws MillraceError as {@link csv}.
 * @example
 * rowsFromTable(decodeCsv(new TextEncoder().encode('id,name\n1,Ada\n'))) // => [{ id: 1n, name: 'Ada' }]
 */
export function decodeCsv(bytes: Uint8Array | ArrayBufferLike | ArrayBufferView, options: CsvOptions = {}): Table {
  checkCodecOptions('decodeCsv', options, CSV_OPTIONS)
  return traceDecode('csv', bytesGiven('decodeCsv', bytes), csvSettings(options), readCsvTable)
}

/**
 * Write a table as CSV: quotes only where needed, integers and decimals exact, doubles in their shortest form (`NaN`, `Infinity` and
 * `-Infinity` by name), times in ISO 8601, in UTC.
 *
 * {@link decodeCsv} reads the result back equal under the same options and the table's schema.
 *
 * @param options - layout options: `delimiter quote escape comment nullValues eol`; the header is written unless `header` is false.
 * @returns UTF-8 text. O(bytes).
 * @throws MillraceError `TYPE_MISMATCH` for nested and binary columns, for a table without columns, and for a null in a
 * table of one column, unless the first of `nullValues` is not empty.
 * @example
 * new TextDecoder().decode(encodeCsv(tableFromRows([{ id: 1n, name: 'Ada' }]))) // => 'id,name\n1,Ada\n'
 */
export function encodeCsv(table: Table, options: CsvOptions = {}): Uint8Array {
  checkTable('encodeCsv', table)
  checkCodecOptions('encodeCsv', options, CSV_OPTIONS)
  const settings = csvSettings(options)
  return traceEncode('csv', table, () => writeCsvTable(table, settings))
}
