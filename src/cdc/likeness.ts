import { isKeyValueObject } from '../internal/key-value-object.ts'

/** Levels that are compared; deeper values count as alike. */
const LEVELS = 3
/** Members of a container that are compared. */
const MEMBERS = 32

/**
 * Make a text that is equal for equal values (`isSameValue`), and different for most others, to find the few members of
 * a set that need a comparison. Bytes and dates are written out whole.
 */
export function likenessOf(value: unknown, levels = LEVELS): string {
  if (typeof value === 'number') return `n${value + 0}`
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`
  if (value instanceof Uint8Array)
    return `b${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')}`
  if (value instanceof Date) return `d${value.getTime()}`
  if (levels === 0) return 'o'
  if (Array.isArray(value)) return `[${value.length},${membersOf(value, levels)}]`
  if (value instanceof Set || value instanceof Map) return `s${value.size}`
  return isKeyValueObject(value) ? `{${propertiesOf(value, levels)}}` : 'o'
}

function membersOf(list: readonly unknown[], levels: number): string {
  return Array.from(list.slice(0, MEMBERS), (member) => likenessOf(member, levels - 1)).join()
}

/** Undefined properties count as absent. */
function propertiesOf(object: Readonly<Record<string, unknown>>, levels: number): string {
  const names: string[] = []
  // Inherited ones too, as the comparison does.
  for (const name in object) if (object[name] !== undefined) names.push(name)
  return names
    .sort()
    .slice(0, MEMBERS)
    .map((name) => `${JSON.stringify(name)}:${likenessOf(object[name], levels - 1)}`)
    .join()
}
