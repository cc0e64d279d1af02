import type { Info } from 'csv-parse'
import { MillraceError } from '../../../../errors.ts'
import { decodeUtf8, isValidUtf8 } from '../../../../internal/utf8.ts'
import type { CsvSettings } from '../../csv-options.ts'
import { type DialectEngine, dialectEngine, linesOf, reasonOf } from './csv-parse-engine.ts'
import { lineCutter } from './physical-lines.ts'
import {
  countLines,
  fieldTooLong,
  type RowBlock,
  type RowFault,
  rowTooLong,
  tooManyColumns,
  wronglyEncoded,
  wrongWidth,
} from './row-index.ts'
import type { FirstRow, RowReader } from './row-reader.ts'

/** Rows of a block: many enough to spread the work per block, few enough to stay small. */
const BLOCK_ROWS = 1024

/** A record of csv-parse, its fields' bytes one after the other, each behind a quote or a space that says whether it was quoted. */
interface DialectRow {
  readonly text: Buffer
  readonly ends: readonly number[]
  readonly line: number
  readonly fault?: Omit<RowFault, 'before'>
}

/**
 * The reader of dialects beyond the byte-level one, through csv-parse. Text goes through it as Latin-1, a character a byte, so that the
 * bytes come out as they are and are checked and typed like those of the other reader.
 *
 * Where rows may be refused, csv-parse is given a line at a time: it stops at a fault, and a new one goes on with the line after it.
 */
export function dialectReader(settings: CsvSettings): RowReader {
  const rows: DialectRow[] = []
  let engine: DialectEngine | undefined = dialectEngine(settings)
  let dataRows = 0
  let width = 0
  // Of the file: lines before the engine's first one, the line that comes next, and the last one of the row before.
  let baseLine = 0
  let line = 1
  let lastLine = 0
  // csv-parse counts a CRLF inside quotes as two lines.
  let surplusLines = 0
  const lines = lineCutter()
  let lastText: Buffer = Buffer.alloc(0)

  function take({ record, info }: { record: string[]; info: Info }): void {
    const text = Buffer.from(record.join(''), 'latin1')
    let end = 0
    const ends = record.map((field) => {
      end += field.length
      if (field.length - 1 > settings.maxFieldBytes) throw fieldTooLong(settings.maxFieldBytes, lastLine + 1)
      return end
    })
    surplusLines += record.reduce((sum, field) => sum + field.split('\r\n').length - 1, 0)
    lastLine = baseLine + info.lines - surplusLines
    rows.push({ text, ends, line: lastLine - countLines(text, 0, text.length) })
  }

  /** @returns the line of a fault, if there is one; the engine is of no more use then. */
  function feed(chunk: Buffer | undefined): number | undefined {
    const error = engine?.parse(chunk, chunk === undefined, take, () => {})
    if (error === undefined) return undefined
    engine = undefined
    const errorLine = baseLine + linesOf(error) - surplusLines
    if (error.code === 'CSV_MAX_RECORD_SIZE') throw rowTooLong(settings.maxRowBytes, lastLine + 1)
    // Of an unclosed quote csv-parse tells the line on which the file ends.
    const fault = { code: 'CSV_INVALID', reason: reasonOf(error), line: errorLine } as const
    const isUnclosed = error.code === 'CSV_QUOTE_NOT_CLOSED'
    rows.push({
      text: Buffer.alloc(0),
      ends: [],
      line: errorLine,
      fault: isUnclosed ? { ...fault, line: lastLine + 1 } : fault,
    })
    lastLine = errorLine
    return errorLine
  }

  /** A new engine for the lines after `lineBefore`. */
  function restart(lineBefore: number): void {
    engine = dialectEngine(settings)
    surplusLines = 0
    baseLine = lineBefore
  }

  function feedLine(text: Buffer): void {
    const errorLine = feed(text)
    if (errorLine !== undefined && errorLine < line) {
      // csv-parse looks a few bytes ahead, so the fault was in the line before, and this one is not read yet.
      restart(line - 1)
      if (feed(text) !== undefined) restart(line)
    } else if (errorLine !== undefined) restart(line)
    lastText = text
    line++
  }

  function feedEnd(): void {
    const errorLine = feed(undefined)
    if (errorLine === undefined || errorLine >= line - 1) return
    restart(line - 2)
    feed(lastText)
    feed(undefined)
  }

  return {
    push(chunk) {
      const bytes = chunk && Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
      if (settings.onInvalidRow === undefined) feed(bytes)
      else {
        for (const text of bytes === undefined ? lines.end() : lines.take(bytes)) feedLine(text)
        if (lines.pending > settings.maxRowBytes) throw rowTooLong(settings.maxRowBytes, line)
        if (bytes === undefined) feedEnd()
      }
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

function firstRow({ text, ends, line, fault }: DialectRow, settings: CsvSettings): FirstRow {
  const position = { line }
  if (fault !== undefined) throw new MillraceError(fault.code, fault.reason, { position })
  if (ends.length > settings.maxColumns) throw tooManyColumns(settings.maxColumns, line)
  if (!isValidUtf8(text))
    throw new MillraceError('ENCODING_INVALID', wronglyEncoded(settings.encoding, 'first row'), { position })
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
