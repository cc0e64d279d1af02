import { types } from 'node:util'
import { MillraceError } from '../errors.ts'

/** DynamoDB's own limit of nesting. */
export const MAX_DEPTH = 32

/**
 * Bytes of an item, or of a key, as DynamoDB stores it: UTF-8 of names and strings, raw binary, a byte for two digits of a number and one more, a byte for
 * each member of a list or map and three for itself.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 *
 * @throws MillraceError `ATTRIBUTE_INVALID` for what is no attribute value, `LIMIT_EXCEEDED` where values nest more than 32 deep.
 */
export function imageBytes(image: unknown): number {
  if (typeof image !== 'object' || image === null || Array.isArray(image)) throw invalid('must be an object')
  return mapBytes(image as Readonly<Record<string, unknown>>, 0, 0)
}

function mapBytes(image: Readonly<Record<string, unknown>>, memberBytes: number, depth: number): number {
  let bytes = 0
  for (const name of Object.keys(image)) {
    const value = image[name]
    if (value !== undefined) bytes += Buffer.byteLength(name) + valueBytes(value, depth) + memberBytes
  }
  return bytes
}

const NESTED_BYTES = 3
const MEMBER_BYTES = 1

function valueBytes(attribute: unknown, depth: number): number {
  if (depth > MAX_DEPTH) throw new MillraceError('LIMIT_EXCEEDED', `item is nested more than ${MAX_DEPTH} deep`)
  const tagged = Object(attribute) as Readonly<Record<string, unknown>>
  const [tag, ...others] = Object.keys(tagged).filter((name) => tagged[name] !== undefined)
  const value = tag === undefined ? undefined : tagged[tag]
  if (others.length > 0) throw invalid('must have one type')
  switch (tag) {
    case 'S':
    case 'N':
    case 'B':
      return scalarBytes(tag, value)
    case 'NULL':
    case 'BOOL':
      if (typeof value === 'boolean') return 1
      break
    case 'M':
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return NESTED_BYTES + mapBytes(value as Readonly<Record<string, unknown>>, MEMBER_BYTES, depth + 1)
      }
      break
    case 'L':
      if (Array.isArray(value)) {
        return value.reduce((sum, one) => sum + MEMBER_BYTES + valueBytes(one, depth + 1), NESTED_BYTES)
      }
      break
    case 'SS':
    case 'NS':
    case 'BS':
      if (Array.isArray(value) && value.length > 0) {
        return value.reduce((sum, one) => sum + scalarBytes(tag[0] as string, one), 0)
      }
      break
    default:
  }
  throw invalid('must be an attribute value, such as { S: string }')
}

function scalarBytes(tag: string, value: unknown): number {
  if (tag === 'B') {
    if (types.isUint8Array(value)) return value.byteLength
  } else if (typeof value === 'string') return tag === 'N' ? numberBytes(value) : Buffer.byteLength(value)
  throw invalid(tag === 'B' ? 'must hold a Uint8Array' : 'must hold a string')
}

/** Zeros at either end are not stored. */
function numberBytes(text: string): number {
  const digits = text
    .replace(/[eE].*/, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '').length
  return Math.ceil(digits / 2) + 1 + (text.startsWith('-') ? 1 : 0)
}

function invalid(rule: string): MillraceError {
  return new MillraceError('ATTRIBUTE_INVALID', `attribute ${rule}`)
}
