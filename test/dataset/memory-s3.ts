import type { S3Client } from '@aws-sdk/client-s3'

/** What may happen to a request instead of, or after, its effect. */
export type Fate = Error | 'lost' | undefined

export interface MemoryRequest {
  readonly name: string
  readonly key: string
  /** Of all requests, from 0. */
  readonly index: number
}

/** S3 in this process, answered without a network: for laws, and for faults that no server can show. */
export interface MemoryS3 {
  readonly client: S3Client
  readonly objects: Map<string, { readonly bytes: Uint8Array; readonly metadata: Record<string, string> }>
  readonly uploads: Map<string, { readonly key: string; readonly parts: Map<number, Uint8Array> }>
  readonly requests: MemoryRequest[]
  /** `lost`: the effect happens, the answer does not come. */
  decide: (request: MemoryRequest) => Fate | Promise<Fate>
  /** Keep no bytes of parts, for tests of memory. */
  forgets: boolean
}

interface Input {
  readonly Key: string
  readonly UploadId?: string
  readonly PartNumber?: number
  readonly Body?: Uint8Array
  readonly Metadata?: Record<string, string>
  readonly MultipartUpload?: { readonly Parts: readonly { readonly PartNumber: number; readonly ETag: string }[] }
}

export function httpError(status: number, name: string): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } })
}

const MIN_PART = 5 * 1024 * 1024

export function memoryS3(): MemoryS3 {
  let ids = 0
  const metadataOf = new Map<string, Record<string, string>>()
  const s3: MemoryS3 = {
    objects: new Map(),
    uploads: new Map(),
    requests: [],
    decide: () => undefined,
    forgets: false,
    client: { config: {}, send } as unknown as S3Client,
  }
  return s3

  async function send(
    command: { readonly constructor: { readonly name: string }; readonly input: Input },
    { abortSignal }: { readonly abortSignal?: AbortSignal } = {},
  ): Promise<object> {
    const request = { name: command.constructor.name, key: command.input.Key, index: s3.requests.length }
    s3.requests.push(request)
    abortSignal?.throwIfAborted()
    const fate = await s3.decide(request)
    abortSignal?.throwIfAborted()
    if (fate instanceof Error) throw fate
    const answer = effect(request.name, command.input)
    if (fate === 'lost') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    return answer
  }

  function effect(name: string, input: Input): object {
    switch (name) {
      case 'CreateMultipartUploadCommand': {
        const UploadId = `upload-${ids++}`
        metadataOf.set(UploadId, input.Metadata ?? {})
        s3.uploads.set(UploadId, { key: input.Key, parts: new Map() })
        return { UploadId }
      }
      case 'UploadPartCommand':
        uploadOf(input).parts.set(
          Number(input.PartNumber),
          s3.forgets ? new Uint8Array() : new Uint8Array(input.Body ?? []),
        )
        return { ETag: `"part-${input.PartNumber}"` }
      case 'CompleteMultipartUploadCommand': {
        const { parts } = uploadOf(input)
        const listed = input.MultipartUpload?.Parts ?? []
        const bytes = listed.map(({ PartNumber }) => parts.get(PartNumber) ?? new Uint8Array())
        if (bytes.length !== parts.size) throw httpError(400, 'InvalidPart')
        if (!s3.forgets && bytes.slice(0, -1).some(({ length }) => length < MIN_PART))
          throw httpError(400, 'EntityTooSmall')
        s3.uploads.delete(String(input.UploadId))
        s3.objects.set(input.Key, {
          bytes: Buffer.concat(bytes),
          metadata: metadataOf.get(String(input.UploadId)) ?? {},
        })
        return { ETag: '"whole"' }
      }
      case 'AbortMultipartUploadCommand':
        uploadOf(input)
        s3.uploads.delete(String(input.UploadId))
        return {}
      case 'HeadObjectCommand': {
        const object = s3.objects.get(input.Key)
        if (object === undefined) throw httpError(404, 'NotFound')
        return { ETag: '"whole"', Metadata: object.metadata, ContentLength: object.bytes.length }
      }
    }
    throw new Error(`${name} is not answered`)
  }

  function uploadOf({ UploadId }: Input) {
    const upload = s3.uploads.get(String(UploadId))
    if (upload === undefined) throw httpError(404, 'NoSuchUpload')
    return upload
  }
}
