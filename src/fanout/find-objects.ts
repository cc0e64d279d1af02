import { HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3'
import type { ByteSource } from '../codecs/input/source.ts'
import { MillraceError } from '../errors.ts'
import { checkFields, notA } from '../internal/check-arguments.ts'
import { describeServiceError, httpStatusOf } from '../internal/service-error.ts'
import { untilAborted } from '../internal/until-aborted.ts'
import { s3Source } from '../s3/s3-source.ts'
import { concurrently } from './concurrently.ts'

export const CURE = 'write planSplits(client, [{ bucket, key }])'
/** Objects that are checked or planned concurrently. */
export const OBJECTS_AT_ONCE = 16

/** An object to split, such as an `S3ObjectRef`. */
export interface SplitObject {
  readonly bucket: string
  /** The decoded key. */
  readonly key: string
  /** ETag that the object must have; when absent, the current one. */
  readonly eTag?: string
  readonly versionId?: string
}

/** An existing object in its current state. */
export interface FoundObject extends SplitObject {
  readonly eTag: string
  readonly size: number
}

/** List the objects, checked. @throws MillraceError `LIMIT_EXCEEDED` for more than `maxSplits`. */
export async function listOf(
  objects: Iterable<SplitObject> | AsyncIterable<SplitObject>,
  maxSplits: number,
  signal: AbortSignal | undefined,
): Promise<SplitObject[]> {
  if (
    typeof objects !== 'object' ||
    objects === null ||
    !(Symbol.iterator in objects || Symbol.asyncIterator in objects)
  )
    throw notA('planSplits', 'objects', 'an iterable of locations', objects, CURE)
  const list: SplitObject[] = []
  const source = Symbol.asyncIterator in objects && signal !== undefined ? untilAborted(objects, signal) : objects
  for await (const object of source) {
    checkFields(
      'planSplits',
      'an object',
      object,
      { 'bucket!': 'text', 'key!': 'text', eTag: 'string', versionId: 'string' },
      CURE,
    )
    if (list.length === maxSplits)
      throw new MillraceError(
        'LIMIT_EXCEEDED',
        `planSplits: there are more than ${maxSplits} objects; raise maxSplits, or plan them in several runs`,
      )
    list.push(object)
  }
  return list
}

/** Get size and ETag of each object. @throws MillraceError `SOURCE_UNAVAILABLE`, `SOURCE_CHANGED`. */
export function headAll(
  client: Pick<S3Client, 'send'>,
  objects: readonly SplitObject[],
  signal: AbortSignal | undefined,
): Promise<FoundObject[]> {
  return concurrently(objects, OBJECTS_AT_ONCE, async ({ bucket, key, eTag, versionId }) => {
    signal?.throwIfAborted()
    const command = new HeadObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(versionId !== undefined && { VersionId: versionId }),
    })
    const head = await client
      .send(command, { ...(signal !== undefined && { abortSignal: signal }) })
      .catch((error: unknown) => {
        signal?.throwIfAborted()
        throw unavailable(error)
      })
    return foundObject({ bucket, key, ...(versionId !== undefined && { versionId }) }, eTag, head)
  })
}

function foundObject(location: SplitObject, wanted: string | undefined, head: HeadObjectCommandOutput): FoundObject {
  const eTag = unquoted(head.ETag ?? '')
  if (eTag === '' || head.ContentLength === undefined)
    throw new MillraceError('SOURCE_UNAVAILABLE', 'planSplits: the server returned no ETag or no size for an object')
  if (wanted !== undefined && unquoted(wanted) !== eTag)
    throw new MillraceError('SOURCE_CHANGED', 'planSplits: an object does not match its ETag; it was replaced')
  return { ...location, eTag, size: head.ContentLength }
}

function unavailable(cause: unknown): MillraceError {
  const advice = httpStatusOf(cause) === 404 ? ': there is no such object' : ''
  return new MillraceError(
    'SOURCE_UNAVAILABLE',
    `planSplits: an object cannot be read${advice}: ${describeServiceError(cause)}`,
    { cause },
  )
}

function unquoted(eTag: string): string {
  return eTag.replace(/^"|"$/g, '')
}

/** The location of an object, pinned to its ETag. */
export function locationOf({ bucket, key, eTag, versionId }: FoundObject) {
  return { bucket, key, eTag, ...(versionId !== undefined && { versionId }) }
}

/** A source that is closed when the signal aborts. */
export function sourceOf(
  client: Pick<S3Client, 'send'>,
  object: FoundObject,
  signal: AbortSignal | undefined,
): ByteSource {
  const source = s3Source(client, locationOf(object))
  return {
    size: object.size,
    stream: (range, streaming) => {
      const chunks = source.stream(range, streaming)
      return signal === undefined ? chunks : untilAborted(chunks, signal)
    },
    read: async (start, end) => {
      signal?.throwIfAborted()
      return source.read(start, end)
    },
  }
}
