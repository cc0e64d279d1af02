import type { Schema } from 'apache-arrow'
import { MillraceError } from '../errors.ts'

/**
 * The indices of columns in a schema.
 *
 * @throws MillraceError `COLUMN_UNKNOWN` for a name that is not in the schema, `COLUMN_CONFLICT` for one that is there twice.
 */
export function columnIndices(schema: Schema, names: Iterable<string>): number[] {
  const places = new Map<string, number>()
  const repeated = new Set<string>()
  schema.fields.forEach(({ name }, index) => {
    if (places.has(name)) repeated.add(name)
    else places.set(name, index)
  })
  return Array.from(names, (name) => {
    const place = places.get(name)
    if (place === undefined) {
      throw new MillraceError('COLUMN_UNKNOWN', 'the table has no such column', { position: { column: name } })
    }
    if (repeated.has(name)) {
      throw new MillraceError('COLUMN_CONFLICT', 'two columns share this name; rename one of them', {
        position: { column: name },
      })
    }
    return place
  })
}
