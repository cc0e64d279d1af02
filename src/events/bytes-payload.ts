import { checkNone } from '../internal/check-arguments.ts'
import { bytesOf, type Payload, type PayloadDecoder } from './payload.ts'

/**
 * Payloads as bytes, nothing lost: base64 decoded, text as UTF-8, JSON as its text.
 *
 * @returns a decoder for `readRecords`, O(bytes). Base64 that is none gives `PAYLOAD_INVALID`.
 * @example
 * const event = { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: '//8=', partitionKey: 'k', sequenceNumber: '1' } }] }
 * readRecords(event, bytesPayload()).map(({ payload }) => payload.ok && [...payload.value]) // => [[255, 255]]
 */
export function bytesPayload(): PayloadDecoder<Uint8Array>
export function bytesPayload(...given: readonly unknown[]): PayloadDecoder<Uint8Array> {
  checkNone('bytesPayload', given)
  return { decode: plainBytes }
}

/** Not a `Buffer`, whose `slice` and `toJSON` are other than those of the bytes that the type promises. */
function plainBytes(payload: Payload): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytesOf(payload)
  return new Uint8Array(buffer, byteOffset, byteLength)
}
