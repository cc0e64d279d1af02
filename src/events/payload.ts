import { isUtf8 } from 'node:buffer'
import { MillraceError } from '../errors.ts'
import { type Place, pathOf } from './place.ts'

/** The content of a record, in the form of its source. */
export type Payload =
  | { readonly kind: 'base64'; readonly data: string; readonly place: Place }
  | { readonly kind: 'bytes'; readonly data: Uint8Array; readonly place: Place }
  | {
      readonly kind: 'text'
      readonly data: string
      readonly place: Place
      /** Id of the surrounding queue message, for `batchItemFailures`. */
      readonly recordId?: string
      /** The event of EventBridge around a detail. */
      readonly event?: unknown
    }
  | {
      readonly kind: 'json'
      readonly data: unknown
      readonly place: Place
      /** The event of EventBridge around a detail. */
      readonly event?: unknown
    }
  /** No content, which differs from zero bytes: the value of a Kafka tombstone. */
  | { readonly kind: 'none'; readonly data: null; readonly place: Place }

/**
 * Decodes the content of a record.
 *
 * A custom decoder is an object with `decode`, which may use those of this library; an error that it throws becomes the
 * failed result of that record only.
 *
 * @example
 * const upperCase: PayloadDecoder<string> = { decode: (payload) => textPayload().decode(payload).toUpperCase() }
 * readRecords({ Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: 'a' }] }, upperCase)[0].payload // => { ok: true, value: 'A' }
 */
export interface PayloadDecoder<T> {
  readonly decode: (payload: Payload) => T
  /** The user records inside an aggregated one; undefined if the payload is a single record. */
  readonly split?: (payload: Payload) => readonly UserRecord<T>[] | undefined
}

/** One of several records that a producer packed into one stream record. */
export interface UserRecord<T> {
  readonly subSequence: number
  /** The ordering key of the record, if it differs from that of the surrounding one. */
  readonly partitionKey?: string
  readonly place: Place
  readonly decode: () => T
}

export function payloadError(
  code: 'PAYLOAD_INVALID' | 'ENCODING_INVALID' | 'LIMIT_EXCEEDED',
  rule: string,
  {
    place,
    steps = [],
    cause,
  }: { readonly place: Place; readonly steps?: readonly (string | number)[]; readonly cause?: unknown },
): MillraceError {
  return new MillraceError(code, `payload ${rule}`, { path: pathOf(place, ...steps), cause })
}

/** The bytes of a payload: text as UTF-8, JSON as its text. */
export function bytesOf(payload: Payload): Uint8Array {
  switch (payload.kind) {
    case 'base64':
      return bytesOfBase64(payload.data, payload.place)
    case 'bytes':
      return payload.data
    case 'text':
      return bytesOfText(payload.data, payload.place)
    case 'json':
      return bytesOfText(textOfJson(payload.data, payload.place), payload.place)
    case 'none':
      return new Uint8Array(0)
  }
}

/** The text of a payload: bytes must be UTF-8. */
export function textOf(payload: Payload): string {
  switch (payload.kind) {
    case 'base64':
      return textOfBase64(payload.data, payload.place)
    case 'bytes':
      return textOfBytes(payload.data, payload.place)
    case 'text':
      return payload.data
    case 'json':
      return textOfJson(payload.data, payload.place)
    case 'none':
      return ''
  }
}

function bytesOfBase64(base64: string, place: Place): Uint8Array {
  const bytes = Buffer.from(base64, 'base64')
  // Node skips unknown characters and accepts those of base64url.
  if (bytes.length !== base64Length(base64) || base64.includes('-') || base64.includes('_')) throw notBase64(place)
  return bytes
}

/** `atob` is the fastest decoder, and its text is final if it is all ASCII: then UTF-8 needs as many bytes as characters. */
function textOfBase64(base64: string, place: Place): string {
  let latin1: string
  try {
    latin1 = atob(base64)
  } catch {
    throw notBase64(place)
  }
  if (latin1.length !== base64Length(base64)) throw notBase64(place)
  if (Buffer.byteLength(latin1) === latin1.length) return latin1
  return textOfBytes(Buffer.from(latin1, 'latin1'), place)
}

/** Bytes of a well-formed base64 text, -1 for an invalid length. */
function base64Length(base64: string): number {
  const { length } = base64
  if (length % 4 !== 0) return -1
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return (length / 4) * 3 - padding
}

function notBase64(place: Place): MillraceError {
  return payloadError('PAYLOAD_INVALID', 'is not base64', { place })
}

function textOfBytes(bytes: Uint8Array, place: Place): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  // The replacement character may be in the bytes, or replace bytes that are not UTF-8.
  if (text.includes('\uFFFD') && !isUtf8(bytes)) {
    throw payloadError('ENCODING_INVALID', 'is not UTF-8: decode it with bytesPayload()', { place })
  }
  return text
}

function bytesOfText(text: string, place: Place): Uint8Array {
  if (/\p{Surrogate}/u.test(text)) {
    throw payloadError('ENCODING_INVALID', 'has a lone surrogate, which UTF-8 cannot represent', { place })
  }
  return Buffer.from(text)
}

function textOfJson(value: unknown, place: Place): string {
  try {
    return JSON.stringify(value) ?? 'null'
  } catch (cause) {
    throw payloadError('PAYLOAD_INVALID', 'cannot be serialized as JSON', { place, cause })
  }
}
