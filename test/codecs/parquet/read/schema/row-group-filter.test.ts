import { describe, expect, test } from 'vitest'
import { decodeParquet } from '../../../../../src/codecs/parquet/parquet.ts'
import type {
  ParquetCondition,
  ParquetFilterValue,
} from '../../../../../src/codecs/parquet/read/schema/row-group-filter.ts'
import { type HandmadeColumn, handmadeFile, pageV1 } from '../../support/parquet-file.ts'

const int32 = (...values: number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer)
const int64 = (...values: bigint[]): Uint8Array => new Uint8Array(BigInt64Array.from(values).buffer)
const float = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer)
const double = (...values: number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer)
const text = (value: string): Uint8Array => Uint8Array.of(value.length, 0, 0, 0, ...Buffer.from(value))
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

interface Case {
  readonly column: Pick<HandmadeColumn, 'type' | 'typeLength' | 'element'>
  /** The one value of the file, plain. */
  readonly value: Uint8Array
  readonly min: Uint8Array
  readonly max: Uint8Array
  readonly eq: ParquetFilterValue
}

async function rowsKept({ column, value, min, max }: Case, condition: ParquetCondition, nulls?: number) {
  const statistics = { ...(nulls === undefined ? {} : { field_3: BigInt(nulls) }), field_5: max, field_6: min }
  const pages = [pageV1({ values: 1, body: value })]
  const file = handmadeFile({
    columns: [{ ...column, values: 1, pages, chunk: { field_12: statistics } }],
    footer: { field_7: [{ field_1: {} }] },
  })
  return (await decodeParquet(file, { filter: { a: condition } })).numRows
}

const DECIMAL = { field_6: 5, field_7: 2, field_8: 4 }
const contradicting = new Map<string, Case>([
  [
    'unsigned 64-bit integers, as a signed order left them',
    { column: { type: 'INT64', element: { field_6: 14 } }, value: int64(0n), min: int64(-1n), max: int64(5n), eq: 0n },
  ],
  [
    'unsigned 32-bit integers',
    { column: { type: 'INT32', element: { field_6: 13 } }, value: int32(0), min: int32(-5), max: int32(5), eq: 0 },
  ],
  [
    'unsigned 8-bit integers',
    { column: { type: 'INT32', element: { field_6: 11 } }, value: int32(0), min: int32(200), max: int32(5), eq: 0 },
  ],
  ['32-bit integers', { column: { type: 'INT32' }, value: int32(7), min: int32(9), max: int32(3), eq: 7 }],
  ['64-bit integers', { column: { type: 'INT64' }, value: int64(70n), min: int64(9n), max: int64(3n), eq: 70 }],
  ['floats', { column: { type: 'FLOAT' }, value: float(-1), min: float(1), max: float(-2), eq: -1 }],
  ['doubles', { column: { type: 'DOUBLE' }, value: double(9), min: double(1), max: double(0.5), eq: 9 }],
  ['booleans', { column: { type: 'BOOLEAN' }, value: bytes(0), min: bytes(1), max: bytes(0), eq: false }],
  [
    'dates',
    {
      column: { type: 'INT32', element: { field_6: 6 } },
      value: int32(1),
      min: int32(3),
      max: int32(2),
      eq: new Date(86_400_000),
    },
  ],
  [
    'timestamps',
    { column: { type: 'INT64', element: { field_6: 9 } }, value: int64(5n), min: int64(9n), max: int64(2n), eq: 5n },
  ],
  [
    'text, as an order of signed bytes left it',
    {
      column: { type: 'BYTE_ARRAY', element: { field_6: 0 } },
      value: text('b'),
      min: Buffer.from('é'),
      max: Buffer.from('a'),
      eq: 'b',
    },
  ],
  ['binary', { column: { type: 'BYTE_ARRAY' }, value: text('a'), min: bytes(2), max: bytes(1), eq: bytes(97) }],
  [
    'fixed-length binary',
    {
      column: { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 2 },
      value: bytes(0, 1),
      min: bytes(9, 9),
      max: bytes(1, 1),
      eq: bytes(0, 1),
    },
  ],
  [
    'decimals in words',
    { column: { type: 'INT32', element: DECIMAL }, value: int32(150), min: int32(9), max: int32(2), eq: '1.5' },
  ],
  [
    'decimals in bytes',
    {
      column: { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 2, element: DECIMAL },
      value: bytes(0, 150),
      min: bytes(0, 9),
      max: bytes(0xff, 2),
      eq: 1.5,
    },
  ],
])

describe('statistics that contradict themselves skip nothing', () => {
  test.each([...contradicting])('%s: minimum above maximum', async (_, parts) => {
    expect(await rowsKept(parts, { eq: parts.eq })).toBe(1)
    expect(await rowsKept(parts, { in: [parts.eq] })).toBe(1)
    expect(await rowsKept(parts, { gte: parts.eq, lte: parts.eq })).toBe(1)
  })

  const plain: Case = { column: { type: 'INT32' }, value: int32(7), min: int32(7), max: int32(7), eq: 7 }

  test('bounds of another length than the type', async () => {
    expect(await rowsKept({ ...plain, min: int64(8n), max: int64(9n) }, { eq: 7 })).toBe(1)
    const decimal = contradicting.get('decimals in bytes') as Case
    expect(await rowsKept({ ...decimal, min: bytes(5), max: bytes(6) }, { eq: 1.5 })).toBe(1)
  })

  test('nulls alone, with a minimum', async () => {
    expect(await rowsKept(plain, { eq: 7 }, 1)).toBe(1)
  })

  test('a bound that is NaN', async () => {
    const nan: Case = { column: { type: 'DOUBLE' }, value: double(7), min: double(Number.NaN), max: double(7), eq: 7 }
    expect(await rowsKept(nan, { eq: 7 })).toBe(1)
    expect(await rowsKept(nan, { gt: 7 })).toBe(0)
  })

  test('statistics that hold still skip', async () => {
    expect(await rowsKept(plain, { eq: 8 })).toBe(0)
    expect(await rowsKept(plain, { lt: 7 })).toBe(0)
  })
})

test('times of day are compared as the text that values are, or as units', async () => {
  const clock: Case = {
    column: { type: 'INT32', element: { field_6: 7 } },
    value: int32(7),
    min: int32(7),
    max: int32(7),
    eq: 7,
  }
  for (const eq of ['00:00:00.007', 7]) expect(await rowsKept(clock, { eq })).toBe(1)
  for (const gt of ['00:00:00.007', '12:00:00', 7n]) expect(await rowsKept(clock, { gt })).toBe(0)
  for (const eq of ['00:00:00.0000001', '24:00:00', '7']) {
    await expect(rowsKept(clock, { eq })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  }
})
