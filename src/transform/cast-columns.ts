import type { Field } from 'apache-arrow'
import { castColumn, isSameType } from '../columns/cast.ts'
import { columnIndices } from '../columns/column-index.ts'
import { type SchemaOption, schemaFields } from '../columns/column-type.ts'
import { changedField, recordBatch, schemaOf } from '../columns/record-batch.ts'
import { checkArgument } from '../internal/check-arguments.ts'
import { defineMap, perSchema, type Transform } from './transform.ts'

/**
 * Convert columns to other types, if that changes no value.
 *
 * | from | to | which values |
 * |---|---|---|
 * | string | int, float, bool, decimal, date, timestamp, time | text in the form of one: `-12`, `1.5e3`, `true`, `2024-02-29`, `2024-02-29T12:00:00Z`, `12:00:00`; floats to the nearest |
 * | string | binary, and back | UTF-8 |
 * | int, float, bool, decimal, date, timestamp, time | string | all; casting back returns the same |
 * | int, float, decimal | int, float, decimal | values that both represent exactly; a decimal of up to 15 digits is a float |
 * | date | timestamp | midnight UTC |
 * | date | int, and back | days since 1970-01-01 |
 * | timestamp | timestamp | whole units of the other |
 * | timestamp | date | midnight UTC |
 * | timestamp | int64, and back | the unit counted since 1970-01-01T00:00:00Z |
 * | time, duration | int64, and back | the unit |
 * | dictionary | its value type, and back | all, and all casts from or to the value type |
 *
 * @param types - the new type of each column to cast.
 * @throws MillraceError `TYPE_MISMATCH` with row and column at the first value that would change; `COLUMN_UNKNOWN`; `OPTION_INVALID` for an unknown type.
 * @example
 * const table = transformTable(tableFromRows([{ id: '7', at: '2024-02-29' }]), castColumns({ id: 'int64', at: 'date' }))
 * rowsFromTable(table) // => [{ id: 7n, at: new Date('2024-02-29') }]
 */
export function castColumns(types: SchemaOption): Transform {
  checkArgument('castColumns', 'types', types, 'object', "write castColumns({ id: 'int64' })")
  const targets = schemaFields(types)
  return defineMap('castColumns', () => {
    const planOf = perSchema((schema) => {
      columnIndices(schema, targets.keys())
      const fields = schema.fields.map((field) => castField(field, targets.get(field.name)))
      return schemaOf(fields, schema.metadata)
    })
    let before = 0
    return (batch) => {
      const schema = planOf(batch.schema)
      const columns = batch.data.children.map((data, index) => {
        const { name, type } = schema.fields[index] as Field
        return targets.has(name) ? castColumn(data, type, name, before) : data
      })
      before += batch.numRows
      return recordBatch(schema, columns, batch.numRows)
    }
  })
}

function castField(field: Field, target: Field | undefined): Field {
  return target === undefined || isSameType(field.type, target.type)
    ? field
    : changedField(field, { type: target.type })
}
