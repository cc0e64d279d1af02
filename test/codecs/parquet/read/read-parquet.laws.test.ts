import {
  Binary,
  Bool,
  DataType,
  DateDay,
  Decimal,
  type Field,
  Float32,
  Float64,
  Int8,
  Int64,
  type RecordBatch,
  TimestampMicrosecond,
  Uint64,
  Utf8,
} from 'apache-arrow'
import fc from 'fast-check'
import { beforeAll, expect } from 'vitest'
import { decodeParquet } from '../../../../src/codecs/parquet/parquet.ts'
import { readParquet } from '../../../../src/codecs/parquet/read/read-parquet.ts'
import type { ParquetFilterValue } from '../../../../src/codecs/parquet/read/schema/row-group-filter.ts'
import type { ParquetWriteOptions } from '../../../../src/codecs/parquet/write/write-options.ts'
import { encodeParquet } from '../../../../src/codecs/parquet/write/write-parquet.ts'
import { isMillraceError } from '../../../../src/errors.ts'
import {
  arbitraryTableCase,
  batchOf,
  type TableCase,
  type Cell as TableCell,
} from '../../../support/arbitrary-table.ts'
import { law } from '../../../support/law.ts'
import { arrowCell, batchCells, type Cell, decimalCell } from '../support/parquet-cells.ts'
import { duckdbFiles } from '../support/parquet-duckdb.ts'

const writeOptions: fc.Arbitrary<ParquetWriteOptions> = fc.record(
  {
    compression: fc.constantFrom('snappy', 'gzip', 'none'),
    rowGroupRows: fc.integer({ min: 1, max: 40 }),
    pageBytes: fc.integer({ min: 1, max: 200 }),
    pageIndex: fc.boolean(),
  },
  { requiredKeys: [] },
)

async function batchesOf(input: Parameters<typeof readParquet>[0], options = {}): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = []
  for await (const batch of readParquet(input, options)) batches.push(batch)
  return batches
}

function columnsOf(batches: readonly RecordBatch[]): Cell[][] {
  return (batches[0]?.schema.fields ?? []).map((_, index) => batchCells(batches, index))
}

/** The cells of a case, by batch data that begins at 0. */
function expectedColumns({ schema, rows }: TableCase): Cell[][] {
  const batch = batchOf(schema, rows)
  return batch.data.children.map((child) => rows.map((_, row) => arrowCell(child, row)))
}

law(
  'parquet: tables round-trip cell by cell, including nested ones',
  fc.asyncProperty(arbitraryTableCase(), writeOptions, async (table, options) => {
    const batches = await batchesOf(await encodeParquet(table.table, options))
    expect(columnsOf(batches)).toEqual(expectedColumns(table))
    expect(batches[0]?.schema.fields.map(({ name, nullable }) => ({ name, nullable }))).toEqual(
      table.schema.fields.map(({ name, nullable }) => ({ name, nullable })),
    )
  }),
  { runs: 300 },
)

law(
  'parquet: selected columns equal the same columns of the whole file',
  fc.asyncProperty(arbitraryTableCase(), writeOptions, fc.array(fc.nat(3)), async (table, options, picks) => {
    const bytes = await encodeParquet(table.table, options)
    const indexes = [...new Set(picks)].filter((index) => index < table.schema.fields.length)
    const columns = indexes.map((index) => `c${index}`)
    const all = columnsOf(await batchesOf(bytes))
    const some = await batchesOf(bytes, { columns })
    expect(columnsOf(some)).toEqual(indexes.map((index) => all[index]))
    expect(some.reduce((sum, { numRows }) => sum + numRows, 0)).toBe(table.rows.length)
  }),
)

law(
  'parquet: batches do not depend on the chunks of the stream',
  fc.asyncProperty(arbitraryTableCase(), fc.array(fc.nat(4000)), async (table, cuts) => {
    const bytes = await encodeParquet(table.table)
    const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
    async function* chunks() {
      let start = 0
      for (const end of ends) {
        yield bytes.subarray(start, end)
        start = end
      }
    }
    expect(columnsOf(await batchesOf(chunks()))).toEqual(columnsOf(await batchesOf(bytes)))
  }),
  { runs: 50 },
)

law(
  'parquet: kept dictionaries have the same cells',
  fc.asyncProperty(arbitraryTableCase({ nested: false, maxRows: 60 }), writeOptions, async (table, options) => {
    const bytes = await encodeParquet(table.table, options)
    const kept = await batchesOf(bytes, { dictionary: 'keep' })
    expect(columnsOf(kept)).toEqual(columnsOf(await batchesOf(bytes)))
  }),
)

const orderedTypes = fc.constantFrom<DataType[]>(
  new Bool(),
  new Int8(),
  new Int64(),
  new Uint64(),
  new Float32(),
  new Float64(),
  new Utf8(),
  new Binary(),
  new DateDay(),
  new TimestampMicrosecond('UTC'),
  new Decimal(2, 9, 128),
  new Decimal(4, 14, 128),
  new Decimal(0, 30, 128),
)

/** A cell as a filter takes values of its type. */
function filterValue(type: DataType, cell: NonNullable<TableCell>): ParquetFilterValue {
  if (DataType.isDate(type)) return new Date(Number(cell) * 86_400_000)
  if (DataType.isDecimal(type)) return decimalCell(cell as bigint, type.scale)
  return cell as ParquetFilterValue
}

/** Sign of `a - b`, NaN where they have no order. */
function compared(a: TableCell, b: TableCell): number {
  if (typeof a === 'string' || a instanceof Uint8Array) return Buffer.compare(Buffer.from(a), Buffer.from(b as string))
  const [left, right] = [a as number, b as number]
  return left < right ? -1 : left > right ? 1 : left === right ? 0 : Number.NaN
}

const CONDITIONS = {
  eq: (sign: number) => sign === 0,
  gt: (sign: number) => sign > 0,
  gte: (sign: number) => sign >= 0,
  lt: (sign: number) => sign < 0,
  lte: (sign: number) => sign <= 0,
}

law(
  'parquet: a filter on statistics never loses a matching row',
  fc.asyncProperty(
    arbitraryTableCase({ nested: false, maxColumns: 1, maxRows: 60, types: orderedTypes }),
    fc.nat(),
    fc.constantFrom<(keyof typeof CONDITIONS)[]>('eq', 'gt', 'gte', 'lt', 'lte'),
    async ({ schema, rows, table }, pick, condition) => {
      const present = rows.flatMap(([cell = null]) => (cell === null ? [] : [cell]))
      fc.pre(present.length > 0)
      const wanted = present[pick % present.length] as NonNullable<TableCell>
      const bytes = await encodeParquet(table, { rowGroupRows: 5 })
      const value = filterValue((schema.fields[0] as Field).type, wanted)
      const [found] = columnsOf(await batchesOf(bytes, { filter: { c0: { [condition]: value } } }))
      const matching = rows.filter(([cell = null]) => cell !== null && CONDITIONS[condition](compared(cell, wanted)))
      for (const cell of batchCells([batchOf(schema, matching)], 0)) expect(found).toContain(cell)
    },
  ),
  { runs: 400 },
)

let seeds: Uint8Array[] = []
beforeAll(async () => {
  seeds = await duckdbFiles()
}, 60_000)

interface Mutation {
  readonly at: number
  readonly value: number
  readonly inFooter: boolean
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(1_000_000),
  value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
  inFooter: fc.boolean(),
})

function mutated(bytes: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  const out = new Uint8Array(bytes)
  const footer = new DataView(out.buffer).getUint32(out.length - 8, true)
  for (const { at, value, inFooter } of mutations) {
    out[inFooter ? out.length - 8 - (at % footer) : at % out.length] = value
  }
  return out
}

law(
  'parquet: a valid file with any bytes changed yields data or a MillraceError, in bounded time',
  fc.asyncProperty(fc.nat(100), fc.array(mutation, { minLength: 1, maxLength: 5 }), async (pick, mutations) => {
    const bytes = mutated(seeds[pick % seeds.length] as Uint8Array, mutations)
    const started = performance.now()
    const error = await decodeParquet(bytes).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error === undefined || isMillraceError(error)).toBe(true)
    expect(performance.now() - started).toBeLessThan(5000)
  }),
  { runs: 1500 },
)

law(
  'parquet: a file truncated anywhere is rejected',
  fc.asyncProperty(fc.nat(100), fc.nat(1_000_000), async (pick, at) => {
    const bytes = seeds[pick % seeds.length] as Uint8Array
    const error = await decodeParquet(bytes.subarray(0, at % bytes.length)).catch((thrown: unknown) => thrown)
    expect(isMillraceError(error, 'PARQUET_INVALID')).toBe(true)
  }),
  { runs: 100 },
)

law(
  'parquet: any bytes between two magic numbers yield data or a MillraceError',
  fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(300), async (bytes, footer) => {
    const mark = [0x50, 0x41, 0x52, 0x31]
    const file = Uint8Array.from([...mark, ...bytes, footer & 255, footer >> 8, 0, 0, ...mark])
    const error = await decodeParquet(file).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error === undefined || isMillraceError(error)).toBe(true)
  }),
  { runs: 1000 },
)
