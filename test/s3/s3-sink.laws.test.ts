import fc from 'fast-check'
import { afterAll, beforeAll, expect } from 'vitest'
import { s3Sink } from '../../src/s3/s3-sink.ts'
import { law } from '../support/law.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'

let server: S3Server
beforeAll(async () => {
  server = await startS3Server()
})
afterAll(() => server.close())

const key = 'processed/a.bin'
const chunks = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 })
const limit = fc.constantFrom(0, 1, 100, 1000, 100_000)

law(
  's3Sink: any chunks are written as one object, their bytes in order',
  fc.asyncProperty(chunks, limit, async (parts, singlePutLimit) => {
    server.reset()
    const written = Buffer.concat(parts)
    const sink = s3Sink(server.client(), { bucket: BUCKET, key }, { singlePutLimit })
    const source = (async function* () {
      for (const part of parts) {
        // A source may reuse its buffer once the next chunk is asked for.
        const lent = Uint8Array.from(part)
        yield lent
        lent.fill(0)
      }
    })()
    expect(await sink(source)).toMatchObject({ bytes: written.length })
    expect(Buffer.compare(await server.get(key), written)).toBe(0)
    expect(server.openUploads()).toBe(0)
  }),
  { runs: 80 },
)

law(
  's3Sink: after any failure there is no object, and no upload is left',
  fc.asyncProperty(chunks, limit, fc.nat({ max: 12 }), fc.boolean(), async (parts, singlePutLimit, at, sourceFails) => {
    server.reset()
    let requests = 0
    server.fault(({ method }) => {
      if (sourceFails || method === 'DELETE') return undefined
      return requests++ === at % 3 ? { status: 403, code: 'AccessDenied' } : undefined
    })
    const source = (async function* () {
      for (const [index, part] of parts.entries()) {
        if (sourceFails && index >= at) throw new Error('source')
        yield part
      }
      if (sourceFails) throw new Error('source')
    })()
    const sink = s3Sink(server.client(), { bucket: BUCKET, key }, { singlePutLimit })
    const failed = await sink(source).then(
      () => false,
      () => true,
    )
    expect(server.openUploads()).toBe(0)
    expect(server.keys()).toEqual(failed ? [] : [key])
    if (sourceFails) expect(failed).toBe(true)
  }),
  { runs: 80 },
)
