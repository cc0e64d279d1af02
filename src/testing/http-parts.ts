import fc from 'fast-check'
import { arbitraryPayload, base64OfPayload, type PayloadOption, textOfPayload } from './arbitrary-payload.ts'
import { resourceName, textsByName } from './event-parts.ts'

export const httpMethod = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')
export const path = fc.array(resourceName, { maxLength: 3 }).map((steps) => `/${steps.join('/')}`)
export const headers = textsByName(fc.constantFrom('content-type', 'x-amzn-trace-id', 'user-agent', 'x-trace'))
export const texts = textsByName()
export const traceId = fc.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/)

export interface HttpBody {
  readonly body?: string | null
  readonly isBase64Encoded: boolean
}

/** The body of a request: text, base64, or none, in the source's form. */
export function httpBody<None extends Pick<HttpBody, 'body'>>(
  { payload = arbitraryPayload() }: PayloadOption,
  none: None,
): fc.Arbitrary<HttpBody> {
  const body = fc.tuple(payload, fc.boolean()).map(([each, asBase64]): HttpBody => {
    const isBase64Encoded = asBase64 || each instanceof Uint8Array
    return { body: isBase64Encoded ? base64OfPayload(each) : textOfPayload(each), isBase64Encoded }
  })
  return fc.oneof({ weight: 5, arbitrary: body }, fc.constant({ ...none, isBase64Encoded: false }))
}

/** Names with lists of values, as in `multiValueHeaders`. */
export function multiValues(single: Readonly<Record<string, string>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(single).map(([name, value]) => [name, [value]]))
}
