import { base64Text } from '../../internal/base64.ts'
import { isKeyValueObject } from '../../internal/key-value-object.ts'
import { customNumber } from '../custom-number.ts'
import { ownJson, sorted } from '../json-safe.ts'

/**
 * Write a value of an item as JSON text, in which text has quotes and a number all of its digits: so 1 and '1' stay
 * distinct, and no integer is rounded. Binary is base64, a set a sorted list, the fields of a map are in order.
 *
 * @returns undefined for a value that JSON cannot represent.
 */
export function jsonText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'bigint':
      return value.toString()
    case 'number':
      return Number.isFinite(value) ? String(value + 0) : undefined
    case 'object':
      return value === null ? 'null' : objectText(value)
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    default:
      return undefined
  }
}

function objectText(value: object): string | undefined {
  if (Array.isArray(value)) return joined('[', value.map(jsonText), ']')
  if (value instanceof Set) return joined('[', sorted(value).map(jsonText), ']')
  if (value instanceof Uint8Array) return JSON.stringify(base64Text(value))
  if (isKeyValueObject(value)) {
    const names = Object.keys(value).filter((name) => value[name] !== undefined)
    return joined(
      '{',
      names.sort().map((name) => fieldText(name, value[name])),
      '}',
    )
  }
  const own = ownJson(value)
  return customNumber(value) ?? (own === undefined ? undefined : JSON.stringify(own))
}

function fieldText(name: string, value: unknown): string | undefined {
  const text = jsonText(value)
  return text === undefined ? undefined : `${JSON.stringify(name)}:${text}`
}

function joined(open: string, parts: readonly (string | undefined)[], close: string): string | undefined {
  return parts.includes(undefined) ? undefined : `${open}${parts.join(',')}${close}`
}
