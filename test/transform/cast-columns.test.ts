import { type RecordBatch, TimestampSecond } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { encodeJson } from '../../src/codecs/json/json.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { castColumns } from '../../src/transform/cast-columns.ts'
import { transformTable } from '../../src/transform/transform-table.ts'
import { stream } from '../support/streams.ts'
import { failure, fault, run } from './support/run-rows.ts'

describe('castColumns', () => {
  test('text to all that it reads as', () => {
    const row = {
      i: '-7',
      f: '1.5e3',
      b: 'TRUE',
      d: '2024-02-29',
      t: '2024-02-29T12:00:00.5+01:00',
      m: '12.30',
      n: '9007199254740993',
    }
    const types = {
      i: 'int32',
      f: 'float64',
      b: 'bool',
      d: 'date',
      t: 'timestamp',
      m: 'decimal(5,2)',
      n: 'int64',
    } as const
    expect(run([row, { i: null }], castColumns(types))[0]).toEqual({
      i: -7,
      f: 1500,
      b: true,
      d: new Date('2024-02-29'),
      t: new Date('2024-02-29T11:00:00.500Z'),
      m: '12.30',
      n: 9007199254740993n,
    })
  })

  test.each([
    ['007', 'int64'],
    ['1.5', 'int64'],
    [' 1', 'float64'],
    ['yes', 'bool'],
    ['2023-02-29', 'date'],
    ['2024-02-29T12:00:00.0001Z', 'timestamp'],
    [2 ** 53 + 2, 'int32'],
    [1.5, 'int64'],
    [9007199254740993n, 'float64'],
    [NaN, 'int32'],
    [-0, 'int64'],
    ['9007199254740993', 'float64'],
    [-0, 'decimal(5,2)'],
    [new Date(1), 'date'],
  ] as const)('a cast that would change the value is refused: %s to %s', (value, type) => {
    const rows = [{ a: null }, { a: value }]
    expect(fault(() => run(rows, castColumns({ a: type })))).toEqual(failure('TYPE_MISMATCH', { row: 2, column: 'a' }))
  })

  test('decimals to floats, as far as a float keeps them', () => {
    const cast = (value: string, type: 'decimal(38,0)' | 'decimal(20,2)') => {
      const table = tableFromRows([{ a: value }], { schema: { a: type } })
      return [...rowsFromTable(transformTable(table, castColumns({ a: 'float64' })))][0]?.['a']
    }
    expect(cast('-1234567890123.45', 'decimal(20,2)')).toBe(-1234567890123.45)
    expect(cast('9007199254740991.00', 'decimal(20,2)')).toBe(2 ** 53 - 1)
    expect(cast(`${10n ** 37n}`, 'decimal(38,0)')).toBe(1e37)
    const misfit = failure('TYPE_MISMATCH', { row: 1, column: 'a' })
    for (const value of ['1234567890123456.04', '9007199254740991.40', '-999999999999999.99']) {
      expect(fault(() => cast(value, 'decimal(20,2)'))).toEqual(misfit)
    }
    expect(fault(() => cast('9007199254740993', 'decimal(38,0)'))).toEqual(misfit)
  })

  test('seconds beyond 64 bits of milliseconds have no text', () => {
    const table = tableFromRows([{ t: 2n ** 60n }], { schema: { t: new TimestampSecond('UTC') } })
    expect(fault(() => transformTable(table, castColumns({ t: 'string' })))).toEqual(
      failure('TYPE_MISMATCH', { row: 1, column: 't' }),
    )
    expect(fault(() => encodeJson(table))).toEqual(failure('TYPE_MISMATCH', { row: 1, column: 't' }))
  })

  test('finer and coarser times', () => {
    const rows = run([{ t: new Date(-1) }], castColumns({ t: 'timestamp[ns]' }))
    expect(rows).toEqual([{ t: -1_000_000n }])
    expect(run([{ t: new Date(86_400_000) }], castColumns({ t: 'date' }))).toEqual([{ t: new Date(86_400_000) }])
    expect(run([{ t: new Date(-1) }], castColumns({ t: 'int64' }))).toEqual([{ t: -1n }])
  })

  test('unknown columns and impossible casts', () => {
    expect(fault(() => run([{ a: 1 }], castColumns({ b: 'int64' })))).toEqual(
      failure('COLUMN_UNKNOWN', { column: 'b' }),
    )
    expect(fault(() => run([{ a: [1] }], castColumns({ a: 'int64' })))).toEqual(
      failure('TYPE_MISMATCH', { column: 'a' }),
    )
    expect(fault(() => castColumns({ a: 'integer' as 'int64' }))).toEqual(failure('OPTION_INVALID'))
  })
})

describe('castColumns, at its edges', () => {
  test('castColumns counts the rows of all batches before', async () => {
    const batches = ['1', '2', 'x'].map((a) => tableFromRows([{ a }]).batches[0] as RecordBatch)
    const cast = async () => {
      for await (const _ of castColumns({ a: 'int32' })(stream(batches)));
    }
    await expect(cast()).rejects.toMatchObject({ code: 'TYPE_MISMATCH', position: { row: 3, column: 'a' } })
  })
})
