import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { MillraceError } from '../errors.ts'
import { describeServiceError, httpStatusOf } from '../internal/service-error.ts'
import { allocate } from './allocate.ts'
import { completeUpload } from './complete-upload.ts'
import type { ObjectHeaders, Place } from './object-headers.ts'
import { defaultChecksum, type SinkClient } from './request-body.ts'
import { writeError } from './s3-error.ts'

export const MIN_PART_BYTES = 5 * 1024 * 1024
export const MAX_PART_BYTES = 5 * 1024 * 1024 * 1024
export const MAX_PARTS = 10_000
const PARTS_OF_A_SIZE = 2_000

export interface MultipartOptions {
  readonly ifNoneMatch: '*' | undefined
  readonly partBytes: number
  readonly concurrency: number
  /** Cancels requests in progress. */
  readonly signal: AbortSignal
  /** Called immediately with the error of the first part that fails. */
  readonly onFailure: (error: unknown) => void
}

/** The request fields that locate a part. */
export interface PartPlace extends Place {
  readonly UploadId: string | undefined
  readonly PartNumber: number
}

/** A multipart upload in progress. */
export interface MultipartUpload {
  /** Copy bytes; resolves when there is space for more. */
  write(bytes: Uint8Array): Promise<void>
  /** Adopt bytes, before any others: they are sent without a copy, and their memory is reused for later parts. */
  takeOver(bytes: Uint8Array): Promise<void>
  /** Send one part that the caller prepared, if all parts are such; resolves when there is space for more. */
  part(send: (part: PartPlace) => Promise<CompletedPart>): Promise<void>
  /** Complete the object from the parts; resolves to its ETag. */
  complete(): Promise<string | undefined>
  /** Parts started so far. */
  parts(): number
  /** Remove every part. Resolves when no request is in progress; never rejects. */
  abandon(): Promise<void>
}

/**
 * Bytes of part `number` (from 1): twice as many after every 2,000 parts, so that S3's 10,000 parts hold 62,000 times
 * `partBytes`, while small uploads need little memory.
 */
export function bytesOfPart(number: number, partBytes: number): number {
  return Math.min(MAX_PART_BYTES, partBytes * 2 ** Math.floor((number - 1) / PARTS_OF_A_SIZE))
}

/** Open a multipart upload. At most `concurrency` parts are in progress, and one more is filled meanwhile; their buffers are reused. */
export async function startMultipartUpload(
  client: SinkClient,
  target: Place,
  headers: ObjectHeaders,
  { ifNoneMatch, partBytes, concurrency, signal, onFailure }: MultipartOptions,
): Promise<MultipartUpload> {
  // Parts carry the client's default checksum, which S3 takes only where the upload announced it.
  const checksum = { ChecksumAlgorithm: await defaultChecksum(client) }
  // Never cancelled: an upload whose id never came back could not be removed.
  const { UploadId } = await client
    .send(new CreateMultipartUploadCommand({ ...target, ...headers, ...checksum }))
    .catch((error: unknown) => {
      throw writeError(error, undefined)
    })

  const completed: CompletedPart[] = []
  const underWay = new Set<Promise<void>>()
  const free: Uint8Array[] = []
  let parts = 0
  let filling: Uint8Array | undefined
  let filled = 0

  const part: MultipartUpload['part'] = async (send) => {
    while (underWay.size >= concurrency) await Promise.race(underWay)
    signal.throwIfAborted()
    const PartNumber = ++parts
    const upload = async (): Promise<void> => {
      try {
        const answer = await send({ ...target, UploadId, PartNumber })
        completed.push({ PartNumber, ...partFields(answer) })
      } catch (error) {
        onFailure(error)
      }
    }
    const task: Promise<void> = upload().finally(() => underWay.delete(task))
    underWay.add(task)
  }

  const send = (buffer: Uint8Array, length: number): Promise<void> =>
    part(async (place) => {
      const command = new UploadPartCommand({ ...place, ...checksum, Body: buffer.subarray(0, length) })
      const answer = await client.send(command, { abortSignal: signal })
      free.push(buffer)
      return answer
    })

  const nextBuffer = (): Uint8Array => {
    if (parts === MAX_PARTS) {
      throw new MillraceError(
        'LIMIT_EXCEEDED',
        `the object needs more than ${MAX_PARTS} parts, the limit of S3: raise partBytes`,
      )
    }
    const bytes = bytesOfPart(parts + 1, partBytes)
    const reused = free.pop()
    return reused !== undefined && reused.length === bytes ? reused : allocate(bytes, 'a part', 'lower partBytes')
  }

  const write = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length; ) {
      filling ??= nextBuffer()
      const taken = Math.min(bytes.length - at, filling.length - filled)
      filling.set(bytes.subarray(at, at + taken), filled)
      filled += taken
      at += taken
      if (filled === filling.length) {
        const full = filling
        filling = undefined
        filled = 0
        await send(full, full.length)
      }
    }
  }

  return {
    write,
    part,
    async takeOver(bytes) {
      let at = 0
      for (let length = partBytes; bytes.length - at >= length; length = bytesOfPart(parts + 1, partBytes)) {
        await send(bytes.subarray(at, at + length), length)
        at += length
      }
      await write(bytes.subarray(at))
    },
    async complete() {
      if (filling !== undefined) await send(filling, filled)
      await Promise.all(underWay)
      signal.throwIfAborted()
      const upload = { place: target, uploadId: UploadId, parts: completed }
      const once = { attempts: 1, sleep: async () => {}, random: () => 0 }
      return completeUpload(upload, { client, ifNoneMatch, signal, ...once }).catch((error: unknown) => {
        signal.throwIfAborted()
        throw writeError(error, ifNoneMatch)
      })
    },
    parts: () => parts,
    async abandon() {
      await Promise.allSettled(underWay)
      await removeUpload(client, { ...target, UploadId })
    },
  }
}

const CHECKSUMS = ['ChecksumCRC32', 'ChecksumCRC32C', 'ChecksumCRC64NVME', 'ChecksumSHA1', 'ChecksumSHA256'] as const

/** The fields of a part that S3 expects when the upload is completed. */
export function partFields(answer: CompletedPart): CompletedPart {
  const fields: CompletedPart = { ETag: answer.ETag }
  for (const name of CHECKSUMS) if (answer[name] !== undefined) fields[name] = answer[name]
  return fields
}

/** Remove an upload, twice: S3 may still be receiving a part whose request was cancelled, and the first request may fail. */
export async function removeUpload(
  client: Pick<S3Client, 'send'>,
  upload: Place & { readonly UploadId: string | undefined },
): Promise<void> {
  let failure: unknown
  for (let round = 0; round < 2; round++) {
    try {
      await client.send(new AbortMultipartUploadCommand(upload))
      failure = undefined
    } catch (error) {
      if (httpStatusOf(error) === 404) return
      failure = error
    }
  }
  if (failure === undefined) return
  // The original error is the one to throw; remaining parts cost money until a lifecycle rule removes them, so this is reported.
  process.emitWarning(
    'a failed upload could not be removed from S3: let a lifecycle rule abort incomplete multipart uploads',
    {
      code: 'MILLRACE_UPLOAD_LEFT',
      detail: describeServiceError(failure),
    },
  )
}
