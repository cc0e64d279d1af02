import { eventsCsv } from '../generate.ts'
import { measure, type Outcome } from '../measure.ts'
import { formatTable, megabytes, secondsText } from '../table.ts'
import type { Suite } from './suite.ts'

const ROWS = [100_000, 1_000_000, 10_000_000]
const BYTES_PER_DISTINCT_ROW = 24

/**
 * The whole job on 10 MB, 100 MB and 1 GB: speed and memory should stay, but for what is kept of every distinct row. The first job of a
 * process also waits for V8 to compile, so that its speed and that of the next ones stand side by side.
 */
export const growth: Suite = async ({ runs = 3 }, print) => {
  const outcomes: Outcome[] = []
  for (const rows of ROWS) {
    const candidates = { first: 'job/millrace', next: 'job/millrace-warm' }
    outcomes.push(await measure({ name: `growth, ${rows} rows`, file: await eventsCsv(rows), candidates }, runs))
  }
  const heads = ['CSV', 'first job', 'MB/s', 'next job', 'MB/s', 'peak memory', '24 bytes per row']
  const text = formatTable(heads, outcomes.map(line))
  print(`growth: the whole job, millrace\n${text}`)
  return { other: { text, figures: outcomes } }
}

function line({ bytes, standings, absences: [absence] }: Outcome, index: number): string[] {
  const [first, next] = standings
  if (first === undefined || next === undefined) return [megabytes(bytes), absence?.problem ?? '']
  return [
    megabytes(bytes),
    ...[first, next].flatMap(({ medianSeconds, megabytesPerSecond }) => [
      secondsText(medianSeconds),
      megabytesPerSecond.toFixed(0),
    ]),
    megabytes(first.peakBytes),
    megabytes((ROWS[index] ?? 0) * BYTES_PER_DISTINCT_ROW),
  ]
}
