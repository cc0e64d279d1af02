import { types } from 'node:util'
import { isLiteralObject } from './literal-object.ts'

/**
 * Find the part of a key that does not identify a call; undefined if the key is complete.
 *
 * Searches only arrays and plain objects: sets, maps and bytes are values. The key must be one that `canonicalHash`
 * accepted, so that it is finite and has no cycles.
 *
 * @param allowsPartial - null and undefined members, and holes, pass.
 * @returns a description for an error, never the data. O(members).
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

/** NaN and an invalid date result from values that could not be parsed. */
function emptyValueOf(value: unknown): string | undefined {
  if (Number.isNaN(value)) return 'is NaN'
  const isInvalidDate = types.isDate(value) && Number.isNaN(Date.prototype.getTime.call(value))
  return isInvalidDate ? 'is an invalid date' : undefined
}

/** Array indexes come before other names, so they are counted up to the first other name. */
function hasHole(container: object): boolean {
  if (!Array.isArray(container)) return false
  const names = Object.keys(container)
  return (
    names.length < container.length ||
    (container.length > 0 && names[container.length - 1] !== `${container.length - 1}`)
  )
}
