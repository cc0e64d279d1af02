/**
 * Check whether an object is made as a literal is, or without prototype, in any realm: what a key or a result may hold, because it comes back equal
 * from its JSON. An object whose prototype is another one without prototype does not, unlike for `isKeyValueObject` of `internal`: it inherits what
 * JSON leaves out. Callers handle lists before.
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
