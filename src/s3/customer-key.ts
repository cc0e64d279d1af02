import { MillraceError } from '../errors.ts'
import { bytesOf } from '../internal/bytes-of.ts'

/** A customer-provided key (SSE-C): 32 bytes, or their base64. */
export type CustomerKey = Uint8Array | string

const KEY_BYTES = 32

/** The fields of a request for an object with a customer-provided key. The SDK adds the key's MD5. */
export function customerKeyFields(key: CustomerKey) {
  const bytes = typeof key === 'string' ? bytesOfBase64(key) : bytesOf(key)
  if (bytes?.length !== KEY_BYTES) {
    throw new MillraceError('OPTION_INVALID', `sseCustomerKey: must be ${KEY_BYTES} bytes, or these in base64`)
  }
  return { SSECustomerAlgorithm: 'AES256', SSECustomerKey: Buffer.from(bytes).toString('base64') }
}

function bytesOfBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
