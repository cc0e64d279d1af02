import { type Data, DataType } from 'apache-arrow'
import { schemaFields } from '../columns/column-type.ts'
import { type ValueReader, valueReader } from '../columns/value-reader.ts'
import { addColumnSteps } from './add-columns.ts'
import { defineTransform, type Transform } from './transform.ts'
import { checkRules, type ScoreRules, validationScore } from './validation-score.ts'

/**
 * Add `validation_score`, an int32 from 0 to 100: {@link validationScore} of every row.
 *
 * @param rules - default: those of `validationScore`. A field that is not in the table is missing in every row; a zero decimal is the number 0.
 * @throws MillraceError `COLUMN_CONFLICT` if the table already has a `validation_score`; `OPTION_INVALID` for invalid weights.
 * @example
 * rowsFromTable(transformTable(tableFromRows([{ event_id: 'e1' }]), scoreRows())) // => [{ event_id: 'e1', validation_score: 25 }]
 */
export function scoreRows(rules?: ScoreRules): Transform {
  if (rules !== undefined) checkRules('scoreRows', rules)
  const fields = schemaFields({ validation_score: 'int32' })
  const score = (row: Readonly<Record<string, unknown>>): number => validationScore(row, rules)
  return defineTransform('scoreRows', (context) =>
    addColumnSteps({ validation_score: score }, fields, context, scoredReader),
  )
}

/** The text of a zero decimal, such as `0.00`, would count as present. */
function scoredReader(data: Data): ValueReader {
  const read = valueReader(data)
  if (!DataType.isDecimal(data.type)) return read
  return (row) => {
    const value = read(row)
    return value !== null && Number(value) === 0 ? 0 : value
  }
}
