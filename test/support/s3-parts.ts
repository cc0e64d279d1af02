import type { IncomingHttpHeaders } from 'node:http'

/** The parts of fauxqs's store that copies and completions of parts need. */
export interface PartStore {
  readonly multipartUploads: ReadonlyMap<string, PartUpload>
  getObject(bucket: string, key: string): { readonly body: Buffer; readonly etag: string }
  uploadPart(uploadId: string, partNumber: number, body: Buffer): string
  completeMultipartUpload(uploadId: string, parts: readonly PartOf[]): { readonly etag: string }
}

interface PartUpload {
  readonly parts: Map<number, { body: Buffer }>
}

interface PartOf {
  readonly partNumber: number
  readonly etag: string
}

export interface PartAnswer {
  readonly status: number
  readonly code?: string
  readonly xml?: string
}

/**
 * What S3 answers to `UploadPartCopy`, which fauxqs of this version lacks: ranges are taken of sources over `minPartBytes` alone, and the copy is of the
 * object that `x-amz-copy-source-if-match` names, or of none. Undefined for any other request.
 */
export function copiedPart(
  request: { method: string; query: Readonly<Record<string, string>>; headers: IncomingHttpHeaders },
  store: PartStore,
  minPartBytes: number,
): PartAnswer | undefined {
  const { method, query, headers } = request
  const source = headers['x-amz-copy-source']
  const uploadId = query['uploadId']
  if (method !== 'PUT' || typeof source !== 'string' || uploadId === undefined) return undefined
  if (!store.multipartUploads.has(uploadId)) return { status: 404, code: 'NoSuchUpload' }
  const [path = ''] = source.split('?')
  const [bucket = '', ...key] = path.replace(/^\//, '').split('/')
  const object = whereThere(() => store.getObject(bucket, decodeURIComponent(key.join('/'))))
  if (object === undefined) return { status: 404, code: 'NoSuchKey' }
  const wanted = headers['x-amz-copy-source-if-match']
  if (typeof wanted === 'string' && wanted.replaceAll('"', '') !== object.etag.replaceAll('"', '')) {
    return { status: 412, code: 'PreconditionFailed' }
  }
  const range = headers['x-amz-copy-source-range']
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(String(range)) ?? []
  if (range !== undefined && from === undefined) return { status: 400, code: 'InvalidArgument' }
  if (range !== undefined && object.body.length <= minPartBytes) return { status: 400, code: 'InvalidRequest' }
  const [start, end] = from === undefined ? [0, object.body.length] : [Number(from), Number(to) + 1]
  if (start >= end || end > object.body.length) return { status: 416, code: 'InvalidRange' }
  const eTag = store.uploadPart(uploadId, Number(query['partNumber']), object.body.subarray(start, end))
  return { status: 200, xml: `<CopyPartResult><ETag>${eTag.replaceAll('"', '&quot;')}</ETag></CopyPartResult>` }
}

const S3_MIN_PART_BYTES = 5 * 1024 * 1024

/**
 * Let the store complete uploads whose parts are smaller than S3 takes, so that tests need no megabytes: it is shown full parts while it checks them,
 * and smaller ones than `minPartBytes` are refused as S3 refuses them.
 */
export function allowSmallParts(store: PartStore, minPartBytes: number): void {
  if (minPartBytes >= S3_MIN_PART_BYTES) return
  const complete = store.completeMultipartUpload.bind(store)
  store.completeMultipartUpload = (uploadId, parts) => {
    const upload = store.multipartUploads.get(uploadId)
    const isSmall = parts.slice(0, -1).some(({ partNumber }) => bodyOf(upload, partNumber).length < minPartBytes)
    if (upload === undefined || isSmall) return complete(uploadId, parts)
    // The last part may be of any size, so the whole is shown as one.
    const whole = Buffer.concat(parts.map(({ partNumber }) => bodyOf(upload, partNumber)))
    const last = parts.at(-1)
    if (last === undefined) return complete(uploadId, parts)
    upload.parts.set(last.partNumber, { ...upload.parts.get(last.partNumber), body: whole })
    return complete(uploadId, [last])
  }
}

function bodyOf(upload: PartUpload | undefined, partNumber: number): Buffer {
  return upload?.parts.get(partNumber)?.body ?? Buffer.alloc(0)
}

function whereThere<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch {
    return undefined
  }
}
