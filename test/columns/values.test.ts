import {
  type Data,
  DateMillisecond,
  Field,
  Float16,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  type Time,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimeSecond,
  TimestampSecond,
  Utf8View,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { encodeCsv, encodeNdjson, rowsFromTable, tableFromRows } from '../../src/codecs/index.ts'
import { isMillraceError } from '../../src/errors.ts'
import { castColumns, transformTable } from '../../src/transform/index.ts'

/** A table of one column, `a`. */
function tableOf(data: Data): Table {
  const schema = new Schema([new Field('a', data.type, true)])
  return new Table(
    new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: data.length, children: [data] })),
  )
}

const cellsOf = (table: Table): unknown[] => [...rowsFromTable(table)].map(({ a }) => a)
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

function codeOf(run: () => unknown): string | undefined {
  try {
    run()
  } catch (error) {
    if (isMillraceError(error)) return error.code
    throw error
  }
  return undefined
}

describe('rows from a table', () => {
  test('times of day are text with all digits of their unit, and refused outside a day', () => {
    const times = (type: Time, ...units: bigint[]) => {
      const data = type.bitWidth === 32 ? Int32Array.from(units, Number) : BigInt64Array.from(units)
      return tableOf(makeData({ type, length: units.length, data }))
    }
    expect(cellsOf(times(new TimeSecond(), 0n, 86_399n))).toEqual(['00:00:00', '23:59:59'])
    expect(cellsOf(times(new TimeMillisecond(), 1n))).toEqual(['00:00:00.001'])
    expect(cellsOf(times(new TimeMicrosecond(), 45_296_500_000n))).toEqual(['12:34:56.500000'])
    expect(cellsOf(times(new TimeNanosecond(), 86_399_999_999_999n))).toEqual(['23:59:59.999999999'])
    for (const units of [-1n, 86_400_000_000n]) {
      const table = times(new TimeMicrosecond(), units)
      expect(codeOf(() => cellsOf(table))).toBe('TYPE_MISMATCH')
      expect(cellsOf(transformTable(table, castColumns({ a: 'int64' })))).toEqual([units])
    }
  })

  test('half floats of every kind', () => {
    const data = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x83ff, 0x7bff, 0x0000, 0x7c00, 0xfc00, 0x7e00)
    const cells = cellsOf(tableOf(makeData({ type: new Float16(), length: data.length, data })))
    const expected = [1, -2, 2 ** -24, -1023 * 2 ** -24, 65504, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    expect(cells).toEqual([...expected, Number.NaN])
  })

  test('views of text up to 12 bytes lie in place, longer ones in a buffer', () => {
    const texts = ['', 'eleven text', 'twelve bytes', 'thirteen text', 'a text of many bytes']
    const views = new DataView(new ArrayBuffer(texts.length * 16))
    const long = Buffer.from(texts.slice(3).join(''))
    let offset = 0
    for (const [row, text] of texts.entries()) {
      views.setInt32(row * 16, text.length, true)
      const place = new Uint8Array(views.buffer, row * 16 + 4, 12)
      if (text.length <= 12) place.set(Buffer.from(text))
      else {
        place.set(Buffer.from(text.slice(0, 4)))
        views.setInt32(row * 16 + 12, offset, true)
        offset += text.length
      }
    }
    const type = new Utf8View()
    const bytes = new Uint8Array(views.buffer)
    expect(
      cellsOf(tableOf(makeData({ type, length: texts.length, views: bytes, variadicBuffers: [new Uint8Array(long)] }))),
    ).toEqual(texts)
  })
})

describe('text of times', () => {
  const day = 86_400_000n
  const seconds = (...data: bigint[]) =>
    tableOf(makeData({ type: new TimestampSecond(), length: data.length, data: BigInt64Array.from(data) }))
  const dates = (...data: bigint[]) =>
    tableOf(makeData({ type: new DateMillisecond(), length: data.length, data: BigInt64Array.from(data) }))

  test('CSV: a date of milliseconds is written as its day, and refused where it has a time of day', () => {
    expect(textOf(encodeCsv(dates(0n, -day, 19_000n * day)))).toBe('a\n1970-01-01\n1969-12-31\n2022-01-08\n')
    for (const odd of [1n, -1n, day + 1n]) expect(codeOf(() => encodeCsv(dates(0n, odd)))).toBe('TYPE_MISMATCH')
  })

  test('NDJSON: seconds are written, and refused where milliseconds would not hold them', () => {
    expect(textOf(encodeNdjson(seconds(-1n)))).toContain('1969-12-31T23:59:59')
    for (const odd of [2n ** 62n, -(2n ** 62n)]) expect(codeOf(() => encodeNdjson(seconds(odd)))).toBe('TYPE_MISMATCH')
  })

  test('cast to text: seconds keep their instant', () => {
    const [text] = cellsOf(transformTable(seconds(1_700_000_000n), castColumns({ a: 'string' })))
    expect(text).toContain('2023-11-14T22:13:20')
  })
})

describe('casts', () => {
  const castCells = (values: readonly unknown[], type: 'int64' | 'float64' | 'date') =>
    cellsOf(transformTable(tableFromRows(values.map((a) => ({ a }))), castColumns({ a: type })))

  test('text to int64: the whole text is an integer of 64 bits, or it is refused', () => {
    expect(castCells(['0', '-12', '9223372036854775807'], 'int64')).toEqual([0n, -12n, 9223372036854775807n])
    for (const odd of [
      '5x',
      '0x10',
      '5 ',
      ' 5',
      '1.0',
      '-0',
      '007',
      '',
      '9223372036854775808',
      '123456789012345678901',
    ])
      expect(codeOf(() => castCells([odd], 'int64'))).toBe('TYPE_MISMATCH')
  })

  test('text to float64: numbers and the names of the others', () => {
    expect(castCells(['-Infinity', 'Infinity', 'NaN', '-0', '2.5'], 'float64')).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      -0,
      2.5,
    ])
  })

  test('days to a date', () => {
    const days = tableOf(makeData({ type: new Int32(), length: 2, data: Int32Array.of(1, -1) }))
    expect(cellsOf(transformTable(days, castColumns({ a: 'date' })))).toEqual([
      new Date('1970-01-02'),
      new Date('1969-12-31'),
    ])
  })
})
