import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { S3Client } from '@aws-sdk/client-s3'

/** Bytes of a chunk, as they come off a socket. */
const CHUNK_BYTES = 64 * 1024

interface Command {
  readonly constructor: { readonly name: string }
  readonly input: { readonly Range?: string }
}

/** The one object of a bucket, and what reading it took. */
export interface CountedObject {
  readonly client: S3Client
  readonly key: string
  readonly size: number
  readonly counts: { requests: number; bytes: number }
}

/** A file as an object. */
export function fileObject(path: string): CountedObject {
  return countedObject(basename(path), statSync(path).size, (start, end) =>
    createReadStream(path, { start, end: end - 1, highWaterMark: CHUNK_BYTES }),
  )
}

/** A CSV file, its rows repeated up to a size, as an object of whole rows: its bytes are read when a range of it is asked for, and never held. */
export function repeatedCsv(path: string, maxBytes: number): CountedObject {
  const fileEnd = statSync(path).size
  const header = bytesAt(path, 0, CHUNK_BYTES).indexOf('\n') + 1
  const rowBytes = fileEnd - header
  /** The place in the file of an offset in the object. */
  const placeOf = (at: number): number => (at < fileEnd ? at : header + ((at - header) % rowBytes))
  const last = placeOf(maxBytes)
  const before = Math.max(header, last - CHUNK_BYTES)
  const size = maxBytes - last + before + bytesAt(path, before, last - before).lastIndexOf('\n') + 1
  return countedObject(basename(path), size, async function* (start, end) {
    for (let at = start; at < end; ) {
      const from = placeOf(at)
      const to = Math.min(fileEnd, from + end - at)
      yield* createReadStream(path, { start: from, end: to - 1, highWaterMark: CHUNK_BYTES })
      at += to - from
    }
  })
}

function bytesAt(path: string, position: number, length: number): Buffer {
  const file = openSync(path, 'r')
  const bytes = Buffer.alloc(length)
  const read = readSync(file, bytes, 0, length, position)
  closeSync(file)
  return bytes.subarray(0, read)
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
  return { client: { config: {}, send } as unknown as S3Client, key, size, counts }
}
