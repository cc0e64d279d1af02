import {
  type DataType,
  Dictionary,
  Field,
  Int32,
  Int64,
  makeData,
  type RecordBatch,
  Schema,
  Table,
  TimestampSecond,
  Utf8,
  Vector,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { encodeJson } from '../../src/codecs/json/json.ts'
import { emptyColumnField, isEmptyColumn } from '../../src/columns/empty-column.ts'
import { recordBatch } from '../../src/columns/record-batch.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import type { ErrorCode, Position } from '../../src/errors.ts'
import {
  addBatchMetadata,
  addColumns,
  castColumns,
  cleanColumnNames,
  defineTransform,
  dropDuplicates,
  fillNulls,
  filterRows,
  renameColumns,
  requiredFields,
  rowCounter,
  scoreRows,
  selectColumns,
  type Transform,
  transformTable,
  validationScore,
} from '../../src/transform/index.ts'
import { batchOf } from '../support/arbitrary-table.ts'
import { collect, stream } from '../support/transform-laws.ts'

type Rows = Record<string, unknown>[]

function run(rows: Rows, ...transforms: Transform[]): Rows {
  return [...rowsFromTable(transformTable(tableFromRows(rows), ...transforms))]
}

function failure(code: ErrorCode, position?: Position) {
  return expect.objectContaining(position === undefined ? { code } : { code, position })
}

function fault(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('the reference transform', () => {
  test('clean names, equal rows once, nulls filled, processed_at and batch_id added', () => {
    const table = transformTable(
      tableFromRows([
        { 'Event ID': 'e1', amount: null, status: null, created_at: new Date(1) },
        { 'Event ID': 'e1', amount: null, status: null, created_at: new Date(1) },
        { 'Event ID': 'e2', amount: 5, status: 'paid', created_at: null },
      ]),
      cleanColumnNames(),
      dropDuplicates(),
      fillNulls({ amount: 0, status: 'unknown', created_at: () => new Date(2) }),
      addBatchMetadata({ now: () => new Date('2024-02-29T23:59:59.500Z') }),
    )
    const stamp = { processed_at: new Date('2024-02-29T23:59:59.500Z'), batch_id: 'batch_20240229_235959' }
    expect([...rowsFromTable(table)]).toEqual([
      { event_id: 'e1', amount: 0, status: 'unknown', created_at: new Date(1), ...stamp },
      { event_id: 'e2', amount: 5, status: 'paid', created_at: new Date(2), ...stamp },
    ])
  })
})

test('addBatchMetadata: a clock that gives no time is refused', () => {
  for (const time of [new Date('x'), 5, undefined]) {
    expect(fault(() => run([{ a: 1 }], addBatchMetadata({ now: () => time as Date })))).toEqual(
      failure('OPTION_INVALID'),
    )
  }
})

describe('cleanColumnNames', () => {
  test('another style is refused', () => {
    expect(fault(() => cleanColumnNames({ style: 'kebab' as 'snake' }))).toEqual(failure('OPTION_INVALID'))
  })

  const clean = (names: string[], style?: 'lower' | 'snake'): string[] => {
    const schema = new Schema(names.map((name) => new Field(name, new Utf8(), true)))
    const table = new Table(schema, [batchOf(schema, [])])
    return transformTable(table, cleanColumnNames(style === undefined ? {} : { style })).schema.fields.map(
      ({ name }) => name,
    )
  }

  test('lower: lower case, spaces to _ and nothing else', () => {
    expect(clean(['Event ID', ' Total (USD) ', 'userID', 'a-b', 'É  x'])).toEqual([
      'event_id',
      '_total_(usd)_',
      'userid',
      'a-b',
      'é__x',
    ])
  })

  test('snake: trims, splits camelCase, folds accents, drops punctuation', () => {
    expect(
      clean(
        [
          ' Event ID ',
          'userID',
          'HTMLParser',
          'Total (USD)',
          "Prénom d'usage",
          'first-name',
          '日本 語',
          'a__b',
          'sha256Sum',
        ],
        'snake',
      ),
    ).toEqual([
      'event_id',
      'user_id',
      'html_parser',
      'total_usd',
      'prenom_dusage',
      'first_name',
      '日本_語',
      'a_b',
      'sha256_sum',
    ])
  })

  test('collisions pass over names that are there', () => {
    expect(clean(['A', 'a', 'a_2', 'a '])).toEqual(['a', 'a_3', 'a_2', 'a_'])
    expect(clean(['x', 'X', 'x', 'X'])).toEqual(['x', 'x_2', 'x_3', 'x_4'])
    expect(clean(['x', 'x', 'x_2', 'x_2'])).toEqual(['x', 'x_3', 'x_2', 'x_2_2'])
  })

  test('a name of which nothing is left gets its place', () => {
    expect(clean(['a', '%%', ''], 'snake')).toEqual(['a', 'column_2', 'column_3'])
    expect(clean(['__proto__', 'Constructor'])).toEqual(['__proto__', 'constructor'])
  })
})

describe('dropDuplicates', () => {
  test('nulls, NaN and zeros equal; text and its absence do not', () => {
    const rows = [{ a: NaN }, { a: null }, { a: -0 }, { a: NaN }, { a: null }, { a: 0 }]
    expect(run(rows, dropDuplicates())).toEqual([{ a: NaN }, { a: null }, { a: -0 }])
  })

  test('subset compares some columns, keep picks', () => {
    const rows = [
      { id: 1, at: 1 },
      { id: 2, at: 2 },
      { id: 1, at: 3 },
    ]
    expect(run(rows, dropDuplicates({ subset: ['id'] }))).toEqual([rows[0], rows[1]])
    expect(run(rows, dropDuplicates({ subset: ['id'], keep: 'last' }))).toEqual([rows[1], rows[2]])
    expect(run(rows, dropDuplicates({ subset: ['id'], keep: 'none' }))).toEqual([rows[1]])
  })

  test('more rows than one table and one segment of hashes', async () => {
    const rows = Array.from({ length: 150_000 }, (_, index) => ({ id: BigInt(index % 140_000) }))
    const { batches } = tableFromRows(rows)
    for (const options of [{}, { exact: true }, { random: () => 0.5 }]) {
      const out = await collect(dropDuplicates(options)(stream(batches)))
      expect(out.reduce((sum, batch) => sum + batch.numRows, 0)).toBe(140_000)
    }
  })

  test('faults', () => {
    expect(fault(() => run([{ a: 1 }], dropDuplicates({ subset: ['b'] })))).toEqual(
      failure('COLUMN_UNKNOWN', { column: 'b' }),
    )
    expect(fault(() => dropDuplicates({ subset: [] }))).toEqual(failure('OPTION_INVALID'))
    expect(fault(() => dropDuplicates({ keep: 'any' as 'first' }))).toEqual(failure('OPTION_INVALID'))
  })

  test('batches of other types in one stream are refused, not mixed up', async () => {
    const batches = [...tableFromRows([{ a: 1 }]).batches, ...tableFromRows([{ a: 'x' }]).batches]
    await expect(collect(dropDuplicates()(stream(batches)))).rejects.toEqual(failure('TYPE_MISMATCH'))
  })
})

describe('fillNulls', () => {
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

  test('a function is called once a missing value, in order', () => {
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
})

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

  test('the first value that is not null decides, whatever the batches', async () => {
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

  test('batches do not wait for a value for ever', async () => {
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

  test('faults', () => {
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

  test('what a callback throws leaves as it is', () => {
    const mine = new Error('mine')
    const thrower = () => {
      throw mine
    }
    expect(fault(() => run([{ a: 1 }], addColumns({ b: thrower })))).toBe(mine)
    expect(fault(() => run([{ a: 1 }], filterRows(thrower)))).toBe(mine)
  })
})

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

describe('selectColumns, renameColumns, filterRows, rowCounter', () => {
  test('select in order; unknown and repeated names are refused', () => {
    expect(run([{ a: 1, b: 2 }], selectColumns(['b', 'a'])).map(Object.keys)).toEqual([['b', 'a']])
    expect(fault(() => run([{ a: 1 }], selectColumns(['z'])))).toEqual(failure('COLUMN_UNKNOWN', { column: 'z' }))
    expect(fault(() => selectColumns(['a', 'a']))).toEqual(failure('COLUMN_CONFLICT', { column: 'a' }))
  })

  test('rename swaps; unknown names and collisions are refused', () => {
    expect(run([{ a: 1, b: 2 }], renameColumns({ a: 'b', b: 'a' }))).toEqual([{ b: 1, a: 2 }])
    expect(fault(() => run([{ a: 1 }], renameColumns({ z: 'y' })))).toEqual(failure('COLUMN_UNKNOWN', { column: 'z' }))
    expect(fault(() => run([{ a: 1, b: 2 }], renameColumns({ a: 'b' })))).toEqual(
      failure('COLUMN_CONFLICT', { column: 'b' }),
    )
  })

  test('filter sees only what rows hold, and cannot change them', () => {
    const rows = [{ a: 1 }, { a: 0 }]
    expect(
      run(
        rows,
        filterRows((row) => row['a']),
      ),
    ).toEqual([{ a: 1 }])
    expect(
      run(
        rows,
        filterRows((row) => row['constructor'] !== undefined),
      ),
    ).toEqual([])
    expect(() =>
      run(
        rows,
        filterRows((row) => Object.assign(row, { a: 2 })),
      ),
    ).toThrow(TypeError)
  })

  test('a predicate that gives a promise is refused', () => {
    expect(
      fault(() =>
        run(
          [{ a: 1 }],
          filterRows(async () => false),
        ),
      ),
    ).toEqual(failure('OPTION_INVALID'))
  })

  test('rowCounter counts the current run', async () => {
    const counter = rowCounter()
    const { batches } = tableFromRows([{ a: 1 }, { a: 2 }])
    expect((await collect(counter(stream(batches))))[0]).toBe(batches[0])
    expect(counter.rows).toBe(2)
    await collect(counter(stream(batches)))
    expect(counter.rows).toBe(2)
    expect(counter.name).toBe('rowCounter')
  })
})

describe('validation scores', () => {
  test('each of the default fields counts 25 when it is there and truthy', () => {
    expect(validationScore({})).toBe(0)
    expect(validationScore({ event_id: 'e', event_type: 't', user_id: 'u', amount: 1 })).toBe(100)
    for (const amount of [null, undefined, '', 0, -0, 0n, false, NaN, [], {}, new Map(), new Uint8Array(0)]) {
      expect(validationScore({ event_id: 'e', event_type: 't', user_id: 'u', amount })).toBe(75)
    }
    for (const amount of ['0', 'false', [0], { a: 0 }, new Date(0), 1n, new Map([[1, 1]])]) {
      expect(validationScore({ amount })).toBe(25)
    }
  })

  test('weights are shares; defined counts empty values', () => {
    const rules = [
      { name: 'id', weight: 2, test: (record: Record<string, unknown>) => record['id'] !== undefined },
      { name: 'positive', weight: 1, test: (record: Record<string, unknown>) => Number(record['amount']) > 0 },
    ]
    expect(validationScore({ id: 1, amount: -1 }, rules)).toBe(67)
    expect(validationScore({ a: 0, b: null, c: '' }, requiredFields(['a', 'b', 'c'], { present: 'defined' }))).toBe(67)
    expect(validationScore({}, [])).toBe(100)
    expect(validationScore({}, requiredFields(['constructor', '__proto__', 'toString']))).toBe(0)
  })

  test('bad weights are refused', () => {
    const weigh = (weight: number) => fault(() => validationScore({}, [{ name: 'x', weight, test: () => true }]))
    for (const weight of [-1, NaN, Infinity, 0]) expect(weigh(weight)).toEqual(failure('OPTION_INVALID'))
  })

  test('what is no record, and another meaning of present, are refused', () => {
    expect(fault(() => validationScore(null as never))).toEqual(failure('TYPE_MISMATCH'))
    expect(fault(() => requiredFields(['a'], { present: 'some' as 'truthy' }))).toEqual(failure('OPTION_INVALID'))
  })

  test('a decimal that is zero is zero, not text', () => {
    const rows = [{ amount: '0.00' }, { amount: '0.01' }, { amount: null }]
    const table = tableFromRows(rows, { schema: { amount: 'decimal(9,2)' } })
    const scored = [...rowsFromTable(transformTable(table, scoreRows()))]
    expect(scored.map((row) => row['validation_score'])).toEqual([0, 25, 0])
    expect(scored[0]?.['amount']).toBe('0.00')
  })

  test('scoreRows adds an int32; a field that no row has counts nothing', () => {
    const table = transformTable(
      tableFromRows([
        { event_id: 'e', amount: 3 },
        { event_id: null, amount: 0 },
      ]),
      scoreRows(),
    )
    expect([...rowsFromTable(table)].map((row) => row['validation_score'])).toEqual([50, 0])
    expect(String(table.schema.fields[2]?.type)).toBe('Int32')
  })
})

describe('transformTable', () => {
  test('a table without batches keeps a schema; one without rows too', () => {
    const schema = new Schema([new Field('Event ID', new Int64(), true)])
    const out = transformTable(
      new Table(schema, []),
      cleanColumnNames(),
      dropDuplicates({ keep: 'last' }),
      fillNulls({ event_id: 0 }),
    )
    expect(out.schema.fields.map(({ name }) => name)).toEqual(['event_id'])
    expect(out.numRows).toBe(0)
  })

  test('takes a transform that somebody else wrote', () => {
    const own = Object.assign(async function* own() {}, {
      start: () => (batch: unknown) => batch,
    }) as unknown as Transform
    expect(transformTable(tableFromRows([{ a: 1 }]), own).numRows).toBe(1)
    const halved = defineTransform('halved', () => ({ next: (batch) => [batch.slice(0, batch.numRows >> 1)] }))
    expect(transformTable(tableFromRows([{ a: 1 }, { a: 2 }]), halved).numRows).toBe(1)
  })

  test('5,000 columns take no quadratic time', () => {
    const row = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`Column ${index}`, index]))
    const out = transformTable(
      tableFromRows([row, row]),
      cleanColumnNames(),
      dropDuplicates(),
      fillNulls({ column_7: 0 }),
    )
    expect([out.numRows, out.numCols]).toEqual([1, 5000])
  })
})

describe('what no other test would notice', () => {
  const fieldsOf = (table: Table) => table.schema.fields.map(({ name }) => name)

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

  test('a name that is there is COLUMN_CONFLICT before any row is read', () => {
    const table = tableFromRows([{ a: 1, b: 2 }])
    const conflict = expect.objectContaining({ code: 'COLUMN_CONFLICT' })
    expect(() => transformTable(table, addColumns({ a: 3 }))).toThrow(conflict)
    expect(() => transformTable(table, renameColumns({ a: 'b' }))).toThrow(conflict)
    expect(fieldsOf(transformTable(table, renameColumns({ a: 'c' })))).toEqual(['c', 'b'])
  })

  test('a transform made by hand may hold its rows until the end', () => {
    const held = () => {
      let kept: RecordBatch | undefined
      return (batch: RecordBatch | undefined) => {
        if (batch === undefined) return kept
        kept = batch
        return undefined
      }
    }
    const byHand = Object.assign(async function* () {}, { start: held }) as unknown as Transform
    expect(transformTable(tableFromRows([{ a: 1 }, { a: 2 }]), byHand).numRows).toBe(2)
  })

  test('a stage of constants hands on each batch as it comes', async () => {
    let pulled = 0
    const [batch] = tableFromRows([{ a: 1 }]).batches
    const source = (async function* () {
      for (; pulled < 50; pulled++) yield batch as RecordBatch
    })()
    for await (const _ of addColumns({ b: 1 })(source)) break
    expect(pulled).toBe(0)
  })

  test('requiredFields: defined does not count undefined, and bytes count by their length', () => {
    expect(validationScore({ a: undefined }, requiredFields(['a'], { present: 'defined' }))).toBe(0)
    expect([[1], []].map((bytes) => validationScore({ a: Uint8Array.from(bytes) }, requiredFields(['a'])))).toEqual([
      100, 0,
    ])
  })

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

  test('castColumns counts the rows of all batches before', async () => {
    const batches = ['1', '2', 'x'].map((a) => tableFromRows([{ a }]).batches[0] as RecordBatch)
    const cast = async () => {
      for await (const _ of castColumns({ a: 'int32' })(stream(batches)));
    }
    await expect(cast()).rejects.toMatchObject({ code: 'TYPE_MISMATCH', position: { row: 3, column: 'a' } })
  })

  test('addBatchMetadata takes the time of its run', () => {
    const before = Date.now()
    const [row] = rowsFromTable(transformTable(tableFromRows([{ a: 1 }]), addBatchMetadata()))
    const at = Number(row?.['processed_at'])
    expect(at).toBeGreaterThanOrEqual(before)
    expect(at).toBeLessThanOrEqual(Date.now())
  })

  test.each<[string, Transform]>([
    ['addBatchMetadata', addBatchMetadata()],
    ['addColumns', addColumns({})],
    ['castColumns', castColumns({})],
    ['cleanColumnNames', cleanColumnNames()],
    ['dropDuplicates', dropDuplicates()],
    ['fillNulls', fillNulls({})],
    ['filterRows', filterRows(() => true)],
    ['renameColumns', renameColumns({})],
    ['rowCounter', rowCounter()],
    ['scoreRows', scoreRows()],
    ['selectColumns', selectColumns(['a'])],
  ])('%s has its own name', (name, transform) => {
    expect(transform.name).toBe(name)
  })
})
