import type { CsvOptions } from '../../../src/codecs/csv/csv.ts'

/** A row as the rules say it, field by field. */
export interface ReferenceRow {
  readonly fields: readonly string[]
  /** Fields that were not quoted. */
  readonly isPlain: readonly boolean[]
}

/**
 * The rows of a text, a letter at a time and by no rule but those of the contract; undefined where one of them is at fault. Slow, plain, and made to be compared
 * with.
 */
export function referenceRows(text: string, options: CsvOptions): ReferenceRow[] | undefined {
  const { delimiter = ',', quote = '"', comment, trim = false, lazyQuotes = false } = options
  const escapeMark = options.escape ?? quote
  const rows: ReferenceRow[] = []
  let at = 0
  while (at < text.length) {
    if (comment !== undefined && text.startsWith(comment, at)) {
      at = lineEnd(text, at)
      at += breakAt(text, at)
      continue
    }
    const fields: string[] = []
    const isPlain: boolean[] = []
    for (;;) {
      const opening = trim ? skipBlanks(text, at, delimiter) : at
      if (quote !== false && text.startsWith(quote, opening)) {
        const field = quotedField(opening + quote.length, quote, String(escapeMark))
        if (field === undefined) return undefined
        fields.push(field.value)
        isPlain.push(false)
        at = field.end
      } else {
        let end = at
        while (end < text.length && !text.startsWith(delimiter, end) && breakAt(text, end) === 0) end++
        const value = text.slice(at, end)
        if (quote !== false && !lazyQuotes && value.includes(quote)) return undefined
        fields.push(trim ? value.replace(/^[ \t]+|[ \t]+$/g, '') : value)
        isPlain.push(true)
        at = end
      }
      if (at < text.length && text.startsWith(delimiter, at)) at += delimiter.length
      else break
    }
    at += breakAt(text, at)
    if (fields.length > 1 || !isPlain[0] || fields[0] !== '') rows.push({ fields, isPlain })
  }
  return rows

  function quotedField(start: number, quoteMark: string, escaping: string): { value: string; end: number } | undefined {
    let value = ''
    for (let from = start; from < text.length; ) {
      const escaped = text.startsWith(escaping, from) ? text.slice(from + escaping.length) : undefined
      const isEscape = escaped?.startsWith(quoteMark) === true || escaped?.startsWith(escaping) === true
      if (isEscape) {
        const mark = escaped?.startsWith(quoteMark) === true ? quoteMark : escaping
        value += mark
        from += escaping.length + mark.length
      } else if (text.startsWith(quoteMark, from)) {
        const closed = from + quoteMark.length
        const end = trim ? skipBlanks(text, closed, delimiter) : closed
        if (end >= text.length || text.startsWith(delimiter, end) || breakAt(text, end) > 0) return { value, end }
        if (!lazyQuotes) return undefined
        value += quoteMark
        from += quoteMark.length
      } else value += text[from++]
    }
    return undefined
  }
}

/** The length of the line break at an offset. */
function breakAt(text: string, at: number): number {
  if (text.startsWith('\r\n', at)) return 2
  return text[at] === '\n' || text[at] === '\r' ? 1 : 0
}

function lineEnd(text: string, start: number): number {
  let at = start
  while (at < text.length && breakAt(text, at) === 0) at++
  return at
}

function skipBlanks(text: string, start: number, delimiter: string): number {
  let at = start
  while ((text[at] === ' ' || text[at] === '\t') && !text.startsWith(delimiter, at)) at++
  return at
}
