import type { Facts } from '../candidate.ts'
import { duckdbFacts } from '../candidates/shape/duckdb-first-column.ts'
import { oneThread } from '../duckdb.ts'
import { type Contest, measure, type Outcome } from '../measure.ts'
import { OURS, outcomeText } from '../report.ts'
import { gzipped, SHAPE_NAMES, shapeCsv } from '../shapes.ts'
import { formatTable, megabytes } from '../table.ts'
import type { Suite } from './suite.ts'

const RUNS = 3
const DUCKDB = 'DuckDB, one thread'
const POLARS = 'polars, one thread'
const ABOUT = `CSV of several shapes, 40 to 80 MB each, types inferred, on one thread. Times are multiples of ours: above 1, millrace is
faster.`

type MakeContest = () => Promise<Omit<Contest, 'name'>>

const CONTESTS: Readonly<Record<string, MakeContest>> = {
  ...Object.fromEntries(
    SHAPE_NAMES.flatMap((shape) => [
      [`${shape} to table`, toTable(() => shapeCsv(shape))],
      [`${shape} to Parquet`, toParquet(() => shapeCsv(shape))],
    ]),
  ),
  'gzip to table': toTable(async () => gzipped(await shapeCsv('dates'))),
  'gzip to Parquet': toParquet(async () => gzipped(await shapeCsv('dates'))),
}

/** CSV of many shapes beside the native engines: to a table, and to Parquet. */
export const shapes: Suite = async ({ runs = RUNS, only = '' }, print) => {
  const outcomes: Outcome[] = []
  for (const [name, contest] of Object.entries(CONTESTS)) {
    if (!name.includes(only)) continue
    const outcome = await measure({ name, ...(await contest()) }, runs)
    print(outcomeText(outcome))
    outcomes.push(outcome)
  }
  const header = ['', OURS, 'MB/s', 'peak memory', 'DuckDB', 'its peak memory', 'polars', 'its peak memory']
  return { other: { about: ABOUT, text: formatTable(header, outcomes.map(rowOf)), figures: outcomes } }
}

function rowOf({ contest, standings }: Outcome): readonly string[] {
  const of = (name: string) => standings.find((standing) => standing.name === name)
  const ours = of(OURS)
  const peer = (name: string): readonly string[] => {
    const seconds = of(name)?.medianSeconds
    if (seconds === undefined || ours === undefined) return ['', '']
    return [`${(seconds / ours.medianSeconds).toFixed(2)}x`, megabytes(of(name)?.peakBytes ?? 0)]
  }
  return [
    contest,
    `${ours?.medianSeconds.toFixed(3)} s`,
    ours?.megabytesPerSecond.toFixed(0) ?? '',
    megabytes(ours?.peakBytes ?? 0),
    ...peer(DUCKDB),
    ...peer(POLARS),
  ]
}

function toTable(file: () => Promise<string>): MakeContest {
  return async () => ({
    file: await file(),
    candidates: { [DUCKDB]: 'shape/duckdb', [POLARS]: 'shape/polars', [OURS]: 'shape/millrace' },
  })
}

function toParquet(file: () => Promise<string>): MakeContest {
  return async () => ({
    file: await file(),
    candidates: {
      [DUCKDB]: 'shape/duckdb-parquet',
      [POLARS]: 'shape/polars-parquet',
      [OURS]: 'shape/millrace-parquet',
    },
    factsOfOutput,
  })
}

async function factsOfOutput(output: string): Promise<Facts> {
  const connection = await oneThread()
  const facts = await duckdbFacts(connection, `'${output}'`)
  connection.closeSync()
  return facts
}
