import { MillraceError } from '../errors.ts'
import { bytesOf } from '../internal/bytes-of.ts'

/** A customer-provided key (SSE-C): 32 bytes, or their base64. */
export type CustomerKey = Uint8Array | string

const KEY_BYTES = 32

/** The fields of a request for an object with a customer-provided key. The SDK adds the key's MD5. */
export function customerKeyFields(key: CustomerKey) {
  const bytes = typeof key === 'string' ? Buffer.from(key, 'base64') : bytesOf(key)
  const isExact = typeof key !== 'string' || Buffer.from(bytes ?? []).toString('base64') === key
  if (bytes?.length !== KEY_BYTES || !isExact) {
    throw new MillraceError('OPTION_INVALID', `sseCustomerKey: must be ${KEY_BYTES} bytes, or their base64`)
  }
  return { SSECustomerAlgorithm: 'AES256', SSECustomerKey: Buffer.from(bytes).toString('base64') }
}
