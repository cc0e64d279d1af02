import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { checkNone } from '../internal/check-arguments.ts'
import { checkIsArbitrary } from './check-arbitrary.ts'
import { anyText, plainDictionary } from './event-parts.ts'

/** A payload of a record: text and bytes are written unchanged, everything else as JSON. */
export type PayloadArbitrary = fc.Arbitrary<unknown>

/** Options of every event whose records have a payload. */
export interface PayloadOption {
  /** Payloads of the records: text and bytes unchanged, everything else as JSON. {@link arbitraryPayload} when absent. */
  readonly payload?: PayloadArbitrary
}

/**
 * Generate payloads that a record may carry: JSON of any shape, text of any script, any bytes, gzip of these.
 *
 * @returns an arbitrary of texts, bytes and JSON values.
 * @example
 * fc.assert(fc.property(arbitraryPayload(), (payload) => payload !== undefined))
 */
export function arbitraryPayload(): PayloadArbitrary
export function arbitraryPayload(...given: readonly unknown[]): PayloadArbitrary {
  checkNone('arbitraryPayload', given)
  const plain = fc.oneof(
    { weight: 4, arbitrary: flatObject() },
    { weight: 2, arbitrary: fc.jsonValue() },
    { weight: 2, arbitrary: anyText() },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  )
  return fc.oneof({ weight: 4, arbitrary: plain }, arbitraryGzip(plain))
}

/**
 * Generate payloads compressed with gzip, as producers do to fit more into a record.
 *
 * @param payload - the payloads to compress: text and bytes unchanged, everything else as JSON.
 * @returns an arbitrary of bytes that begin with gzip's magic number.
 * @example
 * fc.assert(fc.property(arbitraryGzip(fc.constant('a,b')), (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b))
 */
export function arbitraryGzip(payload: PayloadArbitrary = fc.jsonValue()): fc.Arbitrary<Uint8Array> {
  checkIsArbitrary('arbitraryGzip', 'payload', payload)
  return payload.map((each) => new Uint8Array(gzipSync(bytesOfPayload(each))))
}

/** Objects as most producers send them, with some boundary numbers. */
function flatObject(): fc.Arbitrary<unknown> {
  const edge = fc.constantFrom(0, -0, 2 ** 53, -(2 ** 53), 2 ** 53 - 1, 0.1, 1e21, Number.MIN_VALUE, Number.MAX_VALUE)
  const value = fc.oneof(anyText(), fc.integer({ min: -1000, max: 1000 }), edge, fc.boolean(), fc.constant(null))
  return plainDictionary(fc.constantFrom('id', 'name', 'price', 'at', ''), value, { minKeys: 1 })
}

export function bytesOfPayload(payload: unknown): Uint8Array {
  if (payload instanceof Uint8Array) return payload
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
}

export function base64OfPayload(payload: unknown): string {
  return Buffer.from(bytesOfPayload(payload)).toString('base64')
}

/** For sources that carry text: bytes are base64, as producers send them there. */
export function textOfPayload(payload: unknown): string {
  return payload instanceof Uint8Array ? base64OfPayload(payload) : Buffer.from(bytesOfPayload(payload)).toString()
}
