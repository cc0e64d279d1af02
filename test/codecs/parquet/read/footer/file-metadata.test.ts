import { expect, test } from 'vitest'
import { decodeParquet } from '../../../../../src/codecs/parquet/parquet.ts'
import { type HandmadeColumn, type HandmadeFile, handmadeFile, pageV1 } from '../../support/parquet-file.ts'

const int32 = (...values: number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer)
const ones: HandmadeColumn = { type: 'INT32', values: 2, pages: [pageV1({ values: 2, body: int32(1, 2) })] }

async function typesAndRows(file: Partial<HandmadeFile>) {
  const table = await decodeParquet(handmadeFile({ columns: [ones], ...file }))
  return [table.schema.fields.map(({ type }) => String(type)), table.numRows]
}

const NO_TEXT = Uint8Array.of(0xff, 0xfe, 0x00)

test.each([
  ['bytes that are no UTF-8', [{ field_1: NO_TEXT, field_2: NO_TEXT }]],
  ['a value that is a number', [{ field_1: 'key', field_2: 7 }]],
  ['a key that is a number', [{ field_1: 7, field_2: 'value' }]],
  ['a key alone', [{ field_1: 'key' }]],
  ['a pair without key and value', [{}]],
  ['pairs that are text', ['key', 'value']],
  ['text in place of the list', 'key=value'],
  ['a number in place of the list', 7],
])('footer key-values that are no text do not keep the data from being read: %s', async (_, pairs) => {
  expect(await typesAndRows({ footer: { field_5: pairs } })).toEqual([['Int32'], 2])
})

test.each([NO_TEXT, 7])('a created_by that is no text does not keep the data from being read', async (createdBy) => {
  expect(await typesAndRows({ footer: { field_6: createdBy } })).toEqual([['Int32'], 2])
})
