import { notA } from '../internal/check-arguments.ts'
import { jsonPayload } from './json-payload.ts'
import type { PayloadDecoder } from './payload.ts'
import type { StandardSchema } from './standard-schema.ts'

/** A decoder of payloads, or a schema as a shorthand for `jsonPayload(schema)`. */
export type PayloadOption<T> = PayloadDecoder<T> | StandardSchema<T>

/**
 * Get the decoder of an option.
 *
 * @throws MillraceError `TYPE_MISMATCH` for a value that is neither a decoder nor a schema.
 */
export function decoderOf<T>(entry: string, payload: PayloadOption<T>): PayloadDecoder<T> {
  const { decode, '~standard': standard } = Object(payload)
  if (typeof decode === 'function' && standard === undefined) return payload as PayloadDecoder<T>
  if (standard !== undefined) return jsonPayload(payload as StandardSchema<T>)
  throw notA(entry, 'payload', 'a decoder or a schema', payload, 'write jsonPayload(schema), with parentheses')
}
