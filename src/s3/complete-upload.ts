import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3'
import { backoffMs } from '../internal/backoff.ts'
import { nodeCrypto } from '../internal/node-modules.ts'
import { httpStatusOf } from '../internal/service-error.ts'
import { isTransientError } from '../internal/transient-error.ts'
import type { Place } from './object-headers.ts'
import type { SinkClient } from './request-body.ts'

/** A multipart upload whose parts are all uploaded. */
export interface FullUpload {
  readonly place: Place
  readonly uploadId: string | undefined
  /** In any order. */
  readonly parts: readonly CompletedPart[]
}

export interface CompletionOptions {
  readonly client: SinkClient
  readonly ifNoneMatch?: '*' | undefined
  /** Attempts of the completion, and of the check for the object. */
  readonly attempts: number
  readonly sleep: (ms: number) => Promise<unknown>
  readonly random: () => number
  /** Cancels the completion, but not the check after it. */
  readonly signal?: AbortSignal | undefined
  /** Recognizes the object as this upload's. Default: the upload no longer exists, and the object has its parts. */
  readonly isOwn?: (object: HeadObjectCommandOutput) => boolean | Promise<boolean>
}

/**
 * Complete an upload, despite lost responses: S3 may have completed it, and then rejects the client's retry, as
 * `NoSuchUpload`, or with `ifNoneMatch` as a conflict of the object with itself. So such a rejection counts only after
 * the object was checked.
 *
 * @returns the object's ETag.
 * @throws the error of S3, if the object is not this upload's, or cannot be checked without `s3:GetObject`.
 */
export async function completeUpload(upload: FullUpload, options: CompletionOptions): Promise<string | undefined> {
  const { client, ifNoneMatch, attempts, sleep, random, signal } = options
  const parts = [...upload.parts].sort((a, b) => Number(a.PartNumber) - Number(b.PartNumber))
  const command = {
    ...upload.place,
    UploadId: upload.uploadId,
    MultipartUpload: { Parts: parts },
    ...(ifNoneMatch && { IfNoneMatch: ifNoneMatch }),
  }
  const isOwn = options.isOwn ?? ((object) => isMadeOf(object, parts) && isUsedUp(client, upload))
  for (let failures = 1; ; failures++) {
    try {
      return (await client.send(new CompleteMultipartUploadCommand(command), signal && { abortSignal: signal })).ETag
    } catch (error) {
      signal?.throwIfAborted()
      const again = isTransientError(error) || (httpStatusOf(error) === 409 && ifNoneMatch === undefined)
      if (failures >= attempts || !again) {
        const object = await objectAt(upload.place, options)
        if (object !== undefined && (await isOwn(object))) return object.ETag
        throw error
      }
    }
    await sleep(backoffMs(failures - 1, { random }))
  }
}

/** The existing object; undefined if there is none, or it cannot be read. */
async function objectAt(
  place: Place,
  { client, attempts, sleep, random }: CompletionOptions,
): Promise<HeadObjectCommandOutput | undefined> {
  for (let failures = 1; failures <= attempts; failures++) {
    try {
      return await client.send(new HeadObjectCommand(place))
    } catch (error) {
      if (!isTransientError(error)) return undefined
    }
    if (failures < attempts) await sleep(backoffMs(failures - 1, { random }))
  }
  return undefined
}

/** Check an object's ETag against its parts: the MD5 of their ETags, and their number. With a KMS or customer key, only the number is known. */
function isMadeOf(object: HeadObjectCommandOutput, parts: readonly CompletedPart[]): boolean {
  const [, md5, count] = /^"?(\w+)-(\d+)"?$/.exec(object.ETag ?? '') ?? []
  if (Number(count) !== parts.length) return false
  if (object.ServerSideEncryption?.startsWith('aws:') || object.SSECustomerAlgorithm !== undefined) return true
  const hash = nodeCrypto().createHash('md5')
  for (const { ETag = '' } of parts) hash.update(Buffer.from(ETag.replaceAll('"', ''), 'hex'))
  return hash.digest('hex') === md5
}

/** Check that an upload no longer exists. Its id is private, so it has then become the object. An existing one is removed, since it has failed. */
async function isUsedUp(client: SinkClient, { place, uploadId }: FullUpload): Promise<boolean> {
  try {
    await client.send(new AbortMultipartUploadCommand({ ...place, UploadId: uploadId }))
    return false
  } catch (error) {
    return httpStatusOf(error) === 404
  }
}
