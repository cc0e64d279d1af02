import { tableFromArrays } from 'apache-arrow'
import { expect, test } from 'vitest'
import { type CsvOptions, csv, decodeCsv, encodeCsv } from '../../../src/codecs/csv/csv.ts'
import { cellsOf, errorOf } from './support.ts'

test.each<CsvOptions>([{}, { nullValues: ['NA'] }])(
  'an empty last column name survives an ignored trailing delimiter',
  (some) => {
    const options: CsvOptions = { ...some, trailingDelimiter: 'ignore' }
    const back = decodeCsv(encodeCsv(tableFromArrays({ a: ['x'], '': ['y'] }), options), options)
    expect(cellsOf(back)).toEqual([['x'], ['y']])
  },
)

test('without a header, a null that would be an ignored last field is rejected', async () => {
  const options: CsvOptions = { header: false, trailingDelimiter: 'ignore' }
  const error = await errorOf(() => encodeCsv(tableFromArrays({ a: ['x'], b: [null] }), options))
  expect(error).toMatchObject({ code: 'TYPE_MISMATCH', position: { column: 'b', row: 1 } })
})

test.each([
  ['""', '"'],
  ['ab', 'ca'],
  ["'", "''"],
])('quote %s and escape %s overlap: OPTION_INVALID', async (quote, mark) => {
  expect(await errorOf(() => csv({ quote, escape: mark }))).toMatchObject({ code: 'OPTION_INVALID' })
})

test.each(['sep=,', '\ufeffx'])('without quotes, %j is rejected in the first row of the file alone', async (text) => {
  const table = tableFromArrays({ a: [text, text] })
  const written = Buffer.from(encodeCsv(table, { quote: false, delimiter: ';' })).toString()
  expect(written).toBe(`a\n${text}\n${text}\n`)
  const error = await errorOf(() => encodeCsv(table, { quote: false, delimiter: ';', header: false }))
  expect(error).toMatchObject({ code: 'TYPE_MISMATCH', position: { column: 'a', row: 1 } })
})
