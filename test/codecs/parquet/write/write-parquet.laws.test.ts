import {
  Binary,
  DataType,
  Decimal,
  Field,
  Float16,
  Float64,
  Int32,
  Int64,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Struct,
  Table,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, beforeAll, expect } from 'vitest'
import { decodeParquet } from '../../../../src/codecs/parquet/parquet.ts'
import type { ParquetWriteOptions } from '../../../../src/codecs/parquet/write/write-options.ts'
import { encodeParquet, writeParquet } from '../../../../src/codecs/parquet/write/write-parquet.ts'
import {
  arbitraryFlatType,
  arbitraryNestedType,
  arbitraryTableCase,
  batchOf,
  type Cell,
  type TableCase,
} from '../../../support/arbitrary-table.ts'
import { law } from '../../../support/law.ts'
import { collectBytes } from '../../../support/streams.ts'
import { batchCells } from '../support/parquet-cells.ts'
import {
  boundCell,
  cellByDuckDb,
  type DuckDb,
  openDuckDb,
  physicalCell,
  rawStatistics,
  rowsByHyparquet,
  rowsFilteredByHyparquet,
  tableByParquetWasm,
} from '../support/parquet-oracles.ts'

let duckDb: DuckDb
beforeAll(async () => {
  duckDb = await openDuckDb()
})
afterAll(() => duckDb.close())

const options: fc.Arbitrary<ParquetWriteOptions> = fc.record(
  {
    compression: fc.constantFrom('snappy', 'zstd', 'gzip', 'none'),
    encodings: fc.constantFrom('compatible', 'compact'),
    rowGroupRows: fc.integer({ min: 1, max: 40 }),
    pageBytes: fc.integer({ min: 1, max: 200 }),
    pageIndex: fc.boolean(),
  },
  { requiredKeys: [] },
)

async function* streamOf(batches: Iterable<RecordBatch>): AsyncGenerator<RecordBatch> {
  yield* batches
}

/** Of no batches, one without rows stands for the schema. */
function batchesOf({ schema, batches }: TableCase): readonly RecordBatch[] {
  return batches.length === 0 ? [new RecordBatch(schema, undefined)] : batches
}

const hasMap = ({ type }: Field): boolean =>
  DataType.isMap(type) || ((type.children ?? []) as Field[]).some((child) => hasMap(child))
const isNestedNull = ({ type }: Field): boolean =>
  ((type.children ?? []) as Field[]).some((child) => DataType.isNull(child.type) || isNestedNull(child))

law(
  'parquet: hyparquet reads the values written',
  fc.asyncProperty(arbitraryTableCase(), options, async (one, settings) => {
    fc.pre(!one.schema.fields.some(hasMap))
    const bytes = await encodeParquet(one.table, settings)
    const rows = await rowsByHyparquet(bytes)
    const expected = one.rows.map((row) =>
      Object.fromEntries(one.schema.fields.map((field, i) => [field.name, physicalCell(field, row[i] ?? null)])),
    )
    expect(rows).toEqual(expected)
  }),
  { runs: 400 },
)

law(
  'parquet: DuckDB reads the values written',
  fc.asyncProperty(
    arbitraryTableCase({ types: fc.oneof(arbitraryFlatType(), arbitraryNestedType()) }),
    options,
    async (one, settings) => {
      fc.pre(!one.schema.fields.some(isNestedNull))
      const rows = await duckDb.rows(await encodeParquet(one.table, settings))
      const cells = rows.map((row) => one.schema.fields.map((field, i) => cellByDuckDb(field, row[i] ?? null)))
      expect(cells).toEqual(one.rows)
    },
  ),
  { runs: 300 },
)

law(
  'parquet: parquet-wasm reads the values written',
  fc.asyncProperty(arbitraryTableCase(), options, async (one, settings) => {
    const { batches } = tableByParquetWasm(await encodeParquet(one.table, settings))
    const own = batchOf(one.schema, one.rows)
    one.schema.fields.forEach((_, i) => {
      expect(batchCells(batches, i)).toEqual(batchCells([own], i))
    })
  }),
  { runs: 200 },
)

law(
  'parquet: rows read do not depend on the batches written',
  fc.asyncProperty(arbitraryTableCase({ nested: false }), options, async (one, settings) => {
    const cut = await collectBytes(writeParquet(settings)(streamOf(batchesOf(one))))
    const rows = one.rows.map((row) =>
      Object.fromEntries(one.schema.fields.map((field, i) => [field.name, physicalCell(field, row[i] ?? null)])),
    )
    expect(await rowsByHyparquet(cut)).toEqual(rows)
  }),
)

/** Numbers that repeat, run, grow or jump: what each encoding is chosen for. */
const longColumn = fc
  .tuple(
    fc.integer({ min: 1, max: 700 }),
    fc.constantFrom(1n, 3n, 1000n, 2n ** 31n, 2n ** 40n, 2n ** 50n, 2n ** 52n, 2n ** 64n),
    fc.constantFrom(0n, 1n, 7n, 2n ** 33n),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.infiniteStream(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    fc.infiniteStream(fc.integer({ min: 1, max: 30 })),
  )
  .map(([count, range, step, start, noise, runs]) => {
    const values: bigint[] = []
    while (values.length < count) {
      const value = start + step * BigInt(values.length) + ((noise.next().value as bigint) % range)
      for (let run = runs.next().value as number; run > 0; run = range > 3n ? 0 : run - 1) values.push(value)
    }
    return values.slice(0, count)
  })

law(
  'parquet: integers of any range round-trip exactly, in any chosen encoding',
  fc.asyncProperty(
    longColumn,
    fc.constantFrom(new Int64(), new Uint64(), new Int32(), new Uint32()),
    async (column, type) => {
      const signed = type.isSigned ? BigInt.asIntN : BigInt.asUintN
      const cells = column
        .map((value) => signed(type.bitWidth, value))
        .map((value) => (type.bitWidth === 32 ? Number(value) : value))
      const field = new Field('n', type, false)
      const schema = new Schema([field])
      const bytes = await encodeParquet(
        new Table(schema, [
          batchOf(
            schema,
            cells.map((cell) => [cell]),
          ),
        ]),
      )
      expect(await rowsByHyparquet(bytes)).toEqual(cells.map((cell) => ({ n: physicalCell(field, cell) })))
      expect((await duckDb.rows(bytes)).map(([value]) => value)).toEqual(cells)
    },
  ),
)

/** Text that is made for each encoding: few values, long shared beginnings, rising keys, or nothing in common. */
const longText = fc
  .tuple(
    fc.integer({ min: 1, max: 500 }),
    fc.constantFrom('', 'évt_', 'https://example.org/a/long/path/that/all/of/them/begin/with/and/that/goes/on/'),
    fc.constantFrom(2, 36, 36 ** 3),
    fc.boolean(),
    fc.infiniteStream(fc.nat(36 ** 5)),
    fc.infiniteStream(fc.nat(9)),
  )
  .map(([count, prefix, range, rising, noise, nulls]) =>
    Array.from({ length: count }, (_, i) => {
      if (nulls.next().value === 0) return null
      const random = ((noise.next().value as number) % range).toString(36)
      return rising ? `${prefix}${String(i).padStart(6, '0')}${random}` : prefix.slice(0, random.length) + random
    }),
  )

law(
  'parquet: long columns of text round-trip exactly, in any chosen encoding',
  fc.asyncProperty(longText, fc.constantFrom(new Utf8(), new Binary()), async (texts, type) => {
    const field = new Field('c', type, true)
    const schema = new Schema([field])
    const cells = texts.map((text) => (text === null || DataType.isUtf8(type) ? text : new TextEncoder().encode(text)))
    const batch = batchOf(
      schema,
      cells.map((cell) => [cell]),
    )
    const bytes = await encodeParquet(new Table(schema, [batch]), { pageBytes: 500 })
    expect((await rowsByHyparquet(bytes)).map(({ c }) => c)).toEqual(cells)
    expect((await duckDb.rows(bytes)).map(([value = null]) => cellByDuckDb(field, value))).toEqual(cells)
    const expected = batchCells([batch], 0)
    expect(batchCells(tableByParquetWasm(bytes).batches, 0)).toEqual(expected)
    expect(batchCells((await decodeParquet(bytes)).batches, 0)).toEqual(expected)
  }),
  { runs: 60 },
)

const orderedTypes = fc.constantFrom<DataType[]>(
  new Int32(),
  new Int64(),
  new Float64(),
  new Utf8(),
  new Binary(),
  new Decimal(2, 9, 128),
  new Decimal(4, 14, 128),
)

function compareCells(a: Cell, b: Cell): number {
  if (typeof a === 'string' || a instanceof Uint8Array) return Buffer.compare(Buffer.from(a), Buffer.from(b as string))
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0
}

law(
  'parquet: statistics bound all values, exactly if marked exact, and count nulls',
  fc.asyncProperty(arbitraryTableCase({ nested: false, maxColumns: 1, types: orderedTypes }), async (one) => {
    const statistics = rawStatistics(await encodeParquet(one.table))
    const [field] = one.schema.fields as [Field]
    const cells = one.rows.map(([cell]) => cell ?? null)
    expect(statistics.null_count).toBe(BigInt(cells.filter((cell) => cell === null).length))
    const hasNaN = cells.some(Number.isNaN)
    const values = cells.filter((cell) => cell !== null && !hasNaN).sort(compareCells)
    const [min, max] = [boundCell(field, statistics.min_value), boundCell(field, statistics.max_value)]
    if (values.length === 0) expect([min, max]).toEqual([undefined, undefined])
    else {
      const isExact = statistics.is_min_value_exact !== false
      expect(compareCells(min as Cell, values[0] as Cell)).toBeLessThanOrEqual(0)
      if (isExact) expect(compareCells(min as Cell, values[0] as Cell)).toBe(0)
      if (max !== undefined) expect(compareCells(max, values.at(-1) as Cell)).toBeGreaterThanOrEqual(0)
      if (statistics.is_max_value_exact !== false) expect(compareCells(max as Cell, values.at(-1) as Cell)).toBe(0)
      if (DataType.isFloat(field.type) && min === 0) expect(Object.is(min, -0)).toBe(true)
      if (DataType.isFloat(field.type) && max === 0) expect(Object.is(max, 0)).toBe(true)
    }
  }),
)

law(
  'parquet: statistics of half floats are the least and the greatest of the values',
  fc.asyncProperty(
    fc.array(
      fc.nat(0xffff).filter((bits) => (bits & 0x7c00) !== 0x7c00),
      { minLength: 1, maxLength: 20 },
    ),
    async (bits) => {
      const schema = new Schema([new Field('c', new Float16(), false)])
      const data = makeData({ type: new Float16(), length: bits.length, data: Uint16Array.from(bits) })
      const struct = makeData({ type: new Struct(schema.fields), length: bits.length, children: [data] })
      const statistics = rawStatistics(await encodeParquet(new Table(new RecordBatch(schema, struct))))
      const values = [...makeVector(data)].map(Number)
      expect(Number(statistics.min_value)).toBeCloseTo(Math.min(...values), 30)
      expect(Number(statistics.max_value)).toBeCloseTo(Math.max(...values), 30)
    },
  ),
)

law(
  'parquet: with bloom filters and page indexes, DuckDB and hyparquet skip no matching row',
  fc.asyncProperty(
    arbitraryTableCase({ nested: false, maxColumns: 1, maxRows: 60, types: orderedTypes }),
    async (one) => {
      const [[wanted = null] = []] = one.rows
      fc.pre(typeof wanted === 'bigint' || (typeof wanted === 'number' && Number.isFinite(wanted)))
      fc.pre(!DataType.isDecimal(one.schema.fields[0]?.type))
      const bytes = await encodeParquet(one.table, {
        bloomFilters: ['c0'],
        pageIndex: true,
        rowGroupRows: 25,
        pageBytes: 16,
      })
      const expected = one.rows.filter(([cell]) => cell === wanted || (cell === 0 && wanted === 0)).length
      // As text: DuckDB takes a number with a point for a decimal, which rounds.
      const literal = typeof wanted === 'number' ? `'${String(wanted)}'::double` : String(wanted)
      expect((await duckDb.over(bytes, `select c0 from FILE where c0 = ${literal}`)).length).toBe(expected)
      expect(await rowsFilteredByHyparquet(bytes, 'c0', wanted)).toBe(expected)
    },
  ),
)
