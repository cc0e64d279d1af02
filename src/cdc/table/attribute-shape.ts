import { type DataType, Decimal, Field, Float64, List, Struct } from 'apache-arrow'
import { columnType } from '../../columns/column-type.ts'
import { emptyColumnField } from '../../columns/empty-column.ts'
import { MillraceError } from '../../errors.ts'
import { isKeyValueObject } from '../../internal/key-value-object.ts'
import { parseDecimalText } from '../number-text.ts'

/** The values of an attribute so far: flags combined with `|`, so that its type depends only on its values, not on their order. */
const SEEN = {
  bool: 1,
  integer: 2,
  wide: 4,
  fraction: 8,
  text: 16,
  binary: 32,
  date: 64,
  list: 128,
  struct: 256,
  other: 512,
} as const

const NUMBERS = SEEN.integer | SEEN.wide | SEEN.fraction

/** Arrow supports decimals of more digits, but few readers of Parquet do. */
const DECIMAL_DIGITS = 38

/** The shape at a position in the items: an attribute, a field of maps, the items of lists and sets. */
export interface AttributeShape {
  seen: number
  /** True once an integer that is not exactly a double has been seen. */
  hasWideInteger: boolean
  /** Most digits before the point of any number, and after it. */
  wholeDigits: number
  scale: number
  readonly fields: Map<string, AttributeShape>
  item: AttributeShape | undefined
}

export function newShape(): AttributeShape {
  return { seen: 0, hasWideInteger: false, wholeDigits: 0, scale: 0, fields: new Map(), item: undefined }
}

/** Most levels of the values of a column. */
const MAX_DEPTH = 64

/**
 * Update the shape with a value of an item. Null and undefined have no effect.
 *
 * @throws MillraceError `LIMIT_EXCEEDED` if it nests more than 64 deep, as one that contains itself does.
 */
export function learn(shape: AttributeShape, value: unknown, depth = 0): void {
  switch (typeof value) {
    case 'string':
      shape.seen |= SEEN.text
      break
    case 'boolean':
      shape.seen |= SEEN.bool
      break
    case 'number':
    case 'bigint':
      learnNumber(shape, value)
      break
    case 'object':
      if (value !== null) learnObject(shape, value, depth)
      break
    case 'undefined':
      break
    default:
      shape.seen |= SEEN.other
  }
}

function learnNumber(shape: AttributeShape, value: number | bigint): void {
  if (typeof value === 'number' && !Number.isInteger(value))
    shape.seen |= Number.isFinite(value) ? SEEN.fraction : SEEN.other
  else {
    const integer = BigInt(value)
    shape.seen |= BigInt.asIntN(64, integer) === integer ? SEEN.integer : SEEN.wide
    if (BigInt(Number(integer)) !== integer) shape.hasWideInteger = true
  }
  const decimal = parseDecimalText(String(value))
  if (decimal === undefined) return
  shape.wholeDigits = Math.max(shape.wholeDigits, decimal.digits.length + decimal.exponent)
  shape.scale = Math.max(shape.scale, -decimal.exponent)
}

function learnObject(shape: AttributeShape, value: object, depth: number): void {
  if (depth > MAX_DEPTH) throw new MillraceError('LIMIT_EXCEEDED', `values nest at most ${MAX_DEPTH} deep`)
  if (Array.isArray(value) || value instanceof Set) {
    shape.seen |= SEEN.list
    shape.item ??= newShape()
    for (const item of value) learn(shape.item, item, depth + 1)
  } else if (value instanceof Uint8Array) shape.seen |= SEEN.binary
  else if (value instanceof Date) shape.seen |= SEEN.date
  else if (isKeyValueObject(value)) {
    shape.seen |= SEEN.struct
    for (const name of Object.keys(value)) learn(fieldShape(shape.fields, name), value[name], depth + 1)
  } else shape.seen |= SEEN.other
}

export function fieldShape(fields: Map<string, AttributeShape>, name: string): AttributeShape {
  const known = fields.get(name)
  if (known !== undefined) return known
  const shape = newShape()
  fields.set(name, shape)
  return shape
}

/**
 * Choose the narrowest type that represents every value exactly. Integers of 64 bits are int64; numbers that are
 * doubles, float64; other numbers decimals, if 38 digits suffice; lists and sets are lists; maps are structs. Mixed
 * kinds, and maps without any field, are text: each value's JSON.
 */
export function attributeField(name: string, shape: AttributeShape): Field {
  const type = attributeType(shape)
  return type === undefined ? emptyColumnField(name) : new Field(name, type, true)
}

function attributeType({
  seen,
  hasWideInteger,
  wholeDigits,
  scale,
  fields,
  item,
}: AttributeShape): DataType | undefined {
  switch (seen) {
    case 0:
      return undefined
    case SEEN.bool:
      return columnType('bool')
    case SEEN.integer:
      return columnType('int64')
    case SEEN.text:
      return columnType('string')
    case SEEN.binary:
      return columnType('binary')
    case SEEN.date:
      return columnType('timestamp')
    case SEEN.list:
      return new List(attributeField('item', item ?? newShape()))
    case SEEN.struct:
      return fields.size === 0
        ? columnType('string')
        : new Struct([...fields].sort(byName).map(([field, each]) => attributeField(field, each)))
  }
  if ((seen & ~NUMBERS) !== 0) return columnType('string')
  if ((seen & SEEN.wide) === 0 && !hasWideInteger) return new Float64()
  const isDecimal = Math.max(wholeDigits, 0) + scale <= DECIMAL_DIGITS
  return isDecimal ? new Decimal(scale, DECIMAL_DIGITS, 128) : columnType('string')
}

/** The order of a map's attributes has no meaning, so names are sorted. */
function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1
}

/** Test whether the values of this shape are all text: any other text column holds the JSON of each. */
export function isText({ seen }: AttributeShape): boolean {
  return seen === SEEN.text
}
