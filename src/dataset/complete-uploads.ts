import { CompleteMultipartUploadCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { backoffMs } from '../internal/backoff.ts'
import { httpStatusOf, nameOf } from '../internal/service-error.ts'
import { isTransientError } from '../internal/transient-error.ts'
import type { SinkClient } from '../s3/request-body.ts'
import { type StagedUpload, UPLOAD_METADATA } from './staged-uploads.ts'

export interface CompletionOptions {
  readonly client: SinkClient
  readonly concurrency: number
  /** Tries of one completion. */
  readonly attempts: number
  readonly sleep: (ms: number) => Promise<unknown>
  readonly random: () => number
}

export interface Completions {
  /** ETags of the objects that are visible. */
  readonly visible: ReadonlyMap<StagedUpload, string | undefined>
  /** Why the others are not; undefined where all are. */
  readonly failure: { readonly cause: unknown } | undefined
}

/**
 * Make objects of their parts: the first alone, so that what fails for all of them fails before anything is visible, then the others side by side.
 * After one has failed for good no further one is begun.
 */
export async function completeUploads(
  uploads: readonly StagedUpload[],
  options: CompletionOptions,
): Promise<Completions> {
  const visible = new Map<StagedUpload, string | undefined>()
  let failure: { readonly cause: unknown } | undefined
  let next = 0
  const completeNext = async (): Promise<void> => {
    const upload = uploads[next++]
    if (upload === undefined) return
    try {
      visible.set(upload, await complete(upload, options))
    } catch (cause) {
      failure ??= { cause }
    }
  }
  await completeNext()
  const work = async (): Promise<void> => {
    while (next < uploads.length && failure === undefined) await completeNext()
  }
  await Promise.all(Array.from({ length: options.concurrency }, work))
  return { visible, failure }
}

/** Complete one upload, however often the way to S3 fails; resolves to the object's ETag. */
async function complete(upload: StagedUpload, options: CompletionOptions): Promise<string | undefined> {
  const { client, attempts, sleep, random } = options
  const Parts = [...upload.parts].sort((a, b) => Number(a.PartNumber) - Number(b.PartNumber))
  const command = { ...upload.place, UploadId: upload.uploadId, MultipartUpload: { Parts } }
  for (let failures = 1; ; failures++) {
    try {
      return (await client.send(new CompleteMultipartUploadCommand(command))).ETag
    } catch (error) {
      const isGone = nameOf(error) === 'NoSuchUpload' || httpStatusOf(error) === 404
      const again = isTransientError(error) || httpStatusOf(error) === 409
      if (isGone || failures >= attempts || !again) {
        // An answer may have been lost, here or in a retry of the client: the object itself tells.
        const own = await ownObject(upload, options)
        if (own !== undefined) return own.eTag
        throw error
      }
    }
    await sleep(backoffMs(failures - 1, { random }))
  }
}

/** The object of this upload, if it is what is there now. */
async function ownObject(
  { place, token }: StagedUpload,
  { client, attempts, sleep, random }: CompletionOptions,
): Promise<{ readonly eTag: string | undefined } | undefined> {
  for (let failures = 1; failures <= attempts; failures++) {
    try {
      const { ETag, Metadata } = await client.send(new HeadObjectCommand(place))
      return Metadata?.[UPLOAD_METADATA] === token ? { eTag: ETag } : undefined
    } catch (error) {
      if (!isTransientError(error)) return undefined
    }
    if (failures < attempts) await sleep(backoffMs(failures - 1, { random }))
  }
  return undefined
}
