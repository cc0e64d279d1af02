import { MillraceError } from '../../errors.ts'

/** Values that a JSON round trip preserves. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** Levels of nesting that every JSON parser supports. */
const MAX_DEPTH = 500

/**
 * Serialize a value that a JSON round trip preserves, -0 included.
 *
 * @throws MillraceError `TYPE_MISMATCH`, with the path: for undefined, NaN, infinities, bigints, functions, dates and other instances of classes, holes of
 * arrays, cycles and nesting beyond 500 levels.
 */
export function jsonText(value: unknown, path: (string | number)[] = []): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'boolean':
      return String(value)
    case 'number':
      if (!Number.isFinite(value)) break
      return Object.is(value, -0) ? '-0' : String(value)
    case 'object':
      if (value === null) return 'null'
      if (path.length === MAX_DEPTH) break
      if (Array.isArray(value)) return `[${Array.from(value, (item, at) => jsonText(item, [...path, at])).join()}]`
      if (isPlain(value)) return `{${membersOf(value, path).join()}}`
  }
  throw new MillraceError('TYPE_MISMATCH', `the result must be plain JSON, but contains ${nameOf(value)}`, { path })
}

function membersOf(object: Readonly<Record<string, unknown>>, path: readonly (string | number)[]): string[] {
  return Object.keys(object).map((name) => `${JSON.stringify(name)}:${jsonText(object[name], [...path, name])}`)
}

/** Test whether an object is a literal, of any realm, without `toJSON`. */
function isPlain(object: object): object is Record<string, unknown> {
  if ('toJSON' in object || Object.getOwnPropertySymbols(object).length > 0) return false
  const prototype: unknown = Object.getPrototypeOf(object)
  return prototype === null || Object.hasOwn(prototype as object, 'isPrototypeOf')
}

/** `undefined`, `NaN`, `a bigint`, `an object of another class, or nested too deep`. */
function nameOf(value: unknown): string {
  if (value === undefined || typeof value === 'number') return String(value)
  return typeof value === 'object' ? 'an object of a class, or nested too deep' : `a ${typeof value}`
}
