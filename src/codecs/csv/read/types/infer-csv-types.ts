import type { CsvSettings } from '../../csv-options.ts'
import { type TablePlan, type TypeSurvey, typeSurvey } from '../columns/column-plan.ts'
import { removeRows, wronglyEncodedRows } from '../columns/refused-cells.ts'
import { tableRows } from '../rows/data-rows.ts'
import { nullMarker } from '../rows/null-tokens.ts'

/** Give it chunks, and undefined at the end, until it gives the plan. */
export function surveyRun(
  settings: CsvSettings,
  inferRows: number,
): (chunk: Uint8Array | undefined) => TablePlan | undefined {
  const rows = tableRows(settings)
  const markNulls = nullMarker(settings.nullValues)
  let survey: TypeSurvey | undefined
  let seen = 0
  return (chunk) => {
    rows.push(chunk)
    if (rows.names === undefined) return undefined
    survey ??= typeSurvey(rows.names, settings)
    while (survey.isOpen && seen < inferRows) {
      const block = rows.reader.next(inferRows - seen, Number.POSITIVE_INFINITY)
      if (block === undefined) return chunk === undefined ? survey.plan() : undefined
      seen += block.rows
      removeRows(block, wronglyEncodedRows(block, survey.names, settings.encoding))
      markNulls?.(block)
      survey.take(block)
    }
    return survey.plan()
  }
}
