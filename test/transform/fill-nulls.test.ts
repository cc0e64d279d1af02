import { type DataType, Dictionary, Field, Int32, makeData, Schema, Table, Vector } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { emptyColumnField } from '../../src/columns/empty-column.ts'
import { recordBatch } from '../../src/columns/record-batch.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { fillNulls } from '../../src/transform/fill-nulls.ts'
import { transformTable } from '../../src/transform/transform-table.ts'
import { batchOf } from '../support/arbitrary-table.ts'
import { collect, stream } from '../support/streams.ts'
import { failure, fault, run } from './support/run-rows.ts'

describe('fillNulls', () => {
  test('an empty column without a fill stays one; a fill of no type is refused by its column', () => {
    expect(run([{ a: null, b: null }], fillNulls({ a: 1 }))).toEqual([{ a: 1, b: null }])
    expect(fault(() => run([{ a: null }], fillNulls({ a: Symbol('a') })))).toEqual(
      failure('TYPE_MISMATCH', { column: 'a' }),
    )
  })

  test('a column known to be empty takes the type of its fill', () => {
    const rows = run(
      [{ a: null, b: null, c: null, d: null }],
      fillNulls({ a: 0, b: 7n, c: new Date(5), d: () => true }),
    )
    expect(rows).toEqual([{ a: 0, b: 7n, c: new Date(5), d: true }])
  })

  test('an entry of a dictionary that is null or NaN is missing', () => {
    const filled = (values: unknown[], fill: unknown) => {
      const { data } = tableFromRows(values.map((value) => ({ value }))).getChildAt(0) as Vector
      const type = new Dictionary(data[0]?.type as DataType, new Int32())
      const places = Int32Array.from([0, 1, 0, 1])
      const column = makeData({ type, length: 4, data: places, dictionary: new Vector(data) })
      const schema = new Schema([new Field('a', type, true)])
      const table = new Table(schema, [recordBatch(schema, [column], 4)])
      return [...rowsFromTable(transformTable(table, fillNulls({ a: fill })))].map(({ a }) => a)
    }
    expect(filled(['x', null], 'y')).toEqual(['x', 'y', 'x', 'y'])
    expect(filled([1.5, NaN], 0)).toEqual([1.5, 0, 1.5, 0])
  })

  test('text that turns up later in an empty column must read as the fill', async () => {
    const schema = new Schema([emptyColumnField('a')])
    const batches = [batchOf(schema, [[null]]), batchOf(schema, [['1.5'], [null]])]
    const filled = await collect(fillNulls({ a: 0 })(stream(batches)))
    expect([...rowsFromTable(new Table(filled))]).toEqual([{ a: 0 }, { a: 1.5 }, { a: 0 }])
    const bad = [...batches, batchOf(schema, [['x']])]
    await expect(collect(fillNulls({ a: 0 })(stream(bad)))).rejects.toEqual(
      failure('TYPE_MISMATCH', { row: 4, column: 'a' }),
    )
  })

  test('a function is called once per missing value, in order', () => {
    let calls = 0
    const next = () => ++calls
    expect(run([{ a: null }, { a: 9 }, { a: NaN }], fillNulls({ a: next }))).toEqual([{ a: 1 }, { a: 9 }, { a: 2 }])
    calls = 0
    expect(run([{ a: null }, { a: null }], fillNulls({ a: next }))).toEqual([{ a: 1 }, { a: 2 }])
  })

  test('a column that the table lacks is left alone; nothing missing, nothing copied', () => {
    const table = tableFromRows([{ a: 'x', b: 1n }])
    const filled = transformTable(table, fillNulls({ a: 'y', b: 0, absent: 1 }))
    expect(filled.batches[0]?.data.children[0]).toBe(table.batches[0]?.data.children[0])
    expect(filled.batches[0]?.data.children[1]).toBe(table.batches[0]?.data.children[1])
  })

  test('int64 takes a whole number, decimal text; lists and maps their values', () => {
    const table = tableFromRows([{ i: 1n, d: '1.50', l: [1], m: new Map([['k', 1]]) }, {}], {
      schema: { d: 'decimal(9,2)' },
    })
    const filled = transformTable(table, fillNulls({ i: 0, d: '0.25', l: [2, 3], m: new Map([['z', 9]]) }))
    expect([...rowsFromTable(filled)][1]).toEqual({ i: 0n, d: '0.25', l: [2, 3], m: new Map([['z', 9]]) })
  })

  test('a value that does not fit is refused, though nothing is missing', () => {
    for (const [rows, fill] of [
      [[{ a: 'x' }], 0],
      [[{ a: 1n }], 1.5],
      [[{ a: 1 }], 'x'],
    ] as const) {
      expect(fault(() => run([...rows], fillNulls({ a: fill })))).toEqual(failure('TYPE_MISMATCH', { column: 'a' }))
    }
    expect(fault(() => run([{ a: 'x' }, { a: null }], fillNulls({ a: () => 1 })))).toEqual(
      failure('TYPE_MISMATCH', { row: 2, column: 'a' }),
    )
  })

  test('a date column refuses a time of day and says what to do', () => {
    const table = tableFromRows([{ day: null }], { schema: { day: 'date' } })
    const error = fault(() => transformTable(table, fillNulls({ day: () => new Date(5) }))) as Error
    expect(error).toEqual(failure('TYPE_MISMATCH', { row: 1, column: 'day' }))
    expect(error.message).toContain('midnight')
  })

  test('a column that is not named, or named with null, keeps its NaN', () => {
    const table = tableFromRows([{ a: Number.NaN, b: null }])
    for (const fills of [{ b: 0 }, { a: null, b: 0 }, { a: undefined, b: 0 }])
      expect([...rowsFromTable(transformTable(table, fillNulls(fills)))]).toEqual([{ a: Number.NaN, b: 0 }])
  })

  test('a column without any value takes the type of its fill, in the field as in the data', () => {
    const filled = transformTable(tableFromRows([{ a: null }]), fillNulls({ a: 0 }))
    expect(String(filled.schema.fields[0]?.type)).toBe('Float64')
    for (const { data, schema } of filled.batches)
      expect(String(schema.fields[0]?.type)).toBe(String(data.children[0]?.type))
  })
})
