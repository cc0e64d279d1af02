import { type Data, Float16, makeData, Table, TimestampSecond, Vector } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { type CsvOptions, decodeCsv, encodeCsv } from '../../../src/codecs/csv/csv.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { cellsOf, errorOf } from './support.ts'

describe('encodeCsv', () => {
  const columnOf = (data: Data): Table => new Table({ a: new Vector([data]) })

  test('a timestamp beyond 64 bits of milliseconds is TYPE_MISMATCH with row and column', async () => {
    const data = makeData({ type: new TimestampSecond(), length: 2, data: BigInt64Array.of(1n, 2n ** 62n) })
    const error = await errorOf(() => encodeCsv(columnOf(data)))
    expect(error).toMatchObject({ code: 'TYPE_MISMATCH', position: { column: 'a', row: 2 } })
  })

  test('half floats are refused, not written as their bits', async () => {
    const data = makeData({ type: new Float16(), length: 1, data: Uint16Array.of(0x3c00) })
    expect(await errorOf(() => encodeCsv(columnOf(data)))).toMatchObject({ code: 'TYPE_MISMATCH' })
  })

  test.each([{ quote: '\u00a7' }, { escape: '\u00a7' }, { quote: '""' }])('%j cannot be written', async (options) => {
    const error = await errorOf(() => encodeCsv(tableFromRows([{ a: 1n }]), options))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', message: expect.stringMatching(/one ASCII character/) })
  })

  test.each([
    [{ quote: '-' }, 'a\n---5-\n6\n'],
    [{ quote: '5' }, 'a\n5-555\n6\n'],
  ])('a number that holds the quote is quoted (%j)', (options, text) => {
    const bytes = encodeCsv(tableFromRows([{ a: -5n }, { a: 6n }]), options)
    expect(Buffer.from(bytes).toString()).toBe(text)
    expect(cellsOf(decodeCsv(bytes, options))).toEqual([[-5n, 6n]])
  })

  test.each(['sep=;', 'sep=\u{1f600}', 'sep='])('the name %s of the first column is not a directive', (name) => {
    const bytes = encodeCsv(tableFromRows([{ [name]: 1n, b: 2n }]))
    expect(decodeCsv(bytes).schema.fields.map((field) => field.name)).toEqual([name, 'b'])
    expect(Buffer.from(bytes).toString().startsWith('"')).toBe(true)
  })
})

test('encodeCsv names itself where an option is unknown', async () => {
  const error = await errorOf(() => encodeCsv(tableFromRows([{ a: 1 }]), { delimeter: ';' } as CsvOptions))
  expect(error.message).toMatch(/^encodeCsv/)
  const noTable = await errorOf(() => encodeCsv({} as Table))
  expect(noTable.message).toMatch(/^encodeCsv/)
})
