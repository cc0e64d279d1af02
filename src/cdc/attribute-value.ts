/**
 * A value in DynamoDB's own JSON: an object with one key, the tag of its type.
 *
 * Binary is base64 text, as Lambda delivers it, or bytes, as the SDK does. All tags are optional in the type, so that what the SDK, Lambda's
 * type declarations and `JSON.parse` give can all be passed in; which one is there is checked when the value is read.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
export interface AttributeValue {
  readonly S?: string | undefined
  /** Digits: numbers travel as text, so that nobody rounds them. */
  readonly N?: string | undefined
  readonly B?: string | Uint8Array | undefined
  readonly BOOL?: boolean | undefined
  readonly NULL?: boolean | undefined
  readonly L?: readonly AttributeValue[] | undefined
  readonly M?: Image | undefined
  readonly SS?: readonly string[] | undefined
  readonly NS?: readonly string[] | undefined
  readonly BS?: readonly (string | Uint8Array)[] | undefined
}

/** An item as DynamoDB writes it: attributes by name. */
export type Image = { readonly [name: string]: AttributeValue }

/** An item as plain values: attributes by name. */
export type Item = { [name: string]: unknown }

/** A value in DynamoDB's own JSON with exactly one type, as the SDK's commands take it; `Binary` is text where base64 was asked for. */
export type SerializedValue<Binary = Uint8Array> =
  | { S: string }
  | { N: string }
  | { B: Binary }
  | { BOOL: boolean }
  | { NULL: true }
  | { L: SerializedValue<Binary>[] }
  | { M: SerializedImage<Binary> }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: Binary[] }

/** An item of such values. */
export interface SerializedImage<Binary = Uint8Array> {
  [name: string]: SerializedValue<Binary>
}
