import type { Facts } from '../candidate.ts'
import { duckdbFacts } from '../candidates/shape/duckdb-first-column.ts'
import { oneThread } from '../duckdb.ts'
import type { Contest } from '../measure.ts'
import { gzipped, SHAPE_NAMES, shapeCsv } from '../shapes.ts'
import { contestSuite } from './contests.ts'

type MakeContest = () => Promise<Omit<Contest, 'name'>>

/** CSV of many shapes beside the native engines: to a table, and to Parquet. */
export const shapes = contestSuite(3, {
  ...Object.fromEntries(
    SHAPE_NAMES.flatMap((shape) => [
      [`${shape}, CSV to table`, toTable(() => shapeCsv(shape))],
      [`${shape}, CSV to Parquet`, toParquet(() => shapeCsv(shape))],
    ]),
  ),
  'gzip, CSV to table': toTable(async () => gzipped(await shapeCsv('dates'))),
  'gzip, CSV to Parquet': toParquet(async () => gzipped(await shapeCsv('dates'))),
})

function toTable(file: () => Promise<string>): MakeContest {
  return async () => ({
    file: await file(),
    candidates: {
      'DuckDB, one thread': 'shape/duckdb',
      'polars, one thread': 'shape/polars',
      millrace: 'shape/millrace',
    },
  })
}

function toParquet(file: () => Promise<string>): MakeContest {
  return async () => ({
    file: await file(),
    candidates: {
      'DuckDB, one thread': 'shape/duckdb-parquet',
      'polars, one thread': 'shape/polars-parquet',
      millrace: 'shape/millrace-parquet',
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
