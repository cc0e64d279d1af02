import { Bool, DataType, Dictionary, Field, Float64, Int32, Schema, Table } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { isMillraceError } from '../../src/errors.ts'
import {
  addBatchMetadata,
  addColumns,
  castColumns,
  cleanColumnNames,
  dropDuplicates,
  fillNulls,
  filterRows,
  renameColumns,
  rowCounter,
  scoreRows,
  selectColumns,
  transformTable,
} from '../../src/transform/index.ts'
import { arbitraryFlatType, arbitraryTableCase, type Cell } from '../support/arbitrary-table.ts'
import { rowCells, tableCells } from '../support/column-cells.ts'
import { law } from '../support/law.ts'
import { rowToken } from '../support/row-token.ts'
import { collect, stream, transformLaws } from '../support/transform-laws.ts'

const now = (): Date => new Date('2024-02-29T23:59:59.123Z')

/** Few distinct values, so that rows repeat. */
const repetitive = arbitraryTableCase({
  maxColumns: 2,
  types: fc.constantFrom<DataType>(new Bool(), new Dictionary(new Bool(), new Int32()), new Float64()),
})

transformLaws('cleanColumnNames', () => cleanColumnNames())
transformLaws('cleanColumnNames snake', () => cleanColumnNames({ style: 'snake' }))
transformLaws('selectColumns', ({ names }) => selectColumns([...(names as string[])].reverse()))
transformLaws('renameColumns', ({ names }) => renameColumns({ [String(names[0])]: 'renamed' }))
transformLaws('rowCounter', () => rowCounter())
transformLaws('filterRows', ({ names }) => filterRows((row) => row[names[0] as string] !== null), {
  tables: arbitraryTableCase({ nested: false }),
})
transformLaws('addBatchMetadata', () => addBatchMetadata({ now }))
transformLaws('scoreRows', () => scoreRows([{ name: 'c0', weight: 1, test: (row) => row['c0'] !== null }]), {
  tables: arbitraryTableCase({ nested: false }),
})
transformLaws(
  'addColumns',
  () => addColumns({ source: 'shop', one: 1n, present: (row) => row['c0'] !== null }, { schema: { present: 'bool' } }),
  { tables: arbitraryTableCase({ nested: false }) },
)
transformLaws('castColumns to text', textCast, { tables: arbitraryTableCase({ nested: false }) })
transformLaws('fillNulls', fillsFor)
for (const keep of ['first', 'last', 'none'] as const) {
  transformLaws(`dropDuplicates keep ${keep}`, () => dropDuplicates({ keep }), { tables: repetitive })
  transformLaws(`dropDuplicates exact keep ${keep}`, () => dropDuplicates({ keep, exact: true }), {
    tables: repetitive,
  })
}
transformLaws('dropDuplicates subset', ({ names }) => dropDuplicates({ subset: [names[0] as string] }))

describe('dropDuplicates', () => {
  law(
    'dropDuplicates: keeps the first, the last or none of equal rows, in order',
    fc.asyncProperty(repetitive, fc.constantFrom('first', 'last', 'none'), fc.boolean(), async (table, keep, exact) => {
      const expected = keptRows(table.rows, keep)
      const streamed = await collect(dropDuplicates({ keep, exact })(stream(table.batches)))
      expect(rowCells(streamed)).toEqual(expected)
      expect(tableCells(transformTable(table.table, dropDuplicates({ keep })))).toEqual(expected)
    }),
  )

  law(
    'dropDuplicates: twice is once',
    fc.property(arbitraryTableCase(), ({ table }) => {
      const once = transformTable(table, dropDuplicates())
      expect(tableCells(transformTable(once, dropDuplicates()))).toEqual(tableCells(once))
    }),
  )

  law(
    'dropDuplicates: a batch without duplicates passes uncopied',
    fc.asyncProperty(arbitraryTableCase(), async ({ batches, rows }) => {
      fc.pre(new Set(rows.map(rowToken)).size === rows.length)
      const out = await collect(dropDuplicates()(stream(batches)))
      for (const [index, batch] of out.entries()) expect(batch).toBe(batches[index])
    }),
    { runs: 50 },
  )
})

describe('cleanColumnNames', () => {
  law(
    'cleanColumnNames: names are distinct, not empty, and stay when cleaned again',
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a', 'A', 'a_2', 'A 2', 'userID', '', '%'))),
      fc.constantFrom('lower', 'snake'),
      (names, style) => {
        const clean = (from: readonly string[]): readonly string[] => {
          const schema = new Schema(from.map((name) => new Field(name, new Bool(), true)))
          return transformTable(new Table(schema, []), cleanColumnNames({ style })).schema.fields.map(
            ({ name }) => name,
          )
        }
        const once = clean(names)
        expect(new Set(once).size).toBe(once.length)
        expect(once).not.toContain('')
        expect(clean(once)).toEqual(once)
      },
    ),
  )
})

describe('addColumns', () => {
  const part = fc.oneof(fc.constant(null), fc.constant([]), fc.array(fc.record({ x: fc.option(fc.bigInt(-9n, 9n)) })))

  law(
    'addColumns: computed lists and objects get one type, whatever the batches',
    fc.asyncProperty(fc.array(part, { minLength: 1 }), fc.array(fc.nat(9)), async (values, cuts) => {
      const { batches } = tableFromRows(values.map((_, index) => ({ index })))
      const whole = new Table(batches)
      const places = [0, ...cuts.filter((cut) => cut < values.length), values.length].sort((a, b) => a - b)
      const cut = places.flatMap((start, index) => whole.slice(start, places[index + 1] ?? start).batches)
      const transform = addColumns({ value: ({ index }) => values[Number(index)] })
      const streamed = new Table(await collect(transform(stream(cut))))
      const table = transformTable(whole, transform)
      expect(String(streamed.schema)).toEqual(String(table.schema))
      expect([...rowsFromTable(streamed)].map(({ value }) => value)).toEqual(values)
      expect([...rowsFromTable(table)].map(({ value }) => value)).toEqual(values)
    }),
  )
})

describe('castColumns', () => {
  law(
    'castColumns: a cast is refused, or casts back to the same values',
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
    'castColumns: what casts to text casts back to the same values',
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

function keptRows(rows: readonly (readonly Cell[])[], keep: string): (readonly Cell[])[] {
  const tokens = rows.map(rowToken)
  return rows.filter((_, index) => {
    const token = tokens[index] as string
    if (keep === 'first') return tokens.indexOf(token) === index
    return keep === 'last' ? tokens.lastIndexOf(token) === index : tokens.indexOf(token) === tokens.lastIndexOf(token)
  })
}

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

function fillsFor({ fields }: Schema) {
  return fillNulls(Object.fromEntries(fields.map(({ name, type }) => [name, fillFor(type)])))
}

function fillFor(type: DataType): unknown {
  if (DataType.isDictionary(type)) return fillFor(type.dictionary)
  if (DataType.isBool(type)) return true
  if (DataType.isInt(type) || DataType.isDecimal(type)) return 0
  if (DataType.isFloat(type)) return () => 0.5
  if (DataType.isUtf8(type)) return 'unknown'
  if (DataType.isTimestamp(type)) return now
  if (DataType.isDate(type)) return new Date('2024-02-29')
  return DataType.isBinary(type) ? new Uint8Array([1, 2]) : null
}

function isText(type: DataType): boolean {
  return DataType.isUtf8(DataType.isDictionary(type) ? type.dictionary : type)
}

/** What a call gives, or the code of its error. */
function outcome<T>(call: () => T): T | string {
  try {
    return call()
  } catch (error) {
    if (!isMillraceError(error)) throw error
    return error.code
  }
}
