import type { InvalidRow } from '../codecs/index.ts'
import { printable } from './error-text.ts'
import type { Inspection } from './inspection.ts'
import type { Pin } from './pin.ts'
import { alignedRows, bytesText, countText, plural } from './text.ts'

const LONGEST_NAME = 60

/** Format an inspection as text for people. */
export function inspectText(inspection: Inspection): string {
  const { file, bytes, format, compression, encoding, rows, columns, refused, pin, schema, lambda } = inspection
  const how = [format, encoding, compression === 'none' ? undefined : compression].filter((part) => part != null)
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['file', [`${printable(file)}, ${bytesText(bytes)}`]],
    ['format', [how.join(', ')]],
    ['rows', [countText(rows)]],
    ['refused', refusedText(refused)],
    ['columns', columnsText(columns, rows)],
    ['pin', alignedRows(pin.map(pinText))],
    ['schema', schema === null ? [] : [printable(JSON.stringify(schema))]],
    ['lambda', lambdaText(lambda)],
  ]
  return parts
    .flatMap(([title, lines]) => lines.map((line, index) => `${(index === 0 ? title : '').padEnd(9)}${line}`))
    .join('\n')
}

/** One line for a rejected row. */
export function refusedLine({ line, row, code, reason }: InvalidRow): string {
  return `line ${line}, row ${row}: ${code}: ${printable(reason)}`
}

function refusedText({ count, byCode, rows }: Inspection['refused']): readonly string[] {
  if (count === 0) return ['0']
  const codes = Object.entries(byCode).map(([code, number]) => `${code} ${countText(number)}`)
  const rest = count > rows.length ? [`and ${plural(count - rows.length, 'other')}`] : []
  return [`${countText(count)} (${codes.join(', ')})`, ...rows.map(refusedLine), ...rest]
}

function columnsText(columns: Inspection['columns'], rows: number): readonly string[] {
  const lines = columns.map(({ name, type, nulls }) => [nameText(name), type, nullsText(nulls, rows)])
  return [countText(columns.length), ...alignedRows(lines)]
}

function nullsText(nulls: number, rows: number): string {
  if (nulls === 0) return ''
  const percent = (nulls / rows) * 100
  return `${plural(nulls, 'null')} (${percent > 0 && percent < 0.1 ? 'under 0.1' : percent.toFixed(1).replace(/\.0$/, '')}%)`
}

function pinText({ column, type, option, value, why }: Pin): readonly string[] {
  const what =
    option === undefined ? `schema: ${type}` : `${option}${value === undefined ? '' : `: ${JSON.stringify(value)}`}`
  return [column === undefined ? 'the file' : nameText(column), what, printable(why)]
}

function nameText(name: string): string {
  const shown = printable(name)
  return shown.length > LONGEST_NAME ? `${shown.slice(0, LONGEST_NAME - 3)}...` : shown
}

function lambdaText({
  peakMb,
  memoryMb,
  architecture,
  seconds,
  usd,
  engine,
  because,
}: Inspection['lambda']): readonly string[] {
  const where = engine === 'lambda' ? 'one function' : engine
  return [
    `about ${secondsText(seconds)} s and $${usdText(usd)} at ${countText(memoryMb)} MB (${architecture}), ${countText(peakMb)} MB at the peak: read, drop duplicates, write Parquet`,
    `${where}: ${because.join('; ')}`,
  ]
}

/** Tenths of a second, or two digits below one. */
function secondsText(seconds: number): string {
  return seconds < 1 ? String(Number(seconds.toPrecision(2))) : seconds.toFixed(1)
}

/** Two significant digits, however small. */
function usdText(usd: number): string {
  const decimals = usd > 0 ? Math.max(2, 1 - Math.floor(Math.log10(usd))) : 2
  return usd.toFixed(Math.min(decimals, 20))
}
