import { CR, FAULT, LF, QUOTE, wrongWidth } from './row-index.ts'
import { CLOSED, PLAIN, QUOTED, REFUSED, type ScanState, WINDOW_BYTES } from './row-scan.ts'
import { markBytes } from './structural-bytes.ts'

/**
 * Index rows from where the scan stands until `maxRows` rows are whole, `maxBytes` bytes are used up at the end of a row, or the bytes
 * end, in the midst of anything. With a width of 0 it stops at the end of the first row, and the row stays in hand.
 *
 * One loop over the marked bytes, with its state in locals, since this is where a quarter of the time of reading CSV goes. What needs the
 * next byte (a quote, a carriage return) waits at the end of a chunk until that byte is there.
 */
export function scanRows(scan: ScanState, delimiter: number, maxRows: number, maxBytes: number): void {
  const { bytes, words, marks, end, isLast, bounds, width, faults } = scan
  const stopAt = Math.min(scan.rowStart + maxBytes, end)
  const rowFields = width * 2
  let { mode, line, rowLine, rowStart, fieldStart, fieldEnd, isEscaped, reason, next, rowNext } = scan
  let { nextMark, markCount, markedTo } = scan
  let rows = 0
  let escapedAt = -1
  /** Where the scan goes on the next time. */
  let resumeAt = end

  for (;;) {
    if (nextMark === markCount) {
      if (markedTo === end) break
      const from = markedTo
      // To the end of a word, since a window begins and ends with whole ones.
      markedTo = Math.min((from + WINDOW_BYTES) & ~3, end)
      markCount = markBytes(words, from, markedTo, delimiter, marks)
      nextMark = 0
      continue
    }
    const at = marks[nextMark++] as number
    const byte = bytes[at] as number
    if (byte === delimiter) {
      if (mode === PLAIN) {
        bounds[next] = fieldStart
        bounds[next + 1] = at
      } else if (mode === CLOSED) {
        bounds[next] = isEscaped ? ~fieldStart : fieldStart
        bounds[next + 1] = fieldEnd
        mode = PLAIN
      } else continue
      next += 2
      fieldStart = at + 1
    } else if (byte === QUOTE) {
      if (mode === QUOTED) {
        if (at === escapedAt) continue
        if (at + 1 === end && !isLast) {
          resumeAt = at
          nextMark--
          break
        }
        const after = bytes[at + 1] as number
        if (after === QUOTE) {
          isEscaped = true
          escapedAt = at + 1
        } else if (after === delimiter || after === LF || after === CR) {
          fieldEnd = at
          mode = CLOSED
        } else {
          reason = FAULT.textAfterQuote
          mode = REFUSED
        }
      } else if (mode === PLAIN) {
        if (at === fieldStart) {
          isEscaped = false
          fieldStart = at + 1
          mode = QUOTED
        } else {
          reason = FAULT.quoteInText
          mode = REFUSED
        }
      }
    } else if (byte === LF || byte === CR) {
      if (byte === CR) {
        if (at + 1 === end && !isLast) {
          resumeAt = at
          nextMark--
          break
        }
        // Of CRLF, the second byte ends the line.
        if (bytes[at + 1] === LF) continue
      }
      line++
      if (mode === QUOTED) continue
      if (mode === PLAIN) fieldEnd = byte === LF && at > fieldStart && bytes[at - 1] === CR ? at - 1 : at
      if (mode !== REFUSED) {
        bounds[next] = mode === CLOSED && isEscaped ? ~fieldStart : fieldStart
        bounds[next + 1] = fieldEnd
        next += 2
      }
      const fields = next - rowNext
      if (mode === REFUSED) {
        faults.push({ before: rowNext / (rowFields || 1), line: rowLine, code: 'CSV_INVALID', reason })
        next = rowNext
      } else if (fields === 2 && mode === PLAIN && fieldEnd === fieldStart) {
        // A blank line, in a table of one column too.
        next = rowNext
      } else if (fields === rowFields) {
        rowNext = next
        rows++
      } else if (width !== 0) {
        reason = wrongWidth(fields / 2, width)
        faults.push({ before: rowNext / rowFields, line: rowLine, code: 'CSV_INVALID', reason })
        next = rowNext
      }
      mode = PLAIN
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
  scan.nextMark = nextMark
  scan.markCount = markCount
  scan.markedTo = markedTo
}
