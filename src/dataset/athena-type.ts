import { DataType, type Field } from 'apache-arrow'
import { columnTypeName } from '../columns/column-type.ts'
import { MillraceError } from '../errors.ts'

/**
 * Determine the type with which Athena reads a column from Parquet.
 *
 * @throws MillraceError `TYPE_MISMATCH` for a type that Athena lacks or would read incorrectly.
 */
export function athenaType({ name: column, type }: Field): string {
  const found = typeText(type)
  if (found !== undefined) return found
  const rule = `Athena has no type for ${columnTypeName(type)}; cast the column to another, such as int64 or string`
  throw new MillraceError('TYPE_MISMATCH', rule, { position: { column } })
}

function typeText(type: DataType): string | undefined {
  if (DataType.isDictionary(type)) return typeText(type.dictionary)
  if (DataType.isBool(type)) return 'boolean'
  if (DataType.isInt(type)) return intText(type.bitWidth, type.isSigned)
  if (DataType.isFloat(type)) return ['', 'float', 'double'][type.precision] || undefined
  if (DataType.isDecimal(type)) return type.precision <= 38 ? `decimal(${type.precision},${type.scale})` : undefined
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) return 'string'
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isBinaryView(type)) return 'binary'
  if (DataType.isFixedSizeBinary(type)) return 'binary'
  if (DataType.isDate(type)) return 'date'
  if (DataType.isTimestamp(type)) return 'timestamp'
  if (DataType.isMap(type)) {
    const [key, value] = (type.children[0] as Field).type.children as [Field, Field]
    return `map<${athenaType(key)},${athenaType(value)}>`
  }
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type)) {
    return `array<${athenaType(type.children[0] as Field)}>`
  }
  if (DataType.isStruct(type)) {
    return `struct<${type.children.map((field: Field) => `${structName(field)}:${athenaType(field)}`).join(',')}>`
  }
  return undefined
}

/** Parquet stores 8 and 16 bits in 32. Athena ignores the unsigned annotation, so unsigned 32 and 64 bits would be read as negative numbers. */
function intText(bits: number, isSigned: boolean): string | undefined {
  if (!isSigned) return bits <= 16 ? 'int' : undefined
  return { 8: 'tinyint', 16: 'smallint', 32: 'int', 64: 'bigint' }[bits]
}

function structName({ name }: Field): string {
  if (/^\w+$/.test(name)) return name
  throw new MillraceError(
    'OPTION_INVALID',
    'athenaTable: the name of a struct field must consist of letters, digits and _; rename it',
    { position: { column: name } },
  )
}
