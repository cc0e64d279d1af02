import { basename } from 'node:path'
import type { Outcome, Standing } from './measure.ts'
import { formatTable, megabytes, secondsText } from './table.ts'

/** The candidate that the others are compared with. */
export const OURS = 'millrace'

/** A contest as a table, header first, slowest first, with the ratio of each median to ours. */
export function outcomeTable({ standings }: Outcome): readonly (readonly string[])[] {
  const ours = standings.find(({ name }) => name === OURS)
  const writes = standings.some(({ outputBytes }) => outputBytes > 0)
  const header = [
    '',
    'median',
    'best',
    'MB/s',
    `time / ${OURS}`,
    'CPU',
    `CPU / ${OURS}`,
    'peak memory',
    ...(writes ? ['written'] : []),
  ]
  const sorted = [...standings].sort((left, right) => right.medianSeconds - left.medianSeconds)
  const rows = sorted.map((standing) => [
    standing.name,
    secondsText(standing.medianSeconds),
    secondsText(standing.minSeconds),
    standing.megabytesPerSecond.toFixed(0),
    ratioText(standing.medianSeconds, ours?.medianSeconds),
    secondsText(standing.cpuSeconds),
    ratioText(standing.cpuSeconds, ours?.cpuSeconds),
    megabytes(standing.peakBytes),
    ...(writes ? [megabytes(standing.outputBytes)] : []),
  ])
  return [header, ...rows]
}

/** A contest as text: its table, then what went wrong. */
export function outcomeText(outcome: Outcome): string {
  const { contest, file, bytes, standings, absences, disagreements } = outcome
  const [header = [], ...rows] = outcomeTable(outcome)
  return [
    `${contest}: ${basename(file)}, ${megabytes(bytes)}`,
    formatTable(header, rows),
    ...absences.map(({ name, problem }) => `${name}: not measured, ${problem}`),
    disagreements.length === 0
      ? `results agree: ${factsText(standings)}`
      : `RESULTS DIFFER\n${disagreements.map((line) => `  ${line}`).join('\n')}`,
  ].join('\n')
}

function ratioText(seconds: number, ours: number | undefined): string {
  return ours === undefined ? '' : `${(seconds / ours).toFixed(2)}x`
}

function factsText(standings: readonly Standing[]): string {
  const facts = Object.assign({}, ...standings.map((standing) => standing.facts)) as Record<string, unknown>
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}
