import { DataType, Field, Utf8 } from 'apache-arrow'

const KEY = 'millrace.empty'

/**
 * The field of a column without any value so far: nullable text, which can represent any later value, marked so that
 * `fillNulls` may change it to the type of its fill.
 */
export function emptyColumnField(name: string): Field {
  return new Field(name, new Utf8(), true, new Map([[KEY, 'true']]))
}

/** Check whether a column is known to have no values: marked by its codec, or of Arrow's null type. */
export function isEmptyColumn(field: Field): boolean {
  return field.metadata.get(KEY) === 'true' || DataType.isNull(field.type)
}
