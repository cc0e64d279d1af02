import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationMillisecond,
  Field,
  Float16,
  Float64,
  Int32,
  Int64,
  LargeUtf8,
  List,
  Map_,
  makeData,
  makeVector,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimeSecond,
  TimestampSecond,
  Utf8,
  Utf8View,
  vectorFromArray,
} from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeParquet } from '../../../../src/codecs/parquet/parquet.ts'
import { CREATED_BY } from '../../../../src/codecs/parquet/write/created-by.ts'
import { encodeParquet, writeParquet } from '../../../../src/codecs/parquet/write/write-parquet.ts'
import { isMillraceError } from '../../../../src/errors.ts'
import { batchOf, type Cell } from '../../../support/arbitrary-table.ts'
import { collectBytes } from '../../../support/streams.ts'
import { type DuckDb, metadataOf, openDuckDb, rowsByHyparquet, tableByParquetWasm } from '../support/parquet-oracles.ts'

let duckDb: DuckDb
beforeAll(async () => {
  duckDb = await openDuckDb()
})
afterAll(() => duckDb.close())

function tableOf(fields: Field[], rows: Cell[][]): Table {
  const schema = new Schema(fields)
  return new Table(schema, [batchOf(schema, rows)])
}

function columnTable(type: DataType, cells: Cell[], nullable = true): Table {
  return tableOf(
    [new Field('c', type, nullable)],
    cells.map((cell) => [cell]),
  )
}

/** A table of one column of ready Arrow data. */
function dataTable(data: ReturnType<typeof makeData>, nullable = true): Table {
  const schema = new Schema([new Field('c', data.type, nullable)])
  const struct = makeData({ type: new Struct(schema.fields), length: data.length, nullCount: 0, children: [data] })
  return new Table(schema, [new RecordBatch(schema, struct)])
}

async function errorOf(run: () => Promise<unknown>): Promise<{ code: string; position: unknown }> {
  try {
    await run()
  } catch (error) {
    if (isMillraceError(error)) return { code: error.code, position: error.position }
    throw error
  }
  throw new Error('nothing was thrown')
}

const chunkOf = (bytes: Uint8Array, column = 0, rowGroup = 0) => metadataOf(bytes).row_groups[rowGroup]?.columns[column]

describe('written files', () => {
  test('a table without rows is a file with its schema', async () => {
    const bytes = await encodeParquet(columnTable(new Int64(), []))
    expect(await duckDb.over(bytes, 'select column_name, column_type from (describe select * from FILE)')).toEqual([
      ['c', 'BIGINT'],
    ])
    expect(await rowsByHyparquet(bytes)).toEqual([])
  })

  test('a column of the null type is an optional column without values', async () => {
    const bytes = await encodeParquet(columnTable(new Null(), [null, null]))
    expect(await rowsByHyparquet(bytes)).toEqual([{ c: null }, { c: null }])
    expect(await duckDb.over(bytes, 'select count(*), count(c) from FILE')).toEqual([[2n, 0n]])
  })

  test('seconds become milliseconds, dates in milliseconds become days', async () => {
    const fields = [
      new Field('at', new TimestampSecond('UTC'), true),
      new Field('time', new TimeSecond(), true),
      new Field('day', new DateMillisecond(), true),
    ]
    const bytes = await encodeParquet(
      tableOf(fields, [
        [-1n, 86_399, -86_400_000n],
        [null, null, null],
      ]),
    )
    expect(await duckDb.over(bytes, 'select "at"::varchar, "time"::varchar, "day"::varchar from FILE')).toEqual([
      ['1969-12-31 23:59:59+00', '23:59:59', '1969-12-31'],
      [null, null, null],
    ])
  })

  test('half floats, large text and views of text are kept', async () => {
    const half = makeData({
      type: new Float16(),
      length: 3,
      nullCount: 0,
      data: Uint16Array.of(0x3c00, 0xc000, 0x0001),
    })
    expect(await duckDb.over(await encodeParquet(dataTable(half)), 'select c::double from FILE')).toEqual([
      [1],
      [-2],
      [2 ** -24],
    ])
    const large = makeData({
      type: new LargeUtf8(),
      length: 2,
      nullCount: 0,
      valueOffsets: BigInt64Array.of(0n, 1n, 3n),
      data: Buffer.from('abc'),
    })
    expect(await duckDb.rows(await encodeParquet(dataTable(large)))).toEqual([['a'], ['bc']])
    const views = new DataView(new ArrayBuffer(32))
    views.setInt32(0, 2, true)
    new Uint8Array(views.buffer).set(Buffer.from('hi'), 4)
    views.setInt32(16, 20, true)
    views.setInt32(28, 5, true)
    const view = makeData({
      type: new Utf8View(),
      length: 2,
      views: new Uint8Array(views.buffer),
      variadicBuffers: [new Uint8Array(Buffer.from('12345abcdefghijklmnopqrst'))],
    })
    expect(await duckDb.rows(await encodeParquet(dataTable(view)))).toEqual([['hi'], ['abcdefghijklmnopqrst']])
  })

  test('decimals of 256 bits: up to 76 digits, and DuckDB reads those of 38', async () => {
    const words = (value: bigint): number[] =>
      Array.from({ length: 8 }, (_, i) => Number((BigInt.asUintN(256, value) >> BigInt(32 * i)) & 0xffffffffn))
    const value = -(10n ** 37n) + 5n
    for (const precision of [38, 76]) {
      const type = new Decimal(2, precision, 256)
      const data = makeData({ type, length: 1, nullCount: 0, data: Uint32Array.from(words(value)) })
      const bytes = await encodeParquet(dataTable(data))
      const [row] = await rowsByHyparquet(bytes)
      const hex = Buffer.from(row?.['c'] as Uint8Array).toString('hex')
      expect(BigInt.asIntN(hex.length * 4, BigInt(`0x${hex}`))).toBe(value)
      if (precision === 38) {
        expect(await duckDb.over(bytes, 'select c::varchar from FILE')).toEqual([
          ['-99999999999999999999999999999999999.95'],
        ])
        const bounds = 'select stats_min_value, stats_max_value from parquet_metadata(FILE)'
        expect(await duckDb.over(bytes, bounds)).toEqual([
          ['-99999999999999999999999999999999999.95', '-99999999999999999999999999999999999.95'],
        ])
      }
    }
  })

  test('a dictionary may hold nulls, repeat itself, and come in chunks', async () => {
    const dictionary = vectorFromArray(['b', null, 'a', 'b'], new Utf8()).concat(vectorFromArray(['z'], new Utf8()))
    const type = new Dictionary(new Utf8(), new Int32())
    const data = makeData({ type, length: 6, nullCount: 0, data: Int32Array.of(4, 0, 1, 3, 2, 4), dictionary })
    const bytes = await encodeParquet(dataTable(data))
    expect(await duckDb.rows(bytes)).toEqual([['z'], ['b'], [null], ['b'], ['a'], ['z']])
    expect(chunkOf(bytes)?.meta_data?.statistics?.null_count).toBe(1n)
  })

  test('codes of a dictionary may be 64-bit integers, and must lie in it', async () => {
    const type = new Dictionary(new Utf8(), new Int64() as never)
    const table = (codes: bigint[]) =>
      dataTable(
        makeData({
          type,
          length: codes.length,
          nullCount: 0,
          data: BigInt64Array.from(codes) as never,
          dictionary: vectorFromArray(['a', null], new Utf8()),
        }),
      )
    expect(await duckDb.rows(await encodeParquet(table([0n, 1n, 0n])))).toEqual([['a'], [null], ['a']])
    expect((await errorOf(() => encodeParquet(table([-1n])))).code).toBe('TYPE_MISMATCH')
    expect((await errorOf(() => encodeParquet(table([2n ** 40n])))).code).toBe('TYPE_MISMATCH')
  })

  test('UUIDs and JSON keep their types, read and written again', async () => {
    const one = '123e4567-e89b-12d3-a456-426614174000'
    const cells = `'${one}'::uuid as u, '{"a": 1}'::json as j, ['${one}'::uuid, null] as us`
    const bytes = await encodeParquet(await decodeParquet(await duckDb.file(`select ${cells}`)))
    const types = await duckDb.over(bytes, 'describe select * from FILE')
    expect(types.map(([name, type]) => [name, type])).toEqual([
      ['u', 'UUID'],
      ['j', 'JSON'],
      ['us', 'UUID[]'],
    ])
    expect(await duckDb.over(bytes, 'select u::varchar, j::varchar, us::varchar from FILE')).toEqual([
      [one, '{"a": 1}', `[${one}, NULL]`],
    ])
  })

  test('a long value of a dictionary is held once, however many rows have it', async () => {
    const long = 'x'.repeat(1_000_000)
    const type = new Dictionary(new Utf8(), new Int32())
    const dictionary = vectorFromArray([long], new Utf8())
    const data = makeData({ type, length: 50_000, nullCount: 0, data: new Int32Array(50_000), dictionary })
    const bytes = await encodeParquet(dataTable(data))
    expect(bytes.length).toBeLessThan(100_000)
    expect(await duckDb.over(bytes, 'select count(*), min(length(c)), count(distinct c) from FILE')).toEqual([
      [50_000n, 1_000_000n, 1n],
    ])
  })

  test('maps keep their order and equal keys', async () => {
    const entries = new Struct([new Field('key', new Utf8(), false), new Field('value', new Int32(), true)])
    const type = new Map_(new Field('entries', entries, false) as never)
    const bytes = await encodeParquet(
      columnTable(type, [
        [
          ['b', 1],
          ['a', null],
          ['b', 2],
        ],
        null,
        [],
      ]),
    )
    const sql = 'select map_keys(c)::varchar, map_values(c)::varchar from FILE'
    expect(await duckDb.over(bytes, sql)).toEqual([
      ['[b, a, b]', '[1, NULL, 2]'],
      [null, null],
      ['[]', '[]'],
    ])
  })

  test('names may be empty, dotted, or __proto__', async () => {
    const fields = ['', 'a.b', '__proto__'].map((name) => new Field(name, new Int32(), true))
    const bytes = await encodeParquet(tableOf(fields, [[1, 2, 3]]))
    expect(
      metadataOf(bytes)
        .schema.slice(1)
        .map(({ name }) => name),
    ).toEqual(['', 'a.b', '__proto__'])
    expect(await duckDb.over(bytes, 'select "a.b", "__proto__" from FILE')).toEqual([[2, 3]])
  })

  test('5,000 columns, read back all together and one alone', async () => {
    const fields = Array.from({ length: 5000 }, (_, i) => new Field(`c${i}`, new Int32(), true))
    const bytes = await encodeParquet(tableOf(fields, [fields.map((_, i) => i), fields.map(() => null)]))
    const table = await decodeParquet(bytes)
    expect([table.numCols, table.getChildAt(4999)?.toArray()[0]]).toEqual([5000, 4999])
    expect((await decodeParquet(bytes, { columns: ['c777'] })).getChild('c777')?.get(0)).toBe(777)
  })

  test('the footer holds key-values and says who wrote it', async () => {
    const bytes = await encodeParquet(columnTable(new Int32(), [1]), {
      metadata: { source: 'landing/ä.csv', rows: '1' },
    })
    const { key_value_metadata, created_by } = metadataOf(bytes)
    expect(created_by).toBe(CREATED_BY)
    expect(key_value_metadata).toEqual([
      { key: 'source', value: 'landing/ä.csv' },
      { key: 'rows', value: '1' },
    ])
  })
})

describe('encodings and statistics', () => {
  const many = (cell: (i: number) => Cell): Cell[] => Array.from({ length: 20_000 }, (_, i) => cell(i))
  const encodings = async (type: DataType, cells: Cell[]) =>
    chunkOf(await encodeParquet(columnTable(type, cells, false), { encodings: 'compact' }))?.meta_data?.encodings

  test('few distinct values get a dictionary, rising integers deltas, rising text suffixes', async () => {
    expect(
      await encodings(
        new Utf8(),
        many((i) => `status ${(i * 7919) % 5}`),
      ),
    ).toContain('RLE_DICTIONARY')
    expect(
      await encodings(
        new Int64(),
        many((i) => BigInt(i) * 1000n),
      ),
    ).toContain('DELTA_BINARY_PACKED')
    expect(
      await encodings(
        new Utf8(),
        many((i) => `${(i * 7919) % 20_011} a note`),
      ),
    ).not.toContain('RLE_DICTIONARY')
    expect(
      await encodings(
        new Utf8(),
        many((i) => `order ${1_000_000 + i} ${(i * 48_271) % 65_537}`),
      ),
    ).toContain('DELTA_BYTE_ARRAY')
  })

  test('values that come round in order get a dictionary, though the first 4,096 all differ', async () => {
    expect(
      await encodings(
        new Utf8(),
        many((i) => `customer number ${(i * 7919) % 5000}`),
      ),
    ).toContain('RLE_DICTIONARY')
  })

  test('a chunk that compression does not shrink is stored uncompressed', async () => {
    let seed = 1n
    const noise = many(() => {
      seed = BigInt.asIntN(64, seed * 6364136223846793005n + 1442695040888963407n)
      return seed
    })
    const bytes = await encodeParquet(columnTable(new Int64(), noise))
    expect(chunkOf(bytes)?.meta_data?.codec).toBe('UNCOMPRESSED')
    expect((await rowsByHyparquet(bytes)).map(({ c }) => c)).toEqual(noise)
  })

  test('long bounds are cut between characters, the upper one rounded up', async () => {
    const text = `${'é'.repeat(31)}z😀${'x'.repeat(100)}`
    const statistics = chunkOf(await encodeParquet(columnTable(new Utf8(), [text])))?.meta_data?.statistics
    expect(statistics).toMatchObject({
      min_value: `${'é'.repeat(31)}z`,
      max_value: `${'é'.repeat(31)}{`,
      is_min_value_exact: false,
      is_max_value_exact: false,
    })
    const highest = '\u{10ffff}'.repeat(20)
    const open = chunkOf(await encodeParquet(columnTable(new Utf8(), [highest])))?.meta_data?.statistics
    expect(open?.max_value).toBeUndefined()
    expect(open?.min_value).toBe('\u{10ffff}'.repeat(16))
  })

  test('a chunk with a NaN has no bounds, so that no reader treats it as constant', async () => {
    const bytes = await encodeParquet(columnTable(new Float64(), [0, Number.NaN]))
    expect(await duckDb.over(bytes, 'select c from FILE where c = 0')).toEqual([[0]])
  })

  test('a null in a list of a sliced batch has its levels', async () => {
    const schema = new Schema([new Field('c', new List(new Field('item', new Int32(), true)), true)])
    const batch = batchOf(schema, [[[9]], [[1, null]], [null], [[]], [[2, 3]], [[8]]]).slice(1, 5)
    const bytes = await encodeParquet(new Table(schema, [batch]), { rowGroupRows: 3 })
    expect(await rowsByHyparquet(bytes)).toEqual([{ c: [1, null] }, { c: null }, { c: [] }, { c: [2, 3] }])
  })
})

describe('row groups and pages', () => {
  const rows = Array.from({ length: 1000 }, (_, i): Cell[] => [i])
  const table = tableOf([new Field('n', new Int32(), true)], rows)

  test('row groups are cut by rows and by bytes', async () => {
    const byRows = metadataOf(await encodeParquet(table, { rowGroupRows: 300 })).row_groups
    expect(byRows.map(({ num_rows }) => Number(num_rows))).toEqual([300, 300, 300, 100])
    const byBytes = metadataOf(await encodeParquet(table, { rowGroupBytes: 2000 })).row_groups
    // The only column is counted twice.
    expect(byBytes.map(({ num_rows }) => Number(num_rows))).toEqual([250, 250, 250, 250])
  })

  test('bytes of a row group go out before the next one comes in', async () => {
    let taken = 0
    async function* source(): AsyncGenerator<RecordBatch> {
      for (; taken < 50; taken++)
        yield tableOf([new Field('b', new Binary(), true)], noise(taken)).batches[0] as RecordBatch
    }
    const out = writeParquet({ rowGroupRows: 10, compression: 'none' })(source())
    for await (const chunk of out) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    expect(taken).toBeLessThan(10)
  })

  function noise(seed: number): Cell[][] {
    return Array.from({ length: 10 }, (_, i) => [
      Uint8Array.from({ length: 10_000 }, (_, j) => (i + seed) * 31 + j * j),
    ])
  }

  test('indexes lie before the footer, each where the footer says', async () => {
    const many = tableOf(
      [new Field('n', new Int32(), true)],
      Array.from({ length: 50_000 }, (_, i): Cell[] => [i]),
    )
    const bytes = await encodeParquet(many, { pageIndex: true, bloomFilters: ['n'] })
    const chunk = chunkOf(bytes)
    expect(Number(chunk?.offset_index_length)).toBeGreaterThan(0)
    expect(Number(chunk?.column_index_length)).toBeGreaterThan(0)
    expect(await duckDb.over(bytes, "select bloom_filter_excludes from parquet_bloom_probe(FILE, 'n', 70000)")).toEqual(
      [[true]],
    )
    expect(await duckDb.over(bytes, "select bloom_filter_excludes from parquet_bloom_probe(FILE, 'n', 777)")).toEqual([
      [false],
    ])
  })
})

test('with a page index every chunk has an offset index, that of one page, too: Rust takes an index for all chunks or none', async () => {
  const mixed = tableOf(
    [new Field('n', new Int32(), true), new Field('one', new Int32(), true)],
    Array.from({ length: 50_000 }, (_, i): Cell[] => [i, 1]),
  )
  for (const table of [mixed, mixed.slice(0, 3), mixed.slice(0, 0)]) {
    const bytes = await encodeParquet(table, { pageIndex: true, rowGroupRows: 30_000, pageBytes: 64 * 1024 })
    for (const { columns } of metadataOf(bytes).row_groups) {
      for (const chunk of columns) expect(Number(chunk.offset_index_length)).toBeGreaterThan(0)
    }
    expect((await duckDb.rows(bytes)).length).toBe(table.numRows)
    expect(tableByParquetWasm(bytes).numRows).toBe(table.numRows)
  }
})

describe('refused tables', () => {
  const int = (name: string, nullable = true): Field => new Field(name, new Int32(), nullable)

  test('two columns of one name', async () => {
    const duplicate = tableOf([int('a'), int('a')], [[1, 2]])
    expect(await errorOf(() => encodeParquet(duplicate))).toEqual({
      code: 'COLUMN_CONFLICT',
      position: { column: 'a' },
    })
  })

  test('a table without columns', async () => {
    expect((await errorOf(() => encodeParquet(new Table(new Schema([]))))).code).toBe('UNSUPPORTED_FORMAT')
  })

  test('a stream without batches, since its columns are unknown', async () => {
    const nothing = (async function* (): AsyncGenerator<RecordBatch> {})()
    expect((await errorOf(() => collectBytes(writeParquet()(nothing)))).code).toBe('TYPE_MISMATCH')
  })

  test('a null where none may be, with its row in the file', async () => {
    const schema = new Schema([int('a', false)])
    const loose = new Schema([int('a', true)])
    const batches = [batchOf(schema, [[1], [2]]), batchOf(loose, [[3], [null]])]
    const stream = (async function* () {
      yield* batches
    })()
    expect(await errorOf(() => collectBytes(writeParquet()(stream)))).toEqual({
      code: 'TYPE_MISMATCH',
      position: { row: 4, column: 'a' },
    })
  })

  test('a batch of other columns', async () => {
    const batches = [batchOf(new Schema([int('a'), int('b')]), [[1, 2]]), batchOf(new Schema([int('a')]), [[1]])]
    const stream = (async function* () {
      yield* batches
    })()
    expect(await errorOf(() => collectBytes(writeParquet()(stream)))).toEqual({
      code: 'TYPE_MISMATCH',
      position: { column: 'b' },
    })
  })

  test('text that is not UTF-8, and a character cut in two by its values', async () => {
    const text = (bytes: number[], offsets: number[]): Table =>
      dataTable(
        makeData({
          type: new Utf8(),
          length: offsets.length - 1,
          nullCount: 0,
          valueOffsets: Int32Array.from(offsets),
          data: Uint8Array.from(bytes),
        }),
      )
    const at = (row: number) => ({ code: 'ENCODING_INVALID', position: { row, column: 'c' } })
    expect(await errorOf(() => encodeParquet(text([0x61, 0xff], [0, 1, 2])))).toEqual(at(2))
    expect(await errorOf(() => encodeParquet(text([0x61, 0xc3, 0xa9], [0, 1, 2, 3])))).toEqual(at(2))
    expect(await errorOf(() => encodeParquet(text([0xed, 0xa0, 0x80], [0, 3])))).toEqual(at(1))
  })

  test('a decimal beyond its precision, seconds and dates that do not fit', async () => {
    const cases: [DataType, Cell][] = [
      [new Decimal(0, 9, 128), 10n ** 9n],
      [new Decimal(0, 9, 128), -(10n ** 9n)],
      [new Decimal(0, 18, 128), 2n ** 64n + 1n],
      [new Decimal(3, 38, 128), 10n ** 38n],
      [new TimestampSecond(), 2n ** 60n],
      [new TimeSecond(), 100_000],
      [new DateMillisecond(), 1n],
    ]
    for (const [type, cell] of cases) {
      const found = await errorOf(() => encodeParquet(columnTable(type, [null, cell])))
      expect(found, String(type)).toEqual({ code: 'TYPE_MISMATCH', position: { row: 2, column: 'c' } })
    }
  })

  test('buffers that lead outside of others or are too short', async () => {
    const text = (nullBitmap: Uint8Array | undefined, ...offsets: number[]) =>
      makeData({
        type: new Utf8(),
        length: offsets.length - 1,
        nullCount: nullBitmap === undefined ? 0 : 1,
        valueOffsets: Int32Array.from(offsets),
        data: new Uint8Array(4),
        ...(nullBitmap === undefined ? {} : { nullBitmap }),
      })
    const item = new Field('item', new Bool(), false)
    const bits = makeData({ type: item.type, length: 3, nullCount: 0, data: Uint8Array.of(7) })
    const listOffsets = { valueOffsets: Int32Array.of(0, 90), length: 1, nullCount: 0 }
    const broken: Data[] = [
      text(undefined, 0, 90, 4),
      text(undefined, 0, 3, 1, 4, 4, 4, 4, 4),
      text(undefined, -1, 2, 4),
      text(undefined, 0, 2, 5),
      text(Uint8Array.of(0b1101), 0, 3, 3, 1, 4),
      text(Uint8Array.of(0b101), 0, 90, 90, 4),
      makeData({ type: new List(item), child: bits, ...listOffsets }),
      makeData({ type: new Int32(), length: 4, nullCount: 0, data: new Int32Array(3) }),
    ]
    const refused = { code: 'TYPE_MISMATCH', position: { column: expect.stringMatching(/^c/) } }
    for (const data of broken) expect(await errorOf(() => encodeParquet(dataTable(data)))).toEqual(refused)
  })

  test('types that Parquet cannot keep', async () => {
    const empty = new Struct([])
    for (const type of [new DurationMillisecond(), empty]) {
      const table = dataTable(makeData({ type: type as Struct, length: 0, nullCount: 0, children: [] }))
      expect(await errorOf(() => encodeParquet(table))).toEqual({ code: 'TYPE_MISMATCH', position: { column: 'c' } })
    }
  })

  test('options that make no sense', async () => {
    const table = columnTable(new Int32(), [1])
    const code = async (options: object) => (await errorOf(() => encodeParquet(table, options))).code
    expect(await code({ compression: 'lzo' })).toBe('OPTION_INVALID')
    expect(await code({ rowGroupRows: 0 })).toBe('OPTION_INVALID')
    expect(await code({ pageBytes: 1.5 })).toBe('OPTION_INVALID')
    expect(await code({ metadata: { a: 1 } })).toBe('OPTION_INVALID')
    expect(await code({ bloomFilters: ['missing'] })).toBe('COLUMN_UNKNOWN')
  })
})

describe('a required column in several batches', () => {
  const table = (type: DataType, columns: readonly Data[]): Table => {
    const schema = new Schema([new Field('c', type, false)])
    const batch = (child: Data) =>
      new RecordBatch(
        schema,
        makeData({ type: new Struct(schema.fields), length: child.length, nullCount: 0, children: [child] }),
      )
    return new Table(schema, columns.map(batch))
  }

  test('whose dictionary has a null that no row uses is written', async () => {
    const entries = makeData({
      type: new Utf8(),
      length: 3,
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b011),
      valueOffsets: Int32Array.of(0, 1, 2, 2),
      data: Buffer.from('ab'),
    })
    const type = new Dictionary(new Utf8(), new Int32(), 1)
    const column = () =>
      makeData({
        type,
        length: 5_000,
        nullCount: 0,
        data: Int32Array.from({ length: 5_000 }, (_, row) => row % 2),
        dictionary: makeVector(entries),
      })
    const read = await decodeParquet(await encodeParquet(table(type, [column(), column(), column()])))
    expect(read.numRows).toBe(15_000)
    expect([0, 4_999, 5_000, 14_999].map((row) => read.getChild('c')?.get(row))).toEqual(['a', 'b', 'a', 'b'])
  })

  test('with a null in the second one is refused with its row', async () => {
    const column = (nullBitmap?: Uint8Array) =>
      makeData({
        type: new Int32(),
        length: 1_000,
        nullCount: nullBitmap === undefined ? 0 : 1,
        nullBitmap,
        data: new Int32Array(1_000),
      })
    const bits = new Uint8Array(125).fill(255)
    bits[2] = 0b11110111
    const error = await errorOf(() => encodeParquet(table(new Int32(), [column(), column(bits)])))
    expect(error).toEqual({ code: 'TYPE_MISMATCH', position: { row: 1_020, column: 'c' } })
  })
})

test('vectors without data are no trouble', async () => {
  const table = new Table({ a: makeVector(new Int32Array(0)) })
  expect(await rowsByHyparquet(await encodeParquet(table))).toEqual([])
})
