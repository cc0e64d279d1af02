/** Whether an object is keys and values alone: a literal, or one without prototype, of any realm; no instance of a class. */
export function isPlainObject(object: object): object is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(object)
  return prototype === null || prototype === Object.prototype || isObjectPrototype(prototype)
}

/** Whether this is `Object.prototype`, of this realm or another one, such as that of a test runner. */
export function isObjectPrototype(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === null &&
    Object.hasOwn(value, 'isPrototypeOf')
  )
}
