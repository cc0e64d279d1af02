import type { TypeSurvey } from '../../../text/settle-types.ts'
import type { CsvLayout, CsvTyping } from '../../csv-options.ts'
import { type ColumnSurvey, columnSurvey, type TablePlan } from '../columns/column-plan.ts'
import { misencodedRows, removeRows } from '../columns/rejected-rows.ts'
import { dataRows } from '../rows/data-rows.ts'
import { nullMarker } from '../rows/null-tokens.ts'

/** Rows of the widest table that say enough for a first try. */
const MIN_ROWS = 64

/** A survey of the first `maxRows` sound rows of a file, or of so many that they hold `maxCells` values. */
export function csvSurvey(
  layout: CsvLayout,
  typing: CsvTyping,
  maxRows: number,
  maxCells: number,
): TypeSurvey<TablePlan> {
  const source = dataRows(layout)
  const markNulls = nullMarker(typing.nullValues)
  let survey: ColumnSurvey | undefined
  let seen = 0
  let rows = maxRows
  return {
    push(chunk) {
      const table = source.push(chunk)
      if (table === undefined) return undefined
      if (survey === undefined) {
        survey = columnSurvey(table.names, typing)
        rows = Math.min(maxRows, Math.max(MIN_ROWS, Math.ceil(maxCells / table.names.length)))
      }
      while (survey.isOpen && seen < rows) {
        const block = table.rows.next(rows - seen, Number.POSITIVE_INFINITY)
        if (block === undefined) return chunk === undefined ? survey.plan() : undefined
        seen += block.rows
        removeRows(block, misencodedRows(block, survey.names, layout.encoding))
        markNulls?.(block)
        survey.add(block)
      }
      return survey.plan()
    },
    planSoFar: () => survey?.plan(),
    get isShort() {
      return rows < maxRows && seen >= rows
    },
  }
}
