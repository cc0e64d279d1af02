import { randomBytes } from 'node:crypto'
import type { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeParquet, tableFromRows } from '../../src/codecs/index.ts'
import { datasetSink } from '../../src/dataset/dataset-sink.ts'
import { mergeParquet } from '../../src/dataset/index.ts'
import { s3Sink } from '../../src/s3/s3-sink.ts'
import { BUCKET, type Fault, type S3Request, type S3Server, startS3Server } from '../support/s3-server.ts'

let server: S3Server
beforeAll(async () => {
  server = await startS3Server()
})
afterAll(() => server.close())
beforeEach(() => server.reset())

const MIB = 1024 * 1024
const body = randomBytes(6 * MIB)
const target = { bucket: BUCKET, key: 'out' }
const parts = { singlePutLimit: 0, partBytes: 5 * MIB }
const isCompletion = ({ method, query }: S3Request) => method === 'POST' && 'uploadId' in query

/** The first completion meets `fault`, after `before`. */
function atCompletion(fault: Fault, before: () => void = () => {}): void {
  let isFirst = true
  server.fault((request) => {
    if (!isFirst || !isCompletion(request)) return undefined
    isFirst = false
    before()
    return fault
  })
}

/** Writers whose object goes up in parts. */
const WRITERS: Readonly<Record<string, (client: S3Client) => Promise<{ eTag?: string }>>> = {
  s3Sink: (client) => s3Sink(client, target, parts)([body]),
  's3Sink under ifNoneMatch': (client) => s3Sink(client, { ...target, ifNoneMatch: '*' }, parts)([body]),
  mergeParquet: (client) => merge(client),
  'mergeParquet under ifNoneMatch': (client) => merge(client, { ifNoneMatch: '*' }),
  datasetSink: async (client) => {
    const sink = datasetSink(client, { bucket: BUCKET, prefix: 'p', name: 'n' }, { attempts: 1 })
    const { files } = await sink(tableFromRows([{ id: 1 }]).batches)
    return files[0] ?? {}
  },
}

async function merge(client: S3Client, more: { ifNoneMatch?: '*' } = {}) {
  const sources = await Promise.all(
    ['a', 'b'].map(async (key) => {
      await server.put(key, await encodeParquet(tableFromRows([{ id: body.toString('latin1') }])))
      return { bucket: BUCKET, key }
    }),
  )
  return mergeParquet(client, sources, { ...target, ...more })
}

describe.each(Object.entries(WRITERS))('%s', (_, write) => {
  test.each([1, 3])(
    'a completion whose answer is lost is a success, with %i attempts of the client',
    async (maxAttempts) => {
      atCompletion({ losesAnswer: true })
      const { eTag } = await write(server.client({ maxAttempts }))
      expect(eTag).toMatch(/^"\w+-\d+"$/)
      expect(server.openUploads()).toBe(0)
      expect(server.keys().filter((key) => !['a', 'b'].includes(key)).length).toBe(1)
    },
  )

  test('a completion that did not take effect fails, and leaves nothing', async () => {
    atCompletion({ status: 404, code: 'NoSuchUpload' })
    await expect(write(server.client())).rejects.toMatchObject({ code: 'WRITE_FAILED' })
    expect(server.openUploads()).toBe(0)
    expect(server.keys().filter((key) => !['a', 'b'].includes(key))).toEqual([])
  })
})

describe('under ifNoneMatch', () => {
  const write = () => s3Sink(server.client(), { ...target, ifNoneMatch: '*' }, parts)([body])

  test('an object of another writer is a conflict, even with the same bytes in the same parts', async () => {
    const { eTag } = await s3Sink(server.client(), target, parts)([body])
    await expect(write()).rejects.toMatchObject({ code: 'WRITE_CONFLICT' })
    expect(server.openUploads()).toBe(0)
    await server.put('out', 'other bytes')
    await expect(write()).rejects.toMatchObject({ code: 'WRITE_CONFLICT' })
    expect(server.openUploads()).toBe(0)
    expect(eTag).toMatch(/-2"$/)
  })

  test('where the object cannot be asked, the answer counts', async () => {
    let isLost = false
    server.fault((request) => {
      if (request.method === 'HEAD') return { status: 403, code: 'AccessDenied' }
      if (isLost || !isCompletion(request)) return undefined
      isLost = true
      return { losesAnswer: true }
    })
    const sink = s3Sink(server.client({ maxAttempts: 2 }), { ...target, ifNoneMatch: '*' }, parts)
    await expect(sink([body])).rejects.toMatchObject({ code: 'WRITE_CONFLICT' })
  })
})
