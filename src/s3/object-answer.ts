import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { MillraceError } from '../errors.ts'

/** A response to a ranged read. `end` is excluded. */
export interface Opened {
  readonly body: AsyncIterable<Uint8Array>
  readonly end: number | undefined
}

/** Check that the response is the requested range: some servers and proxies respond with the whole object. */
export function openedFrom(answer: GetObjectCommandOutput, start: number): Opened {
  const body: unknown = answer.Body
  if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body)) {
    throw new MillraceError('SOURCE_UNAVAILABLE', 'the object cannot be read: the client returns no stream of bytes')
  }
  const first = answer.ContentRange === undefined ? 0 : Number(/^bytes (\d+)-/.exec(answer.ContentRange)?.[1])
  if (first !== start) {
    throw new MillraceError(
      'SOURCE_UNAVAILABLE',
      'the object cannot be read: the server responded with another range than requested',
    )
  }
  const end = answer.ContentLength === undefined ? undefined : start + answer.ContentLength
  return { body: body as AsyncIterable<Uint8Array>, end }
}

/** Bytes of the whole object, from the response to a ranged or whole read. */
export function totalOf({ ContentRange, ContentLength }: GetObjectCommandOutput): number | undefined {
  if (ContentRange === undefined) return ContentLength
  const total = /\/(\d+)$/.exec(ContentRange)?.[1]
  return total === undefined ? undefined : Number(total)
}
