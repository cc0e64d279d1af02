/** The key of a field's metadata that names the extension type which its values are of. */
export const EXTENSION_KEY = 'ARROW:extension:name'

/** Arrow's canonical extension types that Parquet has annotations for. */
export const UUID_EXTENSION = 'arrow.uuid'
export const JSON_EXTENSION = 'arrow.json'
