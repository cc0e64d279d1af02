import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3'
import { backoffMs } from '../internal/backoff.ts'
import { nodeCrypto } from '../internal/node-modules.ts'
import { httpStatusOf, nameOf } from '../internal/service-error.ts'
import { isTransientError } from '../internal/transient-error.ts'
import type { Place } from './object-headers.ts'
import type { SinkClient } from './request-body.ts'

/** A multipart upload all of whose parts are up. */
export interface FullUpload {
  readonly place: Place
  readonly uploadId: string | undefined
  /** In any order. */
  readonly parts: readonly CompletedPart[]
}

export interface CompletionOptions {
  readonly client: SinkClient
  readonly ifNoneMatch?: '*' | undefined
  /** Tries of the completion, and of the question whether the object is there. */
  readonly attempts: number
  readonly sleep: (ms: number) => Promise<unknown>
  readonly random: () => number
  /** Cancels the completion, not the question after it. */
  readonly signal?: AbortSignal | undefined
  /** Recognize the object as this upload's. Default: the upload is used up, and the object has its parts. */
  readonly isOwn?: (object: HeadObjectCommandOutput) => boolean | Promise<boolean>
}

/**
 * Make the object of its parts, and see through answers that are lost: S3 may have completed the upload, and then rejects the completion that the client
 * sends again, as `NoSuchUpload`, or by `ifNoneMatch` as a conflict of the object with itself. So no such rejection counts before the object was asked.
 *
 * @returns the object's ETag.
 * @throws what S3 answered, where the object is not this upload's. Without `s3:GetObject` that is not known, and the answer counts.
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

/** The object at the place; undefined where there is none, or it cannot be read. */
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

/** Check an object's ETag against its parts': the MD5 of theirs, with their number. Under a key of KMS or of the customer, only the number is known. */
function isMadeOf(object: HeadObjectCommandOutput, parts: readonly CompletedPart[]): boolean {
  const [, md5, count] = /^"?(\w+)-(\d+)"?$/.exec(object.ETag ?? '') ?? []
  if (Number(count) !== parts.length) return false
  if (object.ServerSideEncryption?.startsWith('aws:') || object.SSECustomerAlgorithm !== undefined) return true
  const hash = nodeCrypto().createHash('md5')
  for (const { ETag = '' } of parts) hash.update(Buffer.from(ETag.replaceAll('"', ''), 'hex'))
  return hash.digest('hex') === md5
}

/** Check that an upload is no more. Nobody else has its id, so then it has become the object. One that still is there is removed, as is due once it has failed. */
async function isUsedUp(client: SinkClient, { place, uploadId }: FullUpload): Promise<boolean> {
  try {
    await client.send(new AbortMultipartUploadCommand({ ...place, UploadId: uploadId }))
    return false
  } catch (error) {
    return httpStatusOf(error) === 404
  }
}
