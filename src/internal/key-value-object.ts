/**
 * Check whether a value is a plain object of keys and values, as needed for a row, a map attribute or a struct: a
 * literal of any realm, or an object without prototype or whose prototype has none, such as a parser's dictionary.
 * Lists and instances of classes are not.
 *
 * `isLiteralObject` of `idempotency` is stricter: the values that it accepts are unchanged by a JSON round trip.
 */
export function isKeyValueObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}
