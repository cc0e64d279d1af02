/**
 * Check whether a value is an object of keys and values alone, as a row, a map attribute or a struct is read: a literal of any realm, or an object
 * whose prototype is none or has none itself, such as a parser's dictionary. Lists and instances of classes are not.
 *
 * `isLiteralObject` of `idempotency` is stricter: what it accepts comes back equal from its JSON.
 */
export function isKeyValueObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}
