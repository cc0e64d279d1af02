import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { S3Client } from '@aws-sdk/client-s3'

/** Bytes of a chunk, as they come off a socket. */
const CHUNK_BYTES = 64 * 1024

interface Command {
  readonly constructor: { readonly name: string }
  readonly input: { readonly Range?: string }
}

/** The object that a client reads, and what reading it took. */
export interface CountedObject {
  readonly client: S3Client
  readonly key: string
  readonly counts: { requests: number; bytes: number }
}

/** A file as the one object of a bucket, in chunks as a socket gives them. */
export function fileObject(path: string): CountedObject {
  const { size } = statSync(path)
  return countedObject(basename(path), size, (start, end) =>
    createReadStream(path, { start, end: end - 1, highWaterMark: CHUNK_BYTES }),
  )
}

/** An object of any size that is never held: its bytes are made when a range of it is asked for. */
export function generatedObject(
  key: string,
  size: number,
  bytesOf: (start: number, end: number) => Uint8Array,
): CountedObject {
  return countedObject(key, size, async function* (start, end) {
    for (let at = start; at < end; at += CHUNK_BYTES) yield bytesOf(at, Math.min(at + CHUNK_BYTES, end))
  })
}

/** An object behind the two calls of S3 that reading needs. */
function countedObject(
  key: string,
  size: number,
  stream: (start: number, end: number) => AsyncIterable<Uint8Array>,
): CountedObject {
  const counts = { requests: 0, bytes: 0 }
  const send = async ({ constructor: { name }, input: { Range = 'bytes=0-' } }: Command): Promise<object> => {
    counts.requests++
    if (name === 'HeadObjectCommand') return { ETag: '"one"', ContentLength: size }
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(Range) ?? []
    const start = Number(from)
    const end = to === '' ? size : Math.min(Number(to) + 1, size)
    counts.bytes += end - start
    return {
      ETag: '"one"',
      ContentLength: end - start,
      ContentRange: `bytes ${start}-${end - 1}/${size}`,
      Body: stream(start, end),
    }
  }
  return { client: { config: {}, send } as unknown as S3Client, key, counts }
}
