import { describe, expect, test } from 'vitest'
import { decodeParquet } from '../../../../../src/codecs/parquet/parquet.ts'
import { batchCells } from '../../support/parquet-cells.ts'
import { type HandmadeColumn, handmadeFile, pageV1 } from '../../support/parquet-file.ts'

const UNKNOWN = { field_11: {} }
/** A member that the union of logical types does not have yet. */
const FUTURE = { field_99: {} }

async function read(column: Pick<HandmadeColumn, 'type' | 'typeLength' | 'element'>, body: readonly number[]) {
  const pages = [pageV1({ values: 1, body })]
  const table = await decodeParquet(handmadeFile({ columns: [{ values: 1, ...column, pages }] }))
  return [String(table.schema.fields[0]?.type), ...batchCells(table.batches, 0)]
}

describe('a logical type that says nothing gives way to the converted type', () => {
  const interval = { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 12 } as const
  const months = [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]

  test('INTERVAL beside UNKNOWN, as parquet-java writes it, is read as without UNKNOWN', async () => {
    const alone = await read({ ...interval, element: { field_6: 21 } }, months)
    expect(alone[0]).toBe('FixedSizeBinary[12]')
    expect(await read({ ...interval, element: { field_6: 21, field_10: UNKNOWN } }, months)).toEqual(alone)
  })

  test.each([
    ['UNKNOWN', UNKNOWN],
    ['a type of the future', FUTURE],
  ])('%s', async (_, logical) => {
    const utf8 = { type: 'BYTE_ARRAY', element: { field_6: 0, field_10: logical } } as const
    expect(await read(utf8, [1, 0, 0, 0, 0x61])).toEqual(['Utf8', 'a'])
    const uint8 = { type: 'INT32', element: { field_6: 11, field_10: logical } } as const
    expect(await read(uint8, [255, 0, 0, 0])).toEqual(['Uint8', '255'])
  })

  test('UNKNOWN alone is a column of nulls, in which a value is refused', async () => {
    await expect(read({ type: 'INT32', element: { field_10: UNKNOWN } }, [1, 0, 0, 0])).rejects.toMatchObject({
      code: 'PARQUET_INVALID',
    })
  })
})
