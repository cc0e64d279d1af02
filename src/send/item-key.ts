import { types } from 'node:util'
import { canonicalNumber } from '../cdc/number-text.ts'
import { MillraceError } from '../errors.ts'
import { base64Text } from '../internal/base64.ts'
import { utf8Bytes } from './entry-rules.ts'

/** Most bytes of a partition key and of a sort key. */
const KEY_BYTES = [2048, 1024] as const

type Attributes = Readonly<Record<string, unknown>>

/**
 * Make one text for each key of a table: equal if DynamoDB treats two keys as the same, however numbers are spelled.
 *
 * @param names - names of the partition key and, if any, the sort key.
 * @throws MillraceError `ATTRIBUTE_INVALID` if a part is missing, empty, or not a string, number or binary; `LIMIT_EXCEEDED`.
 */
export function itemKey(attributes: Attributes, names: readonly string[]): string {
  const [partition = '', sort] = names
  const first = keyPart(attributes, partition, KEY_BYTES[0])
  if (sort === undefined) return first
  const second = keyPart(attributes, sort, KEY_BYTES[1])
  // The length separates (a, bc) from (ab, c).
  return `${first.length}:${first}${second}`
}

function keyPart(attributes: Attributes, name: string, most: number): string {
  const value = Object.hasOwn(attributes, name) ? (attributes[name] as Attributes | null | undefined) : undefined
  const { S: text, N: number, B: binary } = Object(value) as Attributes
  if (typeof text === 'string' && text !== '') {
    checkBytes(name, utf8Bytes(text) ?? 0, most)
    return `S${text}`
  }
  if (types.isUint8Array(binary) && binary.byteLength > 0) {
    checkBytes(name, binary.byteLength, most)
    return `B${base64Text(binary)}`
  }
  const canonical = typeof number === 'string' ? canonicalNumber(number) : undefined
  if (canonical === undefined) throw keyError(name, 'must be a string, a number or bytes, and not empty')
  return `N${canonical}`
}

function checkBytes(name: string, bytes: number, most: number): void {
  if (bytes <= most) return
  throw new MillraceError('LIMIT_EXCEEDED', `key attribute has ${bytes} bytes; the limit is ${most}`, { path: [name] })
}

function keyError(name: string, rule: string): MillraceError {
  return new MillraceError('ATTRIBUTE_INVALID', `key attribute ${rule}`, { path: [name] })
}
