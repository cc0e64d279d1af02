import type { RecordBatch, Schema } from 'apache-arrow'
import { concatBatches } from '../columns/concat.ts'
import { gatherRows } from '../columns/gather-rows.ts'
import { sliceRows } from '../columns/record-batch.ts'

/** Waiting rows, each for one file, sorted by file within every few thousand. */
export interface RowBuffer {
  /** @param files - the file number of each row; the array is kept. */
  add(batch: RecordBatch, files: Int32Array): void
  /** Remove and return the rows of these files. */
  take(files: readonly number[]): TakenRows
}

export interface TakenRows {
  /** The rows of a file, in order: views created on request, since all of them together would take more memory than the rows. */
  of(file: number): RecordBatch[]
}

/** Smaller batches are joined: each costs time and memory, and one piece per file in it. */
const UNIT_ROWS = 8192

export function rowBuffer(schema: Schema): RowBuffer {
  let units: Unit[] = []
  let small: Piece[] = []
  let smallRows = 0
  const join = (): void => {
    if (smallRows > 0) units.push(sortedUnit(joined(schema, small)))
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
      const taken = units
      const gone = new Set(files)
      units = packed(
        schema,
        taken.flatMap((unit) => withoutFiles(unit, gone)),
      )
      return { of: (file) => taken.flatMap((unit) => rowsOf(unit, file)) }
    },
  }
}

interface Piece {
  readonly batch: RecordBatch
  readonly files: Int32Array
}

/** Rows sorted by file, in order within each: those of `files[i]` end before row `ends[i]`. */
interface Unit {
  readonly batch: RecordBatch
  /** File numbers, ascending. */
  readonly files: Int32Array
  readonly ends: Int32Array
}

function joined(schema: Schema, pieces: readonly Piece[]): Piece {
  const [first] = pieces
  if (pieces.length === 1 && first !== undefined) return first
  const batch = concatBatches(
    schema,
    pieces.map((piece) => piece.batch),
  )
  const files = new Int32Array(batch.numRows)
  let at = 0
  for (const piece of pieces) {
    files.set(piece.files, at)
    at += piece.files.length
  }
  return { batch, files }
}

/** Counting sort: files are numbered in the order in which they began, so the numbers in some rows are few, or close together. */
function sortedUnit({ batch, files: fileOfRow }: Piece): Unit {
  const rows = fileOfRow.length
  let first = fileOfRow[0] as number
  let last = first
  for (let row = 1; row < rows; row++) {
    const file = fileOfRow[row] as number
    if (file < first) first = file
    else if (file > last) last = file
  }
  /** For each file, first its number of rows, then the position of its next row, which finally is the end of its rows. */
  const next = new Int32Array(last - first + 1)
  let count = 0
  for (let row = 0; row < rows; row++) {
    const place = (fileOfRow[row] as number) - first
    const before = next[place] as number
    if (before === 0) count++
    next[place] = before + 1
  }
  const files = new Int32Array(count)
  const ends = new Int32Array(count)
  for (let place = 0, at = 0, end = 0; at < count; place++) {
    const own = next[place] as number
    if (own === 0) continue
    next[place] = end
    end += own
    files[at] = first + place
    ends[at++] = end
  }
  const order = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    const place = (fileOfRow[row] as number) - first
    const at = next[place] as number
    order[at] = row
    next[place] = at + 1
  }
  return { batch: gatherRows(batch, order, rows), files, ends }
}

function rowsOf({ batch, files, ends }: Unit, file: number): RecordBatch[] {
  let low = 0
  for (let high = files.length; low < high; ) {
    const middle = (low + high) >> 1
    if ((files[middle] as number) < file) low = middle + 1
    else high = middle
  }
  return files[low] === file ? [sliceRows(batch, low === 0 ? 0 : (ends[low - 1] as number), ends[low] as number)] : []
}

/** Copy the rest of a unit, so that the whole can be freed; in a list, empty if nothing is left. */
function withoutFiles(unit: Unit, gone: ReadonlySet<number>): Unit[] {
  const { batch, files, ends } = unit
  const left = files.filter((file) => !gone.has(file))
  if (left.length === files.length) return [unit]
  if (left.length === 0) return []
  const rows = new Int32Array(batch.numRows)
  const leftEnds = new Int32Array(left.length)
  let count = 0
  let place = 0
  for (let at = 0; at < files.length; at++) {
    if (files[at] !== left[place]) continue
    for (let row = at === 0 ? 0 : (ends[at - 1] as number); row < (ends[at] as number); row++) rows[count++] = row
    leftEnds[place++] = count
  }
  return [{ batch: gatherRows(batch, rows, count), files: left, ends: leftEnds }]
}

/** Join adjacent units of few rows. */
function packed(schema: Schema, units: readonly Unit[]): Unit[] {
  const out: Unit[] = []
  let pieces: Piece[] = []
  let rows = 0
  const flush = (): void => {
    if (rows > 0) out.push(sortedUnit(joined(schema, pieces)))
    pieces = []
    rows = 0
  }
  for (const unit of units) {
    if (unit.batch.numRows >= UNIT_ROWS) {
      flush()
      out.push(unit)
      continue
    }
    pieces.push({ batch: unit.batch, files: fileOfRows(unit) })
    rows += unit.batch.numRows
    if (rows >= UNIT_ROWS) flush()
  }
  flush()
  return out
}

function fileOfRows({ batch, files, ends }: Unit): Int32Array {
  const fileOfRow = new Int32Array(batch.numRows)
  let start = 0
  files.forEach((file, place) => {
    fileOfRow.fill(file, start, ends[place])
    start = ends[place] as number
  })
  return fileOfRow
}
