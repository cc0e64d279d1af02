import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { bodyOf, defaultChecksum, isStreamed, type SinkClient } from '../../src/s3/request-body.ts'

const MIB = 1024 * 1024
const clientOf = (when?: string) =>
  ({ config: when === undefined ? {} : { requestChecksumCalculation: async () => when } }) as unknown as SinkClient

test('the checksum is that of the client', async () => {
  expect(await defaultChecksum(clientOf('WHEN_SUPPORTED'))).toBe('CRC32')
  expect(await defaultChecksum(clientOf('WHEN_REQUIRED'))).toBeUndefined()
  expect(await defaultChecksum(clientOf())).toBeUndefined()
})

test('bytes up to 8 MiB are the body themselves', async () => {
  const bytes = Buffer.alloc(1000)
  expect(await bodyOf(clientOf('WHEN_SUPPORTED'), bytes)).toStrictEqual({ Body: bytes })
  expect(isStreamed(bytes)).toBe(false)
})

test.each([9 * MIB, 9 * MIB + 1])('%i bytes are streamed, with their length and checksum', async (length) => {
  const bytes = Buffer.alloc(length, 'abc')
  const { Body, ...others } = await bodyOf(clientOf('WHEN_SUPPORTED'), bytes)
  expect(isStreamed(bytes)).toBe(true)
  expect(Buffer.compare(await buffer(Body as AsyncIterable<Uint8Array>), bytes)).toBe(0)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(bytes))
  expect(others).toStrictEqual({ ContentLength: length, ChecksumCRC32: sum.toString('base64') })
  const { Body: _, ...plain } = await bodyOf(clientOf('WHEN_REQUIRED'), bytes)
  expect(plain).toStrictEqual({ ContentLength: length })
})
