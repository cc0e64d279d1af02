import { type CsvOptions, csv, decodeCsv, encodeCsv } from '../../src/codecs/csv/csv.ts'
import type { Surface } from '../surface.ts'
import type { Choices } from './support/choices.ts'
import { checkSame, outcomeOf, tableText } from './support/same.ts'
import { textSurface } from './support/text-surface.ts'

const TYPES = [
  'string',
  'int64',
  'int8',
  'float64',
  'bool',
  'date',
  'timestamp',
  'timestamp[us]',
  'time',
  'binary',
] as const
const MORE_TYPES = [
  'uint64',
  'float32',
  'decimal(12,3)',
  'decimal(38,0)',
  'timestamp[ns]',
  'json',
  'int32',
  'uint8',
] as const
const FORMATS = ['%d/%m/%Y %H:%M', '%Y%m%d', '%H:%M:%S', '%I:%M %p', '%Y-%m-%dT%H:%M:%S.%f%z', '%d %b %y']

/** Options that a user could give; some contradict each other and are refused. */
function optionsOf(choices: Choices): CsvOptions {
  const rare = (times: number): boolean => choices.next(256) % times === 1
  return {
    ...(rare(4) && { delimiter: choices.pick([';', '\t', '|', ' ', 'a', '::', '\u00a6']) }),
    ...(rare(6) && { quote: choices.pick(["'", '`', false, '""', '\u00ab'] as const) }),
    ...(rare(6) && { escape: choices.pick(['\\', "'", '^', '\\\\']) }),
    ...(rare(6) && { comment: choices.pick(['#', '//', '%']) }),
    ...(rare(5) && { header: choices.pick([false, ['a', 'b'], ['x']] as const) }),
    ...(rare(8) && { skipLines: choices.next(3) }),
    ...(rare(5) && { trim: true }),
    ...(rare(5) && { shortRows: 'null' as const }),
    ...(rare(5) && { trailingDelimiter: 'ignore' as const }),
    ...(rare(5) && { lazyQuotes: true }),
    ...(rare(8) && { nullValues: choices.pick([['NULL'], ['', 'NA', '-'], ['\\N']]) }),
    ...(rare(8) && { decimal: ',' }),
    ...(rare(8) && { thousands: choices.pick(['.', "'", ' ', ',']) }),
    ...(rare(10) && { trueValues: ['yes', '1'], falseValues: ['no'] }),
    ...(rare(6) && { formats: { a: choices.pick(FORMATS) } }),
    ...(rare(3) && { schema: { a: choices.pick([...TYPES, ...MORE_TYPES]) } }),
    ...(rare(12) && { encoding: choices.pick(['latin1', 'utf-16le', 'shift_jis', 'utf-8']) }),
    ...(rare(10) && { limits: { maxFieldBytes: 16, maxRowBytes: 40, maxColumns: 3 } }),
  }
}

/** What is read can be written, and is read back equal. */
function checkRoundTrip(bytes: Uint8Array, { schema: _, formats: __, ...options }: CsvOptions): void {
  const table = decodeCsv(bytes, options)
  const layout: CsvOptions = {
    ...(options.delimiter !== undefined && { delimiter: options.delimiter }),
    ...(options.quote !== undefined && { quote: options.quote }),
    ...(options.escape !== undefined && { escape: options.escape }),
    ...(options.nullValues !== undefined && { nullValues: options.nullValues }),
  }
  const written = outcomeOf(() => Buffer.from(encodeCsv(table, layout)).toString('latin1'))
  if (!written.ok) return
  const back = decodeCsv(Buffer.from(written.text, 'latin1'), { ...layout, schema: table.schema })
  if (tableText(back) !== tableText(table))
    checkSame('table and table written', { ok: true, text: tableText(table) }, { ok: true, text: tableText(back) })
}

const TEXTS = [
  'a,b\n1,x\n2,y\n',
  'a,b,c\n1,2.5,true\n,,\n-3,1e5,FALSE\n',
  'a\r\n2024-01-05\r\n2024-02-29\r\n',
  'a,b\n2024-01-05T10:11:12Z,2024-01-05 10:11:12.123456+02:00\n',
  'a,b\n"x ""quoted"", y","line\nbreak"\n"",\n',
  'a;b\n1;2\n',
  'sep=;\na;b\n1;2\n',
  'a\tb\n1\t2\n',
  '\ufeffa,b\n1,2\n',
  'a,b\n# comment\n1,2\n\n\n3,4',
  'a,b\n007,12345678901234567890\n9223372036854775807,0.1\n',
  'a,a,,a_2\n1,2,3,4\n',
  'a,b\n"1" ,2\n',
  "a,b\n'x''y',z\n",
  'a,b\n1\n1,2,3\n1,2,\n',
  'a,b\n1.234,5\n1\u00a0000,"1,000"\n',
  'a,b\n05/01/2024 10:30,20240105\n',
  'a,b\nNaN,inf\nNA,NULL\n\\N,-\n',
  `a,b\n${Array.from({ length: 70 }, (_, row) => `${row},text ${row}`).join('\n')}\n`,
  'a,b\n\u00e4\u{1f600},\u4e2d\n',
]

export const surface: Surface = textSurface<CsvOptions>({
  choices: 16,
  optionsOf,
  decode: decodeCsv,
  codec: csv,
  checkRoundTrip,
  texts: TEXTS,
})
