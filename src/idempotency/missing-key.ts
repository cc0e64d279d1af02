import { types } from 'node:util'
import { isLiteralObject } from './literal-object.ts'

/**
 * The part that a key lacks to identify a call; undefined where it lacks nothing.
 *
 * Looks through arrays and plain objects alone: sets, maps and bytes are values. The key must be one that `canonicalHash` took, so that it
 * has no cycles and an end.
 *
 * @param allowsPartial - null and undefined members, and holes, pass.
 * @returns what was found, as text for an error: never the data. O(members).
 */
export function missingPartOf(key: unknown, allowsPartial: boolean): string | undefined {
  if (key === undefined || key === null) return `is ${key}`
  if (!isContainer(key)) return emptyValueOf(key)
  if (Object.keys(key).length === 0) return Array.isArray(key) ? 'is an empty array' : 'is an empty object'
  const rest: unknown[] = [key]
  while (rest.length > 0) {
    const value = rest.pop()
    if (value === undefined || value === null) {
      if (!allowsPartial) return `has a member that is ${value}`
    } else if (isContainer(value)) {
      if (!allowsPartial && hasHole(value)) return 'has a member that is undefined'
      for (const name of Object.keys(value)) rest.push((value as Readonly<Record<string, unknown>>)[name])
    } else {
      const empty = emptyValueOf(value)
      if (empty !== undefined) return `has a member that ${empty}`
    }
  }
  return undefined
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && (Array.isArray(value) || isLiteralObject(value))
}

/** NaN and an invalid date are what is left of a value that could not be read. */
function emptyValueOf(value: unknown): string | undefined {
  if (Number.isNaN(value)) return 'is NaN'
  const isInvalidDate = types.isDate(value) && Number.isNaN(Date.prototype.getTime.call(value))
  return isInvalidDate ? 'is an invalid date' : undefined
}

/** Array indexes come before other names, so those that are there are counted up to the first of another kind. */
function hasHole(container: object): boolean {
  if (!Array.isArray(container)) return false
  const names = Object.keys(container)
  return (
    names.length < container.length ||
    (container.length > 0 && names[container.length - 1] !== `${container.length - 1}`)
  )
}
