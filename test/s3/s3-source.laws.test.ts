import fc from 'fast-check'
import { afterAll, beforeAll, expect } from 'vitest'
import { s3Source } from '../../src/s3/s3-source.ts'
import { law } from '../support/law.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'

let server: S3Server
beforeAll(async () => {
  server = await startS3Server()
})
afterAll(() => server.close())

const key = 'landing/a.bin'
const offset = fc.nat({ max: 70 })

law(
  's3Source: any range equals that slice of the object, read or streamed',
  fc.asyncProperty(
    fc.uint8Array({ maxLength: 64 }),
    fc.array(fc.tuple(offset, offset), { maxLength: 4 }),
    async (bytes, ranges) => {
      server.reset()
      await server.put(key, bytes)
      const source = s3Source(server.client(), { bucket: BUCKET, key })
      for (const [start, end] of ranges) {
        expect(await source.read(start, end)).toEqual(bytes.slice(start, Math.max(start, end)))
        const chunks: Uint8Array[] = []
        for await (const chunk of source.stream({ start })) chunks.push(chunk)
        expect(Uint8Array.from(Buffer.concat(chunks))).toEqual(bytes.slice(start))
      }
      expect(await source.length()).toBe(bytes.length)
    },
  ),
  { runs: 60 },
)

law(
  's3Source: if bodies break anywhere, the bytes are still those of the object',
  fc.asyncProperty(
    fc.uint8Array({ minLength: 1, maxLength: 2000 }),
    fc.array(fc.nat({ max: 900 }), { maxLength: 4 }),
    async (bytes, breaks) => {
      server.reset()
      await server.put(key, bytes)
      const left = [...breaks]
      server.fault(({ method }) => {
        const breakAfter = method === 'GET' ? left.shift() : undefined
        return breakAfter === undefined ? undefined : { breakAfter }
      })
      const source = s3Source(server.client(), { bucket: BUCKET, key }, { sleep: async () => {} })
      const chunks: Uint8Array[] = []
      for await (const chunk of source.stream()) chunks.push(chunk)
      expect(Uint8Array.from(Buffer.concat(chunks))).toEqual(bytes)
    },
  ),
  { runs: 25 },
)
