import { DataType, Field, Utf8 } from 'apache-arrow'

const KEY = 'millrace.empty'

/**
 * The field of a column in which no value has been seen: nullable text, so that any later value can still be kept, marked so that
 * `fillNulls` may change it to the type of its fill.
 */
export function emptyColumnField(name: string): Field {
  return new Field(name, new Utf8(), true, new Map([[KEY, 'true']]))
}

/** Check whether a column is known to have no value: marked by the codec that read it, or of Arrow's null type. */
export function isEmptyColumn(field: Field): boolean {
  return field.metadata.get(KEY) === 'true' || DataType.isNull(field.type)
}
