import { type Data, type Field, makeData, RecordBatch, Schema, Struct } from 'apache-arrow'

/** A record batch over columns that are built already. Nothing is copied. */
export function recordBatch(schema: Schema, columns: readonly Data[], rows: number): RecordBatch {
  const data = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children: [...columns] })
  return new RecordBatch(schema, data)
}

/** A schema of the given fields. Arrow's default metadata version is kept. */
export function schemaOf(fields: readonly Field[], metadata?: Map<string, string>): Schema {
  return new Schema([...fields], metadata)
}
