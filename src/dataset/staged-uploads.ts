import {
  type CompletedPart,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { bytesOfPart, MIN_PART_BYTES, partFields, removeUpload } from '../s3/multipart-upload.ts'
import type { ObjectHeaders, Place } from '../s3/object-headers.ts'
import { defaultChecksum, type SinkClient } from '../s3/request-body.ts'

/** The metadata by which a write recognizes an object as its own. */
export const UPLOAD_METADATA = 'millrace-upload'

/** An object in parts, not visible yet. */
export interface StagedUpload {
  readonly place: Place
  /** Unique token of the upload, also stored in the object's metadata. */
  readonly token: string
  /** Undefined before its first part was sent. */
  readonly uploadId: string | undefined
  readonly parts: readonly CompletedPart[]
  /** Total bytes added. */
  readonly bytes: number
  /** Add bytes, without copying; returns whether there are enough for a part. */
  add(bytes: Uint8Array): boolean
  /** Send the added bytes as a part. Resolves when there is space for more. */
  send(): Promise<void>
  /** Send the remaining bytes. */
  end(): Promise<void>
}

/** All objects of one write. */
export interface StagedUploads {
  /** @param key - called when the first part is sent, with its bytes. */
  start(key: (head: Uint8Array) => string): StagedUpload
  /** Totals of everything sent so far. */
  sent(): { readonly bytes: number; readonly parts: number; readonly files: number }
  /** Resolves when every sent part is uploaded; rejects with the signal's reason. */
  settled(): Promise<void>
  /** Remove the parts of these uploads, of all when absent. Resolves when no request is in progress; never rejects. */
  abandon(which?: readonly StagedUpload[]): Promise<void>
}

export interface StagedUploadsOptions {
  readonly client: SinkClient
  readonly place: Omit<Place, 'Key'>
  readonly headers: ObjectHeaders
  /** Prefix of every upload's token. */
  readonly token: string
  /** Concurrent requests. */
  readonly concurrency: number
  readonly signal: AbortSignal
  /** Called immediately with the error of the first failing request. */
  readonly onFailure: (error: unknown) => void
}

const ABORTS_AT_ONCE = 50
/** Most bytes of parts in progress, except that one part is always allowed. */
const BYTES_UNDER_WAY = 6 * MIN_PART_BYTES

export async function stagedUploads(options: StagedUploadsOptions): Promise<StagedUploads> {
  const { client, place, headers, token, concurrency, signal, onFailure } = options
  // Parts have the client's default checksum, which S3 accepts only if the upload announced it.
  const algorithm = await defaultChecksum(client)
  const checksum = algorithm === undefined ? {} : { ChecksumAlgorithm: algorithm }
  const all: Upload[] = []
  const underWay = new Set<Promise<void>>()
  let bytesUnderWay = 0

  const create = async (upload: Upload, place: Place): Promise<string | undefined> => {
    const command: CreateMultipartUploadCommandInput = {
      ...place,
      ...headers,
      ...checksum,
      Metadata: { [UPLOAD_METADATA]: upload.token },
    }
    // Never cancelled: an upload whose id was not received could not be removed.
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(command))
    upload.uploadId = UploadId
    return UploadId
  }

  const sendPart = async (upload: Upload, at: Place, PartNumber: number, Body: Uint8Array): Promise<void> => {
    try {
      upload.created ??= create(upload, at)
      const UploadId = await upload.created
      signal.throwIfAborted()
      const command = new UploadPartCommand({ ...at, ...checksum, UploadId, PartNumber, Body })
      const answer = await client.send(command, { abortSignal: signal })
      upload.parts.push({ PartNumber, ...partFields(answer) })
    } catch (error) {
      onFailure(error)
    }
  }

  const enqueue = async (upload: Upload, pieces: readonly Uint8Array[], length: number): Promise<void> => {
    const isFull = (): boolean =>
      underWay.size >= concurrency || (underWay.size > 0 && bytesUnderWay + length > BYTES_UNDER_WAY)
    while (isFull()) await Promise.race(underWay)
    signal.throwIfAborted()
    const [first] = pieces
    const body = pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces, length)
    const at = upload.place ?? { ...place, Key: upload.keyOf(body) }
    upload.place = at
    bytesUnderWay += length
    const task: Promise<void> = sendPart(upload, at, ++upload.sent, body).finally(() => {
      underWay.delete(task)
      bytesUnderWay -= length
    })
    underWay.add(task)
  }

  return {
    start(keyOf) {
      const upload = emptyUpload(keyOf, `${token}-${all.length}`, enqueue)
      all.push(upload)
      return upload as StagedUpload
    },
    sent() {
      const sum = (of: (upload: Upload) => number): number => all.reduce((total, upload) => total + of(upload), 0)
      return { bytes: sum(({ bytes }) => bytes), parts: sum(({ sent }) => sent), files: all.length }
    },
    async settled() {
      await Promise.all(underWay)
      signal.throwIfAborted()
    },
    async abandon(which = all as readonly StagedUpload[]) {
      await Promise.allSettled(underWay)
      const left = which.filter(({ uploadId }) => uploadId !== undefined)
      const remove = async (): Promise<void> => {
        for (let upload = left.pop(); upload !== undefined; upload = left.pop()) {
          await removeUpload(client, { ...upload.place, UploadId: upload.uploadId })
        }
      }
      await Promise.all(Array.from({ length: ABORTS_AT_ONCE }, remove))
    },
  }
}

interface Upload {
  place: Place | undefined
  readonly token: string
  readonly keyOf: (head: Uint8Array) => string
  created: Promise<string | undefined> | undefined
  uploadId: string | undefined
  readonly parts: CompletedPart[]
  /** Parts passed to a request. */
  sent: number
  bytes: number
  add(bytes: Uint8Array): boolean
  send(): Promise<void>
  end(): Promise<void>
}

type Enqueue = (upload: Upload, pieces: readonly Uint8Array[], length: number) => Promise<void>

function emptyUpload(keyOf: (head: Uint8Array) => string, token: string, enqueue: Enqueue): Upload {
  let pieces: Uint8Array[] = []
  let length = 0
  const upload: Upload = {
    place: undefined,
    token,
    keyOf,
    created: undefined,
    uploadId: undefined,
    parts: [],
    sent: 0,
    bytes: 0,
    add(bytes) {
      pieces.push(bytes)
      length += bytes.length
      upload.bytes += bytes.length
      return length >= bytesOfPart(upload.sent + 1, MIN_PART_BYTES)
    },
    async send() {
      const taken = pieces
      const bytes = length
      pieces = []
      length = 0
      await enqueue(upload, taken, bytes)
    },
    async end() {
      if (length > 0 || upload.sent === 0) await upload.send()
    },
  }
  return upload
}
