/**
 * Make the object key of a store's key: `prefix/namespace/hash`, with everything encoded that could lead to another path.
 *
 * Different keys have different object keys: any character that is not a letter, a digit or one of `-_.!~*'()` is
 * percent-encoded, and so is a dot at the start of a part, since `.` and `..` are not safe as parts of a path.
 */
export function objectKey(prefix: string, key: string): string {
  const parts = key.split('#').map((part) => encodeURIComponent(part).replace(/^\./, '%2E'))
  return `${folderOf(prefix)}${parts.join('/')}`
}

/** The prefix with a final slash, or an empty one. */
function folderOf(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
}
