/**
 * Check whether an object is a literal, or has no prototype, in any realm: such objects may occur in a key or a result,
 * because a JSON round trip preserves them. An object whose prototype is another one without prototype does not count,
 * unlike for `isKeyValueObject` of `internal`: it inherits properties that JSON omits. Callers handle lists before.
 */
export function isLiteralObject(object: object): object is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(object)
  return prototype === null || prototype === Object.prototype || isObjectPrototype(prototype)
}

/** Check for `Object.prototype`, of this realm or another one, such as that of a test runner. */
export function isObjectPrototype(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === null &&
    Object.hasOwn(value, 'isPrototypeOf')
  )
}
