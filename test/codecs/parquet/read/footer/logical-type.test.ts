import { describe, expect, test } from 'vitest'
import { decodeParquet } from '../../../../../src/codecs/parquet/parquet.ts'
import { annotation, type LogicalType } from '../../../../../src/codecs/parquet/read/footer/logical-type.ts'
import type { ThriftStruct } from '../../../../../src/codecs/parquet/read/footer/thrift-fields.ts'
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

describe('the converted type replaces a logical type that says nothing', () => {
  const interval = { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 12 } as const
  const months = [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]

  test('INTERVAL with UNKNOWN, as parquet-java writes it, is read as without UNKNOWN', async () => {
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

describe('annotations by their numbers in parquet.thrift', () => {
  const unit = (number: number) => ({ field_2: { [`field_${number}`]: {} } })
  const time = (utc: boolean, number: number) => ({ field_1: utc, ...unit(number) })

  test.each<[ThriftStruct, LogicalType]>([
    [{ field_1: {} }, { kind: 'string' }],
    [{ field_2: {} }, { kind: 'map' }],
    [{ field_3: {} }, { kind: 'list' }],
    [{ field_4: {} }, { kind: 'enum' }],
    [{ field_5: { field_1: 2, field_2: 9 } }, { kind: 'decimal', scale: 2, precision: 9 }],
    [{ field_5: { field_2: 9 } }, { kind: 'decimal', scale: 0, precision: 9 }],
    [{ field_5: {} }, { kind: 'decimal', scale: 0, precision: 0 }],
    [{ field_6: {} }, { kind: 'date' }],
    [{ field_7: time(true, 1) }, { kind: 'time', utc: true, unit: 'millis' }],
    [{ field_7: time(false, 2) }, { kind: 'time', utc: false, unit: 'micros' }],
    [{ field_7: unit(3) }, { kind: 'time', utc: false, unit: 'nanos' }],
    [{ field_8: time(true, 3) }, { kind: 'timestamp', utc: true, unit: 'nanos' }],
    [{ field_8: time(false, 2) }, { kind: 'timestamp', utc: false, unit: 'micros' }],
    [{ field_8: unit(1) }, { kind: 'timestamp', utc: false, unit: 'millis' }],
    [{ field_10: { field_1: 8, field_2: true } }, { kind: 'integer', bits: 8, signed: true }],
    [{ field_10: { field_1: 64, field_2: false } }, { kind: 'integer', bits: 64, signed: false }],
    [{ field_10: {} }, { kind: 'integer', bits: 0, signed: false }],
    [{ field_11: {} }, { kind: 'null' }],
    [{ field_12: {} }, { kind: 'json' }],
    [{ field_13: {} }, { kind: 'other' }],
    [{ field_14: {} }, { kind: 'uuid' }],
    [{ field_15: {} }, { kind: 'float16' }],
    [{ field_16: {} }, { kind: 'other' }],
    [{}, { kind: 'other' }],
  ])('logical type %j', (union, logical) => {
    expect(annotation({ field_10: union })).toEqual(logical)
    // It is preferred to a converted type, unless it says nothing.
    const isVague = logical.kind === 'null' || logical.kind === 'other'
    expect(annotation({ field_10: union, field_6: 15 })).toEqual(
      isVague ? { kind: 'integer', bits: 8, signed: true } : logical,
    )
  })

  const instant = (kind: 'time' | 'timestamp', of: 'millis' | 'micros') => ({ kind, utc: true, unit: of }) as const
  const integer = (bits: number, signed: boolean) => ({ kind: 'integer', bits, signed }) as const
  test.each<[number, LogicalType | undefined]>([
    [0, { kind: 'string' }],
    [1, { kind: 'map' }],
    [2, { kind: 'map' }],
    [3, { kind: 'list' }],
    [4, { kind: 'enum' }],
    [5, { kind: 'decimal', scale: 0, precision: 0 }],
    [6, { kind: 'date' }],
    [7, instant('time', 'millis')],
    [8, instant('time', 'micros')],
    [9, instant('timestamp', 'millis')],
    [10, instant('timestamp', 'micros')],
    [11, integer(8, false)],
    [12, integer(16, false)],
    [13, integer(32, false)],
    [14, integer(64, false)],
    [15, integer(8, true)],
    [16, integer(16, true)],
    [17, integer(32, true)],
    [18, integer(64, true)],
    [19, { kind: 'json' }],
    [20, { kind: 'other' }],
    [21, { kind: 'other' }],
    [22, undefined],
  ])('converted type %i', (code, logical) => {
    expect(annotation({ field_6: code })).toEqual(logical)
  })

  test('a decimal by its converted type has scale and precision in the element', () => {
    expect(annotation({ field_6: 5, field_7: 3, field_8: 20 })).toEqual({ kind: 'decimal', scale: 3, precision: 20 })
  })

  test.each<[ThriftStruct, string]>([
    [{ field_10: 7 }, 'the logical type of a column is not a struct'],
    [{ field_10: { field_5: [] } }, 'a decimal type is not a struct'],
    [{ field_10: { field_5: { field_1: 'x' } } }, 'the scale of a decimal is not an integer in range'],
    [{ field_10: { field_5: { field_2: 0.5 } } }, 'the precision of a decimal is not an integer in range'],
    [{ field_10: { field_7: true } }, 'a time type is not a struct'],
    [{ field_10: { field_7: {} } }, 'a time unit is unknown'],
    [{ field_10: { field_7: { field_2: 1 } } }, 'a time unit is not a struct'],
    [{ field_10: { field_8: 1 } }, 'a timestamp type is not a struct'],
    [{ field_10: { field_8: unit(4) } }, 'a time unit is unknown'],
    [{ field_10: { field_10: 1 } }, 'an integer type is not a struct'],
    [{ field_10: { field_10: { field_1: {} } } }, 'the width of an integer is not an integer in range'],
    [{ field_6: 'UTF8' }, 'the converted type of a column is not an integer in range'],
    [{ field_6: 5, field_7: {} }, 'the scale of a decimal is not an integer in range'],
    [{ field_6: 5, field_8: {} }, 'the precision of a decimal is not an integer in range'],
  ])('%j is refused', (element, message) => {
    expect(() => annotation(element)).toThrow(expect.objectContaining({ code: 'PARQUET_INVALID', message }))
  })
})
