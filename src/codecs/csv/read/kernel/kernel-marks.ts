import type { CsvDialect } from '../../csv-options.ts'
import { LF } from '../rows/row-index.ts'

/** The marks of a dialect as the kernel expects them: one byte each, a line feed for a mark that the dialect lacks. */
export interface KernelMarks {
  readonly delimiter: number
  readonly quote: number
  readonly escape: number
  /** The first byte of a comment. Lines that begin with it are left to the exact reader, unless it is the whole mark. */
  readonly comment: number
  /** True if a comment's mark is one byte, so that the kernel skips its line. */
  readonly skipsComments: boolean
}

/** Bytes that occur in numbers, times and bools, and which the kernel would not recognize as marks. */
const OF_VALUES = /[-+.:0-9A-Za-z ]/

/** Derive the marks of a dialect; undefined for one that only the exact reader supports: marks of several bytes, marks that occur in values, blanks around fields. */
export function kernelMarks({
  delimiter,
  quote,
  escape: escapeMark,
  comment,
  trim,
}: CsvDialect): KernelMarks | undefined {
  const marks = quote === false ? [delimiter] : [delimiter, quote, escapeMark]
  if (trim || marks.some((mark) => Buffer.byteLength(mark) > 1 || OF_VALUES.test(mark))) return undefined
  return {
    delimiter: delimiter.charCodeAt(0),
    quote: quote === false ? LF : quote.charCodeAt(0),
    escape: quote === false ? LF : escapeMark.charCodeAt(0),
    comment: comment === undefined ? LF : (Buffer.from(comment)[0] as number),
    skipsComments: comment !== undefined && Buffer.byteLength(comment) === 1,
  }
}
