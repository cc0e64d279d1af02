import type { Field } from 'apache-arrow'
import { MillraceError } from '../errors.ts'

/**
 * The names of columns as keys of a plain object.
 *
 * @throws MillraceError `COLUMN_CONFLICT` if two columns share a name, since an object would keep only one of them.
 */
export function recordKeys(fields: readonly Field[]): string[] {
  const seen = new Set<string>()
  for (const { name } of fields) {
    if (seen.has(name)) {
      throw new MillraceError('COLUMN_CONFLICT', 'two columns share a name; rename one of them', {
        position: { column: name },
      })
    }
    seen.add(name)
  }
  return [...seen]
}

/** Set an own property, even if it is called `__proto__`. */
export function assignKey(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') record[key] = value
  else Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
}
