import {
  type Data,
  DataType,
  Field,
  LargeBinary,
  LargeUtf8,
  makeData,
  type RecordBatch,
  Schema,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordBatch } from '../../src/columns/record-batch.ts'
import { rowSizes } from '../../src/dataset/row-sizes.ts'
import { arbitraryTableCase, type Cell } from '../support/arbitrary-table.ts'
import { law } from '../support/law.ts'

/** Bytes of a value by the definition of Arrow's layout; what is under a null has none. */
function sizeOf(type: DataType, cell: Cell): number {
  if (DataType.isNull(type)) return 0
  if (DataType.isUtf8(type)) return 4 + Buffer.byteLength((cell as string | null) ?? '')
  if (DataType.isBinary(type)) return 4 + ((cell as Uint8Array | null)?.length ?? 0)
  if (DataType.isBool(type)) return 1 / 8
  if (DataType.isStruct(type)) {
    const fields = cell as Record<string, Cell> | null
    return fields === null ? 0 : sum(type.children.map((child) => sizeOf(child.type, fields[child.name] ?? null)))
  }
  const item = type.children?.[0] as Field
  if (DataType.isFixedSizeList(type)) return sum(((cell as Cell[] | null) ?? []).map((each) => sizeOf(item.type, each)))
  if (DataType.isList(type)) return 4 + sum(((cell as Cell[] | null) ?? []).map((each) => sizeOf(item.type, each)))
  if (DataType.isMap(type)) {
    const [key, value] = item.type.children as [Field, Field]
    const pairs = (cell as [Cell, Cell][] | null) ?? []
    return 4 + sum(pairs.map((pair) => sizeOf(key.type, pair[0]) + sizeOf(value.type, pair[1])))
  }
  if (DataType.isFixedSizeBinary(type)) return type.byteWidth
  if (DataType.isDictionary(type)) return type.indices.bitWidth / 8
  if (DataType.isInt(type) || DataType.isTime(type) || DataType.isDecimal(type)) return type.bitWidth / 8
  if (DataType.isFloat(type)) return 2 * 2 ** type.precision
  return DataType.isDate(type) ? 4 : 8
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)
const sizesOf = (batches: readonly RecordBatch[]): number[] => batches.flatMap((batch) => [...rowSizes(batch)])

law(
  'rowSizes: the bytes of a row in the layout of Arrow, from its values and types alone',
  fc.property(arbitraryTableCase(), ({ schema, rows, batches }) => {
    const expected = rows.map((row) => sum(row.map((cell, at) => sizeOf((schema.fields[at] as Field).type, cell))))
    expect(sizesOf(batches)).toEqual(expected)
  }),
  { runs: 100 },
)

test.each([new LargeUtf8(), new LargeBinary()])('rowSizes: %s like its small type', (type) => {
  const small = vectorFromArray(['a', null, 'abc', ''], new Utf8()).data[0] as Data
  const valueOffsets = BigInt64Array.from(small.valueOffsets, BigInt)
  const data = makeData({
    type: type as LargeUtf8,
    length: 4,
    nullCount: 1,
    valueOffsets,
    data: small.values as Uint8Array,
    nullBitmap: small.nullBitmap,
  })
  const batch = recordBatch(new Schema([new Field('a', type, true)]), [data], 4)
  expect([...rowSizes(batch)]).toEqual([5, 4, 7, 4])
})
