import type { Field } from 'apache-arrow'

/** The metadata key of a field that names the extension type of its values. */
export const EXTENSION_KEY = 'ARROW:extension:name'

/** Arrow's canonical extension types that Parquet has annotations for; JSON text is also what a column pinned as `json` holds. */
export const UUID_EXTENSION = 'arrow.uuid'
export const JSON_EXTENSION = 'arrow.json'

/** Check whether a field's text is marked as JSON. */
export function isJsonField(field: Field): boolean {
  return field.metadata.get(EXTENSION_KEY) === JSON_EXTENSION
}
