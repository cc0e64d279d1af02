import type { Data, Dictionary } from 'apache-arrow'
import { columnData } from './builders/buffers.ts'
import { columnBuilder } from './column-builder.ts'
import { singleChunk } from './concat.ts'
import { takeColumn } from './gather-rows.ts'
import { rowRangesOf } from './row-ranges.ts'
import { isValid } from './validity.ts'

/** Decode a dictionary column to a column of its values. */
export function decodeDictionary(data: Data): Data {
  const { dictionary: valueType } = data.type as Dictionary
  const { length, nullBitmap, offset } = data
  const values = singleChunk(data.dictionary, valueType)
  if (values.length === 0) return nullColumn(valueType, length)
  const hasNulls = data.nullCount > 0
  const places = new Int32Array(length)
  const bitmap = new Uint8Array((length + 7) >> 3)
  let nullCount = 0
  for (let row = 0; row < length; row++) {
    // The index at a null is undefined, so it reads the first value, which is masked.
    const place = hasNulls && !isValid(nullBitmap, offset + row) ? -1 : Number(data.values[row])
    if (place >= 0) places[row] = place
    if (place < 0 || (values.nullCount > 0 && !isValid(values.nullBitmap, values.offset + place))) nullCount++
    else bitmap[row >> 3] = (bitmap[row >> 3] as number) | (1 << (row & 7))
  }
  const taken = takeColumn(values, rowRangesOf(places, length))
  return nullCount === 0 ? taken : withValidity(taken, bitmap, nullCount)
}

/** A column without any value. */
export function nullColumn(type: Data['type'], length: number): Data {
  const builder = columnBuilder(type)
  for (let row = 0; row < length; row++) builder.appendNull()
  return builder.finish()
}

/** The same values under another bitmap, which counts from the first row. */
function withValidity(data: Data, bitmap: Uint8Array, nullCount: number): Data {
  const { type, length, values, valueOffsets, children, dictionary, variadicBuffers } = data
  return columnData(type, length, {
    values,
    valueOffsets,
    children,
    variadicBuffers,
    ...(dictionary && { dictionary }),
    validity: { bitmap, nullCount },
  })
}
