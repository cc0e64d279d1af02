import { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import { nodeZlib } from '../internal/node-modules.ts'

/** The part of an `S3Client` that the sink needs. */
export type SinkClient = Pick<S3Client, 'send' | 'config'>

const IN_MEMORY_BYTES = 8 * 1024 * 1024
const CHUNK_BYTES = 256 * 1024

/**
 * Check whether a body is sent as a stream of pieces. TLS encrypts one large piece as a whole before it sends a byte,
 * and the client hashes it twice: 90 MB more memory and twice the time for 90 MB.
 */
export function isStreamed(bytes: Uint8Array): boolean {
  return bytes.length > IN_MEMORY_BYTES
}

/** The checksum that a client sends with every write by default; undefined if its configuration (or version) sends none. */
export async function defaultChecksum(client: SinkClient): Promise<'CRC32' | undefined> {
  return (await client.config.requestChecksumCalculation?.()) === 'WHEN_SUPPORTED' ? 'CRC32' : undefined
}

/** Make the body of one request, with length and checksum if it is streamed: so the client sends it unchanged, without a trailer. */
export async function bodyOf(client: SinkClient, bytes: Uint8Array) {
  if (!isStreamed(bytes)) return { Body: bytes }
  const Body = Readable.from(piecesOf(bytes), { objectMode: false, highWaterMark: CHUNK_BYTES })
  const body = { Body, ContentLength: bytes.length }
  return (await defaultChecksum(client)) === undefined ? body : { ...body, ChecksumCRC32: base64Crc32(bytes) }
}

function* piecesOf(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
}

function base64Crc32(bytes: Uint8Array): string {
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(nodeZlib().crc32(bytes))
  return checksum.toString('base64')
}
