import { checkNone } from '../internal/check-arguments.ts'
import { type PayloadDecoder, textOf } from './payload.ts'

/**
 * Decode payloads as text. Bytes must be UTF-8: a binary payload is rejected, never mangled.
 *
 * @returns a decoder for `readRecords`, O(bytes). Bytes that are not UTF-8 fail with `ENCODING_INVALID`, invalid base64 with `PAYLOAD_INVALID`.
 * @example
 * const event = { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: 'plain text' }] }
 * readRecords(event, textPayload()).map(({ payload }) => payload) // => [{ ok: true, value: 'plain text' }]
 */
export function textPayload(): PayloadDecoder<string>
export function textPayload(...given: readonly unknown[]): PayloadDecoder<string> {
  checkNone('textPayload', given)
  return { decode: textOf }
}
