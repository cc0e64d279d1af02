import {
  Field,
  Int8,
  Int16,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampSecond,
  Uint8,
  Uint32,
  Utf8,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { decodeCsv, encodeCsv } from '../../../../src/codecs/csv/csv.ts'
import { tableFromRows } from '../../../../src/columns/table-from-rows.ts'
import { batchOf, type Cell } from '../../../support/arbitrary-table.ts'

const written = (field: Field, cells: readonly Cell[]): string[] =>
  Buffer.from(
    encodeCsv(
      new Table([
        batchOf(
          new Schema([field]),
          cells.map((cell) => [cell]),
        ),
      ]),
    ),
  )
    .toString()
    .split('\n')
    .slice(1, -1)

describe('what is written', () => {
  test('integers of up to 32 bits, at their ends', () => {
    for (const [type, least, most] of [
      [new Int8(), -128, 127],
      [new Int16(), -32_768, 32_767],
      [new Int32(), -2_147_483_648, 2_147_483_647],
      [new Uint8(), 0, 255],
      [new Uint32(), 0, 4_294_967_295],
    ] as const) {
      const values = [least, most, 0, 1]
      expect(written(new Field('v', type), values)).toEqual(values.map(String))
    }
    expect(written(new Field('v', new Int32()), [-1, -2])).toEqual(['-1', '-2'])
  })

  test('seconds, and those beyond 64 bits of milliseconds', () => {
    const type = new TimestampSecond()
    const table = (seconds: bigint): Table => {
      const schema = new Schema([new Field('at', type, false)])
      const data = makeData({ type, length: 2, nullCount: 0, data: BigInt64Array.of(0n, seconds) })
      return new Table([
        new RecordBatch(
          schema,
          makeData({ type: new Struct(schema.fields), length: 2, nullCount: 0, children: [data] }),
        ),
      ])
    }
    expect(Buffer.from(encodeCsv(table(-1n))).toString()).toBe('at\n1970-01-01T00:00:00Z\n1969-12-31T23:59:59Z\n')
    expect(() => encodeCsv(table(2n ** 62n))).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', position: { column: 'at', row: 2 } }),
    )
  })

  test('a header that begins like the line of a separator, of any length', () => {
    for (const name of ['sep=', 'sep=;', 'SEP=|', 'sep=é', 'sep=€', 'sep=😀', 'sep=ab', 'sep=abcde', 'sep', 'xsep=;']) {
      const table = tableFromRows([{ [name]: 'a' }, { [name]: 'b' }])
      const read = decodeCsv(encodeCsv(table))
      expect([name, read.schema.fields.map((field) => field.name), read.numRows]).toEqual([name, [name], 2])
    }
  })

  test('quotes and escapes are one ASCII character each', () => {
    const table = tableFromRows([{ a: 'x' }])
    for (const options of [{ quote: 'é' }, { quote: '"', escape: 'é' }])
      expect(() => encodeCsv(table, options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    expect(Buffer.from(encodeCsv(table, { quote: "'" })).toString()).toBe('a\nx\n')
  })

  test('errors name the function', () => {
    expect(() => encodeCsv(7 as never)).toThrow(/^encodeCsv: /)
    expect(() => encodeCsv(tableFromRows([{ a: 1n }]), { delimeter: ';' } as never)).toThrow(
      /^encodeCsv: .*did you mean delimiter/,
    )
    expect(() =>
      encodeCsv(new Table([batchOf(new Schema([new Field('a', new Utf8(), true)]), [['x'], [null]])])),
    ).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH', position: { column: 'a', row: 2 } }))
  })
})
