import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import zlib from 'node:zlib'
import { DataType, type RecordBatch } from 'apache-arrow'
import { afterAll, describe, expect, test } from 'vitest'
import { type ByteSource, bytesSource, fileSource } from '../../../../src/codecs/input/source.ts'
import { decodeParquet, encodeParquet, parquet } from '../../../../src/codecs/parquet/parquet.ts'
import { rowsFromTable } from '../../../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../../../src/columns/table-from-rows.ts'
import { endsOf, heardOf } from '../../../telemetry/support.ts'
import { batchCells } from '../support/parquet-cells.ts'
import { concat, dictionaryPage, type HandmadeColumn, handmadeFile, pageV1, pageV2 } from '../support/parquet-file.ts'

const text = (value: string): number[] => [value.length, 0, 0, 0, ...Buffer.from(value)]
const int32 = (...values: number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer)
const int64 = (...values: bigint[]): Uint8Array => new Uint8Array(BigInt64Array.from(values).buffer)

async function rowsOf(bytes: Uint8Array | ByteSource, options = {}) {
  return [...rowsFromTable(await decodeParquet(bytes, options))]
}

/** A file of one required column of these plain values, and what it reads as. */
async function column(
  values: number,
  body: Uint8Array | number[],
  rest: Partial<HandmadeColumn> & Pick<HandmadeColumn, 'type'>,
) {
  const table = await decodeParquet(handmadeFile({ columns: [{ values, pages: [pageV1({ values, body })], ...rest }] }))
  return { type: String(table.schema.fields[0]?.type), cells: batchCells(table.batches, 0) }
}

const logical = (fields: Record<`field_${number}`, unknown>) => ({ field_10: fields })

describe('parquet types', () => {
  test('integers have their width', async () => {
    const uint8 = logical({ field_10: { field_1: 8, field_2: false } })
    expect(await column(2, int32(0, 255), { type: 'INT32', element: { field_6: 11 } })).toEqual({
      type: 'Uint8',
      cells: ['0', '255'],
    })
    expect(await column(2, int32(-128, 127), { type: 'INT32', element: { field_6: 15 } })).toEqual({
      type: 'Int8',
      cells: ['-128', '127'],
    })
    expect(await column(1, int32(-1), { type: 'INT32', element: { field_6: 13 } })).toEqual({
      type: 'Uint32',
      cells: ['4294967295'],
    })
    expect(await column(1, int64(-1n), { type: 'INT64', element: { field_6: 14 } })).toEqual({
      type: 'Uint64',
      cells: ['18446744073709551615'],
    })
    await expect(column(1, int32(256), { type: 'INT32', element: uint8 })).rejects.toMatchObject({
      code: 'PARQUET_INVALID',
    })
  })

  test('decimals are exact from every physical type', async () => {
    const decimal = { field_6: 5, field_7: 2, field_8: 20 }
    expect((await column(1, int32(-1050), { type: 'INT32', element: decimal })).cells).toEqual(['-10.5'])
    expect((await column(1, int64(2n ** 62n), { type: 'INT64', element: decimal })).cells).toEqual([
      '46116860184273879.04',
    ])
    expect(
      (await column(1, [0xff, 0xfe], { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 2, element: decimal })).cells,
    ).toEqual(['-0.02'])
    expect((await column(2, [1, 0, 0, 0, 0x80, 0, 0, 0, 0], { type: 'BYTE_ARRAY', element: decimal })).cells).toEqual([
      '-1.28',
      '0',
    ])
    const wide = { field_6: 5, field_7: 0, field_8: 40 }
    expect((await column(1, int64(-7n), { type: 'INT64', element: wide })).type).toBe('Decimal[40e0]')
  })

  test('a decimal of more bytes than its precision needs is read where they only repeat the sign', async () => {
    const decimal = { field_6: 5, field_7: 0, field_8: 5 }
    const padded = new Uint8Array(20).fill(0xff)
    expect((await column(1, padded, { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 20, element: decimal })).cells).toEqual(
      ['-1'],
    )
    padded[0] = 0
    await expect(
      column(1, padded, { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 20, element: decimal }),
    ).rejects.toMatchObject({ code: 'PARQUET_INVALID' })
  })

  test('timestamps keep their unit, and whether they are instants', async () => {
    const timestamp = (unit: 1 | 2 | 3, utc: boolean) =>
      logical({ field_8: { field_1: utc, field_2: { [`field_${unit}`]: {} } } })
    const before1970 = int64(-1n)
    expect(await column(1, before1970, { type: 'INT64', element: timestamp(1, true) })).toEqual({
      type: 'Timestamp<MILLISECOND, UTC>',
      cells: ['-1000000'],
    })
    expect(await column(1, before1970, { type: 'INT64', element: timestamp(2, false) })).toEqual({
      type: 'Timestamp<MICROSECOND>',
      cells: ['-1000'],
    })
    expect(await column(1, before1970, { type: 'INT64', element: timestamp(3, true) })).toEqual({
      type: 'Timestamp<NANOSECOND, UTC>',
      cells: ['-1'],
    })
  })

  test('INT96 is exact in nanoseconds, in microseconds where nanoseconds are too short, or refused', async () => {
    const file = (nanos: bigint, day: number, createdBy = 'impala') =>
      handmadeFile({
        createdBy,
        columns: [{ type: 'INT96', values: 1, pages: [pageV1({ values: 1, body: concat(int64(nanos), int32(day)) })] }],
      })
    const cells = async (bytes: Uint8Array, options = {}) =>
      batchCells((await decodeParquet(bytes, options)).batches, 0)
    expect(await cells(file(1n, 2_440_587))).toEqual([String(-86_400_000_000_000n + 1n)])
    const year9999 = file(0n, 5_373_484)
    await expect(cells(year9999)).rejects.toMatchObject({ code: 'TYPE_MISMATCH', position: { column: 'a' } })
    expect(await cells(year9999, { int96: 'us' })).toEqual(['253402214400000000000'])
    await expect(cells(file(1n, 2_440_588), { int96: 'us' })).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
  })

  test('dates, times, half floats, UUIDs, bytes', async () => {
    expect(await column(1, int32(-1), { type: 'INT32', element: { field_6: 6 } })).toEqual({
      type: 'Date32<DAY>',
      cells: ['-1'],
    })
    expect(await column(1, int32(1500), { type: 'INT32', element: { field_6: 7 } })).toEqual({
      type: 'Time32<MILLISECOND>',
      cells: ['1500000000'],
    })
    expect(await column(1, int64(1500n), { type: 'INT64', element: { field_6: 8 } })).toEqual({
      type: 'Time64<MICROSECOND>',
      cells: ['1500000'],
    })
    const half = { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 2, element: logical({ field_15: {} }) } as const
    expect(await column(3, [0, 0x3c, 1, 0, 0, 0x80], half)).toEqual({
      type: 'Float16',
      cells: ['1', '5.960464477539063e-8', '-0'],
    })
    const uuid = { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 16, element: logical({ field_14: {} }) } as const
    const read = await decodeParquet(
      handmadeFile({
        columns: [{ ...uuid, values: 1, pages: [pageV1({ values: 1, body: new Uint8Array(16).fill(7) })] }],
      }),
    )
    expect(read.schema.fields[0]?.metadata.get('ARROW:extension:name')).toBe('arrow.uuid')
    expect(await column(1, [1, 0, 0, 0, 0xff], { type: 'BYTE_ARRAY' })).toEqual({ type: 'Binary', cells: ['ff'] })
  })

  test('a repeated field without annotation is a list, empty ones kept', async () => {
    const levels = [2, 0, 0, 0, 3, 0b0010, 2, 0, 0, 0, 3, 0b1011]
    const pages = [pageV1({ values: 4, body: concat(levels, int32(1, 2, 3)) })]
    const table = await decodeParquet(
      handmadeFile({ rows: 3, columns: [{ type: 'INT32', repeated: true, values: 4, pages }] }),
    )
    expect(batchCells(table.batches, 0)).toEqual([['1', '2'], [], ['3']])
  })
})

describe('parquet: reading', () => {
  const table = tableFromRows(
    Array.from({ length: 1000 }, (_, i) => ({
      id: BigInt(i),
      kind: i % 2 === 0 ? 'even' : 'odd',
      amount: i / 4,
      name: `n${i}`,
    })),
  )
  const file = encodeParquet(table, { rowGroupRows: 250, compression: 'none' })
  const scratch = mkdtempSync(join(tmpdir(), 'parquet-read-'))
  afterAll(() => rmSync(scratch, { recursive: true }))

  /** A source that notes the ranges which are read. */
  function counting(bytes: Uint8Array) {
    const ranges: [number, number][] = []
    const source: ByteSource = {
      ...bytesSource(bytes),
      async read(start, end) {
        ranges.push([start, end])
        return bytes.subarray(start, end)
      },
    }
    return { source, ranges }
  }

  test('columns in the order that was asked for', async () => {
    expect((await rowsOf(await file, { columns: ['amount', 'id'] }))[1]).toEqual({ amount: 0.25, id: 1n })
    await expect(decodeParquet(await file, { columns: ['nope'] })).rejects.toMatchObject({
      code: 'COLUMN_UNKNOWN',
      position: { column: 'nope' },
    })
    expect((await decodeParquet(await file, { columns: [] })).numRows).toBe(1000)
  })

  test('row groups by index', async () => {
    const rows = await rowsOf(await file, { rowGroups: [3, 0], columns: ['id'] })
    expect([rows.length, rows[0], rows[250]]).toEqual([500, { id: 750n }, { id: 0n }])
    await expect(decodeParquet(await file, { rowGroups: [4] })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })

  test('a filter skips row groups by their statistics', async () => {
    expect((await rowsOf(await file, { filter: { id: { gte: 500, lt: 600 } } })).length).toBe(250)
    expect((await rowsOf(await file, { filter: { id: { in: [1n, 999n] } } })).length).toBe(500)
    expect((await rowsOf(await file, { filter: { kind: { eq: 'zzz' } } })).length).toBe(0)
    expect((await rowsOf(await file, { filter: { amount: { gt: 249.75 } } })).length).toBe(0)
    const noOrder = { type: 'INT32', values: 1, pages: [pageV1({ values: 1, body: int32(7) })] } as const
    const statistics = { field_12: { field_5: int32(1), field_6: int32(1) } }
    expect(
      await rowsOf(handmadeFile({ columns: [{ ...noOrder, chunk: statistics }] }), { filter: { a: { eq: 7 } } }),
    ).toEqual([{ a: 7 }])
    await expect(decodeParquet(await file, { filter: { nope: { eq: 1 } } })).rejects.toMatchObject({
      code: 'COLUMN_UNKNOWN',
    })
    await expect(decodeParquet(await file, { filter: { id: { eq: 'text' } } })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  })

  test('only the bytes that are needed are read, neighbours at once', async () => {
    const wide = tableFromRows(
      Array.from({ length: 60_000 }, (_, i) => ({ a: i * 1.1, b: i * 2.2, c: i * 3.3, d: i * 4.4 })),
    )
    const bytes = await encodeParquet(wide, { compression: 'none', rowGroupRows: 30_000 })
    const all = counting(bytes)
    await decodeParquet(all.source)
    expect(all.ranges.length).toBe(3)
    const one = counting(bytes)
    await decodeParquet(one.source, { columns: ['b'], rowGroups: [1] })
    expect(one.ranges.length).toBe(2)
    const [, [start, end]] = one.ranges as [[number, number], [number, number]]
    expect(end - start).toBeLessThan(30_000 * 8 * 1.1)
    const [, [first]] = all.ranges as [unknown, [number, number]]
    const filtered = counting(bytes)
    await decodeParquet(filtered.source, { filter: { a: { gte: 33_000 } } })
    expect(filtered.ranges.length).toBe(2)
    expect(filtered.ranges[1]?.[0]).toBeGreaterThan(first)
    const begun = counting(bytes)
    for await (const _ of parquet().read(begun.source)) break
    expect(begun.ranges.length).toBe(2)
    const apart = counting(bytes)
    await decodeParquet(apart.source, { columns: ['a', 'd'], rowGroups: [0] })
    expect(apart.ranges.length).toBe(3)
    const small = counting(await encodeParquet(tableFromRows([{ a: 1 }])))
    await decodeParquet(small.source)
    expect(small.ranges.length).toBe(1)
  })

  test('from bytes, a file, a stream, a source without a size', async () => {
    const path = join(scratch, 'a.parquet')
    writeFileSync(path, await file)
    const { read, stream } = bytesSource(await file)
    for (const input of [await file, fileSource(path), bytesSource(await file), { read, stream }]) {
      expect((await rowsOf(input)).length).toBe(1000)
    }
    let rows = 0
    for await (const batch of parquet().read(stream())) rows += batch.numRows
    expect(rows).toBe(1000)
  })

  test('batches have at most 65,536 rows and about 4 MiB', async () => {
    const long = await encodeParquet(tableFromRows(Array.from({ length: 150_000 }, (_, i) => ({ i }))), {
      rowGroupRows: 200_000,
    })
    const sizes: number[] = []
    for await (const batch of parquet().read(long)) sizes.push(batch.numRows)
    expect(sizes).toEqual([65_536, 65_536, 18_928])
    const wide = await encodeParquet(
      tableFromRows(Array.from({ length: 6000 }, (_, i) => ({ note: `${i}`.padEnd(4096, 'x') }))),
    )
    for await (const batch of parquet().read(wide)) expect(batch.numRows).toBeLessThan(1500)
  })

  test('dictionaries are kept when asked for, plain pages after them too', async () => {
    const dictionary = dictionaryPage({ values: 2, body: [...text('a'), ...text('b')] })
    const indexed = pageV1({ values: 3, encoding: 'RLE_DICTIONARY', body: [1, 3, 0b101] })
    const plain = pageV1({ values: 2, body: [...text('c'), ...text('a')] })
    const bytes = handmadeFile({
      columns: [
        {
          type: 'BYTE_ARRAY',
          element: { field_6: 0 },
          values: 5,
          hasDictionary: true,
          pages: [dictionary, indexed, plain],
        },
      ],
    })
    const kept = await decodeParquet(bytes, { dictionary: 'keep' })
    expect(DataType.isDictionary(kept.schema.fields[0]?.type)).toBe(true)
    expect(batchCells(kept.batches, 0)).toEqual(['b', 'a', 'b', 'c', 'a'])
    expect(batchCells((await decodeParquet(bytes)).batches, 0)).toEqual(['b', 'a', 'b', 'c', 'a'])
  })

  test('no rows: one empty batch with the schema', async () => {
    const empty = await encodeParquet(tableFromRows([], { schema: { id: 'int64', name: 'string' } }))
    const batches: RecordBatch[] = []
    for await (const batch of parquet().read(empty)) batches.push(batch)
    expect(batches.map(({ numRows }) => numRows)).toEqual([0])
    expect(batches[0]?.schema.fields.map(({ name }) => name)).toEqual(['id', 'name'])
  })

  test('columns of one name are all kept', async () => {
    const page = (value: number) => [pageV1({ values: 1, body: int32(value) })]
    const bytes = handmadeFile({
      columns: [
        { name: 'x', type: 'INT32', values: 1, pages: page(1) },
        { name: 'x', type: 'INT32', values: 1, pages: page(2) },
      ],
    })
    const { batches } = await decodeParquet(bytes, { columns: ['x'] })
    expect([batchCells(batches, 0), batchCells(batches, 1)]).toEqual([['1'], ['2']])
  })
})

describe('parquet faults', () => {
  const one = (pages: Uint8Array[], rest: Partial<HandmadeColumn> = {}) =>
    handmadeFile({ columns: [{ type: 'INT32', values: 1, pages, ...rest }] })

  test.each([
    ['no bytes', new Uint8Array(0), 'PARQUET_INVALID'],
    ['too few bytes', new Uint8Array(8), 'PARQUET_INVALID'],
    ['another format', Buffer.from('id,name\n1,Ada\n2,Grace\n'), 'PARQUET_INVALID'],
    ['an encrypted footer', Buffer.from('PAR1 some encrypted bytes PARE'), 'UNSUPPORTED_FORMAT'],
  ])('%s', async (_, bytes, code) => {
    await expect(decodeParquet(new Uint8Array(bytes))).rejects.toMatchObject({
      code,
      ...(code === 'PARQUET_INVALID' ? { position: { byteOffset: expect.any(Number) } } : {}),
    })
  })

  test('a column that is encrypted is refused unless it is left out', async () => {
    const plain = { type: 'INT32', values: 1, pages: [pageV1({ values: 1, body: int32(7) })] } as const
    const bytes = handmadeFile({
      columns: [
        { name: 'open', ...plain },
        { name: 'secret', ...plain, encrypted: true },
      ],
    })
    await expect(decodeParquet(bytes)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      position: { column: 'secret' },
    })
    expect(await rowsOf(bytes, { columns: ['open'] })).toEqual([{ open: 7 }])
  })

  test('text that is not UTF-8: column and row', async () => {
    const values = [...text('ok'), ...text('no'), ...text('ok')]
    values[10] = 0xff
    const utf8 = { type: 'BYTE_ARRAY', element: { field_6: 0 }, values: 3 } as const
    const bytes = handmadeFile({ columns: [{ name: 'city', ...utf8, pages: [pageV1({ values: 3, body: values })] }] })
    await expect(decodeParquet(bytes)).rejects.toMatchObject({
      code: 'ENCODING_INVALID',
      position: { column: 'city', row: 2 },
    })
    const dictionary = dictionaryPage({ values: 3, body: values })
    const used = pageV1({ values: 3, encoding: 'RLE_DICTIONARY', body: [2, 3, 0b011000] })
    const kept = handmadeFile({ columns: [{ name: 'city', ...utf8, hasDictionary: true, pages: [dictionary, used] }] })
    await expect(decodeParquet(kept)).rejects.toMatchObject({
      code: 'ENCODING_INVALID',
      position: { column: 'city', row: 3 },
    })
  })

  test('a character that is split between two strings is no UTF-8', async () => {
    const bytes = handmadeFile({
      columns: [
        {
          type: 'BYTE_ARRAY',
          element: { field_6: 0 },
          values: 2,
          pages: [pageV1({ values: 2, body: [1, 0, 0, 0, 0xc3, 1, 0, 0, 0, 0xa9] })],
        },
      ],
    })
    await expect(decodeParquet(bytes)).rejects.toMatchObject({ code: 'ENCODING_INVALID', position: { row: 1 } })
  })

  test('a checksum that does not match', async () => {
    const body = int32(7)
    expect(await rowsOf(one([pageV1({ values: 1, body, crc: zlib.crc32(body) | 0 })]))).toEqual([{ a: 7 }])
    await expect(decodeParquet(one([pageV1({ values: 1, body, crc: 1 })]))).rejects.toMatchObject({
      code: 'PARQUET_INVALID',
      position: { column: 'a' },
    })
  })

  test('levels, pages and dictionaries that contradict themselves', async () => {
    const broken = [
      one([pageV1({ values: 1, body: [1, 0, 0] })]),
      one([pageV1({ values: 1, encoding: 'RLE_DICTIONARY', body: [1, 2, 0] })]),
      one([pageV2({ values: 1, definitionBytes: 9, body: int32(1) })], { optional: true }),
      one([pageV1({ values: 1, body: [2, 0, 0, 0, 2, 9] })], { optional: true }),
      one([]),
      one([pageV1({ values: 1, body: int32(1) })], { chunk: { field_1: 2 } }),
      one([pageV1({ values: 1, encoding: 'DELTA_BINARY_PACKED', body: [128, 1, 4, 9] })]),
    ]
    for (const bytes of broken) await expect(decodeParquet(bytes)).rejects.toMatchObject({ code: 'PARQUET_INVALID' })
  })

  test('limits that are set hold', async () => {
    const bytes = await encodeParquet(tableFromRows([{ text: 'x'.repeat(1000), list: [[1]] }]), { compression: 'none' })
    for (const limits of [{ maxInflatedBytes: 100 }, { maxColumns: 1 }, { maxDepth: 2 }, { maxFieldBytes: 999 }]) {
      await expect(decodeParquet(bytes, { limits })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    }
  })

  test('a stream limits the bytes held at once, not the inflated bytes of the file', async () => {
    const values = 10_000
    const zeros = new Uint8Array(values * 64)
    const packed = zlib.gzipSync(zeros)
    const pages = Array.from({ length: 40 }, () => pageV1({ values, body: packed, uncompressedBytes: zeros.length }))
    const type = { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 64, codec: 'GZIP' } as const
    const file = handmadeFile({ columns: [{ ...type, values: 40 * values, pages }] })
    let rows = 0
    const allowing = (maxInflatedBytes: number) => ({ limits: { maxInflatedBytes } })
    for await (const batch of parquet(allowing(16e6)).read(file)) rows += batch.numRows
    expect([rows, Math.round((rows * 64) / file.length) > 64]).toEqual([40 * values, true])
    await expect(decodeParquet(file, allowing(16e6))).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    expect((await decodeParquet(file, allowing(32e6))).numRows).toBe(rows)
    const little = parquet(allowing(64e3))
    await expect(little.read(file)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  test('errors of the source', async () => {
    const failing: ByteSource = {
      size: 100,
      stream: () => bytesSource(new Uint8Array(0)).stream(),
      read: () => Promise.reject(new Error('gone')),
    }
    await expect(decodeParquet(failing)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      cause: { message: 'gone' },
    })
    const shrinking: ByteSource = { ...failing, read: async () => new Uint8Array(3) }
    await expect(decodeParquet(shrinking)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
  })
})

test('text in the place of bytes is refused as text', async () => {
  const text = async function* () {
    yield 'PAR1' as unknown as Uint8Array
  }
  const read = async () => {
    for await (const _ of parquet().read(text()));
  }
  await expect(read()).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
})

describe('parquet: what a file is read by', () => {
  const plain = (value: number) =>
    ({ type: 'INT32', values: 1, pages: [pageV1({ values: 1, body: int32(value) })] }) as const

  test('files of Spark have INT96 in microseconds', async () => {
    const body = concat(int64(0n), int32(5_373_484))
    const columns = [{ type: 'INT96', values: 1, pages: [pageV1({ values: 1, body })] }] as const
    const spark = { field_5: [{ field_1: 'org.apache.spark.version', field_2: '3.5.0' }] }
    const table = await decodeParquet(handmadeFile({ columns, footer: spark }))
    expect(String(table.schema.fields[0]?.type)).toBe('Timestamp<MICROSECOND>')
    await expect(decodeParquet(handmadeFile({ columns, footer: spark }), { int96: 'ns' })).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
    })
  })

  describe('chunks of old writers, which leave the header of the dictionary page out of their size', () => {
    const dictionary = dictionaryPage({ values: 2, body: int32(7, 8) })
    const page = pageV1({ values: 2, encoding: 'RLE_DICTIONARY', body: [1, 3, 0b10] })
    const headerBytes = dictionary.length - 8
    const file = (createdBy: string) =>
      handmadeFile({
        createdBy,
        columns: [
          {
            type: 'INT32',
            values: 2,
            hasDictionary: true,
            pages: [dictionary, page],
            chunk: { field_7: BigInt(dictionary.length + page.length - headerBytes) },
          },
        ],
      })

    test.each([
      'parquet-mr',
      'parquet-mr version 1.2.8',
      'parquet-mr version 1.1.0',
      'parquet-mr version 0.9',
      'parquet-mr version 1.0.0 (build x)',
    ])('%s', async (createdBy) => {
      expect(await rowsOf(file(createdBy))).toEqual([{ a: 7 }, { a: 8 }])
    })

    test.each([
      'parquet-mr version 1.2.9',
      'parquet-mr version 1.10.0',
      'parquet-mr version 1.20.1',
      'impala',
      'my parquet-mr',
    ])('not those of %s', async (createdBy) => {
      await expect(decodeParquet(file(createdBy))).rejects.toMatchObject({ code: 'PARQUET_INVALID' })
    })
  })

  test('groups without rows are passed over', async () => {
    const none = { ...plain(1), values: 0, pages: [], chunk: { field_7: 0n, field_9: 0n } }
    expect((await decodeParquet(handmadeFile({ rows: 0, columns: [none] }))).numRows).toBe(0)
  })

  test('rows of any width come in batches of about 4 MiB', async () => {
    const sizes: number[] = []
    const row = new Uint8Array(300_000)
    const pages = Array.from({ length: 40 }, () => pageV1({ values: 1, body: row }))
    const file = handmadeFile({ columns: [{ type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 300_000, values: 40, pages }] })
    for await (const batch of parquet().read(file)) sizes.push(batch.numRows)
    expect(sizes).toEqual([13, 13, 13, 1])
  })

  test('columns of which one holds fewer rows at once come together', async () => {
    const text = new Uint8Array(1_000_004)
    new DataView(text.buffer).setUint32(0, 1_000_000, true)
    const wide = Array.from({ length: 50 }, () => pageV1({ values: 1, body: text }))
    const file = handmadeFile({
      columns: [
        { name: 'n', type: 'INT32', values: 50, pages: [pageV1({ values: 50, body: new Uint8Array(200) })] },
        { name: 't', type: 'BYTE_ARRAY', values: 50, pages: wide, chunk: { field_6: 1n } },
      ],
    })
    const sizes: number[] = []
    for await (const batch of parquet().read(file)) sizes.push(batch.numRows)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(50)
    expect(Math.max(...sizes)).toBe(33)
    expect(sizes[1]).toBe(4)
  })

  test('every kind of error is one of the library, with what caused it', async () => {
    const odd = new RangeError('Invalid array length')
    const failing = (cause: unknown): ByteSource => ({
      size: 100,
      stream: () => bytesSource(new Uint8Array(0)).stream(),
      read: async () => {
        throw cause
      },
    })
    await expect(decodeParquet(failing(odd))).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', cause: odd })
    const broken = { ...failing(odd), read: () => undefined as never }
    await expect(decodeParquet(broken)).rejects.toMatchObject({
      code: 'PARQUET_INVALID',
      cause: expect.any(TypeError),
    })
    const noMemory = {
      ...failing(odd),
      read: (): never => {
        throw odd
      },
    }
    await expect(decodeParquet(noMemory)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', cause: odd })
    const other = new RangeError('offset is out of bounds')
    const outside = {
      ...failing(odd),
      read: (): never => {
        throw other
      },
    }
    await expect(decodeParquet(outside)).rejects.toMatchObject({ code: 'PARQUET_INVALID', cause: other })
  })

  test('faults of pages name their column and keep their cause', async () => {
    const body = zlib.gzipSync(new Uint8Array(100))
    body[20] = (body[20] as number) ^ 0xff
    const damaged = {
      type: 'INT32',
      codec: 'GZIP',
      values: 1,
      pages: [pageV1({ values: 1, body, uncompressedBytes: 100 })],
    } as const
    const error = await decodeParquet(handmadeFile({ columns: [{ name: 'x', ...damaged }] })).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({
      code: 'PARQUET_INVALID',
      position: { column: 'x' },
      message: expect.stringContaining('the pages of a column cannot be decoded'),
      cause: expect.objectContaining({ code: expect.stringMatching(/^Z_|^ERR_/) }),
    })
    const cut = { type: 'INT32', values: 2, pages: [pageV1({ values: 2, body: int32(1) })] } as const
    await expect(decodeParquet(handmadeFile({ columns: [{ name: 'x', ...cut }] }))).rejects.toMatchObject({
      position: { column: 'x' },
      message: expect.stringContaining('a page ends before its values'),
    })
  })

  test('rows and values that no bytes back are counted over all groups and columns', async () => {
    const claims = 40 * 1024 * 1024
    const column = (name: string) =>
      ({ name, type: 'INT32', values: claims, pages: [pageV1({ values: 0, body: [] })] }) as const
    await expect(
      decodeParquet(handmadeFile({ rows: claims, columns: [column('a'), column('b')] })),
    ).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining(`the footer claims ${2 * claims} values`),
    })
    await expect(decodeParquet(handmadeFile({ rows: claims, columns: [column('a')] }))).rejects.toMatchObject({
      code: 'PARQUET_INVALID',
    })
  })

  test('a fault of a later row group has its row in the file', async () => {
    const rows = Array.from({ length: 7 }, (_, i) => ({ t: `text number ${i}` }))
    const bytes = await encodeParquet(tableFromRows(rows), { rowGroupRows: 3, compression: 'none' })
    for (const row of [0, 2, 3, 6]) {
      const broken = Uint8Array.from(bytes)
      broken[Buffer.from(bytes).indexOf(`text number ${row}`) + 5] = 0xff
      const position = { row: row + 1, column: 't' }
      await expect(decodeParquet(broken)).rejects.toMatchObject({ code: 'ENCODING_INVALID', position })
    }
  })

  test('a whole table is one operation of the channel of reads', async () => {
    const bytes = await encodeParquet(tableFromRows([{ a: 1 }, { a: 2 }]))
    const { heard } = await heardOf(() => decodeParquet(bytes))
    expect(endsOf(heard, 'read')).toMatchObject([{ format: 'parquet', bytes: bytes.length, rows: 2, batches: 1 }])
  })

  test('a table with its dictionaries exceeds its limit, each counted once', async () => {
    const words = Array.from({ length: 1000 }, (_, i) => ({ w: `${i % 10}`.repeat(200) }))
    const bytes = await encodeParquet(tableFromRows(words), { rowGroupRows: 500 })
    const keep = (maxInflatedBytes: number) =>
      decodeParquet(bytes, { dictionary: 'keep', limits: { maxInflatedBytes } })
    const { batches } = await decodeParquet(bytes, { dictionary: 'keep' })
    expect(batches.length).toBe(2)
    await expect(keep(8000)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    expect((await keep(9000)).numRows).toBe(1000)
  })
})
