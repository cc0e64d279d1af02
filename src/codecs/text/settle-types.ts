import { type RecordBatch, Table } from 'apache-arrow'
import { MillraceError } from '../../errors.ts'
import type { CodecInput } from '../codec.ts'
import { type Replay, replay } from '../input/replay.ts'
import { isByteSource, isBytes } from '../input/source.ts'
import type { InvalidRow } from '../invalid-row.ts'
import { slices } from './slices.ts'

/** A text format whose column types are inferred: a survey of some rows gives a plan, and rows are read on a plan. */
export interface TypedFormat<Plan> {
  /** Start a survey of the first `maxRows` rows. */
  survey(maxRows: number): TypeSurvey<Plan>
  /**
   * Start to read from the first row on.
   *
   * @param unsureRows - the first so many sound rows take part in inference: one of them that the plan does not fit throws
   *   {@link TypesTooNarrow}, whatever `onInvalidRow` is.
   * @param onInvalidRow - gets each rejected row; undefined where the first one is to be thrown.
   */
  read(plan: Plan, unsureRows: number, onInvalidRow: OnInvalidRow | undefined): TypedReader
}

export interface TypeSurvey<Plan> {
  /** Survey the rows of the next bytes, undefined after the last. @returns the plan once enough rows have been seen, and always at the end. */
  push(bytes: Uint8Array | undefined): Plan | undefined
}

export interface TypedReader {
  /** True once all rows that take part in inference have been read, so that the types are final. */
  readonly isSure: boolean
  /** Read the next bytes, undefined after the last. @returns the batches that are full, and at the end the last one. */
  push(bytes: Uint8Array | undefined): Iterable<RecordBatch>
}

type OnInvalidRow = (row: InvalidRow) => void

/** A plan that was inferred from some rows does not fit a later row that takes part in inference. Never leaves the codecs. */
export class TypesTooNarrow extends Error {}

/**
 * Rows that types are first inferred from. Reading rows of known types costs less than surveying and reading them, so the rest of the rows
 * that take part in inference are read on these types, and surveyed only where one does not fit.
 */
const SAMPLE_ROWS = 500
/** A stream in which more rows than these take part would hold too many batches until the types are final. */
const MAX_UNSURE_ROWS = 65_536
/** Batches of a stream that are held until the types are final: where rows make more, surveying them first costs less memory. */
const MAX_HELD_BATCHES = 4

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
    for (let rows = first; ; rows = inferRows) {
      const plan = await surveyStream(source, format.survey(rows))
      const read = heldReader(format, plan, rows < inferRows ? inferRows : 0, onInvalidRow)
      try {
        for await (const chunk of source.chunks()) {
          for (const slice of slices(chunk)) yield* read.push(slice)
          if (read.isSure) source.release()
        }
        yield* read.push(undefined)
        return
      } catch (error) {
        if (!(error instanceof TypesTooNarrow)) throw error
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
  for (let rows = SAMPLE_ROWS; ; rows = Number.POSITIVE_INFINITY) {
    const plan = surveyBytes(bytes, format.survey(rows))
    const read = heldReader(format, plan, rows === SAMPLE_ROWS ? Number.POSITIVE_INFINITY : 0, onInvalidRow)
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

async function surveyStream<Plan>(source: Replay, survey: TypeSurvey<Plan>): Promise<Plan> {
  for await (const chunk of source.chunks()) {
    for (const slice of slices(chunk)) {
      const plan = survey.push(slice)
      if (plan !== undefined) return plan
    }
  }
  return planAtEnd(survey)
}

function surveyBytes<Plan>(bytes: Uint8Array, survey: TypeSurvey<Plan>): Plan {
  for (const slice of slices(bytes)) {
    const plan = survey.push(slice)
    if (plan !== undefined) return plan
  }
  return planAtEnd(survey)
}

function planAtEnd<Plan>(survey: TypeSurvey<Plan>): Plan {
  const plan = survey.push(undefined)
  if (plan === undefined) throw new Error('a survey gives a plan at the end, or throws')
  return plan
}

/** A reader whose batches and rejected rows are held until the types are final, so that nothing is reported twice. */
function heldReader<Plan>(
  format: TypedFormat<Plan>,
  plan: Plan,
  unsureRows: number,
  onInvalidRow: OnInvalidRow | undefined,
): TypedReader {
  const rows: InvalidRow[] = []
  const batches: RecordBatch[] = []
  const reader = format.read(plan, unsureRows, onInvalidRow && hold)

  function hold(row: InvalidRow): void {
    rows.push(row)
    if (reader.isSure) reportRows()
  }

  function reportRows(): void {
    for (const row of rows.splice(0)) onInvalidRow?.(row)
  }

  function* release(): Generator<RecordBatch> {
    reportRows()
    yield* batches.splice(0)
  }

  return {
    get isSure() {
      return reader.isSure
    },
    *push(bytes) {
      for (const batch of reader.push(bytes)) {
        batches.push(batch)
        if (reader.isSure) yield* release()
        else if (batches.length > MAX_HELD_BATCHES && Number.isFinite(unsureRows)) throw new TypesTooNarrow()
      }
      if (reader.isSure || bytes === undefined) yield* release()
    },
  }
}
