/**
 * The object key of a store's key: `prefix/namespace/hash`, with everything encoded that could lead elsewhere.
 *
 * Different keys have different object keys: what is not a letter, a digit or one of `-_.!~*'()` is percent-encoded, and so is a dot at the
 * start of a part, since `.` and `..` are not safe as parts of a path.
 */
export function objectKey(prefix: string, key: string): string {
  const parts = key.split('#').map((part) => encodeURIComponent(part).replace(/^\./, '%2E'))
  return `${folderOf(prefix)}${parts.join('/')}`
}

/** A prefix that ends in a slash, or none. */
function folderOf(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
}
