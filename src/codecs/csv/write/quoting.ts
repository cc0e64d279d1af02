import { MillraceError } from '../../../errors.ts'
import { asciiText } from '../../../internal/utf8.ts'
import { type CsvDialect, isAsciiByte } from '../csv-options.ts'
import { type CellText, scratchOf } from './cell-text.ts'

/** Puts quotes around the cells that need them. `row` is the number of the first cell's row, `isFileStart` whether that is the first row of the file. */
export type Quoting = (cells: CellText, count: number, name: string, row: number, isFileStart: boolean) => void

const ANYWHERE = 1
const AT_START = 2

/** Rules for text that needs quotes: with a delimiter, quote, escape or line break, or that would read as null or as a comment. */
export interface QuotingRules {
  readonly strings: Quoting
  /** The rule for columns whose text is a number, a time or a bool; undefined if their text never needs quotes. */
  readonly others: Quoting | undefined
}

/**
 * @param isAlone - whether rows have a single field, so that an empty one would be a blank line.
 * @throws MillraceError `OPTION_INVALID` if the quote or escape is not one ASCII character.
 */
export function quotingRules(dialect: CsvDialect, nullValues: readonly string[], isAlone: boolean): QuotingRules {
  const { delimiter, quote } = dialect
  if ((quote !== false && !isAsciiByte(quote)) || !isAsciiByte(dialect.escape)) {
    throw new MillraceError('OPTION_INVALID', 'to write CSV, quote and escape must be one ASCII character each')
  }
  const tokens = nullValues.map((token) => Buffer.from(token))
  const strings = quotingOf(dialect, tokens, isAlone || nullValues.includes(''))
  const isPlain = nullValues.every((token) => token === '') && !/^[-+.:0-9a-z]/i.test(delimiter) && isPlainMark(quote)
  return { strings, others: isPlain && dialect.comment === undefined ? undefined : strings }
}

function isPlainMark(mark: string | false): boolean {
  return mark === false || !/[-+.:0-9a-z]/i.test(mark)
}

function quotingOf(dialect: CsvDialect, tokens: readonly Uint8Array[], isEmptyLost: boolean): Quoting {
  const special = specialBytes(dialect)
  const hasTokens = tokens.some((token) => token.length > 0)

  /** Test whether a field would read back as something different in any row. */
  function isAmbiguous(bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end) return isEmptyLost
    if (dialect.trim && (isBlank(bytes[start]) || isBlank(bytes[end - 1]))) return true
    if (((special[bytes[start] as number] as number) & AT_START) !== 0) return true
    for (let at = start; at < end; at++) if (special[bytes[at] as number] === ANYWHERE) return true
    return hasTokens && tokens.some((token) => token.length === end - start && isText(bytes, start, token))
  }

  function isAmbiguousFirst(bytes: Uint8Array, start: number, end: number): boolean {
    return isAmbiguous(bytes, start, end) || isAmbiguousAtStart(bytes, start, end, dialect)
  }

  return (cells, count, name, row, isFileStart) => {
    let needed = 0
    let size = 0
    for (let index = 0; index < count; index++) {
      const start = cells.starts[index] as number
      const end = cells.ends[index] as number
      if (end < 0) continue
      size += end - start
      if (isAmbiguousFirst(cells.bytes, start, end)) needed++
    }
    if (needed === 0) return
    if (dialect.quote !== false) return quoteCells(cells, count, size, dialect, isAmbiguousFirst)
    if (isFileStart) refuseUnquotable(cells, 1, isAmbiguousFirst, name, row)
    refuseUnquotable(cells, count, isAmbiguous, name, row)
  }
}

/**
 * Test whether a text has a special meaning in a file's first row: a byte order mark, the beginning of `sep=X`, an
 * empty last field that is ignored.
 */
function isAmbiguousAtStart(bytes: Uint8Array, start: number, end: number, dialect: CsvDialect): boolean {
  const length = end - start
  if (length === 0) return dialect.ignoresTrailingDelimiter
  if (bytes[start] === 0xef) return true
  return length >= 4 && length <= 8 && /^sep=/i.test(asciiText(bytes, start, start + 4))
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09
}

function specialBytes(dialect: CsvDialect): Uint8Array {
  const { delimiter, quote, comment } = dialect
  const special = new Uint8Array(256)
  if (comment !== undefined) special[Buffer.from(comment)[0] as number] = AT_START
  for (const mark of [delimiter, quote, '\n', '\r'])
    if (mark !== false) special[Buffer.from(mark)[0] as number] = ANYWHERE
  if (quote !== false) special[dialect.escape.charCodeAt(0)] = ANYWHERE
  return special
}

function isText(bytes: Uint8Array, start: number, token: Uint8Array): boolean {
  for (let index = 0; index < token.length; index++) if (bytes[start + index] !== token[index]) return false
  return true
}

/** Copy all cells to the column's own buffer, quoting those that need it. */
function quoteCells(
  cells: CellText,
  count: number,
  size: number,
  dialect: CsvDialect,
  needsQuotes: (bytes: Uint8Array, start: number, end: number) => boolean,
): void {
  const quote = String(dialect.quote).charCodeAt(0)
  const escapeMark = dialect.escape.charCodeAt(0)
  const source = cells.bytes
  const isOwn = source === cells.scratch
  if (isOwn) cells.scratch = new Uint8Array(0)
  const out = scratchOf(cells, size * 2 + count * 2)
  let at = 0
  for (let row = 0; row < count; row++) {
    const start = cells.starts[row] as number
    const end = cells.ends[row] as number
    cells.starts[row] = at
    if (end < 0) continue
    const isQuoted = needsQuotes(source, start, end)
    if (isQuoted) out[at++] = quote
    for (let from = start; from < end; from++) {
      const byte = source[from] as number
      if (isQuoted && (byte === quote || byte === escapeMark)) out[at++] = escapeMark
      out[at++] = byte
    }
    if (isQuoted) out[at++] = quote
    cells.ends[row] = at
  }
  cells.bytes = out
}

/** Without quotes, only text that reads back unchanged may be written. */
function refuseUnquotable(
  cells: CellText,
  count: number,
  needsQuotes: (bytes: Uint8Array, start: number, end: number) => boolean,
  name: string,
  row: number,
): void {
  for (let index = 0; index < count; index++) {
    const start = cells.starts[index] as number
    const end = cells.ends[index] as number
    if (end < 0 || !needsQuotes(cells.bytes, start, end)) continue
    throw new MillraceError('TYPE_MISMATCH', 'the text needs quotes, which quote: false forbids', {
      position: { column: name, row: row + index },
    })
  }
}
