import { constants } from 'node:buffer'
import { checkOptions } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'
import { nodeZlib } from '../internal/node-modules.ts'
import { decoderOf, type PayloadOption } from './decoder-of.ts'
import { bytesOf, type Payload, type PayloadDecoder, payloadError } from './payload.ts'
import type { Place } from './place.ts'

export interface GunzipOptions {
  /** Most bytes that one payload may inflate to; 64 MiB. */
  readonly maxBytes?: number
}

export const DEFAULT_MAX_BYTES = 64 * 1024 * 1024

/**
 * Inflate payloads that are gzip, detected by its magic number; other payloads are passed to `inner` unchanged.
 *
 * @param inner - decodes the inflated bytes: a schema, `jsonPayload(schema)`, `kplPayload(...)`, `bytesPayload()` for gzipped CSV.
 * @returns a decoder for `readRecords`, O(inflated bytes). More bytes than `maxBytes` fail with `LIMIT_EXCEEDED`,
 * invalid gzip with `PAYLOAD_INVALID`, both with zlib's error as cause.
 * @throws MillraceError `OPTION_INVALID` if `maxBytes` is not a whole number from 1; `TYPE_MISMATCH` if `inner` is
 * neither a decoder nor a schema.
 * @example
 * const event = { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: 'eyJpZCI6MX0=', partitionKey: 'k', sequenceNumber: '1' } }] }
 * readRecords(event, gunzipPayload(jsonPayload())).map(({ payload }) => payload) // => [{ ok: true, value: { id: 1 } }]
 */
export function gunzipPayload<T>(inner: PayloadOption<T>, options: GunzipOptions = {}): PayloadDecoder<T> {
  const decoder = decoderOf('gunzipPayload', inner)
  checkOptions('gunzipPayload', options, { maxBytes: 'number' }, 'write gunzipPayload(inner, { maxBytes: 1_000_000 })')
  const { maxBytes = DEFAULT_MAX_BYTES } = options
  checkCount('gunzipPayload: maxBytes', maxBytes, 1, Number.MAX_SAFE_INTEGER)
  const decode = (payload: Payload): T => decoder.decode(inflate(payload, maxBytes))
  const { split } = decoder
  return split === undefined ? { decode } : { decode, split: (payload) => split(inflate(payload, maxBytes)) }
}

function inflate(payload: Payload, maxBytes: number): Payload {
  // Text and JSON cannot be gzip: its second byte cannot follow its first in UTF-8. Its base64 begins with these letters.
  if (payload.kind !== 'bytes' && (payload.kind !== 'base64' || !payload.data.startsWith('H4'))) return payload
  const bytes = bytesOf(payload)
  if (!isGzip(bytes)) return payload
  return { kind: 'bytes', data: gunzip(bytes, maxBytes, payload.place), place: payload.place }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** The inflated bytes of all gzip members. Zeros after the end are padding, other bytes an error. */
export function gunzip(bytes: Uint8Array, maxBytes: number, place: Place): Uint8Array {
  try {
    return nodeZlib().gunzipSync(bytes, { maxOutputLength: Math.min(maxBytes, constants.MAX_LENGTH) })
  } catch (cause) {
    const isTooLarge = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE'
    throw isTooLarge
      ? payloadError('LIMIT_EXCEEDED', `inflates to more than ${maxBytes} bytes`, { place, cause })
      : payloadError('PAYLOAD_INVALID', 'is invalid gzip', { place, cause })
  }
}
