import { type RecordBatch, Table } from 'apache-arrow'
import { MillraceError } from '../../../errors.ts'
import type { CodecInput } from '../../codec.ts'
import { type Replay, replay } from '../../input/replay.ts'
import { isByteSource, isBytes } from '../../input/source.ts'
import type { CsvSettings } from '../csv-options.ts'
import { TypesTooNarrow } from './columns/batch-builder.ts'
import type { TablePlan } from './columns/column-plan.ts'
import { buildRun } from './csv-batches.ts'
import { emptyFile } from './rows/data-rows.ts'
import { surveyRun } from './types/infer-csv-types.ts'

/** Rows that types are first inferred from, since reading rows of known types costs less; what they are told by is all rows that count. */
const SAMPLE_ROWS = 500
/** A stream whose types more rows than these tell would have to hold too much until they are sure. */
const MAX_UNSURE_ROWS = 65_536
const PIECE_BYTES = 256 * 1024

/** Read a stream: infer from its first rows, which are held or read again, then build batches. */
export async function* readCsv(input: CodecInput, settings: CsvSettings): AsyncGenerator<RecordBatch> {
  const { inferRows } = settings
  if (inferRows === Number.POSITIVE_INFINITY && !isBytes(input) && !isByteSource(input)) {
    throw new MillraceError(
      'OPTION_INVALID',
      'inferRows: Infinity needs a source that can be read twice, not a bare stream',
    )
  }
  const source = replay(input)
  const sampleRows = Math.min(SAMPLE_ROWS, inferRows)
  try {
    for (let rows = inferRows > MAX_UNSURE_ROWS ? inferRows : sampleRows; ; rows = inferRows) {
      const run = buildRun(await streamPlan(source, settings, rows), settings, rows < inferRows ? inferRows : 0)
      try {
        for await (const chunk of source.chunks()) {
          for (const piece of pieces(chunk)) yield* run.push(piece)
          if (run.isSure) source.release()
        }
        yield* run.push(undefined)
        return
      } catch (error) {
        if (!(error instanceof TypesTooNarrow)) throw error
      }
    }
  } finally {
    await source.close()
  }
}

async function streamPlan(source: Replay, settings: CsvSettings, rows: number): Promise<TablePlan> {
  const survey = surveyRun(settings, rows)
  for await (const chunk of source.chunks()) {
    for (const piece of pieces(chunk)) {
      const plan = survey(piece)
      if (plan !== undefined) return plan
    }
  }
  return survey(undefined) ?? noPlan()
}

/** Read a whole table, its types inferred from all of its values. */
export function readCsvTable(bytes: Uint8Array, settings: CsvSettings): Table {
  for (let rows = SAMPLE_ROWS; ; rows = Number.POSITIVE_INFINITY) {
    const run = buildRun(
      tablePlan(bytes, settings, rows),
      settings,
      rows === SAMPLE_ROWS ? Number.POSITIVE_INFINITY : 0,
    )
    const batches: RecordBatch[] = []
    try {
      for (const piece of pieces(bytes)) batches.push(...run.push(piece))
      batches.push(...run.push(undefined))
      return new Table(batches)
    } catch (error) {
      if (!(error instanceof TypesTooNarrow)) throw error
    }
  }
}

function tablePlan(bytes: Uint8Array, settings: CsvSettings, rows: number): TablePlan {
  const survey = surveyRun(settings, rows)
  for (const piece of pieces(bytes)) {
    const plan = survey(piece)
    if (plan !== undefined) return plan
  }
  return survey(undefined) ?? noPlan()
}

/** A survey that is told of the end gives a plan, or has thrown. */
function noPlan(): never {
  throw emptyFile()
}

/** Bytes in pieces that stay in the processor's cache while they are read. */
function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}
