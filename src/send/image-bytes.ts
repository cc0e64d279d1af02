import { types } from 'node:util'
import { canonicalNumber, isInDynamoDBRange } from '../cdc/number-text.ts'
import { type ErrorCode, MillraceError } from '../errors.ts'
import { utf8Bytes } from './entry-rules.ts'

/** DynamoDB's own limit of nesting. */
export const MAX_DEPTH = 32

const NESTED_BYTES = 3
const MEMBER_BYTES = 1

type Fields = Readonly<Record<string, unknown>>

/**
 * Count the bytes of an item, or of a key, as DynamoDB stores it: UTF-8 of names and strings, raw binary, one byte per
 * two digits of a number plus one, one byte for each member of a list or map and three for itself.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 *
 * @throws MillraceError with the path to the attribute: `ATTRIBUTE_INVALID` for a value that is not an attribute value,
 * a lone surrogate, a number that DynamoDB rejects, a set that is empty or has equal members; `LIMIT_EXCEEDED` if
 * values nest more than 32 deep.
 */
export function imageBytes(image: unknown): number {
  if (!isMap(image)) throw invalid('must be an object', [])
  return mapBytes(image, 0, [])
}

function mapBytes(image: Fields, memberBytes: number, path: string[]): number {
  let bytes = 0
  for (const name of Object.keys(image)) {
    const value = image[name]
    if (value === undefined) continue
    path.push(name)
    bytes += textBytes(name, path) + valueBytes(value, path) + memberBytes
    path.pop()
  }
  return bytes
}

function valueBytes(attribute: unknown, path: string[]): number {
  if (path.length > MAX_DEPTH + 1) throw invalid(`is nested more than ${MAX_DEPTH} deep`, path, 'LIMIT_EXCEEDED')
  const tagged = Object(attribute) as Fields
  let tag: string | undefined
  for (const name of Object.keys(tagged)) {
    if (tagged[name] === undefined) continue
    if (tag !== undefined) throw invalid('must have exactly one type', path)
    tag = name
  }
  const value = tag === undefined ? undefined : tagged[tag]
  switch (tag) {
    case 'S':
    case 'N':
    case 'B':
      return scalarBytes(tag, value, path)
    case 'NULL':
    case 'BOOL':
      if (typeof value === 'boolean') return 1
      break
    case 'M':
      if (isMap(value)) return NESTED_BYTES + mapBytes(value, MEMBER_BYTES, path)
      break
    case 'L':
      if (Array.isArray(value)) return NESTED_BYTES + listBytes(value, path)
      break
    case 'SS':
    case 'NS':
    case 'BS':
      if (Array.isArray(value) && value.length > 0) return setBytes(tag[0] as 'S' | 'N' | 'B', value, path)
      break
    default:
  }
  throw invalid('must be an attribute value, such as { S: string }', path)
}

function listBytes(list: readonly unknown[], path: string[]): number {
  let bytes = 0
  for (let index = 0; index < list.length; index++) {
    path.push(`${index}`)
    bytes += MEMBER_BYTES + valueBytes(list[index], path)
    path.pop()
  }
  return bytes
}

function setBytes(tag: 'S' | 'N' | 'B', members: readonly unknown[], path: readonly string[]): number {
  const bytes = members.reduce((sum: number, member) => sum + scalarBytes(tag, member, path), 0)
  const contents = members.map((member) => {
    if (tag === 'B') return Buffer.from(member as Uint8Array).toString('base64')
    return tag === 'N' ? canonicalNumber(member as string) : member
  })
  if (new Set(contents).size < members.length) throw invalid('is a set with equal members', path)
  return bytes
}

function scalarBytes(tag: 'S' | 'N' | 'B', value: unknown, path: readonly string[]): number {
  if (tag === 'B') {
    if (types.isUint8Array(value)) return value.byteLength
    throw invalid('must hold a Uint8Array', path)
  }
  if (typeof value !== 'string') throw invalid('must hold a string', path)
  return tag === 'N' ? numberBytes(value, path) : textBytes(value, path)
}

function textBytes(text: string, path: readonly string[]): number {
  const bytes = utf8Bytes(text)
  if (bytes === undefined) throw invalid('has a lone surrogate', path)
  return bytes
}

/** Text of up to this many digits is within DynamoDB's range, if it is a number. */
const SAFE_NUMBER = /^-?(?:0|[1-9]\d{0,36})$/

/** Leading and trailing zeros are not stored. */
function numberBytes(text: string, path: readonly string[]): number {
  if (!SAFE_NUMBER.test(text) && !isInDynamoDBRange(text)) {
    throw invalid('must be a number of at most 38 digits, from 1E-130 to 9.99E+125', path)
  }
  let digits = 0
  let first = 0
  let last = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code | 0x20) === 0x65) break
    if (code < 0x30) continue
    digits++
    if (code === 0x30) continue
    first ||= digits
    last = digits
  }
  const significant = last === 0 ? 0 : last - first + 1
  return Math.ceil(significant / 2) + 1 + (text.startsWith('-') ? 1 : 0)
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(rule: string, path: readonly string[], code: ErrorCode = 'ATTRIBUTE_INVALID'): MillraceError {
  return new MillraceError(code, `attribute ${rule}`, { path })
}
