import fc from 'fast-check'
import { expect } from 'vitest'
import { type CsvOptions, csv, decodeCsv, type InvalidRow } from '../../../src/codecs/index.ts'
import { isMillraceError, type MillraceError } from '../../../src/errors.ts'
import { law } from '../../support/law.ts'
import { cellsOf, chunksAt, collect } from './support.ts'

/** A row or line as it stands in a file, and what is to become of it. */
interface Line {
  readonly text: string
  /** The cells of a row; a code where it is refused; undefined where it is no row. */
  readonly means: readonly unknown[] | string | undefined
}

/** Stands for a byte that no UTF-8 text has. */
const BROKEN = '\ue000'
const PARTS = [',', ';', '|', '\t', '"', "'", '`', '\\', '#', '//', 'NA', 'é', '€', '😀', 'x', ' ', '1', '\0', '-']
const BREAKS = ['\n', '\r\n', '\r']

const dialects: fc.Arbitrary<Dialect> = fc
  .record({
    delimiter: fc.constantFrom(',', ',', ';', '\t', '|', '||'),
    quote: fc.constantFrom<(string | false)[]>('"', '"', "'", '`', false),
    escape: fc.constantFrom(undefined, undefined, '\\'),
    comment: fc.constantFrom(undefined, undefined, '#', '//'),
    nullValues: fc.constantFrom([''], ['NA', ''], ['NA'], ['-']),
  })
  .map(({ escape: escapeMark, comment, ...rest }) => ({
    ...rest,
    ...(escapeMark !== undefined && rest.quote !== false && { escape: escapeMark }),
    ...(comment && { comment }),
  }))
interface Dialect {
  readonly delimiter: string
  readonly quote: string | false
  readonly nullValues: readonly string[]
  readonly escape?: string
  readonly comment?: string
}

/** A text in quotes. */
function quotedText(
  text: string,
  { quote, escape: escapeMark = quote || '' }: Dialect & { escape?: string | false },
): string {
  const marked = [...text].map((part) => (part === quote || part === escapeMark ? `${escapeMark}${part}` : part))
  return `${quote}${marked.join('')}${quote}`
}

/** A cell of text, in quotes where it needs or happens to have them. */
function textCell(dialect: Dialect, text: string, isQuoted: boolean): { text: string; cell: string | null } {
  const { delimiter, quote, nullValues } = dialect
  if (quote === false) {
    const plain = text.replace(/[\r\n]/g, '').replaceAll(delimiter[0] as string, '')
    return { text: plain, cell: nullValues.includes(plain) ? null : plain }
  }
  const needsQuotes = text.includes(delimiter[0] as string) || text.includes(quote) || /[\r\n]/.test(text)
  if (isQuoted || needsQuotes) return { text: quotedText(text, dialect), cell: text }
  return { text, cell: nullValues.includes(text) ? null : text }
}

function arbitraryLine(dialect: Dialect): fc.Arbitrary<Line> {
  const { delimiter, quote, comment, nullValues } = dialect
  const [token = ''] = nullValues
  const join = (...fields: string[]): string => fields.join(delimiter)
  const text = fc
    .tuple(fc.array(fc.constantFrom(...PARTS, ...BREAKS), { maxLength: 6 }), fc.boolean())
    .map(([parts, isQuoted]) => textCell(dialect, parts.join(''), isQuoted))
  const integer = fc.oneof(
    fc.bigInt({ min: -99n, max: 99n }).filter((value) => value !== 0n),
    fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 0n),
  )
  const double = fc.constantFrom(1.5, -0.25, 1e300, 123456789.125)
  const row = fc.tuple(fc.option(integer), text, fc.option(double)).map(([id, note, value]) => ({
    text: join(id === null ? token : String(id), note.text, value === null ? token : String(value)),
    means: [id, note.cell, value],
  }))
  const easy = { text: join('7', 'easy', '1.5'), means: [7n, 'easy', 1.5] }
  const bad = [
    { text: '7', means: 'CSV_INVALID' },
    { text: join('7', 'x', '1', 'y'), means: 'CSV_INVALID' },
    { text: join('x', 'y', '1'), means: 'TYPE_MISMATCH' },
    { text: join('9223372036854775808', 'y', '1'), means: 'TYPE_MISMATCH' },
    { text: join('1', 'y', 'z'), means: 'TYPE_MISMATCH' },
    { text: join('1', `y${BROKEN}`, '1'), means: 'ENCODING_INVALID' },
    ...(quote === false
      ? []
      : [
          { text: join('1', `${quote}two\r\nlines${quote}`, 'z'), means: 'TYPE_MISMATCH' },
          { text: join('1', `y${quote}z`, '1'), means: 'CSV_INVALID' },
          { text: join('1', `${quote}y${quote}z`, '1'), means: 'CSV_INVALID' },
        ]),
  ]
  const none = ['', ...(comment === undefined ? [] : [`${comment} a${quote || ''}${delimiter}`])]
  return fc.oneof(
    { weight: 4, arbitrary: row },
    { weight: 3, arbitrary: fc.constant(easy) },
    fc.constantFrom(...bad),
    fc.constantFrom(...none).map((line) => ({ text: line, means: undefined })),
  )
}

const plain: Dialect = { delimiter: ',', quote: '"', nullValues: [''] }
/** So much text behind the rows that no reader takes them for few. */
const LONG = 'x'.repeat(9000)

const files = fc
  .tuple(fc.oneof(fc.constant(plain), dialects), fc.constantFrom(['\n'], BREAKS))
  .chain(([dialect, eols]) => {
    // A line comes many times over, so that rows are also read by the thousand bytes.
    const repeated = fc.tuple(arbitraryLine(dialect), fc.constantFrom(1, 1, 1, 1, 2, 90), fc.constantFrom(...eols))
    return fc.record({
      dialect: fc.constant(dialect),
      lines: fc
        .array(repeated, { maxLength: 14 })
        .map((all) => all.flatMap(([line, times, eol]) => Array.from({ length: times }, () => ({ ...line, eol })))),
      isLong: fc.boolean(),
      isUnclosed: dialect.quote === false ? fc.constant(false) : fc.constantFrom(false, false, true),
    })
  })
type File = typeof files extends fc.Arbitrary<infer T> ? T : never

/** The bytes of a file, the cells that are read from it, and the rows that are refused. */
function meaningOf({ dialect, lines, isLong, isUnclosed }: File) {
  const columns: unknown[][] = [[], [], []]
  const refused: { line: number; row: number; code: string }[] = []
  let line = 2
  let row = 0
  let text = `${['id', 'note', 'value'].join(dialect.delimiter)}\n`
  const tail = { text: ['1', `${dialect.quote}y\nz`].join(dialect.delimiter), means: 'CSV_INVALID', eol: '' }
  const last = { text: ['1', LONG, '1'].join(dialect.delimiter), means: [1n, LONG, 1], eol: '\n' }
  for (const one of [...lines, ...(isLong ? [last] : []), ...(isUnclosed ? [tail] : [])]) {
    if (one.means !== undefined) row++
    if (typeof one.means === 'string') refused.push({ line, row, code: one.means })
    else for (const [column, cell] of one.means?.entries() ?? []) columns[column]?.push(cell)
    text += one.text + one.eol
    line += `${one.text}${one.eol}`.match(/\r\n|\r|\n/g)?.length ?? 0
  }
  const [first, ...rest] = text.split(BROKEN).map((part) => Buffer.from(part))
  const bytes = Buffer.concat([first ?? Buffer.of(), ...rest.flatMap((part) => [Buffer.of(0xff), part])])
  return { bytes: new Uint8Array(bytes), columns, refused }
}

const schema = { id: 'int64', note: 'string', value: 'float64' } as const

/** Dialects of csv-parse tell an unclosed quote with the line behind the last row: there it follows a row. */
function withPlainTail(file: File): File {
  const { delimiter, quote, escape: escapeMark, comment } = file.dialect
  const isOwn = delimiter.length === 1 && quote === '"' && escapeMark === undefined && comment === undefined
  if (isOwn || !file.isUnclosed) return file
  const end = file.lines.findLastIndex(({ means }) => means !== undefined)
  return { ...file, lines: file.lines.slice(0, end + 1) }
}

/** A `\r` before a `\n` of the next line would be one line break. */
function isPlain({ lines }: File): boolean {
  return lines.every(({ eol }, at) => eol !== '\r' || lines[at + 1]?.text !== '' || lines[at + 1]?.eol !== '\n')
}

law(
  'csv: rows, rejected rows, their lines and numbers equal those that the file was generated from, in any dialect, under any chunking',
  fc.asyncProperty(files.map(withPlainTail), fc.array(fc.nat(5000), { maxLength: 8 }), async (file, cuts) => {
    fc.pre(isPlain(file))
    const { bytes, columns, refused } = meaningOf(file)
    const reads: ((options: CsvOptions) => unknown)[] = [
      (options) => cellsOf(decodeCsv(bytes, options)),
      async (options) => cellsOf(await collect(csv(options).read(bytes))),
      async (options) => cellsOf(await collect(csv(options).read(chunksAt(bytes, cuts)))),
    ]
    for (const read of reads) {
      const told: InvalidRow[] = []
      const cells = await read({ ...file.dialect, schema, onInvalidRow: (row) => told.push(row) })
      expect(told.map(({ line, row, code }) => ({ line, row, code }))).toEqual(refused)
      expect(cells).toEqual(columns)
      const error = await Promise.resolve()
        .then(() => read({ ...file.dialect, schema }))
        .then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
      const [first] = refused
      if (first === undefined) expect(error).toBeUndefined()
      else {
        const { code, ...position } = first
        if (!isMillraceError(error)) throw error ?? new Error('no row was refused')
        expect({ code: error.code, position: error.position }).toMatchObject({ code, position })
      }
    }
  }),
  { runs: 200 },
)

law(
  'csv: the error without onInvalidRow is the first one reported to onInvalidRow, or the one that ends both reads',
  fc.asyncProperty(
    files,
    fc.array(fc.nat(5000), { maxLength: 8 }),
    fc.constantFrom({}, { id: 'int64' } as const, schema, { note: 'bool' } as const),
    fc.constantFrom({}, { maxFieldBytes: 12 }, { maxRowBytes: 20 }),
    fc.constantFrom(3, 10_000),
    async (file, cuts, pins, limits, inferRows) => {
      const { bytes } = meaningOf(file)
      const options = { ...file.dialect, schema: pins, limits, inferRows }
      const reads: ((all: CsvOptions) => unknown)[] = [
        (all) => decodeCsv(bytes, all),
        (all) => collect(csv(all).read(bytes)),
        (all) => collect(csv(all).read(chunksAt(bytes, cuts))),
      ]
      const firsts: unknown[] = []
      for (const read of reads) {
        const rejected: InvalidRow[] = []
        const end = await errorOf(async () => read({ ...options, onInvalidRow: (one) => rejected.push(one) }))
        const error = await errorOf(async () => read(options))
        const [first = end && placeOf(end)] = rejected.map(({ code, line }) => ({ code, line }))
        expect(error && placeOf(error)).toEqual(first)
        firsts.push(first)
      }
      expect(firsts[2]).toEqual(firsts[1])
    },
  ),
  { runs: 300 },
)

const placeOf = ({ code, position }: MillraceError) => ({ code, line: position?.line })

async function errorOf(read: () => Promise<unknown>): Promise<MillraceError | undefined> {
  try {
    await read()
  } catch (error) {
    if (isMillraceError(error)) return error
    throw error
  }
  return undefined
}
