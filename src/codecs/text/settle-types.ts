import { type RecordBatch, Table } from 'apache-arrow'
import { isMillraceError, MillraceError } from '../../errors.ts'
import type { CodecInput } from '../codec.ts'
import { type Replay, replay } from '../input/replay.ts'
import { isByteSource, isBytes } from '../input/source.ts'
import type { InvalidRow } from '../invalid-row.ts'
import { slices } from './slices.ts'

/** A text format whose column types are inferred: a survey of some rows returns a plan, by which rows are read. */
export interface TypedFormat<Plan> {
  /** Start a survey of the first `maxRows` rows, or of fewer where `maxCells` values say enough for a first try. */
  survey(maxRows: number, maxCells: number): TypeSurvey<Plan>
  /**
   * Start to read from the first row on.
   *
   * @param unsureRows - number of leading valid rows used for inference: one of them that does not fit the plan throws
   * {@link TypesTooNarrow}, even with `onInvalidRow`.
   * @param onInvalidRow - called with each rejected row; undefined to throw the first one.
   */
  read(plan: Plan, unsureRows: number, onInvalidRow: OnInvalidRow | undefined): TypedReader
}

export interface TypeSurvey<Plan> {
  /** Survey the rows of the next bytes, undefined after the last. @returns the plan once enough rows have been seen, and always at the end. */
  push(bytes: Uint8Array | undefined): Plan | undefined
  /** The plan of the rows before the one at which `push` threw; undefined if the columns are not known yet. */
  planSoFar(): Plan | undefined
  /** True if it ended after `maxCells`, before `maxRows`. */
  readonly isShort: boolean
}

/** The result of a survey: a plan of the rows, or of those before `fault` if it found one. */
interface Surveyed<Plan> {
  readonly plan: Plan
  readonly isShort: boolean
  readonly fault: MillraceError | undefined
}

export interface TypedReader {
  /** True once all rows used for inference have been read, so that the types are final. */
  readonly isSure: boolean
  /** Read the next bytes, undefined after the last. @returns the batches that are full, and at the end the last one. */
  push(bytes: Uint8Array | undefined): Iterable<RecordBatch>
}

type OnInvalidRow = (row: InvalidRow) => void

/** Signals that a plan inferred from some rows does not fit a later row used for inference. Never leaves the codecs. */
export class TypesTooNarrow extends Error {}

/** A plan fits all rows that take part in inference, but their batches were too many to hold: read them again on it. */
class TypesConfirmed extends Error {}

/**
 * Rows that types are first inferred from. Reading rows of known types costs less than surveying and reading them, so
 * the remaining rows used for inference are read with these types, and surveyed only if one does not fit.
 */
const SAMPLE_ROWS = 500
/** Values of that sample, which of a wide table are fewer rows. */
const SAMPLE_CELLS = 65_536
/** A stream in which more rows than these take part would hold too many batches until the types are final. */
const MAX_UNSURE_ROWS = 65_536
/** Batches of a stream that are held until the types are final. Where rows make more, they are read twice, first for their types alone. */
const MAX_HELD_BATCHES = 16

/** Read a stream of batches whose types follow from its first `inferRows` rows, which are held or read again. */
export async function* readTyped<Plan>(
  input: CodecInput,
  format: TypedFormat<Plan>,
  inferRows: number,
  onInvalidRow: OnInvalidRow | undefined,
): AsyncGenerator<RecordBatch, void, undefined> {
  if (inferRows === Number.POSITIVE_INFINITY && !isBytes(input) && !isByteSource(input)) {
    throw new MillraceError(
      'OPTION_INVALID',
      'inferRows: Infinity reads the source twice: pass bytes or a ByteSource, not a stream',
    )
  }
  const source = replay(input)
  const first = inferRows > MAX_UNSURE_ROWS ? inferRows : Math.min(SAMPLE_ROWS, inferRows)
  try {
    let confirmed: Surveyed<Plan> | undefined
    for (let rows = first, cells = SAMPLE_CELLS; ; cells = Number.POSITIVE_INFINITY) {
      const found: Surveyed<Plan> = confirmed ?? (await surveyStream(source, format.survey(rows, cells)))
      const isSample = confirmed === undefined && (found.isShort || rows < inferRows)
      const read = heldReader(format, found, isSample ? inferRows : 0, onInvalidRow)
      if (!found.isShort) rows = inferRows
      try {
        for await (const chunk of source.chunks()) {
          for (const slice of slices(chunk)) yield* read.push(slice)
          if (read.isSure) source.release()
        }
        yield* read.push(undefined)
        return
      } catch (error) {
        if (error instanceof TypesConfirmed) confirmed = found
        else if (!(error instanceof TypesTooNarrow)) throw error
      }
    }
  } finally {
    await source.close()
  }
}

/** Read a whole table whose types follow from all of its rows. */
export function readTypedTable<Plan>(
  bytes: Uint8Array,
  format: TypedFormat<Plan>,
  onInvalidRow: OnInvalidRow | undefined,
): Table {
  for (let rows = SAMPLE_ROWS, cells = SAMPLE_CELLS; ; cells = Number.POSITIVE_INFINITY) {
    const found = surveyBytes(bytes, format.survey(rows, cells))
    const read = heldReader(format, found, Number.isFinite(rows) ? Number.POSITIVE_INFINITY : 0, onInvalidRow)
    if (!found.isShort) rows = Number.POSITIVE_INFINITY
    try {
      const batches: RecordBatch[] = []
      for (const slice of slices(bytes)) batches.push(...read.push(slice))
      batches.push(...read.push(undefined))
      return new Table(batches)
    } catch (error) {
      if (!(error instanceof TypesTooNarrow)) throw error
    }
  }
}

async function surveyStream<Plan>(source: Replay, survey: TypeSurvey<Plan>): Promise<Surveyed<Plan>> {
  for await (const chunk of source.chunks()) {
    for (const slice of slices(chunk)) {
      const found = pushTo(survey, slice)
      if (found !== undefined) return found
    }
  }
  return foundAtEnd(survey)
}

function surveyBytes<Plan>(bytes: Uint8Array, survey: TypeSurvey<Plan>): Surveyed<Plan> {
  for (const slice of slices(bytes)) {
    const found = pushTo(survey, slice)
    if (found !== undefined) return found
  }
  return foundAtEnd(survey)
}

/** Survey the next bytes. A fault is kept for the reader: an earlier row may not fit its pinned type, and is then the first fault. */
function pushTo<Plan>(survey: TypeSurvey<Plan>, bytes: Uint8Array | undefined): Surveyed<Plan> | undefined {
  try {
    const plan = survey.push(bytes)
    return plan && { plan, isShort: survey.isShort, fault: undefined }
  } catch (error) {
    const plan = isMillraceError(error) ? survey.planSoFar() : undefined
    if (plan === undefined) throw error
    return { plan, isShort: survey.isShort, fault: error as MillraceError }
  }
}

function foundAtEnd<Plan>(survey: TypeSurvey<Plan>): Surveyed<Plan> {
  const found = pushTo(survey, undefined)
  if (found === undefined) throw new Error('a survey returns a plan at the end, or throws')
  return found
}

/** Test whether a position in the file comes before another one. */
function isBefore(one: Place = {}, other: Place = {}): boolean {
  const unit = one.row === undefined || other.row === undefined ? 'line' : 'row'
  return Number(one[unit]) < Number(other[unit])
}
type Place = Pick<InvalidRow, 'row' | 'line'> | MillraceError['position']

/** A reader whose batches and rejected rows are held until the types are final, so that nothing is reported twice. */
function heldReader<Plan>(
  format: TypedFormat<Plan>,
  { plan, fault }: Surveyed<Plan>,
  unsureRows: number,
  onInvalidRow: OnInvalidRow | undefined,
): TypedReader {
  const rows: InvalidRow[] = []
  const batches: RecordBatch[] = []
  /** True once the batches are too many to hold. */
  let isDropping = false
  const reader = format.read(plan, unsureRows, onInvalidRow && hold)

  function hold(row: InvalidRow): void {
    if (fault !== undefined && row.code !== fault.code && !isBefore(row, fault.position)) throw fault
    rows.push(row)
  }

  function reportRows(): void {
    for (const row of rows.splice(0)) onInvalidRow?.(row)
  }

  function* release(): Generator<RecordBatch> {
    if (isDropping) throw new TypesConfirmed()
    reportRows()
    yield* batches.splice(0)
  }

  /** Continue reading; at an error, which ends the reading, report the rows before it. */
  function* read(bytes: Uint8Array | undefined): Generator<RecordBatch> {
    try {
      yield* reader.push(bytes)
      if (bytes === undefined && fault !== undefined) throw fault
    } catch (error) {
      if (!isMillraceError(error)) throw error
      reportRows()
      throw fault === undefined || isBefore(error.position, fault.position) ? error : fault
    }
  }

  return {
    get isSure() {
      return reader.isSure
    },
    *push(bytes) {
      for (const batch of read(bytes)) {
        if (!isDropping) batches.push(batch)
        if (reader.isSure) yield* release()
        else if (batches.length > MAX_HELD_BATCHES && Number.isFinite(unsureRows)) {
          isDropping = true
          batches.length = 0
        }
      }
      if (reader.isSure || bytes === undefined) yield* release()
    },
  }
}
