import { setTimeout as wait } from 'node:timers/promises'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { MillraceError } from '../errors.ts'
import { backoffMs } from '../internal/backoff.ts'
import { bytesOf } from '../internal/bytes-of.ts'
import { channels, type SinkMessage } from '../internal/channels.ts'
import { checkArgument, checkOptions, kindOf } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'
import { httpStatusOf } from '../internal/service-error.ts'
import { traceAsync } from '../internal/trace.ts'
import { isTransientError } from '../internal/transient-error.ts'
import { untilAborted } from '../internal/until-aborted.ts'
import { chunksOf } from './chunks-of.ts'
import { growingBuffer } from './growing-buffer.ts'
import { MAX_PART_BYTES, MIN_PART_BYTES, type MultipartUpload, startMultipartUpload } from './multipart-upload.ts'
import { headersOf, placeOf, type S3Target } from './object-headers.ts'
import { bodyOf, isStreamed, type SinkClient } from './request-body.ts'
import { writeError } from './s3-error.ts'

export type { S3Target }

export interface S3SinkOptions {
  /** Bytes up to which an object is sent as one `PutObject`, and held before that request. Default 100 MiB. */
  readonly singlePutLimit?: number
  /** Bytes of a part of larger objects, 5 MiB to 5 GiB; doubles after every 2,000 parts. Default 8 MiB. */
  readonly partBytes?: number
  /** Parts sent concurrently; each holds `partBytes`, and one more is filled meanwhile. Default 4. */
  readonly concurrency?: number
  /** Attempts of a put that fails with a conflict in progress (409) or, beyond 8 MiB, with a transient error. Default 5. */
  readonly attempts?: number
  /** Waits between two attempts. Default: a timer. */
  readonly sleep?: (ms: number) => Promise<unknown>
  /** For the jitter of the waits, from 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

export interface S3SinkResult {
  /** ETag as returned by S3, in quotes. */
  readonly eTag?: string
  /** Bytes written. */
  readonly bytes: number
}

export type S3Sink = (
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options?: { readonly signal?: AbortSignal | undefined },
) => Promise<S3SinkResult>

const MIB = 1024 * 1024

/**
 * Write one object to S3 at the end of a pipeline: whole, or not at all.
 *
 * Up to `singlePutLimit` bytes are sent as one `PutObject` after the last chunk; more as a multipart upload with
 * bounded concurrency, in memory that does not grow with the object. If the source fails, a request fails or the signal
 * aborts, requests in progress are cancelled and the parts removed, so that neither a partial object nor an orphaned
 * part remains; a source that fails before the first request sends nothing. If the response to the completion of an
 * upload is lost, the object is checked (`s3:GetObject`), so that a completed write is a success; a `PutObject` with
 * `ifNoneMatch` whose response is lost may find its own object and fail with `WRITE_CONFLICT`. Errors of the source,
 * and the signal's reason, are thrown unchanged.
 *
 * @param client - an `S3Client` of `@aws-sdk/client-s3`; its own retries and timeouts apply to every request.
 * @param target - location and headers of the object: {@link S3Target}. Headers and metadata must be US-ASCII, metadata 2 KB in total.
 * @returns a function for the end of `pipeline` of `node:stream/promises`, whose `signal` it respects. Each call writes the object again.
 * @throws MillraceError `WRITE_FAILED` with the SDK's error as cause; `WRITE_CONFLICT` if `ifNoneMatch` loses (412, or
 * a lasting conflict: 409); `OPTION_INVALID` for options, headers or metadata that S3 would reject or change;
 * `TYPE_MISMATCH` for a source that is not an iterable or async iterable of chunks, and for a chunk that is not bytes;
 * `LIMIT_EXCEEDED` beyond 10,000 parts, or if the process has not enough memory for the collected bytes.
 * @example no-run needs a bucket
 * await pipeline(batches, parquet().write(), s3Sink(client, { bucket: 'lake', key: 'processed/orders.parquet' }))
 */
export function s3Sink(client: SinkClient, target: S3Target, options: S3SinkOptions = {}): S3Sink {
  checkArgument('s3Sink', 'client', client, 'client', CURE)
  const place = placeOf('s3Sink', target, CURE)
  checkOptions('s3Sink', options, OPTIONS)
  const { singlePutLimit = 100 * MIB, partBytes = 8 * MIB, concurrency = 4, attempts = 5 } = options
  checkCount('singlePutLimit', singlePutLimit, 0, MAX_PART_BYTES)
  checkCount('partBytes', partBytes, MIN_PART_BYTES, MAX_PART_BYTES)
  checkCount('concurrency', concurrency, 1, 1000)
  checkCount('attempts', attempts, 1, 1000)
  const { sleep = wait, random = Math.random } = options
  const { ifNoneMatch } = target

  const put = async (bytes: Uint8Array, signal: AbortSignal): Promise<string | undefined> => {
    const headers = await headersOf(target, true)
    const streamed = isStreamed(bytes)
    for (let failures = 1; ; failures++) {
      signal.throwIfAborted()
      try {
        const body = await bodyOf(client, bytes)
        const command = new PutObjectCommand({
          ...place,
          ...headers,
          ...body,
          ...(ifNoneMatch && { IfNoneMatch: ifNoneMatch }),
        })
        return (await client.send(command, { abortSignal: signal })).ETag
      } catch (error) {
        signal.throwIfAborted()
        // The client retries requests with bodies in memory, but not streams or conflicts.
        const again = httpStatusOf(error) === 409 || (streamed && isTransientError(error))
        if (!again || failures >= attempts) throw writeError(error, ifNoneMatch)
      }
      await sleep(backoffMs(failures - 1, { random }))
    }
  }

  const write = async (
    chunks: Parameters<S3Sink>[0],
    signal: AbortSignal | undefined,
    message: SinkMessage | undefined,
  ): Promise<S3SinkResult> => {
    const source = chunksOf(chunks)
    const { metadata } = target
    await headersOf({ ...target, metadata: typeof metadata === 'function' ? undefined : metadata }, true)
    const failure = new AbortController()
    const stop = signal === undefined ? failure.signal : AbortSignal.any([signal, failure.signal])
    const onFailure = (error: unknown): void => failure.abort(writeError(error, ifNoneMatch))
    const head = growingBuffer(singlePutLimit)
    let upload: MultipartUpload | undefined
    let bytes = 0
    try {
      for await (const item of untilAborted(source, stop)) {
        const chunk = bytesOf(item)
        if (chunk === undefined) throw noBytes(item)
        bytes += chunk.length
        if (message !== undefined) message.bytes = bytes
        if (upload === undefined && bytes > singlePutLimit) {
          const headers = await headersOf(target, false)
          upload = await startMultipartUpload(client, place, headers, {
            ifNoneMatch,
            partBytes,
            concurrency,
            signal: stop,
            onFailure,
          })
          await upload.takeOver(head.take())
        }
        if (upload === undefined) head.append(chunk)
        else await upload.write(chunk)
      }
      const eTag = await (upload === undefined ? put(head.take(), stop) : upload.complete())
      return { ...(eTag !== undefined && { eTag }), bytes }
    } catch (error) {
      failure.abort(error)
      await upload?.abandon()
      throw error
    } finally {
      if (message !== undefined) message.parts = upload?.parts() ?? 0
    }
  }

  return async (chunks, { signal } = {}) =>
    traceAsync(
      channels.sink,
      () => ({ bytes: 0, parts: 0 }),
      (message) => write(chunks, signal, message),
    )
}

const CURE = "write s3Sink(client, { bucket: 'lake', key: 'processed/a.parquet' })"
const OPTIONS = {
  singlePutLimit: 'number',
  partBytes: 'number',
  concurrency: 'number',
  attempts: 'number',
  sleep: 'function',
  random: 'function',
} as const

function noBytes(item: unknown): MillraceError {
  const cure =
    item instanceof Object && 'schema' in item ? '; put a write stage before it, such as parquet().write()' : ''
  return new MillraceError('TYPE_MISMATCH', `s3Sink: a chunk must be a Uint8Array, not ${kindOf(item)}${cure}`)
}
