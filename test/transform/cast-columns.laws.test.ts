import { DataType, type Schema, Table } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { castColumns } from '../../src/transform/cast-columns.ts'
import { transformTable } from '../../src/transform/transform-table.ts'
import { arbitraryFlatType, arbitraryTableCase } from '../support/arbitrary-table.ts'
import { tableCells } from '../support/column-cells.ts'
import { law } from '../support/law.ts'
import { transformLaws } from './support/transform-laws.ts'

transformLaws('castColumns to text', textCast, { tables: arbitraryTableCase({ nested: false }) })

describe('castColumns', () => {
  law(
    'castColumns: a cast is rejected, or casts back to the same values',
    fc.property(
      arbitraryTableCase({ nested: false, maxColumns: 1, maxRows: 6 }),
      arbitraryFlatType(),
      (table, type) => {
        const [field] = table.schema.fields
        fc.pre(field !== undefined && !isText(field.type) && !DataType.isNull(field.type))
        const there = outcome(() => transformTable(table.table, castColumns({ c0: type })))
        if (there instanceof Table) {
          expect(tableCells(transformTable(there, castColumns({ c0: field.type })))).toEqual(table.rows)
        } else expect(there).toBe('TYPE_MISMATCH')
      },
    ),
    { runs: 500 },
  )

  law(
    'castColumns: a cast to text casts back to the same values',
    fc.property(arbitraryTableCase({ nested: false }), (table) => {
      const transform = textCast(table.schema)
      fc.pre(transform !== undefined)
      const back = Object.fromEntries(
        table.schema.fields.filter(({ type }) => isTextual(type)).map(({ name, type }) => [name, type]),
      )
      const again = transformTable(table.table, transform, castColumns(back))
      expect(tableCells(again)).toEqual(table.rows)
    }),
  )
})

function isTextual(type: DataType): boolean {
  return (
    DataType.isBool(type) ||
    DataType.isInt(type) ||
    DataType.isDecimal(type) ||
    DataType.isDate(type) ||
    DataType.isTimestamp(type) ||
    DataType.isTime(type) ||
    (DataType.isFloat(type) && type.precision === 2)
  )
}

function textCast({ fields }: Schema) {
  const textual = fields.filter(({ type }) => isTextual(type))
  return textual.length === 0 ? undefined : castColumns(Object.fromEntries(textual.map(({ name }) => [name, 'string'])))
}

function isText(type: DataType): boolean {
  return DataType.isUtf8(DataType.isDictionary(type) ? type.dictionary : type)
}

/** The result of a call, or the code of its error. */
function outcome<T>(call: () => T): T | string {
  try {
    return call()
  } catch (error) {
    if (!isMillraceError(error)) throw error
    return error.code
  }
}
