import { type CodecLimits, DEFAULT_LIMITS } from '../../limits.ts'
import type { TypeSurvey } from '../../text/settle-types.ts'
import { kernelSurvey } from './kernel/kernel-survey.ts'
import { type RowReader, readRows } from './read-rows.ts'
import { newRowWindow, pushBytes, type RowPart } from './rows/row-window.ts'
import { type JsonPlan, MAX_INFER_BYTES } from './types/json-plan.ts'
import { keepRow, newSurvey, type Survey, surveyRow, undoRow } from './types/survey.ts'

interface SurveyOptions {
  readonly limits: CodecLimits
  readonly path: readonly string[]
  readonly maxRows: number
  /** Columns whose types are pinned. */
  readonly pins: ReadonlyMap<string, unknown>
  /** True if rejected rows are skipped: they are reported when they are read. */
  readonly rejectsRows: boolean
  /** The part of the file that holds the rows. */
  readonly part?: RowPart
}

/** A survey of the first `maxRows` valid rows of a file. */
export function jsonSurvey({ limits, path, maxRows, pins, rejectsRows, part }: SurveyOptions): TypeSurvey<JsonPlan> {
  const window = newRowWindow(limits, path, rejectsRows ? () => {} : undefined, part)
  const survey = newSurvey(limits.maxColumns ?? DEFAULT_LIMITS.maxColumns, new Set(pins.keys()))
  const reader = surveyReader(survey, maxRows)
  return {
    push(bytes) {
      pushBytes(window, bytes)
      const pause = readRows(window, reader)
      if (pause === 'more') return undefined
      reader.leaveKernel()
      return { shape: survey.root, hasAllRows: pause === 'done' }
    },
    planSoFar: () => ({ shape: survey.root, hasAllRows: false }),
    isShort: false,
  }
}

function surveyReader(survey: Survey, maxRows: number): RowReader {
  const maxBytes = maxRows === Number.POSITIVE_INFINITY ? maxRows : MAX_INFER_BYTES
  const progress = { rows: 0, bytes: 0, maxRows, maxBytes }
  return {
    read: (cursor, at) => surveyRow(cursor, survey, at),
    keep(bytes) {
      keepRow(survey)
      progress.rows++
      progress.bytes += bytes
    },
    undo: () => undoRow(survey),
    misfit() {},
    isFull: () => progress.rows >= maxRows || progress.bytes >= maxBytes,
    ...kernelSurvey(survey, progress),
  }
}
