import { schemaFields } from '../columns/column-type.ts'
import { addColumnSteps } from './add-columns.ts'
import { defineTransform, type Transform } from './transform.ts'
import { type ScoreRules, validationScore } from './validation-score.ts'

/**
 * Add `validation_score`, an int32 from 0 to 100: {@link validationScore} of every row.
 *
 * @param rules - default: as of `validationScore`. A field that the table lacks is one that no row has.
 * @throws MillraceError `COLUMN_CONFLICT` where the table has a `validation_score`; `OPTION_INVALID` for bad weights.
 * @example
 * rowsFromTable(transformTable(tableFromRows([{ event_id: 'e1' }]), scoreRows())) // => [{ event_id: 'e1', validation_score: 25 }]
 */
export function scoreRows(rules?: ScoreRules): Transform {
  const types = schemaFields({ validation_score: 'int32' })
  return defineTransform('scoreRows', (context) => {
    return addColumnSteps(
      { validation_score: (row: Readonly<Record<string, unknown>>) => validationScore(row, rules) },
      types,
      context,
    )
  })
}
