import { eventsCsv } from '../generate.ts'
import { measure } from '../measure.ts'
import { formatTable, megabytes, secondsText } from '../table.ts'
import type { Suite } from './suite.ts'

const ROWS = [100_000, 1_000_000, 10_000_000]
const BYTES_PER_DISTINCT_ROW = 16

/** The whole job on 10 MB, 100 MB and 1 GB: speed and memory should stay, but for the hash of every distinct row. */
export const growth: Suite = async ({ runs = 3 }, print) => {
  const outcomes = []
  for (const rows of ROWS) {
    const file = await eventsCsv(rows)
    outcomes.push(await measure({ name: `growth, ${rows} rows`, file, candidates: { millrace: 'job/millrace' } }, runs))
  }
  const lines = outcomes.map(({ bytes, standings: [standing], absences: [absence] }, index) =>
    standing === undefined
      ? [megabytes(bytes), absence?.problem ?? '']
      : [
          megabytes(bytes),
          secondsText(standing.medianSeconds),
          standing.megabytesPerSecond.toFixed(0),
          megabytes(standing.peakBytes),
          megabytes((ROWS[index] ?? 0) * BYTES_PER_DISTINCT_ROW),
        ],
  )
  const text = formatTable(['CSV', 'median', 'MB/s', 'peak memory', '16 bytes a row'], lines)
  print(`growth: the whole job, millrace\n${text}`)
  return { other: { text, figures: outcomes } }
}
