import type { Data, Field, RecordBatch, Schema } from 'apache-arrow'
import { columnIndices } from '../columns/column-index.ts'
import { MillraceError } from '../errors.ts'
import { valueNumbers } from './by-value.ts'
import { hiveSegment } from './hive-path.ts'
import type { PartitionBy } from './partition-by.ts'
import type { PartitionNumbers } from './partition-rule.ts'

/** A partition with rows. */
export interface Partition {
  /** Names and values, outermost first. */
  readonly values: readonly (readonly [name: string, value: string | null])[]
  /** `dt=2026-01-05/region=eu/`, or empty without partitions. */
  readonly path: string
}

export interface RowPartitions {
  /** In the order of their first rows. */
  readonly partitions: readonly Partition[]
  /** Write the number of every row's partition. */
  number(batch: RecordBatch, out: Int32Array, before: number): void
}

const MAX_PARTITIONS = 10_000

interface Level {
  readonly name: string
  readonly columns: readonly number[]
  readonly numbers: PartitionNumbers
  /** Numbers of known combinations of this level and those above, by the number of the level above and that of the value. */
  readonly known: Map<number, number>
  /** For each number, that of the level above and that of the value. */
  readonly parts: (readonly [above: number, value: number])[]
}

/**
 * Number the partitions of rows of one schema.
 *
 * @throws MillraceError `COLUMN_UNKNOWN`, `COLUMN_CONFLICT`, `TYPE_MISMATCH` for columns that cannot be partitioned by; later `LIMIT_EXCEEDED`
 * for more than 10,000 partitions.
 */
export function rowPartitions(schema: Schema, partitionBy: PartitionBy): RowPartitions {
  const levels = partitionBy.map((by): Level => {
    const names = typeof by === 'string' ? [by] : by.columns
    const columns = names === undefined ? schema.fields.map((_, index) => index) : columnIndices(schema, names)
    const fields = columns.map((index) => schema.fields[index] as Field)
    const numbers = typeof by === 'string' ? valueNumbers(fields[0] as Field) : by.start(fields)
    return { name: typeof by === 'string' ? by : by.name, columns, numbers, known: new Map(), parts: [] }
  })
  const partitions: Partition[] = []
  if (levels.length === 0) partitions.push({ values: [], path: '' })
  let scratch = new Int32Array(0)
  return {
    partitions,
    number(batch, out, before) {
      const rows = batch.numRows
      out.fill(0, 0, rows)
      if (scratch.length < rows) scratch = new Int32Array(rows)
      for (const level of levels) {
        const columns = level.columns.map((index) => batch.data.children[index] as Data)
        level.numbers.number(columns, rows, scratch, before)
        combine(level, scratch, rows, out)
      }
      const last = levels.at(-1)
      while (last !== undefined && partitions.length < last.parts.length) {
        partitions.push(partitionOf(levels, partitions.length))
      }
    },
  }
}

/** Combine the numbers of the level above with those of a level's values. */
function combine({ known, parts }: Level, values: Int32Array, rows: number, out: Int32Array): void {
  let lastAbove = -1
  let lastValue = -1
  let number = 0
  for (let row = 0; row < rows; row++) {
    const above = out[row] as number
    const value = values[row] as number
    if (above !== lastAbove || value !== lastValue) {
      const pair = above * 2 ** 32 + value
      let found = known.get(pair)
      if (found === undefined) {
        found = parts.push([above, value]) - 1
        if (found === MAX_PARTITIONS) throw tooMany()
        known.set(pair, found)
      }
      number = found
      lastAbove = above
      lastValue = value
    }
    out[row] = number
  }
}

function partitionOf(levels: readonly Level[], number: number): Partition {
  const values: [string, string | null][] = []
  let at = number
  for (const { name, numbers, parts } of [...levels].reverse()) {
    const [above, value] = parts[at] as readonly [number, number]
    values.unshift([name, numbers.valueOf(value)])
    at = above
  }
  return { values, path: values.map(([name, value]) => `${hiveSegment(name, value)}/`).join('') }
}

function tooMany(): MillraceError {
  const cure = 'partition by something coarser, or by byBucket'
  return new MillraceError('LIMIT_EXCEEDED', `the rows have more than ${MAX_PARTITIONS} partitions; ${cure}`)
}
