import { checkNone } from '../internal/check-arguments.ts'
import { bytesOf, type Payload, type PayloadDecoder } from './payload.ts'

/**
 * Decode payloads to bytes, losslessly: base64 decoded, text as UTF-8, JSON as its text.
 *
 * @returns a decoder for `readRecords`, O(bytes). Invalid base64 fails with `PAYLOAD_INVALID`.
 * @example
 * const event = { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: '//8=', partitionKey: 'k', sequenceNumber: '1' } }] }
 * readRecords(event, bytesPayload()).map(({ payload }) => payload.ok && [...payload.value]) // => [[255, 255]]
 */
export function bytesPayload(): PayloadDecoder<Uint8Array>
export function bytesPayload(...given: readonly unknown[]): PayloadDecoder<Uint8Array> {
  checkNone('bytesPayload', given)
  return { decode: plainBytes }
}

/** Not a `Buffer`, whose `slice` and `toJSON` differ from those of the declared type. */
function plainBytes(payload: Payload): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytesOf(payload)
  return new Uint8Array(buffer, byteOffset, byteLength)
}
