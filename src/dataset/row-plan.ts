import { type Data, Field, type RecordBatch, type Schema } from 'apache-arrow'
import { isSameType } from '../columns/cast.ts'
import { plainColumn, plainType } from '../columns/plain-column.ts'
import { recordBatch, schemaOf } from '../columns/record-batch.ts'
import { MillraceError } from '../errors.ts'
import type { PartitionBy } from './partition-by.ts'

/** Plan of the columns of a dataset's rows. */
export interface RowPlan {
  /** Schemas of the rows as partitioned, and of the files. */
  readonly rowSchema: Schema
  readonly fileSchema: Schema
  /** The rows of a batch for partitioning, with decoded dictionaries. */
  rowsOf(batch: RecordBatch): RecordBatch
  /** The rows without the columns that are not in the files. */
  fileRowsOf(rows: RecordBatch): RecordBatch
}

/**
 * @throws MillraceError `OPTION_INVALID` if no column is left for the files; from `rowsOf`, `TYPE_MISMATCH` for a batch with other columns.
 */
export function rowPlan(first: Schema, partitionBy: PartitionBy): RowPlan {
  const leaving = new Set(partitionBy.filter((by) => typeof by === 'string'))
  const rowSchema = schemaOf(first.fields.map(plainField))
  const kept = first.fields.flatMap(({ name }, at) => (leaving.has(name) ? [] : [at]))
  if (kept.length === 0 && first.fields.length > 0) {
    throw new MillraceError('OPTION_INVALID', 'partitionBy leaves no column for the files; keep one, or use a rule')
  }
  const fileSchema = schemaOf(kept.map((at) => rowSchema.fields[at] as Field))
  let known: Schema = first
  return {
    rowSchema,
    fileSchema,
    rowsOf(batch) {
      if (batch.schema !== known) checkSchema(rowSchema, batch.schema)
      known = batch.schema
      return recordBatch(rowSchema, batch.data.children.map(plainColumn), batch.numRows)
    },
    fileRowsOf(rows) {
      return recordBatch(
        fileSchema,
        kept.map((at) => rows.data.children[at] as Data),
        rows.numRows,
      )
    },
  }
}

function plainField(field: Field): Field {
  const type = plainType(field.type)
  return type === field.type ? field : new Field(field.name, type, field.nullable, field.metadata)
}

function checkSchema({ fields }: Schema, other: Schema): void {
  const count = Math.max(fields.length, other.fields.length)
  for (let at = 0; at < count; at++) {
    const [field, found] = [fields[at], other.fields[at]]
    const isSame =
      field !== undefined && found?.name === field.name && isSameType(plainType(found.type), plainType(field.type))
    if (isSame) continue
    throw new MillraceError(
      'TYPE_MISMATCH',
      'the columns of a batch differ from those of the first batch; cast them first',
      {
        position: { column: (field ?? (found as Field)).name },
      },
    )
  }
}
