import type { TypeSurvey } from '../../../text/settle-types.ts'
import type { CsvSettings } from '../../csv-options.ts'
import { type ColumnSurvey, columnSurvey, type TablePlan } from '../columns/column-plan.ts'
import { removeRows, wronglyEncodedRows } from '../columns/refused-cells.ts'
import { tableRows } from '../rows/data-rows.ts'
import { nullMarker } from '../rows/null-tokens.ts'

/** A survey of the first `maxRows` sound rows of a file. */
export function csvSurvey(settings: CsvSettings, maxRows: number): TypeSurvey<TablePlan> {
  const rows = tableRows(settings)
  const markNulls = nullMarker(settings.nullValues)
  let survey: ColumnSurvey | undefined
  let seen = 0
  return {
    push(chunk) {
      rows.push(chunk)
      if (rows.names === undefined) return undefined
      survey ??= columnSurvey(rows.names, settings)
      while (survey.isOpen && seen < maxRows) {
        const block = rows.reader.next(maxRows - seen, Number.POSITIVE_INFINITY)
        if (block === undefined) return chunk === undefined ? survey.plan() : undefined
        seen += block.rows
        removeRows(block, wronglyEncodedRows(block, survey.names, settings.encoding))
        markNulls?.(block)
        survey.add(block)
      }
      return survey.plan()
    },
  }
}
