import { columnIndices } from '../columns/column-index.ts'
import { changedField, recordBatch, schemaOf } from '../columns/record-batch.ts'
import { recordKeys } from '../columns/record-key.ts'
import { checkArgument } from '../internal/check-arguments.ts'
import { defineMap, perSchema, type Transform } from './transform.ts'

/**
 * Rename columns, all at the same time: two may swap their names.
 *
 * @param names - the new name of each column to rename.
 * @returns a transform that shares all values.
 * @throws MillraceError `COLUMN_UNKNOWN` for an unknown column; `COLUMN_CONFLICT` if two columns would share a name.
 * @example
 * transformTable(tableFromRows([{ a: 1, b: 2 }]), renameColumns({ a: 'b', b: 'a' })).schema.names // => ['b', 'a']
 */
export function renameColumns(names: Readonly<Record<string, string>>): Transform {
  checkArgument('renameColumns', 'names', names, 'object', "write renameColumns({ old: 'new' })")
  checkArgument('renameColumns', 'the new names', Object.values(names), 'strings')
  const renames = new Map(Object.entries(names))
  return defineMap('renameColumns', () => {
    const renamed = perSchema((schema) => {
      columnIndices(schema, renames.keys())
      const fields = schema.fields.map((field) => changedField(field, { name: renames.get(field.name) ?? field.name }))
      recordKeys(fields)
      return schemaOf(fields, schema.metadata)
    })
    return (batch) => recordBatch(renamed(batch.schema), batch.data.children, batch.numRows)
  })
}
