import { type Field, type RecordBatch, Table } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { isEmptyColumn } from '../../src/columns/empty-column.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { addColumns } from '../../src/transform/add-columns.ts'
import { filterRows } from '../../src/transform/filter-rows.ts'
import { transformTable } from '../../src/transform/transform-table.ts'
import { collect, stream } from '../support/streams.ts'
import { failure, fault, run } from './support/run-rows.ts'

describe('addColumns', () => {
  test('constants and computed columns', () => {
    const rows = [
      { price: 2, count: 3 },
      { price: null, count: 1 },
    ]
    const added = addColumns({
      source: 'shop',
      total: (row) => (row['price'] === null ? null : Number(row['price']) * Number(row['count'])),
      nothing: null,
    })
    expect(run(rows, added)).toEqual([
      { price: 2, count: 3, source: 'shop', total: 6, nothing: null },
      { price: null, count: 1, source: 'shop', total: null, nothing: null },
    ])
  })

  test('the first value that is not null decides, however the rows are cut into batches', async () => {
    const { batches } = tableFromRows([{ a: 1 }, { a: 2 }, { a: 3 }])
    const cut = [0, 1, 2].map((row) => batches[0]?.slice(row, row + 1)).filter((batch) => batch !== undefined)
    const out = await collect(addColumns({ b: (row) => (row['a'] === 1 ? null : row['a']) })(stream(cut)))
    expect(new Set(out.map(({ schema }) => String(schema))).size).toBe(1)
    expect([...rowsFromTable(new Table(out))].map((row) => row['b'])).toEqual([null, 2, 3])
  })

  test('parts of lists and objects decide too, in the order of the rows', async () => {
    const values = [null, [], [{ x: null }], [{ x: 1n, y: 'b' }], [null]]
    const { batches } = tableFromRows(values.map((_, index) => ({ index })))
    const compute = addColumns({ b: ({ index }) => values[Number(index)] })
    for (const size of [1, 2, 3, 5]) {
      const cut = [0, 1, 2, 3, 4].filter((row) => row % size === 0)
      const out = await collect(compute(stream(cut.flatMap((row) => batches[0]?.slice(row, row + size) ?? []))))
      expect([...rowsFromTable(new Table(out))].map(({ b }) => b)).toEqual([
        null,
        [],
        [{ x: null, y: null }],
        [{ x: 1n, y: 'b' }],
        [null],
      ])
    }
    const late = addColumns({ b: ({ index }) => (index === 0 ? { x: 1 } : { x: 1, y: 2 }) })
    const misfit = failure('TYPE_MISMATCH', { row: 2, column: 'b' })
    await expect(collect(late(stream(batches)))).rejects.toEqual(misfit)
    const rows = [0, 1].map((row) => batches[0]?.slice(row, row + 1)).filter((batch) => batch !== undefined)
    await expect(collect(late(stream(rows)))).rejects.toEqual(misfit)
  })

  test('batches do not wait forever for a value', async () => {
    const batch = tableFromRows(Array.from({ length: 10_000 }, (_, id) => ({ id }))).batches[0] as RecordBatch
    let sent = 0
    async function* source() {
      for (; sent < 20; sent++) yield batch
    }
    for await (const first of addColumns({ nothing: () => null })(source())) {
      expect(isEmptyColumn(first.schema.fields[1] as Field)).toBe(true)
      break
    }
    expect(sent).toBe(6)
  })

  test('a computed column that has its type yields each batch as it arrives', async () => {
    let pulled = 0
    const [batch] = tableFromRows([{ a: 1 }]).batches
    const source = (async function* () {
      for (; pulled < 50; pulled++) yield batch as RecordBatch
    })()
    for await (const _ of addColumns({ b: ({ a }) => a, c: 1 })(source)) break
    expect(pulled).toBe(0)
  })

  test('a table waits for the first value, however late: beside columns that have theirs, and beyond what a stream holds', () => {
    const rows = Array.from({ length: 70_000 }, (_, id) => ({ id }))
    const { batches } = tableFromRows(rows)
    const whole = new Table([...batches, ...tableFromRows([{ id: 70_000 }]).batches])
    const late = transformTable(whole, addColumns({ source: 'shop', last: ({ id }) => (id === 70_000 ? 7n : null) }))
    expect(late.batches.map(({ schema }) => String(schema.fields[2]?.type))).toEqual(late.batches.map(() => 'Int64'))
    expect(late.get(70_000)?.['last']).toBe(7n)
  })

  test('a run started by hand holds no more than a stream', () => {
    const [batch] = tableFromRows(Array.from({ length: 65_536 }, (_, id) => ({ id }))).batches
    const next = addColumns({ nothing: () => null }).start()
    expect(next(batch)?.numRows).toBe(65_536)
  })

  test('faults', () => {
    expect(fault(() => run([{ a: 1 }], addColumns({ b: Symbol('b') })))).toEqual(
      failure('TYPE_MISMATCH', { column: 'b' }),
    )
    expect(fault(() => run([{ a: 1 }], addColumns({ a: 2 })))).toEqual(failure('COLUMN_CONFLICT', { column: 'a' }))
    expect(fault(() => addColumns({ a: 2 }, { schema: { b: 'int64' } }))).toEqual(
      failure('COLUMN_UNKNOWN', { column: 'b' }),
    )
    expect(fault(() => run([{ a: 1 }, { a: 2 }], addColumns({ b: (row) => (row['a'] === 1 ? 1 : 'x') })))).toEqual(
      failure('TYPE_MISMATCH', { row: 2, column: 'b' }),
    )
    expect(fault(() => run([{ a: 1 }], addColumns({ b: 1.5 }, { schema: { b: 'int32' } })))).toEqual(
      failure('TYPE_MISMATCH', { column: 'b' }),
    )
  })

  test('a name that is there is COLUMN_CONFLICT before any row is read', () => {
    const table = tableFromRows([{ a: 1, b: 2 }])
    expect(() => transformTable(table, addColumns({ a: 3 }))).toThrow(failure('COLUMN_CONFLICT'))
  })

  test('an error of a callback is thrown unchanged', () => {
    const mine = new Error('mine')
    const thrower = () => {
      throw mine
    }
    expect(fault(() => run([{ a: 1 }], addColumns({ b: thrower })))).toBe(mine)
    expect(fault(() => run([{ a: 1 }], filterRows(thrower)))).toBe(mine)
  })

  test('a stage of constants yields each batch as it arrives', async () => {
    let pulled = 0
    const [batch] = tableFromRows([{ a: 1 }]).batches
    const source = (async function* () {
      for (; pulled < 50; pulled++) yield batch as RecordBatch
    })()
    for await (const _ of addColumns({ b: 1 })(source)) break
    expect(pulled).toBe(0)
  })
})

describe('addColumns, at its edges', () => {
  test('addColumns holds batches back for a column without a value, up to 64 MiB', async () => {
    const wide = tableFromRows(Array.from({ length: 8 }, () => ({ a: 'x'.repeat(2 ** 20) }))).batches[0] as RecordBatch
    let pulled = 0
    const source = (async function* () {
      for (; pulled < 40; pulled++) yield wide
    })()
    for await (const _ of addColumns({ b: () => null })(source)) break
    expect(pulled).toBe(7)
  })

  test('a pinned column takes every kind of value that its type holds', () => {
    const values = [1, 2n]
    const table = transformTable(
      tableFromRows([{ a: 0 }, { a: 1 }]),
      addColumns({ b: ({ a }) => values[Number(a)] }, { schema: { b: 'float64' } }),
    )
    expect(Array.from(rowsFromTable(table), ({ b }) => b)).toEqual([1, 2])
  })
})
