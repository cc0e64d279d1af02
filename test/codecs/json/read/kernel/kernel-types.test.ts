import { type Data, DataType, Field, Int32, Int64, List, Schema, Struct, Table, Utf8 } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import type { InvalidRow } from '../../../../../src/codecs/invalid-row.ts'
import { decodeNdjson, type JsonOptions, json, ndjson } from '../../../../../src/codecs/json/json.ts'
import { bytes, chunked, collect, failure, failureOf, rowsOf, typesOf } from '../../support.ts'

/** Values of a column in a file of thousands of rows: their JSON, what they are read as, and the inferred type. */
interface Column {
  readonly type: string
  readonly of: (row: number) => readonly [text: string, value: unknown]
}

const iso = (ms: number): string => new Date(ms).toISOString()
/** Numbers that look random: the same ones in every run. */
const mixed = (row: number): number => (Math.imul(row + 1, 0x9e3779b1) >>> 8) % 1_000_003

const SCALARS: Readonly<Record<string, Column>> = {
  int64: {
    type: 'Int64',
    of: (row) => {
      const value = row % 9 === 0 ? 2n ** 63n - 1n - BigInt(row) : BigInt(mixed(row) - 500_000)
      return [String(value), value]
    },
  },
  float64: {
    type: 'Float64',
    of: (row) => {
      const value = (mixed(row) - 500_000) / 8 + 0.5
      return [row % 5 === 0 ? value.toExponential() : String(value), value]
    },
  },
  bool: { type: 'Bool', of: (row) => [String(mixed(row) % 3 === 0), mixed(row) % 3 === 0] },
  string: {
    type: 'Utf8',
    of: (row) => {
      const value = ['', 'a', `Zürich ${row}`, '"quoted"\\', 'x'.repeat(row % 90), '😀\n'][mixed(row) % 6] as string
      return [JSON.stringify(value), value]
    },
  },
  date: {
    type: 'Date32<DAY>',
    of: (row) => {
      const day = 86_400_000 * ((mixed(row) % 40_000) - 20_000)
      return [`"${iso(day).slice(0, 10)}"`, new Date(day)]
    },
  },
  milliseconds: {
    type: 'Timestamp<MILLISECOND, UTC>',
    of: (row) => {
      const time = mixed(row) * 1_500_000 - 9e11
      return [`"${row % 3 === 0 ? iso(time).replace('Z', '+00:00') : iso(time)}"`, new Date(time)]
    },
  },
  microseconds: {
    type: 'Timestamp<MICROSECOND, UTC>',
    of: (row) => {
      const time = mixed(row) * 1_500_000 - 9e11
      return [`"${iso(time).replace('Z', '001Z')}"`, BigInt(time) * 1000n + 1n]
    },
  },
  nanoseconds: {
    type: 'Timestamp<NANOSECOND, UTC>',
    of: (row) => {
      const time = mixed(row) * 1_500_000 - 9e11
      return [`"${iso(time).replace('Z', '000001Z')}"`, BigInt(time) * 1_000_000n + 1n]
    },
  },
}

const listOf = ({ type, of }: Column, most = 5): Column => ({
  type: `List<${type}>`,
  of: (row) => {
    const items = Array.from({ length: (row * 2 + 3) % most }, (_, index) =>
      mixed(row + index) % 7 === 0 ? (['null', null] as const) : of(row + index),
    )
    return [`[${items.map(([text]) => text).join()}]`, items.map(([, value]) => value)]
  },
})
const structOf = (x: Column, y: Column): Column => ({
  type: `Struct<{x:${x.type}, y:${y.type}}>`,
  of: (row) => {
    const [xText, xValue] = x.of(row)
    const [yText, yValue] = y.of(row + 7)
    if (row % 6 === 5) return [`{"y":${yText}}`, { x: null, y: yValue }]
    const members = [`"x":${xText}`, `"y":${yText}`]
    return [`{${(row % 11 === 4 ? members.toReversed() : members).join()}}`, { x: xValue, y: yValue }]
  },
})

const { int64, float64, bool, string, date, milliseconds, microseconds, nanoseconds } = SCALARS as Record<
  string,
  Column
> & {
  readonly [name in
    | 'int64'
    | 'float64'
    | 'bool'
    | 'string'
    | 'date'
    | 'milliseconds'
    | 'microseconds'
    | 'nanoseconds']: Column
}
const COLUMNS: Readonly<Record<string, Column>> = {
  ...SCALARS,
  ...Object.fromEntries(Object.entries(SCALARS).map(([name, column]) => [`list of ${name}`, listOf(column)])),
  'struct of int64 and string': structOf(int64, string),
  'struct of bool and date': structOf(bool, date),
  'struct of timestamps': structOf(milliseconds, microseconds),
  'struct of lists': structOf(listOf(float64), listOf(bool)),
  'list of structs': listOf(structOf(int64, string)),
  'list of lists': listOf(listOf(int64)),
  'list of structs of lists': listOf(structOf(listOf(string), listOf(nanoseconds))),
  'long lists': listOf(int64, 60),
}

/** Which rows have a value: the others hold null, or lack the key. */
const PRESENCE: Readonly<Record<string, (row: number) => boolean>> = {
  most: (row) => mixed(row) % 5 !== 0,
  few: (row) => row === 0 || row % 97 === 96,
  first: (row) => row === 0,
  'none for long': (row) => row < 3 || row > 500,
}

const ROWS = 700

function fileOf({ of }: Column, isPresent: (row: number) => boolean) {
  const lines: string[] = []
  const expected: unknown[] = []
  for (let row = 0; row < ROWS; row++) {
    const [text, value] = isPresent(row) ? of(row) : ['null', null]
    const isMissing = value === null && row % 2 === 0
    lines.push(
      isMissing ? `{"id":${row}}` : row % 13 === 5 ? `{"v" : ${text} , "id":${row}}` : `{"id":${row},"v":${text}}`,
    )
    expected.push({ id: BigInt(row), v: value })
  }
  return { lines, expected }
}

/** The columns whose count of nulls is not that of their bits, nested ones too. */
function wrongCounts(data: Data): string[] {
  let nulls = 0
  if (data.nullBitmap.length > 0)
    for (let row = 0; row < data.length; row++)
      if ((((data.nullBitmap[(data.offset + row) >> 3] as number) >> ((data.offset + row) & 7)) & 1) === 0) nulls++
  return [
    ...(data.nullCount === nulls ? [] : [`${data.type}: ${data.nullCount}, not ${nulls}`]),
    ...data.children.flatMap(wrongCounts),
  ]
}

describe.each(Object.entries(COLUMNS))('%s, in thousands of rows', (_, column) => {
  test.each(Object.entries(PRESENCE))('with values in %s', async (_, isPresent) => {
    const { lines, expected } = fileOf(column, isPresent)
    const file = bytes(`${lines.join('\n')}\n`)
    const readings = [
      () => decodeNdjson(bytes(`[${lines.join(',\r\n')}]`)),
      () => decodeNdjson(file, { limits: { maxRowBytes: 1_000_000 } }),
      async () => new Table(await collect(ndjson().read(chunked(file, [1000, 7, 5000])))),
    ]
    const others = isPresent === PRESENCE['most'] ? readings : []
    for (const read of [() => decodeNdjson(file), ...others]) {
      const table = await read()
      expect(typesOf(table)['v']).toBe(column.type)
      expect(rowsOf(table)).toEqual(expected)
      expect(table.batches.flatMap(({ data }) => wrongCounts(data))).toEqual([])
    }
  })
})

describe('rows that the kernel hands back', () => {
  const lines = (row: (index: number) => string, length = 2000): string =>
    Array.from({ length }, (_, index) => `${row(index)}\n`).join('')
  const read = (text: string, options: JsonOptions) => {
    const rejected: unknown[] = []
    const onInvalidRow = ({ line, row, code }: InvalidRow): void => void rejected.push([line, row, code])
    const table = decodeNdjson(bytes(text), { ...options, onInvalidRow })
    return { rejected, ids: [...(table.getChild('id') ?? [])].map(Number), table }
  }

  test.each([
    ['int32', '"x"', '2147483648', '1.5', 'true'],
    ['int64', '"x"', '9223372036854775808', '1.5', '{}'],
    ['decimal(5,2)', '1.234', '"x"', '1000.5', '[]'],
    ['binary', '"A"', '1', '"AQI"', 'null1'],
    ['time', '"x"', '1', '"25:00:00"', '""'],
    ['date', '"x"', '"2023-02-29"', '1', '"2024-01-01T00:00:00Z"'],
    ['timestamp', '"x"', '"2024-01-01T00:00:00.0001Z"', '1', '"2023-02-29T00:00:00Z"'],
    ['float64', '"x"', '1e999', '{}', '[1]'],
    ['string', '1', 'true', '{}', '[]'],
    ['bool', '"true"', '1', 'tru', '{}'],
  ] as const)('%s: every row whose value does not fit, and no other', (type, ...wrong) => {
    const bad = new Map([100, 101, 250, 1999].map((row, index) => [row, wrong[index]]))
    const text = lines((row) => `{"id":${row},"v":${bad.get(row) ?? 'null'}}`)
    const { rejected, ids } = read(text, { schema: { v: type } })
    expect(rejected.map((one) => (one as unknown[]).slice(0, 2))).toEqual(
      [...bad.keys()].map((row) => [row + 1, row + 1]),
    )
    expect(ids).toEqual(Array.from({ length: 2000 }, (_, row) => row).filter((row) => !bad.has(row)))
  })

  test('a required column that some rows lack', () => {
    const schema = new Schema([new Field('id', new Int64(), false), new Field('v', new Utf8(), true)])
    const bad = [5, 700, 701, 1999]
    const text = lines((row) => (bad.includes(row) ? `{"v":"x${row}"}` : `{"id":${row},"v":"x${row}"}`))
    const { rejected, ids, table } = read(text, { schema })
    expect(rejected).toEqual(bad.map((row) => [row + 1, row + 1, 'TYPE_MISMATCH']))
    expect(ids).toEqual(Array.from({ length: 2000 }, (_, row) => row).filter((row) => !bad.includes(row)))
    expect(table.getChild('v')?.get(5)).toBe('x6')
    expect(failureOf(() => decodeNdjson(bytes(text), { schema }))).toMatchObject({ position: { row: 6, column: 'id' } })
  })

  test('required fields and items', () => {
    const struct = new Struct([new Field('x', new Int32(), false), new Field('y', new Int64(), true)])
    const schema = {
      s: struct,
      l: new List(new Field('item', new Utf8(), false)),
      t: new List(new Field('item', struct, false)),
    }
    const bad: Readonly<Record<number, string>> = {
      3: '"s":{"y":1},"l":[],"t":[]',
      900: '"s":{"x":1},"l":["a",null],"t":[]',
      901: '"s":{"x":null},"l":["a"],"t":[]',
      1500: '"s":null,"l":["a"],"t":[{"x":1},{"y":2}]',
      1501: '"s":null,"l":["a"],"t":[{"x":1},null]',
    }
    const good = (row: number): string => `"s":{"x":${row},"y":${row}},"l":["a","b"],"t":[{"x":1},{"x":2}]`
    const { rejected, ids } = read(
      lines((row) => `{"id":${row},${bad[row] ?? good(row)}}`),
      { schema },
    )
    expect(rejected).toEqual(Object.keys(bad).map((row) => [Number(row) + 1, Number(row) + 1, 'TYPE_MISMATCH']))
    expect(ids.length).toBe(1995)
  })

  test('broken rows between thousands of good ones', () => {
    const bad = [400, 401, 800, 1999]
    for (const broken of ['{"id":', '{"id":1}}', '[1]', '{"id":1,"v":"\\ud800"}', '{"id":1,,}', 'x']) {
      const { rejected, ids } = read(
        lines((row) => (bad.includes(row) ? broken : `{"id":${row},"v":"abc"}`)),
        {},
      )
      expect(rejected.map((one) => (one as unknown[]).slice(0, 2))).toEqual(bad.map((row) => [row + 1, row + 1]))
      expect(ids).toEqual(Array.from({ length: 2000 }, (_, row) => row).filter((row) => !bad.includes(row)))
    }
  })

  test('a rejected row leaves nothing in the batch', () => {
    const schema = {
      n: 'int64',
      f: 'float64',
      i: 'int32',
      d: 'decimal(9,0)',
      b: 'bool',
      s: 'string',
      t: 'timestamp',
    } as const
    const full = '"n":7,"f":7.5,"i":7,"d":7,"b":true,"s":"seven","t":"2024-01-01T00:00:00Z","l":[7,8]'
    for (const rows of [3, 3000]) {
      const text = `{${full}}\n${'{"id":1}\n'.repeat(rows)}{${full},"id":"x"}\n{"id":2}\n{${full},"id":"x"}\n{"id":3}\n`
      const { table, rejected } = read(text, { schema: { id: 'int64', ...schema } })
      expect(rejected.length).toBe(2)
      const row = rows + 1
      for (const name of Object.keys(schema)) {
        const data = table.getChild(name)?.data[0] as Data
        expect([name, table.getChild(name)?.get(row), table.getChild(name)?.get(row + 1)]).toEqual([name, null, null])
        const stride = DataType.isDecimal(data.type) ? data.type.bitWidth / 32 : 1
        if (data.valueOffsets !== undefined) expect(data.valueOffsets[row + 2]).toBe(data.valueOffsets[row])
        else if (!DataType.isBool(data.type)) {
          const values = Array.from(data.values.subarray(row * stride, (row + 2) * stride) as Iterable<unknown>)
          expect([name, values.filter((value) => Number(value) !== 0)]).toEqual([name, []])
        } else expect((data.values[row >> 3] as number) & (1 << (row & 7))).toBe(0)
      }
      expect(table.getChild('l')?.get(row)).toBeNull()
      expect(table.getChild('l')?.data[0]?.children[0]?.length).toBe(2)
    }
  })

  test.each([510, 511, 512, 513, 600])('%d columns, of which some rows have few', (columns) => {
    const rows = Array.from({ length: 90 }, (_, row) => {
      const names = Array.from({ length: row % 4 === 0 ? columns : 5 }, (_, index) => (row * 31 + index) % columns)
      return Object.fromEntries(names.map((name) => [`c${name}`, row + name]))
    })
    const table = decodeNdjson(bytes(rows.map((row) => `${JSON.stringify(row)}\n`).join('')))
    const found = rowsOf(table).map((row) =>
      Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
    )
    expect(found).toEqual(
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, BigInt(value)]))),
    )
  })

  test.each([1022, 1023, 1024, 1100])('keys of %d bytes', (length) => {
    const key = 'k'.repeat(length)
    const text = lines((row) => `{"${key}":${row},"id":${row}}`, 200)
    expect(rowsOf(decodeNdjson(bytes(text)))).toEqual(
      Array.from({ length: 200 }, (_, row) => ({ [key]: BigInt(row), id: BigInt(row) })),
    )
  })

  test('a last row that is cut off, whole and in chunks', async () => {
    for (const end of ['{', '{"id":5', '{"id":5,"v":"x', '{"id":5,"v":"x"', '{"id":5,"v":"x"},']) {
      const text = lines((row) => `{"id":${row},"v":"abc"}`, 1000) + end
      expect(failureOf(() => decodeNdjson(bytes(text)))).toMatchObject({
        code: 'JSON_INVALID',
        position: { row: 1001 },
      })
      for (const size of [5000, text.length - 3]) {
        const error = await failure(collect(json().read(chunked(bytes(text), [size]))))
        expect(error).toMatchObject({ code: 'JSON_INVALID', position: { row: 1001 } })
      }
    }
  })

  test('rows that are cut off by chunks, one by one at the end', async () => {
    const all = Array.from({ length: 700 }, (_, row) => `{"id":${row},"v":"${'x'.repeat(60)}"}`)
    const text = all.join('\n')
    const lastAt = text.lastIndexOf('\n') + 1
    for (const cut of [lastAt, lastAt + 5, text.length - 1, lastAt - 1, lastAt - 200]) {
      const batches = await collect(json({ schema: { id: 'int64' } }).read(chunked(bytes(text), [cut, text.length])))
      expect(new Table(batches).getChild('id')?.toArray()).toEqual(BigInt64Array.from(all, (_, row) => BigInt(row)))
    }
  })
})

describe('lists of types that the kernel does not read', () => {
  const item = (type: DataType): DataType => new List(new Field('item', type, true))
  const struct = new Struct([new Field('x', new Int32(), true), new Field('y', item(new Int32()), true)])

  test.each<[string, DataType, (row: number) => unknown]>([
    ['integers of 32 bits', item(new Int32()), (row) => (row % 5 === 0 ? null : [row, null, -row])],
    [
      'structs of them',
      item(struct),
      (row) => [{ x: row, y: [row, row + 1] }, null, { x: null, y: [] }].slice(row % 3),
    ],
    ['lists of them', item(item(new Int32())), (row) => [[row], [], null, [1, 2, row]].slice(row % 4)],
    [
      'structs that hold lists of them',
      struct,
      (row) => ({ x: row % 2 === 0 ? row : null, y: row % 3 === 0 ? null : [row] }),
    ],
    ['large integers beside them', item(new Int64()), (row) => [BigInt(row), null]],
  ])('%s', (_, type, cellOf) => {
    const rows = Array.from({ length: 600 }, (_, row) => ({
      id: BigInt(row),
      v: cellOf(row),
      w: [row],
      t: `text ${row}`,
    }))
    const text = rows
      .map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value)))
      .join('\n')
    const table = decodeNdjson(bytes(text), { schema: { v: type, w: item(new Int32()) } })
    expect(rowsOf(table)).toEqual(rows)
  })
})
