import { styleText } from 'node:util'
import type { Output, Witness } from './duckdb.ts'
import type { JobReport } from './job.ts'

export interface FileReport {
  readonly job: JobReport
  readonly startupMs: number
  readonly bytesIn: number
  readonly metadata: Readonly<Record<string, string>>
  readonly witness: Witness
  readonly output: Output
}

type Style = Parameters<typeof styleText>[0]
const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })
const dim = (text: string): string => paint('dim', text)
const bold = (text: string): string => paint('bold', text)

const WIDTH = Math.min(process.stdout.columns ?? 110, 130)
const CELL = 26

export const whole = (value: number): string => value.toLocaleString('en-US')
export const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`

/** What is not as DuckDB sees it; empty when all is well. */
export function differences({ job, witness, output }: FileReport): string[] {
  const checks: [string, number, number][] = [
    ['rows read', job.rowsIn, witness.rowsIn],
    ['distinct rows', job.rowsOut, witness.distinctRows],
    ['rows written', job.rowsOut, output.rows],
    ['nulls left', 0, output.nulls],
  ]
  return checks
    .filter(([, ours, theirs]) => ours !== theirs)
    .map(([what, ours, theirs]) => `${what}: ${whole(ours)}, DuckDB ${whole(theirs)}`)
}

export function printFile(report: FileReport): void {
  const { job, startupMs, bytesIn, metadata, witness, output } = report
  const duplicates = job.rowsIn - job.rowsOut
  line(`${bold(job.source)} ${dim('→')} ${bold(job.output)}`)
  row('rows', [
    `${bold(whole(job.rowsIn))} in`,
    `${bold(whole(job.rowsOut))} out`,
    `${whole(duplicates)} ${duplicates === 1 ? 'duplicate' : 'duplicates'} dropped`,
    `${whole(witness.nulls)} nulls filled`,
    `${whole(job.refused.length)} refused`,
  ])
  for (const { line: at, reason } of job.refused)
    line(`            ${paint('yellow', `line ${at} refused:`)} ${reason}`)
  row('bytes', [`${sizeText(bytesIn)} in`, `${sizeText(job.bytes)} out, snappy Parquet`])
  row('time', [
    `${bold(job.seconds.toFixed(2))} s for the job`,
    `${(bytesIn / 1e6 / job.seconds).toFixed(1)} MB/s`,
    `${whole(Math.round(job.rowsIn / job.seconds))} rows/s`,
    `${(startupMs / 1000).toFixed(2)} s to start the process`,
  ])
  row('memory', [`${sizeText(job.peakBytes)} at the peak, Node and AWS SDK included`])
  row(
    'metadata',
    Object.entries(metadata).map(([name, value]) => `${dim(`${name}:`)} ${value}`),
  )
  const wrong = differences(report)
  row(
    'DuckDB',
    wrong.length === 0
      ? [paint('green', '✓ counts the same rows, in the input and in the output')]
      : wrong.map((text) => paint('red', text)),
  )
  line('')
  printTable(output)
  line('')
}

/** The first rows: as many leading columns as fit, and always the last two, which the job added. */
function printTable({ columns, firstRows }: Output): void {
  const cells = [
    columns.map(({ name }) => name),
    columns.map(({ type }) => type.toLowerCase().replace(' with time zone', 'tz')),
    ...firstRows,
  ].map((cellsOfRow) => cellsOfRow.map(shorten))
  const widths = columns.map((_, at) => Math.max(...cells.map((cellsOfRow) => cellsOfRow[at]?.length ?? 0)))
  const added = [columns.length - 2, columns.length - 1]
  const room = WIDTH - 4 - added.reduce((sum, at) => sum + (widths[at] ?? 0) + 2, 0) - 3
  const shown: number[] = []
  for (let at = 0, used = 0; at < columns.length - 2; at++) {
    used += (widths[at] ?? 0) + 2
    if (used > room) break
    shown.push(at)
  }
  const hidden = columns.length - 2 - shown.length
  for (const [index, cellsOfRow] of cells.entries()) {
    const take = (at: number): string => (cellsOfRow[at] ?? '').padEnd(widths[at] ?? 0)
    const text = [...shown.map(take), ...(hidden > 0 ? ['…'] : []), ...added.map(take)].join('  ')
    const shownText = text.trimEnd()
    line(`    ${index === 0 ? bold(shownText) : index === 1 ? dim(shownText) : shownText}`)
  }
  const rest = hidden > 0 ? `, ${hidden} of them not shown` : ''
  line(dim(`    ${columns.length} columns${rest}`))
}

function shorten(text: string): string {
  const clean = text.replaceAll(/\s+/g, ' ')
  return clean.length > CELL ? `${clean.slice(0, CELL - 1)}…` : clean
}

function row(label: string, parts: readonly string[]): void {
  line(`  ${dim(label.padEnd(9))} ${parts.join(dim('  ·  '))}`)
}

export function line(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function printTotals(reports: readonly FileReport[]): void {
  const sum = (pick: (report: FileReport) => number): number =>
    reports.reduce((total, report) => total + pick(report), 0)
  const wrong = reports.filter((report) => differences(report).length > 0).length
  line(
    `${bold(reports.length === 1 ? 'One file' : `${reports.length} files`)}, ${whole(sum(({ job }) => job.rowsIn))} rows, ${sizeText(sum(({ bytesIn }) => bytesIn))} in, ` +
      `${sizeText(sum(({ job }) => job.bytes))} out, ${sum(({ job }) => job.seconds).toFixed(2)} s of work. ` +
      (wrong === 0 ? paint('green', 'DuckDB agrees on every file.') : paint('red', `DuckDB disagrees on ${wrong}.`)),
  )
  line(
    dim(
      'The handler that did this: examples/s3-job/handler.ts. Now put your own file through it: npm run demo -- path/to/file.csv',
    ),
  )
}
