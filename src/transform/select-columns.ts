import type { Data, Field } from 'apache-arrow'
import { columnIndices } from '../columns/column-index.ts'
import { recordBatch, schemaOf } from '../columns/record-batch.ts'
import { MillraceError } from '../errors.ts'
import { checkArgument } from '../internal/check-arguments.ts'
import { defineMap, perSchema, type Transform } from './transform.ts'

/**
 * Keep these columns, in this order.
 *
 * @returns a transform that shares all values.
 * @throws MillraceError `COLUMN_UNKNOWN` for an unknown name; `COLUMN_CONFLICT` for a name listed twice, or shared by
 * two columns.
 * @example
 * rowsFromTable(transformTable(tableFromRows([{ a: 1, b: 2, c: 3 }]), selectColumns(['c', 'a']))) // => [{ c: 3, a: 1 }]
 */
export function selectColumns(names: readonly string[]): Transform {
  checkArgument('selectColumns', 'names', names, 'strings', "write selectColumns(['id', 'name'])")
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) {
    throw new MillraceError('COLUMN_CONFLICT', 'a column can be selected once', { position: { column: repeated } })
  }
  return defineMap('selectColumns', () => {
    const selected = perSchema((schema) => {
      const indices = columnIndices(schema, names)
      return {
        indices,
        schema: schemaOf(
          indices.map((index) => schema.fields[index] as Field),
          schema.metadata,
        ),
      }
    })
    return (batch) => {
      const { indices, schema } = selected(batch.schema)
      const columns = indices.map((index) => batch.data.children[index] as Data)
      return recordBatch(schema, columns, batch.numRows)
    }
  })
}
