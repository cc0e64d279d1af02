import { DataType, type Field } from 'apache-arrow'
import { MillraceError } from '../../errors.ts'
import { isKeyValueObject } from '../../internal/key-value-object.ts'
import { customNumber } from '../custom-number.ts'
import { sorted } from '../json-safe.ts'
import { setOwn } from '../own-property.ts'
import { type AttributeShape, isText } from './attribute-shape.ts'
import { jsonText } from './json-text.ts'

/** Converts values of items to values that a column's builder accepts. */
export type CellValue = (value: unknown) => unknown

/**
 * Make the conversion of an attribute's values to a column type.
 *
 * @param shape - the shape of the attribute; undefined for a type that the caller has set, whose text columns take text unchanged.
 */
export function cellValue({ type }: Field, shape: AttributeShape | undefined): CellValue {
  if (DataType.isUtf8(type)) return shape === undefined ? textOrJson : isText(shape) ? itself : json
  if (DataType.isDecimal(type)) return decimalText
  if (DataType.isList(type)) return listCell(type.children[0] as Field, shape)
  if (DataType.isStruct(type)) return structCell(type.children, shape)
  return itself
}

const itself: CellValue = (value) => value

/** Convert a number by its text, which keeps all of its digits. */
const decimalText: CellValue = (value) => {
  if (typeof value === 'number') return String(value)
  return typeof value === 'object' && value !== null ? (customNumber(value) ?? value) : value
}

const json: CellValue = (value) => {
  const text = jsonText(value)
  if (text !== undefined) return text
  throw new MillraceError('TYPE_MISMATCH', 'contains a value that neither a column nor JSON can represent')
}

const textOrJson: CellValue = (value) => (typeof value === 'string' ? value : json(value))

function listCell(item: Field, shape: AttributeShape | undefined): CellValue {
  const cell = nullable(cellValue(item, shape?.item))
  return (value) => {
    if (Array.isArray(value)) return value.map(cell)
    return value instanceof Set ? sorted(value).map(cell) : value
  }
}

function structCell(fields: readonly Field[], shape: AttributeShape | undefined): CellValue {
  const cells = new Map(fields.map((field) => [field.name, nullable(cellValue(field, shape?.fields.get(field.name)))]))
  return (value) => {
    if (!isKeyValueObject(value)) return value
    const struct: Record<string, unknown> = {}
    for (const name of Object.keys(value)) setOwn(struct, name, (cells.get(name) ?? itself)(value[name]))
    return struct
  }
}

/** Null is null in a column of any type, not the JSON of null. */
export function nullable(cell: CellValue): CellValue {
  return (value) => (value === null || value === undefined ? null : cell(value))
}
