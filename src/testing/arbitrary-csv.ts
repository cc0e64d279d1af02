import fc from 'fast-check'
import { checkArbitrary } from './check-arbitrary.ts'
import { anyText } from './event-parts.ts'

export interface CsvOptions {
  /** 5. */
  readonly maxColumns?: number
  /** 20. */
  readonly maxRows?: number
}

/**
 * Generate realistic CSV files: RFC 4180 with a header and rows of equal width; numbers, leading zeros, dates, nulls,
 * quotes, delimiters and line ends inside quotes; `\n` or `\r\n`, with and without a byte order mark and a final line
 * end.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc4180
 *
 * @returns an arbitrary of bytes that `csv()` and `decodeCsv` read.
 * @example
 * fc.assert(fc.property(arbitraryCsv(), (bytes) => decodeCsv(bytes).numCols > 0))
 */
export function arbitraryCsv(options: CsvOptions = {}): fc.Arbitrary<Uint8Array> {
  checkArbitrary('arbitraryCsv', options, ['maxColumns', 'maxRows'])
  const { maxColumns = 5, maxRows = 20 } = options
  const style = fc.record({
    lineEnd: fc.constantFrom('\n', '\r\n'),
    hasMark: fc.boolean(),
    hasLastLineEnd: fc.boolean(),
    quotesAll: fc.boolean(),
  })
  return fc
    .tuple(style, fc.uniqueArray(columnName, { minLength: 1, maxLength: maxColumns }))
    .chain(([{ lineEnd, hasMark, hasLastLineEnd, quotesAll }, names]) => {
      const rows = fc.tuple(...names.map(() => arbitraryColumn(maxRows)))
      return fc.tuple(rows, fc.nat(maxRows)).map(([columns, count]) => {
        const lines = [names, ...Array.from({ length: count }, (_, row) => columns.map((column) => column[row] ?? ''))]
        // A line that is one empty field would be a blank line, which readers skip.
        const text = lines.map((cells) => cells.map((cell) => field(cell, quotesAll || cells.length === 1)).join(','))
        return Buffer.from(`${hasMark ? '\uFEFF' : ''}${text.join(lineEnd)}${hasLastLineEnd ? lineEnd : ''}`)
      })
    })
}

const columnName = fc.oneof(
  fc.constantFrom('id', 'Event ID', 'amount', 'created_at', '__proto__'),
  anyText(10).map((text) => text.replaceAll('\0', '').trim() || 'name'),
)

/** Cells of a column, mostly of one kind. */
function arbitraryColumn(maxRows: number): fc.Arbitrary<string[]> {
  const kinds = [
    fc.integer().map(String),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.constantFrom('true', 'false'),
    fc.stringMatching(/^0[0-9]{1,8}$/),
    fc.integer({ min: -10_000, max: 20_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
    fc.nat(2 ** 31 - 1).map((second) => new Date(second * 1000).toISOString()),
    anyText(),
    fc.constantFrom('a,b', 'say "no"', 'two\nlines', ' padded ', '-'),
  ]
  return fc.constantFrom(...kinds).chain((kind) => {
    const cell = fc.oneof({ weight: 8, arbitrary: kind }, fc.constant(''), anyText(4))
    return fc.array(cell, { minLength: maxRows, maxLength: maxRows })
  })
}

function field(cell: string, isQuoted: boolean): string {
  return isQuoted || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
