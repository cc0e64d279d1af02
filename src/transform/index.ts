export type { Row } from '../columns/row.ts'
export { type AddBatchMetadataOptions, addBatchMetadata } from './add-batch-metadata.ts'
export { type AddColumnsOptions, addColumns, type ColumnValue } from './add-columns.ts'
export { castColumns } from './cast-columns.ts'
export { type CleanColumnNamesOptions, cleanColumnNames } from './clean-column-names.ts'
export { type DropDuplicatesOptions, dropDuplicates } from './drop-duplicates.ts'
export { type Fill, fillNulls } from './fill-nulls.ts'
export { filterRows } from './filter-rows.ts'
export { renameColumns } from './rename-columns.ts'
export { type RowCounter, rowCounter } from './row-counter.ts'
export { scoreRows } from './score-rows.ts'
export { selectColumns } from './select-columns.ts'
export {
  defineTransform,
  type RunContext,
  type Transform,
  type TransformRun,
  type TransformSteps,
} from './transform.ts'
export { transformTable } from './transform-table.ts'
export {
  type RequiredFieldsOptions,
  requiredFields,
  type ScoreRule,
  type ScoreRules,
  validationScore,
} from './validation-score.ts'
