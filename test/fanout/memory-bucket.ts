import { createHash } from 'node:crypto'
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'

const eTags = new WeakMap<Uint8Array, string>()

function eTagOf(bytes: Uint8Array): string {
  const eTag = eTags.get(bytes) ?? `"${createHash('md5').update(bytes).digest('hex')}"`
  eTags.set(bytes, eTag)
  return eTag
}

/** Objects in memory behind the two calls of S3 that reading needs, for laws with thousands of runs. Counts requests and bytes. */
export function memoryBucket(objects: Readonly<Record<string, Uint8Array>>, chunkBytes = Number.POSITIVE_INFINITY) {
  const counts = { requests: 0, bytes: 0 }
  const send = async (command: unknown): Promise<unknown> => {
    counts.requests++
    if (!(command instanceof GetObjectCommand || command instanceof HeadObjectCommand)) throw new Error('no such call')
    const { Key = '', Range, IfMatch } = command.input as GetObjectCommand['input']
    const bytes = objects[Key]
    if (bytes === undefined)
      throw Object.assign(new Error('no key'), { name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } })
    const ETag = eTagOf(bytes)
    if (IfMatch !== undefined && IfMatch !== ETag)
      throw Object.assign(new Error('changed'), { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } })
    if (command instanceof HeadObjectCommand) return { ETag, ContentLength: bytes.length }
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(Range ?? 'bytes=0-') ?? []
    const start = Number(from)
    if (start >= bytes.length && Range !== undefined)
      throw Object.assign(new Error('range'), { name: 'InvalidRange', $metadata: { httpStatusCode: 416 } })
    const part = bytes.subarray(start, to === '' ? bytes.length : Number(to) + 1)
    counts.bytes += part.length
    const ContentRange = `bytes ${start}-${start + part.length - 1}/${bytes.length}`
    return {
      ETag,
      ContentLength: part.length,
      ...(Range !== undefined && { ContentRange }),
      Body: piecesOf(part, chunkBytes),
    }
  }
  return { client: { send: send as never }, counts }
}

async function* piecesOf(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += Math.min(chunkBytes, bytes.length))
    yield bytes.subarray(at, at + chunkBytes)
}
