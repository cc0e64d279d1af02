import type { CsvDialect } from '../../csv-options.ts'

/** The marks of a dialect as bytes, empty for those it lacks. */
export interface Marks {
  readonly delimiter: Uint8Array
  readonly quote: Uint8Array
  readonly escape: Uint8Array
  readonly comment: Uint8Array
  /** True if a quote inside quotes is doubled, rather than preceded by another mark. */
  readonly isDoubled: boolean
  /** The byte before every quoted field, -1 if quotes are text. */
  readonly lastOfQuote: number
}

const encoder = new TextEncoder()

export function marksOf({ delimiter, quote, escape: escapeMark, comment }: CsvDialect): Marks {
  const quoteBytes = encoder.encode(quote === false ? '' : quote)
  return {
    delimiter: encoder.encode(delimiter),
    quote: quoteBytes,
    escape: encoder.encode(quote === false ? '' : escapeMark),
    comment: encoder.encode(comment ?? ''),
    isDoubled: quote === escapeMark,
    lastOfQuote: quoteBytes.at(-1) ?? -1,
  }
}

/** Test whether `mark` is at an offset. */
export function isAt(bytes: Uint8Array, at: number, mark: Uint8Array): boolean {
  for (let index = 0; index < mark.length; index++) if (bytes[at + index] !== mark[index]) return false
  return true
}

/** Test whether the quote at `at`, inside quotes that begin at `start`, is escaped by another mark: an odd number of them precedes it. */
export function isEscapedQuote(bytes: Uint8Array, start: number, at: number, { escape: mark }: Marks): boolean {
  let count = 0
  for (let from = at - mark.length; from >= start && isAt(bytes, from, mark); from -= mark.length) count++
  return count % 2 === 1
}

/** Test whether `bytes[start, end)` contain `mark`. */
export function holds(bytes: Uint8Array, start: number, end: number, mark: Uint8Array): boolean {
  for (let at = start; at + mark.length <= end; at++) if (isAt(bytes, at, mark)) return true
  return false
}

/**
 * Copy the quoted text `bytes[start, end)` to `out[at]`, without the marks that escape a quote or themselves.
 *
 * @returns the offset after the last byte copied.
 */
export function copyUnescaped(
  bytes: Uint8Array,
  start: number,
  end: number,
  { quote, escape: mark }: Marks,
  out: Uint8Array,
  at: number,
): number {
  for (let from = start; from < end; ) {
    let length = 1
    if (bytes[from] === mark[0] && isAt(bytes, from, mark)) {
      const next = from + mark.length
      const escaped = isAt(bytes, next, quote) ? quote : isAt(bytes, next, mark) ? mark : undefined
      if (escaped !== undefined && next + escaped.length <= end) {
        from = next
        length = escaped.length
      }
    }
    for (const last = from + length; from < last; from++) out[at++] = bytes[from] as number
  }
  return at
}

const SPACE = 0x20
const TAB = 0x09

export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB
}

/** Test whether `bytes[start, end)` are spaces and tabs. Starts at the end, since the text before a mark may be tested once per mark. */
export function areBlanks(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = end - 1; at >= start; at--) if (!isBlank(bytes[at])) return false
  return true
}
