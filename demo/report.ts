import { basename } from 'node:path'
import { styleText } from 'node:util'
import type { DatasetWrite } from 'millrace/dataset'
import type { Dataset, Output, Witness } from './duckdb.ts'
import type { JobReport } from './job.ts'

/** The outcome of a file. */
export type FileReport = DoneReport | FailedReport

export interface DoneReport {
  readonly kind: 'done'
  readonly job: JobReport
  readonly startupMs: number
  readonly bytesIn: number
  readonly metadata: Readonly<Record<string, string>>
  /** DuckDB's counts of the input, or the reason why it could not read it. */
  readonly witness: Witness | string
  readonly output: Output
}

export interface FailedReport {
  readonly kind: 'failed'
  readonly key: string
  readonly reason: string
  /** Objects and unfinished uploads that the job left behind. */
  readonly left: number
}

type Style = Parameters<typeof styleText>[0]
const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })
const dim = (text: string): string => paint('dim', text)
const bold = (text: string): string => paint('bold', text)

const WIDTH = Math.min(process.stdout.columns || 110, 130)
const CELL = 26

export const whole = (value: number): string => value.toLocaleString('en-US')
const counted = (value: number, one: string, many = `${one}s`): string => `${whole(value)} ${value === 1 ? one : many}`
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} bytes`
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

/** Differences from DuckDB's counts; empty if they agree. */
function differences({ job, witness, output }: DoneReport): string[] {
  if (typeof witness === 'string') return []
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

/** Check that the job ran and DuckDB agrees. DuckDB may keep other broken rows than the job does. */
export function isFine(report: FileReport): boolean {
  return report.kind === 'done' && (report.job.refused > 0 || differences(report).length === 0)
}

export function printFile(report: FileReport): void {
  if (report.kind === 'failed') printFailure(report)
  else printDone(report)
  line('')
}

/** Print a partitioned write, and DuckDB's reading of it. */
export function printDataset(file: string, { files, rows, bytes }: DatasetWrite, dataset: Dataset): void {
  line(`${bold(basename(file))} ${dim('→')} ${bold(`${files[0]?.key.split('/')[0]}/year=…/weather=…/`)}`)
  row('files', [`${counted(files.length, 'file')}, ${sizeText(bytes)}, all visible at the same time`])
  for (const { key, rows: rowsOfFile } of files.slice(0, 2))
    line(`            ${key}  ${dim(counted(rowsOfFile, 'row'))}`)
  line(dim(`            and ${whole(files.length - 2)} more`))
  const isEqual = dataset.rows === rows
  const verdictText = `${whole(dataset.rows)} rows in ${counted(dataset.partitions, 'partition')}`
  row('DuckDB', [
    isEqual ? paint('green', `✓ reads ${verdictText}`) : paint('red', `${verdictText}, ${whole(rows)} written`),
  ])
  row(
    'rainy days',
    dataset.rainyDays.map(({ year, days }) => `${dim(`${year}:`)} ${days}`),
  )
}

function printFailure({ key, reason, left }: FailedReport): void {
  line(`${bold(key)} ${dim('→')} ${paint('red', 'failed')}`)
  row('error', [reason])
  row('S3', [left === 0 ? 'nothing was written, no upload is left' : paint('red', `${left} left`)])
}

function printDone(report: DoneReport): void {
  const { job, startupMs, bytesIn, metadata, witness, output } = report
  line(`${bold(job.source)} ${dim('→')} ${bold(job.output)}`)
  row('rows', [
    `${bold(whole(job.rowsIn))} in`,
    `${bold(whole(job.rowsOut))} out`,
    `${counted(job.rowsIn - job.rowsOut, 'duplicate')} dropped`,
    ...(typeof witness === 'string' ? [] : [`${counted(witness.nulls - output.nulls, 'null')} filled`]),
    `${whole(job.refused)} rejected`,
  ])
  for (const { line: at, reason } of job.firstRefused) {
    line(`            ${paint('yellow', `line ${at} rejected:`)} ${reason}`)
  }
  const more = job.refused - job.firstRefused.length
  if (more > 0) line(dim(`            and ${whole(more)} more`))
  row('bytes', [`${sizeText(bytesIn)} in`, `${sizeText(job.bytes)} out, snappy Parquet`])
  row('time', [
    `${bold(job.seconds.toFixed(2))} s for the job`,
    `${sizeText(bytesIn / job.seconds)}/s`,
    `${whole(Math.round(job.rowsIn / job.seconds))} rows/s`,
    `${(startupMs / 1000).toFixed(2)} s to start the process`,
  ])
  row('memory', [`${sizeText(job.peakBytes)} peak, including Node and the AWS SDK`])
  row(
    'metadata',
    Object.entries(metadata).map(([name, value]) => `${dim(`${name}:`)} ${value}`),
  )
  row('DuckDB', verdict(report))
  line('')
  printTable(output)
}

function verdict(report: DoneReport): string[] {
  if (typeof report.witness === 'string') return [paint('yellow', `cannot read the input: ${report.witness}`)]
  const found = differences(report)
  if (found.length === 0) return [paint('green', '✓ counts the same rows in input and output')]
  if (report.job.refused === 0) return found.map((text) => paint('red', text))
  return [...found.map((text) => paint('yellow', text)), 'it handles the rejected rows differently']
}

/** Print the first rows: as many leading columns as fit, and always the last two, which the job added. */
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
  const names = columns.slice(shown.length, -2).map(({ name }) => name)
  line(
    dim(
      shortenTo(
        `    ${counted(columns.length, 'column')}${hidden > 0 ? `, not shown: ${names.join(', ')}` : ''}`,
        WIDTH,
      ),
    ),
  )
}

function shorten(text: string): string {
  return shortenTo(text.replaceAll(/\s+/g, ' '), CELL)
}

function shortenTo(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text
}

function row(label: string, parts: readonly string[]): void {
  line(`  ${dim(label.padEnd(9))} ${parts.join(dim('  ·  '))}`)
}

export function line(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function printTotals(reports: readonly FileReport[]): void {
  const done = reports.filter((report) => report.kind === 'done')
  const failed = reports.length - done.length
  const sum = (pick: (report: DoneReport) => number): number => done.reduce((total, report) => total + pick(report), 0)
  if (done.length > 0) {
    line(
      `${bold(counted(done.length, 'file'))}, ${counted(
        sum(({ job }) => job.rowsIn),
        'row',
      )}, ${sizeText(sum(({ bytesIn }) => bytesIn))} in, ` +
        `${sizeText(sum(({ job }) => job.bytes))} out, ${sum(({ job }) => job.seconds).toFixed(2)} s of work. ${agreement(done)}`,
    )
  }
  if (failed > 0) line(paint('red', `${counted(failed, 'file')} failed.`))
  line(dim('The handler: examples/s3-job/handler.ts. Try your own files: npm run demo -- path/to/file.csv ...'))
}

function agreement(reports: readonly DoneReport[]): string {
  const wrong = reports.filter((report) => differences(report).length > 0 || typeof report.witness === 'string').length
  if (wrong > 0) return paint('yellow', `DuckDB differs on ${counted(wrong, 'file')}.`)
  return paint('green', 'DuckDB agrees on every file.')
}
