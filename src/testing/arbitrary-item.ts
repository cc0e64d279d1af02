import fc from 'fast-check'
import { anyText } from './event-parts.ts'

/** A value in DynamoDB's own JSON, as streams hand it to Lambda: binary as base64. */
export type AttributeValueJson =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: string[] }
  | { L: AttributeValueJson[] }
  | { M: { [name: string]: AttributeValueJson } }

/** Items in DynamoDB's own JSON: attributes of every type, numbers of up to 38 digits. */
export function arbitraryItem(): fc.Arbitrary<Record<string, AttributeValueJson>> {
  const number = fc.oneof(
    fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }).map(String),
    fc.tuple(fc.integer(), fc.nat(999)).map(([whole, part]) => `${whole}.${part}`),
  )
  const binary = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('base64'))
  const set = <T>(element: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.uniqueArray(element, { minLength: 1, maxLength: 3 })
  const { value } = fc.letrec<{ value: AttributeValueJson }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.record({ S: anyText() }),
      fc.record({ N: number }),
      fc.record({ B: binary }),
      fc.record({ BOOL: fc.boolean() }),
      fc.constant<AttributeValueJson>({ NULL: true }),
      fc.record({ SS: set(anyText()) }),
      fc.record({ NS: set(number) }),
      fc.record({ BS: set(binary) }),
      fc.record({ L: fc.array(tie('value'), { maxLength: 3 }) }),
      fc.record({ M: fc.dictionary(anyText(8), tie('value'), { maxKeys: 3 }) }),
    ),
  }))
  return fc.dictionary(anyText(8), value, { maxKeys: 4 })
}
