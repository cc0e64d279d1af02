import { DataType, Precision } from 'apache-arrow'
import { nearestFloat } from '../../../../columns/builders/number-builder.ts'
import { base64Bytes } from '../../../../internal/base64.ts'
import { isIntegerText } from '../../../../internal/float64.ts'
import { asciiText } from '../../../../internal/utf8.ts'
import type { Cursor } from '../rows/cursor.ts'
import { LOWER_F, LOWER_N, LOWER_T, OPEN_BRACE, OPEN_BRACKET, QUOTE, skipValue } from '../rows/grammar.ts'
import { eachItem, eachMember } from '../rows/members.ts'
import { keyText } from '../rows/unescape.ts'

/**
 * Convert the JSON value `bytes[at, end)`, known to be valid, to the JavaScript value that a column builder of the type
 * accepts: integers that a double cannot hold as bigint, decimals as their text, binary from base64, objects as `Map`
 * for maps. `undefined` if it, or any value in it, cannot be a value of its type: a builder would take that for null.
 */
export function jsValue(cursor: Cursor, type: DataType, at: number, end: number): unknown {
  if (DataType.isDictionary(type)) return jsValue(cursor, type.dictionary, at, end)
  const { bytes } = cursor
  switch (bytes[at]) {
    case QUOTE: {
      const text = keyText(bytes, at + 1, end - 1)
      return DataType.isBinary(type) || DataType.isFixedSizeBinary(type) ? base64Bytes(text) : text
    }
    case OPEN_BRACE:
      return objectValue(cursor, type, at)
    case OPEN_BRACKET:
      return arrayValue(cursor, type, at)
    case LOWER_T:
      return true
    case LOWER_F:
      return false
    case LOWER_N:
      return null
    default:
      return numberValue(type, bytes, at, end)
  }
}

/** A number is not a time; one with a fraction, an exponent or a negative zero is not an integer, since its value could change. */
function numberValue(type: DataType, bytes: Uint8Array, at: number, end: number): unknown {
  if (DataType.isTime(type) || DataType.isTimestamp(type)) return undefined
  const text = asciiText(bytes, at, end)
  if (DataType.isDecimal(type)) return text
  const value = Number(text)
  if (DataType.isFloat(type) && type.precision === Precision.DOUBLE) return Number.isFinite(value) ? value : undefined
  const isInteger = isIntegerText(bytes, at, end) && !Object.is(value, -0)
  if (isInteger) return Number.isSafeInteger(value) ? value : BigInt(text)
  const nearest = DataType.isFloat(type) ? nearestFloat(value, type) : undefined
  return Number.isFinite(nearest) ? nearest : undefined
}

function objectValue(cursor: Cursor, type: DataType, at: number): unknown {
  const entries = new Map<unknown, unknown>()
  const isMap = DataType.isMap(type)
  const end = eachMember(cursor, at, (keyStart, keyEnd, valueStart) => {
    const name = keyText(cursor.bytes, keyStart + 1, keyEnd - 1)
    const valueType = isMap ? type.valueType : fieldType(type, name)
    const key = isMap ? mapKey(type.keyType, name) : name
    if (valueType === undefined || key === undefined) return -1
    const valueEnd = skipValue(cursor, valueStart, 0)
    const value = jsValue(cursor, valueType, valueStart, valueEnd)
    if (value === undefined) return -1
    entries.set(key, value)
    return valueEnd
  })
  if (end < 0) return undefined
  if (isMap) return entries
  const object: Record<string, unknown> = {}
  for (const [name, value] of entries) {
    Object.defineProperty(object, name as string, { value, enumerable: true, configurable: true, writable: true })
  }
  return object
}

const INTEGER = /^(?:0|-?[1-9]\d*)$/

/** The key of a map, which is text in JSON for every type; integers have one spelling each. */
function mapKey(type: DataType, name: string): unknown {
  if (!DataType.isInt(type)) return name
  if (!INTEGER.test(name)) return undefined
  return BigInt(name)
}

function fieldType(type: DataType, name: string): DataType | undefined {
  return DataType.isStruct(type) ? type.children.find((field) => field.name === name)?.type : undefined
}

function arrayValue(cursor: Cursor, type: DataType, at: number): unknown {
  if (!DataType.isList(type) && !DataType.isFixedSizeList(type)) return undefined
  const items: unknown[] = []
  const end = eachItem(cursor, at, (start) => {
    const itemEnd = skipValue(cursor, start, 0)
    const item = jsValue(cursor, type.valueType, start, itemEnd)
    if (item === undefined) return -1
    items.push(item)
    return itemEnd
  })
  return end < 0 ? undefined : items
}
