import * as types from 'node:util/types'
import { type Dictionary, Vector } from 'apache-arrow'
import { MillraceError } from '../../errors.ts'
import { columnData } from './buffers.ts'
import type { ColumnBuilder } from './builder.ts'
import { fixedBuilder } from './fixed-builder.ts'
import { intArray } from './number-builder.ts'

/** Collects distinct values in one builder, their indices in another. Values are compared by content, dates and bytes included. */
export function dictionaryBuilder(type: Dictionary, values: ColumnBuilder): ColumnBuilder<Dictionary> {
  const { indices } = type
  if (indices.bitWidth > 32) throw new MillraceError('UNSUPPORTED_FORMAT', 'dictionary indices have at most 32 bits')
  const largest = 2 ** (indices.bitWidth - (indices.isSigned ? 1 : 0)) - 1
  const places = fixedBuilder(indices, intArray(indices), (value) => value as number)
  let known = new Map<unknown, number>()
  const placeOf = (value: unknown): number | undefined => {
    const key = keyOf(value)
    const place = known.get(key) ?? values.length
    if (place < values.length) return place
    if (place > largest || !values.append(value)) return undefined
    known.set(key, place)
    return place
  }
  return {
    type,
    get length() {
      return places.length
    },
    append(value) {
      if (value === null || value === undefined) return places.append(null)
      const place = placeOf(value)
      return place !== undefined && places.append(place)
    },
    appendNull: places.appendNull,
    truncate: places.truncate,
    finish() {
      const { length, values: indexValues, nullBitmap, nullCount } = places.finish()
      const dictionary = new Vector([values.finish()])
      known = new Map()
      return columnData(type, length, {
        values: indexValues,
        validity: { bitmap: nullBitmap, nullCount },
        dictionary,
      })
    },
  }
}

/** A key equal for equal values of one type: a prefix separates bytes and dates from the text and numbers that represent them. */
function keyOf(value: unknown): unknown {
  if (types.isUint8Array(value)) return `bytes:${Buffer.from(value).toString('latin1')}`
  if (types.isDate(value)) return `date:${value.getTime()}`
  if (typeof value === 'string') return `text:${value}`
  return Object.is(value, -0) ? 'number:-0' : value
}
