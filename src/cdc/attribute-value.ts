/**
 * A value in DynamoDB's own JSON: an object with one key, the tag of its type.
 *
 * Binary is base64 text, as Lambda delivers it, or bytes, as the SDK does. All tags are optional in the type, so that
 * values of the SDK, Lambda's type declarations and `JSON.parse` are all accepted; the actual tag is checked when the
 * value is read.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
export interface AttributeValue {
  readonly S?: string | undefined
  /** Digits: numbers are sent as text, so that they are never rounded. */
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

/** An item in DynamoDB's JSON: attributes by name. */
export type Image = { readonly [name: string]: AttributeValue }

/** An item as plain values: attributes by name. */
export type Item = { [name: string]: unknown }

/** A value in DynamoDB's own JSON with exactly one type, as the SDK's commands accept it; `Binary` is text if base64 was requested. */
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
