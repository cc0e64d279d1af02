import type { TypeSurvey } from '../../../text/settle-types.ts'
import type { CsvLayout, CsvTyping } from '../../csv-options.ts'
import { type ColumnSurvey, columnSurvey, type TablePlan } from '../columns/column-plan.ts'
import { misencodedRows, removeRows } from '../columns/rejected-rows.ts'
import { dataRows } from '../rows/data-rows.ts'
import { nullMarker } from '../rows/null-tokens.ts'

/** A survey of the first `maxRows` valid rows of a file. */
export function csvSurvey(layout: CsvLayout, typing: CsvTyping, maxRows: number): TypeSurvey<TablePlan> {
  const source = dataRows(layout)
  const markNulls = nullMarker(typing.nullValues)
  let survey: ColumnSurvey | undefined
  let seen = 0
  return {
    push(chunk) {
      const table = source.push(chunk)
      if (table === undefined) return undefined
      survey ??= columnSurvey(table.names, typing)
      while (survey.isOpen && seen < maxRows) {
        const block = table.rows.next(maxRows - seen, Number.POSITIVE_INFINITY)
        if (block === undefined) return chunk === undefined ? survey.plan() : undefined
        seen += block.rows
        removeRows(block, misencodedRows(block, survey.names, layout.encoding))
        markNulls?.(block)
        survey.add(block)
      }
      return survey.plan()
    },
    planSoFar: () => survey?.plan(),
  }
}
