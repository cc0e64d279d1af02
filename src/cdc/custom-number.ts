import type { AttributeValue } from './attribute-value.ts'
import { isNumberText } from './number-text.ts'

/** The text of a number of a custom class, such as `NumberValue` of the SDK; undefined for any other object. */
export function customNumber(value: object): string | undefined {
  if (!('toAttributeValue' in value) || typeof value.toAttributeValue !== 'function') return undefined
  const attribute: AttributeValue | undefined = value.toAttributeValue()
  const text = attribute?.N
  return typeof text === 'string' && isNumberText(text) ? text : undefined
}
