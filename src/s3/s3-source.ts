import { setTimeout as wait } from 'node:timers/promises'
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { ByteSource } from '../codecs/input/source.ts'
import { isMillraceError, MillraceError } from '../errors.ts'
import { backoffMs } from '../internal/backoff.ts'
import { channels, type SourceMessage } from '../internal/channels.ts'
import { checkArgument, checkFields, checkOptions } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'
import { httpStatusOf } from '../internal/service-error.ts'
import { traceIterator } from '../internal/trace.ts'
import { isTransientError } from '../internal/transient-error.ts'
import { allocate } from './allocate.ts'
import { type CustomerKey, customerKeyFields } from './customer-key.ts'
import { type Opened, openedFrom, totalOf } from './object-answer.ts'
import { sourceUnavailable } from './s3-error.ts'
import { unlessStalled, whileFlowing } from './stall.ts'

/** An object of S3. An `S3ObjectRef` is one. */
export interface S3Location {
  readonly bucket: string
  /** The decoded key. */
  readonly key: string
  readonly versionId?: string
  /** The ETag that the object must have, with or without quotes; when absent, the one of the first read. */
  readonly eTag?: string
  /** `'requester'`: this account pays for requests and bytes of a requester-pays bucket. */
  readonly requestPayer?: 'requester'
  /** The account that must own the bucket, 12 digits; S3 responds with 403 if another does. */
  readonly expectedBucketOwner?: string
  /** The customer-provided key (SSE-C) of an encrypted object: 32 bytes, or their base64. */
  readonly sseCustomerKey?: CustomerKey
}

export interface S3SourceOptions {
  /** Consecutive failures, without a byte between them, after which a read fails. Default 5. */
  readonly attempts?: number
  /** Milliseconds to wait for a response or a byte, after which a connection counts as broken. Default 30,000. */
  readonly stallMs?: number
  /** Waits between two attempts. Default: a timer. */
  readonly sleep?: (ms: number) => Promise<unknown>
  /** For the jitter of the waits, from 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

/** A {@link ByteSource} that knows its size, at the cost of at most one request. */
export interface S3Source extends ByteSource {
  /** Total bytes: from an earlier read, or with one `HeadObject`. */
  length(): Promise<number>
  /** The ETag of all reads, without quotes: the option `eTag`, otherwise that of the first response; undefined before it. */
  eTag(): string | undefined
}

/**
 * Read an object of S3 as a {@link ByteSource}: streamed with one `GetObject`, or by range.
 *
 * An interrupted or stalled stream resumes at the byte where it stopped, with backoff. All reads of one source are from
 * one version of the object: the first response's ETag (or the option `eTag`) is sent with every further request.
 * Ending a stream early closes its connection.
 *
 * @param client - an `S3Client` of `@aws-sdk/client-s3`; its own retries and timeouts apply to every request.
 * @param location - bucket, decoded key, and `versionId` or `eTag` if the event has them.
 * @returns the source. It holds no bytes itself; `read` holds the range it returns. An empty object, and a range beyond
 * the end, yield no bytes.
 * @throws MillraceError `SOURCE_UNAVAILABLE` if the object is missing, access is denied, or the attempts are exhausted
 * (the SDK's error is the cause); `SOURCE_CHANGED` if it was replaced or removed since the first read, or does not
 * match `eTag`; `LIMIT_EXCEEDED` if a range to `read` does not fit in memory; `TYPE_MISMATCH` and `OPTION_INVALID` for
 * arguments of a wrong kind.
 * @example no-run needs a bucket
 * csv().read(s3Source(client, { bucket: 'lake', key: 'landing/orders.csv' }))
 */
export function s3Source(
  client: Pick<S3Client, 'send'>,
  location: S3Location,
  options: S3SourceOptions = {},
): S3Source {
  checkArgument('s3Source', 'client', client, 'client', CURE)
  checkFields('s3Source', 'location', location, LOCATION, CURE)
  checkOptions('s3Source', options, OPTIONS)
  const { attempts = 5, stallMs = 30_000, sleep = wait, random = Math.random } = options
  checkCount('attempts', attempts, 1, 1000)
  checkCount('stallMs', stallMs, 1, MAX_TIMER_MS)
  const { bucket: Bucket, key: Key, versionId: VersionId, requestPayer, expectedBucketOwner, sseCustomerKey } = location
  const constant = {
    Bucket,
    Key,
    VersionId,
    RequestPayer: requestPayer,
    ExpectedBucketOwner: expectedBucketOwner,
    ...(sseCustomerKey !== undefined && customerKeyFields(sseCustomerKey)),
  }
  let eTag = location.eTag === undefined ? undefined : unquoted(location.eTag)
  let size: number | undefined

  const request = () => ({
    ...constant,
    ...(eTag !== undefined && { IfMatch: `"${eTag}"` }),
  })

  /** Remember the identity of the object, and reject a response about another one: not every server respects If-Match. */
  const pin = (answered: string | undefined, bytes: number | undefined): void => {
    const found = answered === undefined ? undefined : unquoted(answered)
    if (eTag !== undefined && found !== undefined && found !== eTag) throw changed('it was replaced')
    eTag ??= found
    size ??= bytes
  }

  /** Request bytes from `start` on; undefined if the object has none there. A transient failure is thrown unchanged. */
  const open = async (
    start: number,
    end: number | undefined,
    connection: AbortController,
  ): Promise<Opened | undefined> => {
    const whole = start === 0 && end === undefined
    const Range = whole ? undefined : `bytes=${start}-${end === undefined ? '' : end - 1}`
    const command = new GetObjectCommand({ ...request(), Range })
    const { signal } = connection
    const asked = client.send(command, { abortSignal: signal })
    const answer = await unlessStalled(asked, stallMs, connection).catch((error: unknown) => {
      if (httpStatusOf(error) === 416) return undefined
      throw signal.aborted || isTransientError(error) ? error : readError(error, size !== undefined)
    })
    if (answer === undefined) return undefined
    const opened = openedFrom(answer, start)
    pin(answer.ETag, totalOf(answer))
    return opened
  }

  const stream: ByteSource['stream'] = (range = { start: 0 }) =>
    traceIterator(
      channels.source,
      () => ({ requests: 0, retries: 0, bytes: 0 }),
      (message) => chunksOf(range, message),
    )

  async function* chunksOf(
    { start, end }: { readonly start: number; readonly end?: number },
    message: SourceMessage | undefined,
  ) {
    checkRange(start, end)
    const limit = end === Number.POSITIVE_INFINITY ? undefined : end
    let at = start
    let failures = 0
    while (at < Math.min(limit ?? Number.POSITIVE_INFINITY, size ?? Number.POSITIVE_INFINITY)) {
      const connection = new AbortController()
      let stop: number | undefined
      let complete = false
      try {
        if (message !== undefined) message.retries = message.requests++
        const opened = await open(at, limit, connection)
        if (opened === undefined) {
          if (at > start) throw changed('it became shorter')
          return
        }
        stop = opened.end
        for await (const chunk of whileFlowing(opened.body, stallMs, connection)) {
          if (at + chunk.length > Math.min(stop ?? Number.POSITIVE_INFINITY, limit ?? Number.POSITIVE_INFINITY)) {
            throw changed('more bytes arrived than announced')
          }
          at += chunk.length
          if (message !== undefined) message.bytes = at - start
          failures = 0
          yield chunk
        }
        if (stop !== undefined && at < stop) throw new Error('the connection closed before all bytes arrived')
        complete = true
        return
      } catch (error) {
        if (isMillraceError(error)) throw error
        failures++
        // All bytes arrived and yet it failed: their checksum is wrong. They have already been yielded, so nothing can be resumed.
        if (failures >= attempts || at === stop) throw sourceUnavailable(error)
      } finally {
        // Ending early, here or by the consumer's break, closes the connection: nothing remains in the client's pool.
        if (!complete) connection.abort()
      }
      await sleep(backoffMs(failures - 1, { random }))
    }
  }

  async function length(): Promise<number> {
    for (let failures = 1; size === undefined; failures++) {
      const connection = new AbortController()
      try {
        const asked = client.send(new HeadObjectCommand(request()), { abortSignal: connection.signal })
        const answer = await unlessStalled(asked, stallMs, connection)
        pin(answer.ETag, answer.ContentLength)
        if (size === undefined) {
          throw new MillraceError(
            'SOURCE_UNAVAILABLE',
            'the object cannot be read: the server does not report its size',
          )
        }
      } catch (error) {
        if (isMillraceError(error)) throw error
        if (failures >= attempts || !isTransientError(error)) throw readError(error, false)
        await sleep(backoffMs(failures - 1, { random }))
      }
    }
    return size
  }

  return {
    stream,
    async read(start, end) {
      let bytes: Uint8Array | undefined
      let filled = 0
      for await (const chunk of stream({ start, end })) {
        bytes ??= allocate(
          Math.min(end, size ?? (Number.isFinite(end) ? end : await length())) - start,
          'the range to read',
          'read a smaller one',
        )
        bytes.set(chunk, filled)
        filled += chunk.length
      }
      return bytes === undefined ? new Uint8Array(0) : bytes.subarray(0, filled)
    },
    length,
    eTag: () => eTag,
  }
}

const CURE = "write s3Source(client, { bucket: 'lake', key: 'landing/a.csv' })"
const MAX_TIMER_MS = 2 ** 31 - 1
const OPTIONS = { attempts: 'number', stallMs: 'number', sleep: 'function', random: 'function' } as const
const LOCATION = {
  'bucket!': 'text',
  'key!': 'text',
  versionId: 'string',
  eTag: 'string',
  requestPayer: 'string',
  expectedBucketOwner: 'string',
} as const

function checkRange(start: number, end: number | undefined): void {
  const isRange = Number.isSafeInteger(start) && start >= 0
  const isEnd = end === undefined || end === Number.POSITIVE_INFINITY || (Number.isSafeInteger(end) && end >= 0)
  if (isRange && isEnd) return
  throw new MillraceError('OPTION_INVALID', 's3Source: a range must be whole numbers of bytes, 0 or more')
}

function readError(error: unknown, begun: boolean): MillraceError {
  const status = httpStatusOf(error)
  if (status === 412) return changed('it does not match its ETag', error)
  return status === 404 && begun ? changed('it was removed', error) : sourceUnavailable(error)
}

function changed(rule: string, cause?: unknown): MillraceError {
  return new MillraceError(
    'SOURCE_CHANGED',
    `the object changed while it was read: ${rule}; start again from its first byte`,
    { cause },
  )
}

function unquoted(eTag: string): string {
  return eTag.replace(/^"|"$/g, '')
}
