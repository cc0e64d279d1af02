import type { RecordBatch, Schema } from 'apache-arrow'
import { concatBatches } from '../columns/concat.ts'
import { gatherRows } from '../columns/gather-rows.ts'
import { sliceRows } from '../columns/record-batch.ts'

/** Rows that wait, each for one file. They stay in the batches that they came in until their file is written. */
export interface RowBuffer {
  /** @param files - of each row, the number of its file; kept. */
  add(batch: RecordBatch, files: Int32Array): void
  /** The rows of these files, in order, for each file a list. They are in the buffer no longer. */
  take(files: readonly number[]): RecordBatch[][]
}

interface Unit {
  readonly batch: RecordBatch
  readonly files: Int32Array
}

/** Smaller batches are joined: each costs time and memory of its own, and every file in it a piece. */
const UNIT_ROWS = 8192

export function rowBuffer(schema: Schema): RowBuffer {
  let units: Unit[] = []
  let small: Unit[] = []
  let smallRows = 0
  const join = (): void => {
    if (small.length > 0) units.push(joined(schema, small))
    small = []
    smallRows = 0
  }
  return {
    add(batch, files) {
      small.push({ batch, files })
      smallRows += batch.numRows
      if (smallRows >= UNIT_ROWS) join()
    },
    take(files) {
      join()
      const places = new Map(files.map((file, place) => [file, place]))
      const taken: RecordBatch[][] = files.map(() => [])
      const left: Unit[] = []
      for (let at = 0; at < units.length; at++) {
        const rest = split(units[at] as Unit, places, taken)
        if (rest !== undefined) left.push(rest)
        // What is taken lies in new memory, so that the old can go.
        units[at] = EMPTY
      }
      units = []
      for (const unit of left) this.add(unit.batch, unit.files)
      return taken
    },
  }
}

const EMPTY = { files: new Int32Array(0) } as Unit

function joined(schema: Schema, parts: readonly Unit[]): Unit {
  const [first] = parts
  if (parts.length === 1 && first !== undefined) return first
  const batch = concatBatches(
    schema,
    parts.map((part) => part.batch),
  )
  const files = new Int32Array(batch.numRows)
  let at = 0
  for (const part of parts) {
    files.set(part.files, at)
    at += part.files.length
  }
  return { batch, files }
}

/** Give the rows of each file to its place, and the others back. */
function split({ batch, files }: Unit, places: ReadonlyMap<number, number>, taken: RecordBatch[][]): Unit | undefined {
  const rows = files.length
  const others = taken.length
  const placeOfRow = new Int32Array(rows)
  const ends = new Int32Array(others + 2)
  let lastFile = -1
  let place = others
  for (let row = 0; row < rows; row++) {
    const file = files[row] as number
    if (file !== lastFile) place = places.get(file) ?? others
    lastFile = file
    placeOfRow[row] = place
    ends[place + 1] = (ends[place + 1] as number) + 1
  }
  if (ends[others + 1] === rows) return { batch, files }
  for (let at = 0; at <= others; at++) ends[at + 1] = (ends[at + 1] as number) + (ends[at] as number)
  const order = new Int32Array(rows)
  const next = ends.slice()
  for (let row = 0; row < rows; row++) {
    const at = placeOfRow[row] as number
    order[next[at] as number] = row
    next[at] = (next[at] as number) + 1
  }
  const count = ends[others] as number
  const sorted = gatherRows(batch, order, count)
  for (let at = 0; at < others; at++) {
    const [start, end] = [ends[at] as number, ends[at + 1] as number]
    if (end > start) taken[at]?.push(sliceRows(sorted, start, end))
  }
  if (count === rows) return undefined
  const rest = order.subarray(count)
  return { batch: gatherRows(batch, rest, rest.length), files: rest.map((row) => files[row] as number) }
}
