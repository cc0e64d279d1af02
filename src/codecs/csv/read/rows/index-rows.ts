import type { CsvDialect } from '../../csv-options.ts'
import { areBlanks, holds, isAt, isBlank, isEscapedQuote, type Marks } from './marks.ts'
import { CR, FAULT, LF, NULL_END, wrongWidth } from './row-index.ts'
import { CLOSED, COMMENT, PLAIN, QUOTED, REJECTED, type RowScan, WINDOW_BYTES } from './row-scan.ts'
import { findStructuralBytes } from './structural-bytes.ts'

/**
 * Index rows from the scan's position until `maxRows` rows are complete, a row ends after `maxBytes` bytes, or the
 * bytes end, even inside a field. With a width of 0 it stops at the end of the first row, which remains the current
 * row.
 *
 * One loop over the structural bytes, with its state in locals, since this is where the exact reader spends its time. A
 * quote, a carriage return or a mark of several bytes at the end of a chunk waits for the bytes that decide it. Text
 * after a closing quote is checked at the next structural byte.
 */
export function indexRows(scan: RowScan, dialect: CsvDialect, marks: Marks, maxRows: number, maxBytes: number): void {
  const { bytes, words, offsets, end, isLast, bounds, width, faults } = scan
  const { delimiter, quote, comment, isDoubled } = marks
  const { trim, lazyQuotes, padsShortRows, ignoresTrailingDelimiter } = dialect
  const delimiterByte = delimiter[0] as number
  const quoteByte = quote[0] ?? -1
  const stopAt = Math.min(scan.rowStart + maxBytes, end)
  const rowFields = width * 2
  let { mode, line, rowLine, rowStart, fieldStart, fieldEnd, isEscaped, reason, next, rowNext } = scan
  let { nextOffset, offsetCount, searchedTo } = scan
  let rows = 0
  /** Structural bytes before this one are part of a mark. */
  let skipTo = 0
  /** The offset at which the scan resumes. */
  let resumeAt = end

  for (;;) {
    if (nextOffset === offsetCount) {
      if (searchedTo === end) break
      const from = searchedTo
      // To the end of a word, since a window consists of whole words.
      searchedTo = Math.min((from + WINDOW_BYTES) & ~3, end)
      const searchedQuote = quoteByte < 0 ? delimiterByte : quoteByte
      offsetCount = findStructuralBytes(words, from, searchedTo, delimiterByte, searchedQuote, offsets)
      nextOffset = 0
      continue
    }
    const at = offsets[nextOffset++] as number
    if (at < skipTo) continue
    const byte = bytes[at] as number
    if (comment.length > 0 && mode === PLAIN && fieldStart === rowStart && next === rowNext) {
      if (rowStart + comment.length > end && !isLast) {
        resumeAt = at
        break
      }
      if (isAt(bytes, rowStart, comment)) mode = COMMENT
    }
    if (mode === CLOSED) {
      const closedAt = fieldEnd + quote.length
      const textEnd = byte === LF && bytes[at - 1] === CR ? at - 1 : at
      if (textEnd !== closedAt && !(trim && areBlanks(bytes, closedAt, textEnd))) {
        reason = FAULT.textAfterQuote
        mode = lazyQuotes ? QUOTED : REJECTED
      }
    }
    if (byte === delimiterByte && (mode === PLAIN || mode === CLOSED)) {
      if (delimiter.length > 1 && at + delimiter.length > end && !isLast) {
        resumeAt = at
        break
      }
      if (delimiter.length === 1 || isAt(bytes, at, delimiter)) {
        let fieldStop = at
        if (mode === CLOSED) {
          fieldStop = fieldEnd
          mode = PLAIN
          if (isEscaped) fieldStart = ~fieldStart
        } else if (trim) {
          while (fieldStart < fieldStop && isBlank(bytes[fieldStart])) fieldStart++
          while (fieldStart < fieldStop && isBlank(bytes[fieldStop - 1])) fieldStop--
        }
        bounds[next] = fieldStart
        bounds[next + 1] = fieldStop
        isEscaped = false
        next += 2
        fieldStart = skipTo = at + delimiter.length
        continue
      }
    }
    if (byte === quoteByte && mode !== REJECTED && mode !== COMMENT) {
      // Both quotes of a doubled one inside quotes.
      const needed = mode === QUOTED && isDoubled ? 2 * quote.length : quote.length
      if (at + needed > end && !isLast) {
        resumeAt = at
        break
      }
      if (quote.length > 1 && !isAt(bytes, at, quote)) continue
      skipTo = at + quote.length
      if (mode === CLOSED) {
        reason = FAULT.textAfterQuote
        mode = lazyQuotes ? QUOTED : REJECTED
      }
      if (mode === PLAIN) {
        if (at === fieldStart || (trim && areBlanks(bytes, fieldStart, at))) {
          isEscaped = false
          fieldStart = skipTo
          mode = QUOTED
        } else if (!lazyQuotes) {
          reason = FAULT.quoteInText
          mode = REJECTED
        }
      } else if (mode === QUOTED) {
        if (isDoubled && isAt(bytes, skipTo, quote)) {
          isEscaped = true
          skipTo += quote.length
        } else if (!isDoubled && isEscapedQuote(bytes, fieldStart, at, marks)) isEscaped = true
        else {
          // With lazyQuotes, the text before an earlier quote of the field has been searched.
          if (!isDoubled)
            isEscaped ||= holds(bytes, Math.max(fieldStart, fieldEnd + 1 - marks.escape.length), at, marks.escape)
          fieldEnd = at
          mode = CLOSED
        }
      }
    } else if (byte === LF || byte === CR) {
      if (byte === CR) {
        if (at + 1 === end && !isLast) {
          resumeAt = at
          break
        }
        // The second byte of CRLF ends the line.
        if (bytes[at + 1] === LF) continue
      }
      line++
      if (mode === QUOTED) continue
      if (mode === COMMENT) {
        mode = PLAIN
        rowStart = fieldStart = at + 1
        rowLine = line
        continue
      }
      let isEmpty = false
      if (mode !== REJECTED) {
        let fieldStop = fieldEnd
        if (mode === PLAIN) {
          fieldStop = byte === LF && at > fieldStart && bytes[at - 1] === CR ? at - 1 : at
          if (trim) {
            while (fieldStart < fieldStop && isBlank(bytes[fieldStart])) fieldStart++
            while (fieldStart < fieldStop && isBlank(bytes[fieldStop - 1])) fieldStop--
          }
          isEmpty = fieldStart === fieldStop
        } else if (isEscaped) fieldStart = ~fieldStart
        bounds[next] = fieldStart
        bounds[next + 1] = fieldStop
        next += 2
      }
      const fields = next - rowNext
      if (mode === REJECTED) {
        faults.push({ before: rowNext / (rowFields || 1), line: rowLine, code: 'CSV_INVALID', reason })
        next = rowNext
      } else if (fields === 2 && isEmpty) {
        // A blank line, in a table of one column too.
        next = rowNext
      } else if (fields === rowFields) {
        rowNext = next
        rows++
      } else if (width !== 0) {
        if (ignoresTrailingDelimiter && isEmpty && fields === rowFields + 2) next = rowNext + rowFields
        while (padsShortRows && next < rowNext + rowFields) {
          bounds[next++] = at
          bounds[next++] = NULL_END
        }
        if (next === rowNext + rowFields) {
          rowNext = next
          rows++
        } else {
          reason = wrongWidth(fields / 2, width)
          faults.push({ before: rowNext / rowFields, line: rowLine, code: 'CSV_INVALID', reason })
          next = rowNext
        }
      }
      mode = PLAIN
      isEscaped = false
      fieldStart = at + 1
      if (width === 0 && next > 0) {
        rowNext = next
        resumeAt = at + 1
        break
      }
      rowStart = at + 1
      rowLine = line
      if (rows === maxRows || at + 1 >= stopAt) {
        resumeAt = at + 1
        break
      }
    }
  }
  if (mode === QUOTED && isLast && resumeAt === end) {
    faults.push({ before: rowNext / (rowFields || 1), line: rowLine, code: 'CSV_INVALID', reason: FAULT.unclosedQuote })
    mode = PLAIN
    next = rowNext
    rowStart = end
  }
  scan.at = resumeAt
  scan.mode = mode
  scan.line = line
  scan.rowLine = rowLine
  scan.rowStart = rowStart
  scan.fieldStart = fieldStart
  scan.fieldEnd = fieldEnd
  scan.isEscaped = isEscaped
  scan.reason = reason
  scan.next = next
  scan.rowNext = rowNext
  // The bytes that wait are searched again.
  if (nextOffset > 0 && offsets[nextOffset - 1] === resumeAt) nextOffset--
  scan.nextOffset = nextOffset
  scan.offsetCount = offsetCount
  scan.searchedTo = searchedTo
}
