import { type Data, DataType, type Field, type Float, Int16, Int32, Int64, Precision, Utf8 } from 'apache-arrow'
import { columnData } from '../columns/builders/buffers.ts'
import { castColumn } from '../columns/cast.ts'
import { nullColumn } from '../columns/decode-dictionary.ts'
import { distinctRows } from '../columns/distinct-rows.ts'
import { takeColumn } from '../columns/gather-rows.ts'
import { offsetsOf } from '../columns/layout.ts'
import { rowHash } from '../columns/row-hash.ts'
import { rowHashKernel } from '../columns/row-hash-kernel.ts'
import { countingRuns } from '../columns/row-ranges.ts'
import { valueReader } from '../columns/value-reader.ts'
import { MillraceError } from '../errors.ts'
import { isValidUtf8 } from '../internal/utf8.ts'
import type { PartitionNumbers } from './partition-rule.ts'

/**
 * Partition by the values of a column, as text: the result of `castColumns`, which casts back to the same values.
 *
 * @throws MillraceError `TYPE_MISMATCH` for a type without text form, or bytes that are not text; `ENCODING_INVALID` for text that is not UTF-8.
 */
export function valueNumbers({ name: column, type }: Field): PartitionNumbers {
  castColumn(nullColumn(type, 0), new Utf8(), column, 0)
  const kernel = rowHashKernel()
  const distinct = distinctRows({
    kernel,
    hash: rowHash(kernel, crypto.getRandomValues(new Int32Array(4))),
    compare: 'hash',
  })
  const values: (string | null)[] = []
  const numbers = new Map<string | null, number>()
  /** One partition for each distinct text: values with the same text, such as every NaN, share it. */
  const numberOf: number[] = []
  return {
    valueOf: (number) => values[number] as string | null,
    number([data], rows, out, before) {
      const first = distinct.size
      distinct.number([withBits(data as Data)], rows, out)
      if (distinct.size > first) {
        const fresh = takeColumn(data as Data, countingRuns(out.subarray(0, rows), first, distinct.size))
        for (const value of texts(fresh, column, before)) {
          const number = numbers.get(value) ?? values.push(value) - 1
          numbers.set(value, number)
          numberOf.push(number)
        }
      }
      for (let row = 0; row < rows; row++) out[row] = numberOf[out[row] as number] as number
    },
  }
}

/** Floats as integers of their bits, so that -0 is not 0. */
function withBits(data: Data): Data {
  const { type, values, nullBitmap, nullCount, length, offset } = data
  if (!DataType.isFloat(type) || offset !== 0) return DataType.isFloat(type) ? withBits(takeAll(data)) : data
  const { buffer, byteOffset } = values
  const validity = { bitmap: nullCount === 0 ? new Uint8Array(0) : nullBitmap, nullCount }
  const bits =
    widthOf(type) === 8
      ? { type: new Int64(), values: new BigInt64Array(buffer, byteOffset, length) }
      : widthOf(type) === 4
        ? { type: new Int32(), values: new Int32Array(buffer, byteOffset, length) }
        : { type: new Int16(), values: new Int16Array(buffer, byteOffset, length) }
  return columnData<DataType>(bits.type, length, { values: bits.values, validity })
}

/** The same column with a bitmap that starts at its first bit. */
function takeAll(data: Data): Data {
  const { length } = data
  return takeColumn(data, { starts: Int32Array.of(0), lengths: Int32Array.of(length), count: 1, rows: length })
}

function widthOf({ precision }: Float): number {
  return precision === Precision.DOUBLE ? 8 : precision === Precision.SINGLE ? 4 : 2
}

function texts(data: Data, column: string, before: number): (string | null)[] {
  const text = castColumn(data, new Utf8(), column, before)
  checkUtf8(text, column)
  const read = valueReader(text)
  return Array.from({ length: text.length }, (_, row) => read(row) as string | null)
}

function checkUtf8(text: Data, column: string): void {
  const bytes: Uint8Array = text.values
  const offsets = offsetsOf(text)
  for (let row = 0; row < text.length; row++) {
    if (isValidUtf8(bytes, offsets[row], offsets[row + 1])) continue
    throw new MillraceError('ENCODING_INVALID', 'the text of a partition column is not valid UTF-8', {
      position: { column },
    })
  }
}
