import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { bytesOfPart, type MultipartUpload, removeUpload, startMultipartUpload } from '../../src/s3/multipart-upload.ts'
import { law } from '../support/law.ts'
import { answered, type Sent, scriptedClient } from './support/scripted-client.ts'

const place = { Bucket: 'lake', Key: 'a' }
const bytes = (length: number, from = 0): Buffer => Buffer.from(Array.from({ length }, (_, at) => (from + at) % 251))

async function upload(partBytes: number, concurrency: number, use: (upload: MultipartUpload) => Promise<void>) {
  let [running, most] = [0, 0]
  const bodies = new Map<number, Uint8Array>()
  const { client, sent } = scriptedClient(
    async ({ name, input }: Sent) => {
      if (name === 'CompleteMultipartUpload') return { ETag: '"all"' }
      if (name !== 'UploadPart') return { UploadId: 'u' }
      most = Math.max(most, ++running)
      await new Promise(setImmediate)
      bodies.set(Number(input['PartNumber']), Uint8Array.from(input['Body'] as Uint8Array))
      running--
      return { ETag: `"${input['PartNumber']}"`, ChecksumCRC32: 'c', Other: 1 }
    },
    { requestChecksumCalculation: async () => 'WHEN_SUPPORTED' },
  )
  const { signal } = new AbortController()
  const options = { ifNoneMatch: undefined, partBytes, concurrency, signal, onFailure: () => {} }
  const started = await startMultipartUpload(client, place, { ContentType: 'text/csv' }, options)
  await use(started)
  expect(await started.complete()).toBe('"all"')
  const ordered = [...bodies].sort(([left], [right]) => left - right)
  return { sent, most, ordered, parts: started.parts(), signal }
}

law(
  'multipart upload: the parts are the bytes in order, all of one size but the last, and never more under way than asked for',
  fc.asyncProperty(
    fc.oneof(fc.constant(17), fc.integer({ min: 1, max: 20 })),
    fc.integer({ min: 1, max: 4 }),
    fc.nat(60),
    fc.array(fc.nat(45), { maxLength: 6 }),
    async (partBytes, concurrency, head, chunks) => {
      const first = bytes(head)
      let length = head
      const { ordered, most, parts } = await upload(partBytes, concurrency, async (started) => {
        await started.takeOver(first)
        for (const size of chunks) {
          await started.write(bytes(size, length))
          length += size
        }
      })
      const bodies = ordered.map(([, body]) => body)
      expect(Buffer.concat(bodies).equals(bytes(length))).toBe(true)
      expect(ordered.map(([number]) => number)).toEqual(bodies.map((_, at) => at + 1))
      expect(bodies.slice(0, -1).every((body) => body.length === partBytes)).toBe(true)
      expect(bodies.every((body) => body.length > 0)).toBe(true)
      expect(parts).toBe(bodies.length)
      expect(most).toBe(Math.min(concurrency, bodies.length))
    },
  ),
  { runs: 100 },
)

test('each request carries place, upload, checksum and signal; the completion the fields of each part', async () => {
  const { sent, signal } = await upload(4, 1, (started) => started.write(bytes(6)))
  const options = { abortSignal: signal }
  const part = { ...place, UploadId: 'u', ChecksumAlgorithm: 'CRC32' }
  const of = (PartNumber: number) => ({ PartNumber, ETag: `"${PartNumber}"`, ChecksumCRC32: 'c' })
  expect(sent).toMatchObject([
    { name: 'CreateMultipartUpload', input: { ...place, ContentType: 'text/csv', ChecksumAlgorithm: 'CRC32' } },
    { name: 'UploadPart', input: { ...part, PartNumber: 1 }, options },
    { name: 'UploadPart', input: { ...part, PartNumber: 2 }, options },
    { name: 'CompleteMultipartUpload', options },
  ])
  expect(sent[0]?.options).toBeUndefined()
  expect(sent[3]?.input).toEqual({ ...place, UploadId: 'u', MultipartUpload: { Parts: [of(1), of(2)] } })
})

test('bytes that are taken over are sent without a copy, and their memory is used again', async () => {
  const head = bytes(10)
  const { sent } = await upload(4, 1, (started) => started.takeOver(head))
  const memory = sent.filter(({ name }) => name === 'UploadPart').map(({ input }) => (input['Body'] as Buffer).buffer)
  expect(memory.map((buffer) => buffer === head.buffer)).toEqual([true, true, true])
})

test('the checksum of a client that has none by default is not announced', async () => {
  const { client, sent } = scriptedClient(() => ({ UploadId: 'u' }), {
    requestChecksumCalculation: async () => 'WHEN_REQUIRED',
  })
  const { signal } = new AbortController()
  const options = { ifNoneMatch: undefined, partBytes: 4, concurrency: 1, signal, onFailure: () => {} }
  await startMultipartUpload(client, place, {}, options)
  expect(sent[0]?.input['ChecksumAlgorithm']).toBeUndefined()
})

test('the size of a part doubles after every 2,000, up to 5 GiB', () => {
  expect([1, 2000, 2001, 4000, 4001, 10_000].map((number) => bytesOfPart(number, 3))).toEqual([3, 3, 6, 6, 12, 48])
  expect(bytesOfPart(2001, 4 * 1024 ** 3)).toBe(5 * 1024 ** 3)
})

test.each<[string, unknown[], number, number]>([
  ['is asked for twice, since S3 may still be taking in a part', [{}, {}], 2, 0],
  ['ends where the upload is no more', [answered(404)], 1, 0],
  ['that succeeds the second time is none to warn of', [answered(500), {}], 2, 0],
  ['that fails the second time is warned of', [{}, answered(500)], 2, 1],
])('a removal %s', async (_, answers, requests, warnings) => {
  const emit = vi.spyOn(process, 'emitWarning').mockReturnValue()
  try {
    const { client, sent } = scriptedClient((_sent, count) => {
      if (answers[count] instanceof Error) throw answers[count]
      return answers[count]
    })
    await removeUpload(client, { ...place, UploadId: 'u' })
    expect(sent.map(({ name, input }) => [name, input])).toEqual(
      Array.from({ length: requests }, () => ['AbortMultipartUpload', { ...place, UploadId: 'u' }]),
    )
    expect(emit.mock.calls.map(([, details]) => details)).toEqual(
      Array.from({ length: warnings }, () => ({ code: 'MILLRACE_UPLOAD_LEFT', detail: 'HTTP 500 Error' })),
    )
  } finally {
    emit.mockRestore()
  }
})
