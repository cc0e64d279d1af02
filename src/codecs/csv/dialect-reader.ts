import { type CastingContext, type CsvError, type Info, Parser } from 'csv-parse'
import { MillraceError } from '../../errors.ts'
import { decodeUtf8, isValidUtf8 } from '../../internal/utf8.ts'
import type { CsvSettings } from './csv-options.ts'
import {
  countLines,
  FAULT,
  type FirstRow,
  fieldTooLong,
  type RowBlock,
  type RowFault,
  type RowReader,
  rowTooLong,
  tooManyColumns,
  wrongWidth,
} from './row-block.ts'

/** Rows of a block: many enough to spread the work per block, few enough to stay small. */
const BLOCK_ROWS = 1024

/** A record of csv-parse, its fields' bytes one after the other, each behind a quote or a space that says whether it was quoted. */
interface DialectRow {
  readonly text: Buffer
  readonly ends: readonly number[]
  readonly line: number
  readonly fault?: Omit<RowFault, 'before'>
}

/** The parser inside csv-parse's stream, which takes and gives without waiting, so that it serves whole tables too. */
interface DialectEngine {
  parse(
    chunk: Buffer | undefined,
    isLast: boolean,
    push: (record: { record: string[]; info: Info }) => void,
    close: () => void,
  ): CsvError | undefined
}

/**
 * The reader of dialects beyond the byte-level one, through csv-parse. Text goes through it as Latin-1, a character a byte, so that the
 * bytes come out as they are and are checked and typed like those of the other reader.
 */
export function dialectReader(settings: CsvSettings): RowReader {
  const rows: DialectRow[] = []
  let dataRows = 0
  let width = 0
  // csv-parse counts a CRLF inside quotes as two lines.
  let surplusLines = 0
  let lastLine = 0
  const engine = dialectEngine(settings, (error) => rows.push(faultRow(error, lastLine + 1, surplusLines)))

  function take({ record, info }: { record: string[]; info: Info }): void {
    const text = Buffer.from(record.join(''), 'latin1')
    let end = 0
    const ends = record.map((field) => {
      end += field.length
      if (field.length - 1 > settings.maxFieldBytes)
        throw fieldTooLong(settings.maxFieldBytes, info.lines - surplusLines)
      return end
    })
    const lines = countLines(text, 0, text.length)
    surplusLines += record.reduce((sum, field) => sum + field.split('\r\n').length - 1, 0)
    lastLine = info.lines - surplusLines
    rows.push({ text, ends, line: lastLine - lines })
  }

  return {
    push(chunk) {
      const bytes = chunk && Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
      const error = engine.parse(bytes, chunk === undefined, take, () => {})
      if (error?.code === 'CSV_MAX_RECORD_SIZE') throw rowTooLong(settings.maxRowBytes, lineOf(error))
      if (error !== undefined) rows.push(faultRow(error, lastLine + 1, surplusLines))
    },
    first() {
      const [row] = rows
      return row && firstRow(row, settings)
    },
    start(columns, keepFirst) {
      width = columns
      if (typeof settings.header === 'boolean' && !keepFirst) rows.shift()
    },
    next(maxRows, maxBytes) {
      let count = 0
      let bytes = 0
      while (count < rows.length && count < Math.min(maxRows, BLOCK_ROWS) && bytes < maxBytes) {
        bytes += (rows[count++] as DialectRow).text.length
      }
      if (count === 0) return undefined
      dataRows += count
      return blockOf(rows.splice(0, count), width, dataRows - count + 1)
    },
  }
}

function dialectEngine(settings: CsvSettings, onSkip: (error: CsvError) => void): DialectEngine {
  const { delimiter, quote, comment, maxRowBytes } = settings
  try {
    const parser = new Parser({
      encoding: 'latin1',
      delimiter: latin1(delimiter),
      quote: quote === false ? null : latin1(quote),
      escape: quote === false ? null : latin1(settings.escape),
      comment: comment === undefined ? null : latin1(comment),
      comment_no_infix: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: maxRowBytes,
      info: true,
      cast: (field: string, { quoting }: CastingContext) => (quoting ? `"${field}` : ` ${field}`),
      skip_records_with_error: settings.onInvalidRow !== undefined,
      on_skip(error) {
        // Not a fault of one row: what is thrown here ends the parsing.
        if (error?.code === 'CSV_MAX_RECORD_SIZE') throw error
        if (error !== undefined) onSkip(error)
      },
    })
    return (parser as unknown as { api: DialectEngine }).api
  } catch (cause) {
    throw new MillraceError('OPTION_INVALID', 'csv-parse does not take this dialect', { cause })
  }
}

/** The UTF-8 bytes of a text, a character each. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function lineOf(error: CsvError): number {
  const lines: unknown = error['lines']
  return typeof lines === 'number' ? lines : 1
}

/** csv-parse's message may show data, so it is not passed on. */
function faultRow(error: CsvError, nextLine: number, surplusLines: number): DialectRow {
  // Of an unclosed quote csv-parse tells the line on which the file ends.
  const line = error.code === 'CSV_QUOTE_NOT_CLOSED' ? nextLine : lineOf(error) - surplusLines
  const reason =
    error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? FAULT.unclosedQuote
      : error.code === 'CSV_INVALID_CLOSING_QUOTE'
        ? FAULT.textAfterQuote
        : FAULT.quoteInText
  return { text: Buffer.alloc(0), ends: [], line, fault: { line, code: 'CSV_INVALID', reason } }
}

function firstRow({ text, ends, line, fault }: DialectRow, settings: CsvSettings): FirstRow {
  const position = { line }
  if (fault !== undefined) throw new MillraceError(fault.code, fault.reason, { position })
  if (ends.length > settings.maxColumns) throw tooManyColumns(settings.maxColumns, line)
  if (!isValidUtf8(text)) throw new MillraceError('ENCODING_INVALID', FAULT.firstRowEncoding, { position })
  return { line, fields: ends.map((end, index) => decodeUtf8(text, (ends[index - 1] ?? 0) + 1, end)) }
}

function blockOf(rows: readonly DialectRow[], width: number, firstRow: number): RowBlock {
  const sound = rows.filter(({ ends, fault }) => fault === undefined && ends.length === width)
  const padding = Buffer.alloc(4)
  const bytes = new Uint8Array(Buffer.concat([...sound.map(({ text }) => text), padding]))
  const bounds = new Int32Array(sound.length * width * 2)
  const faults: RowFault[] = []
  let start = 0
  let next = 0
  for (const { text, ends, line, fault } of rows) {
    if (fault !== undefined) faults.push({ ...fault, before: next / 2 / width })
    else if (ends.length !== width) {
      faults.push({ before: next / 2 / width, line, code: 'CSV_INVALID', reason: wrongWidth(ends.length, width) })
    } else {
      for (const [index, end] of ends.entries()) {
        bounds[next] = start + (ends[index - 1] ?? 0) + 1
        bounds[next + 1] = start + end
        next += 2
      }
      start += text.length
    }
  }
  return {
    bytes,
    view: new DataView(bytes.buffer),
    bounds,
    width,
    rows: sound.length,
    start: 0,
    end: start,
    firstRow,
    faults,
    lineOf: (row) => sound[row]?.line ?? 1,
  }
}
