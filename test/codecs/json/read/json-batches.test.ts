import type { RecordBatch } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { decodeNdjson, type JsonOptions, json, ndjson } from '../../../../src/codecs/json/json.ts'
import { isEmptyColumn } from '../../../../src/columns/empty-column.ts'
import { bytes, chunked, collect, failure, rowsOf, typesOf } from '../support.ts'

const read = (text: string, options: JsonOptions = {}, size = 50_000): Promise<RecordBatch[]> =>
  collect(ndjson(options).read(chunked(bytes(text), [size])))
const sizes = (batches: readonly RecordBatch[]): number[] => batches.map(({ numRows }) => numRows)

const MIB = 1024 * 1024
/** A row of so many bytes. */
const padded = (length: number): string => `{"a":"x"${' '.repeat(length - '{"a":"x"}'.length)}}\n`

describe('a batch is full', () => {
  test.each([
    [65_535, [65_535]],
    [65_536, [65_536]],
    [65_537, [65_536, 1]],
  ])('at 65,536 rows: %d', async (rows, expected) => {
    expect(sizes(await read('{}\n'.repeat(rows)))).toEqual(expected)
  })

  test('and none follows if the rows behind it are rejected', async () => {
    const rejected: number[] = []
    const options: JsonOptions = { onInvalidRow: ({ row }) => rejected.push(row) }
    const batches = await read(`${'{}\n'.repeat(65_536)}x\n\n`, options)
    expect([sizes(batches), rejected]).toEqual([[65_536], [65_537]])
    expect(sizes(await read('x\n', options))).toEqual([0])
  })

  test.each([
    [-1, [3, 1]],
    [0, [2, 2]],
    [1, [2, 2]],
  ])('at 4 MiB of text: rows of 2 MiB and %d bytes', async (more, expected) => {
    expect(sizes(await read(padded(2 * MIB + more).repeat(4), {}, 3 * MIB))).toEqual(expected)
  })

  test('at 4 MiB of text in many rows', async () => {
    expect(sizes(await read(padded(1024).repeat(5000)))).toEqual([4096, 904])
    expect(sizes(await read(padded(1023).repeat(5000)))).toEqual([4101, 899])
  })

  test('at 4 MiB of memory for the slots of its columns, also of structs', async () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`c${index}`, index]))
    // Columns of 8 bytes, and a bit of each row.
    const rows = Math.ceil((4 * 1024 * 1024) / (1000 * 8 + 1 / 8))
    expect(sizes(await read(`${JSON.stringify(wide)}\n${'{"c5":1}\n'.repeat(2 * rows)}`))).toEqual([rows, rows, 1])
    const nested = { s: wide }
    const fewer = Math.ceil((4 * 1024 * 1024) / (1000 * 8 + 2 / 8))
    expect(sizes(await read(`${JSON.stringify(nested)}\n${'{"s":{"c5":1}}\n'.repeat(2 * fewer)}`))).toEqual([
      fewer,
      fewer,
      1,
    ])
    const kinds = { a: true, b: '2024-01-01', c: 'x', d: 1.5, e: '2024-01-01T00:00:00Z', f: [1], g: null, h: { i: {} } }
    // 4 bytes for booleans, dates, offsets and nothing, 8 for doubles and times, a bit for structs.
    const bytesOfRow = 100 * (4 + 4 + 4 + 8 + 8 + 4 + 4) + 201 / 8
    const many = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) =>
        Object.entries(kinds).map(([name, value]) => [`${name}${index}`, value]),
      ).flat(),
    )
    const itemBytes = 100 * 8
    const most = Math.ceil((4 * 1024 * 1024 - itemBytes) / bytesOfRow)
    expect(sizes(await read(`${JSON.stringify(many)}\n${'{"c0":"y"}\n'.repeat(most)}`))).toEqual([most, 1])
  })

  test('exactly when no memory is left', async () => {
    // A text of 4 bytes, a row's bit, and 31 structs of a bit and 8 bytes are 256 bytes: 16,384 rows.
    const structs = Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`s${index}`, { x: 1 }]))
    const text = `${JSON.stringify({ t: 'x', ...structs })}\n${'{"t":"x"}\n'.repeat(16_384)}`
    expect(sizes(await read(text))).toEqual([16_384, 1])
    expect(sizes(await read(text.replaceAll('{"t":', '{"\\u0074":')))).toEqual([16_384, 1])
  })

  test('and the next one begins empty: no value is left over', async () => {
    const rows = Array.from({ length: 9000 }, (_, row) =>
      row % 4500 < 100
        ? { n: row, f: row / 2, b: true, s: `x${row}`, l: [row, row], o: { k: row }, pad: 'p'.repeat(999) }
        : { pad: 'p'.repeat(999) },
    )
    const batches = await read(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    expect(batches.length).toBe(3)
    const found = batches.flatMap((batch) =>
      [...batch].map((row) =>
        JSON.parse(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value))),
      ),
    )
    for (const [index, row] of rows.entries()) {
      const { pad, n = null, f = null, b = null, s = null, l = null, o = null } = row as Record<string, unknown>
      if (index % 50 === 0 || n !== null || index % 4194 < 3) expect(found[index]).toEqual({ n, f, b, s, l, o, pad })
    }
    expect(batches.map((batch) => batch.getChild('n')?.nullCount)).toEqual(
      batches.map((batch) => [...(batch.getChild('n') ?? [])].filter((value) => value === null).length),
    )
  })
})

describe('nulls are counted', () => {
  test('whatever bits of a word are set', () => {
    const words = [0, 1, 2, 1 << 31, -1, -2, 0x7fffffff, 0x55555555, 0x33333333, 0x0f0f0f0f, 0x00ff00ff, 0xdeadbeef]
    for (const rest of [0, 1, 7, 8, 9, 31]) {
      const isSet = (row: number): boolean => (((words[row >> 5] ?? 0x5a) >>> (row & 31)) & 1) === 1
      const length = 32 * words.length + rest
      const rows = Array.from({ length }, (_, row) => (isSet(row) ? '{"a":1,"b":1}' : '{"b":2}'))
      const table = decodeNdjson(bytes(rows.join('\n')))
      const nulls = Array.from({ length }, (_, row) => row).filter((row) => !isSet(row)).length
      expect([rest, table.getChild('a')?.nullCount, table.getChild('b')?.nullCount]).toEqual([rest, nulls, 0])
      expect(rowsOf(table).map(({ a }) => a !== null)).toEqual(rows.map((_, row) => isSet(row)))
    }
    for (const word of words) {
      const rows = Array.from({ length: 32 }, (_, row) => (((word >>> row) & 1) === 1 ? '{"a":true}' : '{"a":null}'))
      const column = decodeNdjson(bytes(rows.join('\n'))).getChild('a')
      if (word !== 0)
        expect([word, column?.nullCount]).toEqual([word, rows.filter((row) => row.includes('null')).length])
    }
  })
})

describe('rows used for inference', () => {
  test.each([1, 3, 700])('are as many as inferRows says: %d', async (inferRows) => {
    const text = (at: number): string =>
      Array.from({ length: 1500 }, (_, row) => (row === at ? '{"a":"x","b":1}' : `{"a":${row}}`)).join('\n')
    const first = await read(text(inferRows - 1), { inferRows }).catch((error: unknown) => error)
    if (inferRows === 1) expect(first).toMatchObject({ code: 'TYPE_MISMATCH', position: { row: 2, column: 'a' } })
    else expect((first as RecordBatch[])[0]?.schema.fields.map(({ type }) => String(type))).toEqual(['Utf8', 'Int64'])
    expect(await failure(read(text(inferRows), { inferRows }))).toMatchObject({
      position: { row: inferRows + 1, column: 'a' },
    })
  })

  test('a column without a value in them takes text in later ones, at any depth', async () => {
    const row = (value: string): string => `{"a":${value},"l":[${value}],"s":{"x":${value}},"id":1}\n`
    for (const before of [2, 700]) {
      const text = row('null').repeat(before) + row('"y"').repeat(1000)
      for (const size of [50, 100_000]) {
        const batches = await read(text, { inferRows: before }, size)
        expect(batches.flatMap((batch) => batch.schema.fields.map(isEmptyColumn))).toEqual([true, false, false, false])
        const found = batches.flatMap((batch) => [...(batch.getChild('a') ?? [])])
        expect(found).toEqual([...new Array(before).fill(null), ...new Array(1000).fill('y')])
        const items = batches.flatMap((batch) => [...(batch.getChild('l') ?? [])].map((list) => list.get(0)))
        expect(items).toEqual(found)
      }
      const error = await failure(read(row('null').repeat(before) + row('1'), { inferRows: before }))
      expect(error).toMatchObject({ code: 'TYPE_MISMATCH', position: { row: before + 1, column: 'a' } })
      expect(error.message).toMatch(/type Utf8/)
    }
  })

  test('without them no key is known', async () => {
    expect(await failure(read('{"a":1}', { inferRows: 0 }))).toMatchObject({
      code: 'TYPE_MISMATCH',
      position: { row: 1, column: 'a' },
    })
    const [batch] = await read('{"a":1}\n{"a":2}', { inferRows: 0, schema: { a: 'int64' } })
    expect([...(batch?.getChild('a') ?? [])]).toEqual([1n, 2n])
    for (const inferRows of [-1, Number.NaN])
      expect((await failure((async () => json({ inferRows }))())).code).toBe('OPTION_INVALID')
  })

  test('broken rows are none of them', async () => {
    const rejected: number[] = []
    const options: JsonOptions = { inferRows: 3, schema: { p: 'int64' }, onInvalidRow: ({ row }) => rejected.push(row) }
    const text = [
      '{"a":1}',
      'x',
      '{"p":"x","b":1}',
      '{"a":2,"p":1}',
      '{"a":2.5}',
      '{"a":"y"}',
      '{"a":3}',
      '{"c":1}',
    ].join('\n')
    const batches = await read(text, options)
    expect(batches.map((batch) => batch.schema.fields.map(({ name, type }) => `${name}:${type}`))).toEqual([
      ['a:Int64', 'p:Int64', 'b:Int64'],
    ])
    expect(rejected).toEqual([2, 3, 5, 6, 8])
    expect(
      typesOf(decodeNdjson(bytes('{"a":1}\n{"z":1\n{"y":{"x":1}\n{"a":1.5}'), { onInvalidRow: () => {} })),
    ).toEqual({ a: 'Float64' })
  })
})
