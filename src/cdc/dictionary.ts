/**
 * Whether an object is names and values alone: its prototype is none, or one that has none itself, as `Object.prototype` of any realm. Instances of
 * classes have a longer chain.
 */
export function isDictionary(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return true
  return !Array.isArray(value) && Object.getPrototypeOf(prototype) === null
}
