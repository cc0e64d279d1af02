import { type Data, Field, makeData, RecordBatch, Schema, Struct } from 'apache-arrow'

/**
 * Make a record batch over existing columns. Nothing is copied, and the schema stays the same object, so that all
 * batches of a stream share one.
 */
export function recordBatch(schema: Schema, columns: readonly Data[], rows: number): RecordBatch {
  const data = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children: [...columns] })
  // Arrow's constructor clones the schema for every batch, comparing each name with each other: 12 million times for 5,000 columns.
  const parts = { schema, data, _metadata: new Map<string, string>() }
  return Object.assign(Object.create(RecordBatch.prototype) as RecordBatch, parts)
}

/** Rows from `start` to `end`, as views; the batch itself if these are all. */
export function sliceRows(batch: RecordBatch, start: number, end: number): RecordBatch {
  if (start === 0 && end === batch.numRows) return batch
  const columns = batch.data.children.map((column) => column.slice(start, end - start))
  return recordBatch(batch.schema, columns, end - start)
}

/** A schema of the given fields. Arrow's default metadata version is kept. */
export function schemaOf(fields: readonly Field[], metadata?: Map<string, string>): Schema {
  return new Schema([...fields], metadata)
}

/** Copy a field with another name or type. Its metadata is kept, unless the type that it describes changes. */
export function changedField(
  field: Field,
  { name = field.name, type = field.type }: Partial<Pick<Field, 'name' | 'type'>>,
): Field {
  return new Field(name, type, field.nullable, type === field.type ? field.metadata : undefined)
}
