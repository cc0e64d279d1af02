import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { HeadObjectCommand, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { MillraceError } from '../../src/errors.ts'
import { bytesOfPart, startMultipartUpload } from '../../src/s3/multipart-upload.ts'
import { type S3SinkOptions, type S3Target, s3Sink } from '../../src/s3/s3-sink.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'
import { answered, scriptedClient } from './support/scripted-client.ts'

let server: S3Server
let client: S3Client
beforeAll(async () => {
  server = await startS3Server()
  client = server.client()
})
afterAll(() => server.close())
beforeEach(() => server.reset())

const MIB = 1024 * 1024
const key = 'processed/a.parquet'
const quick: S3SinkOptions = { sleep: async () => {} }
const multipart: S3SinkOptions = { ...quick, singlePutLimit: 1 * MIB, partBytes: 5 * MIB, concurrency: 2 }
const sinkOf = (options = quick, target: Partial<S3Target> = {}) =>
  s3Sink(client, { bucket: BUCKET, key, ...target }, options)
const head = () => client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key }))
const sent = (method: string) => server.requests.filter((request) => request.method === method && request.key === key)

const block = Uint8Array.from({ length: 256 * 1024 }, (_, index) => (index * 7919) >>> 3)
async function* blocks(count: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < count; at++) yield block
}
const whole = (count: number) => Buffer.concat(Array.from({ length: count }, () => block))
async function* failing(count: number): AsyncGenerator<Uint8Array> {
  yield* blocks(count)
  throw new Error('no')
}
const nothingLeft = () => {
  expect(server.keys()).toEqual([])
  expect(server.openUploads()).toBe(0)
}

describe('s3Sink: one put', () => {
  test('gathers the chunks and sends them with type and metadata', async () => {
    const result = await pipeline(
      Readable.from([Buffer.from('ab'), Buffer.alloc(0), Buffer.from('c')]),
      sinkOf(quick, {
        contentType: 'application/vnd.apache.parquet',
        metadata: { source: 'landing/a.csv', row_count: '3' },
      }),
    )
    expect(result).toEqual({ eTag: '"900150983cd24fb0d6963f7d28e17f72"', bytes: 3 })
    expect(Buffer.from(await server.get(key)).toString()).toBe('abc')
    expect(await head()).toMatchObject({
      ContentType: 'application/vnd.apache.parquet',
      Metadata: { source: 'landing/a.csv', row_count: '3' },
    })
    expect(sent('PUT')).toHaveLength(1)
  })

  test('an empty stream is an empty object', async () => {
    expect(await sinkOf()(blocks(0))).toMatchObject({ bytes: 0 })
    expect(await server.get(key)).toHaveLength(0)
  })

  test('exactly at the limit is still one put, checked by its checksum', async () => {
    await sinkOf({ ...quick, singlePutLimit: 10 * MIB })(blocks(40))
    expect(Buffer.compare(await server.get(key), whole(40))).toBe(0)
    expect(sent('PUT')).toHaveLength(1)
    expect(sent('PUT')[0]?.headers).toMatchObject({
      'content-length': String(10 * MIB),
      'x-amz-checksum-crc32': expect.any(String),
    })
    expect(sent('PUT')[0]?.headers['content-encoding']).toBeUndefined()
  })

  test('a client that sends no checksums sends none', async () => {
    const plain = server.client({ requestChecksumCalculation: 'WHEN_REQUIRED' })
    await s3Sink(plain, { bucket: BUCKET, key })(blocks(40))
    await s3Sink(plain, { bucket: BUCKET, key: 'multi' }, multipart)(blocks(40))
    expect(Buffer.compare(await server.get(key), whole(40))).toBe(0)
    expect(Buffer.compare(await server.get('multi'), whole(40))).toBe(0)
    for (const { headers } of server.requests.filter(({ method }) => method === 'PUT')) {
      expect(Object.keys(headers).filter((name) => name.startsWith('x-amz-checksum'))).toEqual([])
    }
  })

  test('metadata of a function is what it is when all bytes have come', async () => {
    let rows = 0
    const counted = async function* () {
      for await (const chunk of blocks(4)) {
        rows++
        yield chunk
      }
    }
    await sinkOf(quick, { metadata: () => ({ row_count: String(rows) }) })(counted())
    expect((await head()).Metadata).toEqual({ row_count: '4' })
  })

  test.each<[string, S3SinkOptions, number]>([
    ['true for one put', quick, 4],
    ['false for a multipart upload, which begins before the last bytes come', multipart, 8],
  ])('metadata of a function hears whether all bytes have come: %s', async (_, options, count) => {
    const metadata = vi.fn(({ complete }: { complete: boolean }) => ({ complete: String(complete) }))
    await sinkOf(options, { metadata })(blocks(count))
    expect((await head()).Metadata).toEqual({ complete: String(options === quick) })
    expect(metadata).toHaveBeenCalledOnce()
  })

  test('one sink can write again', async () => {
    const sink = sinkOf()
    await sink(blocks(1))
    await sink(blocks(2))
    expect(await server.get(key)).toHaveLength(2 * block.length)
  })
})

describe('s3Sink: multipart', () => {
  test('sends parts in order, and the whole comes out', async () => {
    const result = await sinkOf(multipart, { contentType: 'text/csv', metadata: { a: 'b' } })(blocks(70))
    expect(result).toEqual({ eTag: expect.stringMatching(/-4"$/), bytes: 70 * block.length })
    expect(Buffer.compare(await server.get(key), whole(70))).toBe(0)
    expect(await head()).toMatchObject({ ContentType: 'text/csv', Metadata: { a: 'b' } })
    expect(server.openUploads()).toBe(0)
    expect(sent('PUT').every(({ query }) => query['partNumber'] !== undefined)).toBe(true)
  })

  test('the upload announces the checksum that its parts carry', async () => {
    await sinkOf(multipart)(blocks(30))
    expect(sent('POST')[0]?.headers['x-amz-checksum-algorithm']).toBe('CRC32')
    expect(sent('PUT').every(({ headers }) => headers['x-amz-checksum-crc32'] !== undefined)).toBe(true)
  })

  test('one chunk larger than everything', async () => {
    await sinkOf(multipart)(Readable.from([whole(50)]))
    expect(Buffer.compare(await server.get(key), whole(50))).toBe(0)
  })

  test.each([
    [
      'gathered bytes go over into parts, as with the defaults',
      { singlePutLimit: 12 * MIB, partBytes: 5 * MIB },
      1,
      [5, 5, 5, 2],
    ],
    ['chunks lie across two parts', { singlePutLimit: 1 * MIB, partBytes: 5 * MIB }, 3, [5, 5, 5, 2]],
  ])('%s', async (_, options, chunkMiB, parts) => {
    const written = Buffer.concat(Array.from({ length: 68 }, (_, at) => block.map((byte) => byte ^ at)))
    const chunks = (function* () {
      for (let at = 0; at < written.length; at += chunkMiB * MIB) yield written.subarray(at, at + chunkMiB * MIB)
    })()
    await sinkOf({ ...quick, ...options })(chunks)
    expect(Buffer.compare(await server.get(key), written)).toBe(0)
    const sizes = sent('PUT').map(
      ({ query, headers }) => [Number(query['partNumber']), Number(headers['content-length']) / MIB] as const,
    )
    expect(sizes.sort(([a], [b]) => a - b).map(([, size]) => size)).toEqual(parts)
  })

  test('a part beyond the 10,000th is LIMIT_EXCEEDED', async () => {
    let parts = 0
    const odd = {
      config: {},
      send: async (command: object) => {
        if (command instanceof UploadPartCommand) parts++
        return { UploadId: 'u', ETag: '"a"' }
      },
    } as unknown as S3Client
    const abort = new AbortController()
    const upload = await startMultipartUpload(
      odd,
      { Bucket: BUCKET, Key: key },
      {},
      {
        ifNoneMatch: undefined,
        partBytes: 4,
        concurrency: 4,
        signal: abort.signal,
        onFailure: () => {},
      },
    )
    const room = Array.from({ length: 10_000 }, (_, at) => bytesOfPart(at + 1, 4)).reduce((sum, bytes) => sum + bytes)
    await upload.write(new Uint8Array(room))
    expect(parts).toBe(10_000)
    await expect(upload.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  test('never more parts under way than asked for, and the source waits', async () => {
    let given = 0
    const counted = async function* () {
      for await (const chunk of blocks(200)) {
        given++
        yield chunk
      }
    }
    const ahead: number[] = []
    server.fault(({ query }) => {
      // Blocks taken in when part n arrives: its own 20, those of the parts before it, one part being filled.
      if (query['partNumber'] !== undefined) ahead.push(given - Number(query['partNumber']) * 20)
      return { delayMs: 30 }
    })
    await sinkOf({ ...multipart, concurrency: 2 })(counted())
    expect(ahead).toHaveLength(10)
    expect(Math.max(...ahead)).toBeLessThanOrEqual(2 * 20 + 1)
    expect(Buffer.compare(await server.get(key), whole(200))).toBe(0)
  })

  test('parts grow, so that 10,000 of them hold 62,000 times the first', () => {
    const sizes = [1, 2000, 2001, 4001, 10_000].map((number) => bytesOfPart(number, 8 * MIB) / MIB)
    expect(sizes).toEqual([8, 8, 16, 32, 128])
    expect(bytesOfPart(10_000, 1024 * MIB)).toBe(5 * 1024 * MIB)
  })
})

describe('s3Sink: when something fails', () => {
  const failingAfter = async function* (count: number, error: Error) {
    yield* blocks(count)
    throw error
  }

  test('a source that fails first sends nothing at all', async () => {
    const error = new MillraceError('CSV_INVALID', 'ragged')
    await expect(sinkOf()(failingAfter(2, error))).rejects.toBe(error)
    expect(server.requests).toHaveLength(0)
  })

  test('a source that fails in the middle of an upload leaves nothing', async () => {
    const error = new MillraceError('JSON_INVALID', 'cut')
    await expect(sinkOf(multipart)(failingAfter(50, error))).rejects.toBe(error)
    expect(sent('POST')).toHaveLength(1)
    nothingLeft()
  })

  test('in a pipeline too, whichever stage fails', async () => {
    const error = new MillraceError('TYPE_MISMATCH', 'no')
    const broken = async function* (source: AsyncIterable<Uint8Array>) {
      let count = 0
      for await (const chunk of source) {
        if (count++ === 45) throw error
        yield chunk
      }
    }
    await expect(pipeline(blocks(100), broken, sinkOf(multipart))).rejects.toBe(error)
    nothingLeft()
  })

  test.each([
    ['the put', quick, 10, (method: string, query: object) => method === 'PUT' && !('uploadId' in query)],
    [
      'the start of an upload',
      multipart,
      50,
      (method: string, query: object) => method === 'POST' && 'uploads' in query,
    ],
    [
      'a part',
      multipart,
      50,
      (method: string, query: object) => method === 'PUT' && Reflect.get(query, 'partNumber') === '2',
    ],
    [
      'the end of an upload',
      multipart,
      50,
      (method: string, query: object) => method === 'POST' && 'uploadId' in query,
    ],
  ])('%s refused is WRITE_FAILED with its cause, and leaves nothing', async (_, options, count, fails) => {
    server.fault(({ method, query }) => (fails(method, query) ? { status: 403, code: 'AccessDenied' } : undefined))
    const refused = { code: 'WRITE_FAILED', cause: { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } } }
    await expect(sinkOf(options)(blocks(count))).rejects.toMatchObject(refused)
    nothingLeft()
  })

  test('a part that fails stops a source that is slow', async () => {
    server.fault(({ query }) => (query['partNumber'] === '1' ? { status: 403, code: 'AccessDenied' } : undefined))
    const slow = async function* () {
      yield* blocks(30)
      await new Promise(() => {})
    }
    await expect(sinkOf(multipart)(slow())).rejects.toMatchObject({ code: 'WRITE_FAILED' })
    nothingLeft()
  })

  test('its messages name neither bucket nor key', async () => {
    server.fault(() => ({ status: 403, code: 'AccessDenied' }))
    const error = await sinkOf()(blocks(1)).catch(String)
    expect(error).toMatch(/HTTP 403 AccessDenied/)
    expect(error).not.toMatch(/processed|lake/)
  })

  test('a large put that S3 slows down is tried again with growing waits', async () => {
    const waits: number[] = []
    server.fault(() => (sent('PUT').length <= 3 ? { status: 503, code: 'SlowDown' } : undefined))
    await sinkOf({ random: () => 1, sleep: async (ms) => waits.push(ms) })(blocks(40))
    expect(Buffer.compare(await server.get(key), whole(40))).toBe(0)
    expect(waits).toEqual([100, 200, 400])
  })

  test('an upload that cannot be removed is warned of, and the first error thrown', async () => {
    const warning = new Promise<Error>((resolve) => process.once('warning', resolve))
    const error = new Error('first')
    server.fault(({ method }) => (method === 'DELETE' ? { status: 403, code: 'AccessDenied' } : undefined))
    await expect(sinkOf(multipart)(failingAfter(50, error))).rejects.toBe(error)
    expect(await warning).toMatchObject({ code: 'MILLRACE_UPLOAD_LEFT' })
  })

  test('memory that ends is LIMIT_EXCEEDED, not a bare RangeError', async () => {
    const allocate = vi.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation(() => {
      throw new RangeError('Array buffer allocation failed')
    })
    try {
      const failure = { code: 'LIMIT_EXCEEDED', message: expect.stringContaining('memory') }
      await expect(sinkOf()(blocks(2))).rejects.toMatchObject(failure)
      await expect(sinkOf({ ...multipart, singlePutLimit: 0 })(blocks(25))).rejects.toMatchObject(failure)
    } finally {
      allocate.mockRestore()
    }
    nothingLeft()
  })

  test.each<[string, () => unknown]>([
    ['an array', () => [Buffer.from('a'), Buffer.from('b')]],
    ['a set', () => new Set([Buffer.from('ab')])],
    [
      'a generator',
      function* () {
        yield Buffer.from('ab')
      },
    ],
    ['a Node stream', () => Readable.from([Buffer.from('ab')])],
    ['a web stream', () => new Blob(['ab']).stream()],
    ['other views and buffers', () => [new Uint8Array([97]).buffer, new DataView(new Uint8Array([98]).buffer)]],
  ])('%s of chunks is written', async (_, chunks) => {
    expect(await sinkOf()(chunks() as Iterable<Uint8Array>)).toMatchObject({ bytes: 2 })
    expect(Buffer.from(await server.get(key)).toString()).toBe('ab')
  })

  test.each<[string, unknown, RegExp]>([
    ['bytes', Buffer.from('ab'), /not a Uint8Array; put it into an array/],
    ['text', 'ab', /^s3Sink: the source must be .*not a string; put it into an array/],
    ['nothing', undefined, /the source must be .*not undefined/],
    ['a promise', Promise.resolve([]), /not a Promise/],
    ['a codec', { write: () => {} }, /not an object/],
    ['rows', [{ id: 1 }], /a chunk must be a Uint8Array, not an object/],
    ['record batches', [tableFromRows([{ id: 1 }]).batches[0]], /parquet\(\)\.write\(\)/],
    ['nulls', [null], /not null/],
  ])('%s instead of chunks: TYPE_MISMATCH', async (_, chunks, message) => {
    const failure = { code: 'TYPE_MISMATCH', message: expect.stringMatching(message) }
    await expect(sinkOf()(chunks as Iterable<Uint8Array>)).rejects.toMatchObject(failure)
    nothingLeft()
  })

  test('a chunk that is no bytes is refused', async () => {
    await expect(sinkOf()(Readable.from(['text']) as AsyncIterable<never>)).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
    })
    nothingLeft()
  })
})

describe('s3Sink: the signal', () => {
  const stuckAfter = async function* (count: number) {
    yield* blocks(count)
    await new Promise(() => {})
  }

  test.each([
    ['before the first request', quick, 3],
    ['with parts under way', multipart, 50],
  ])('aborting %s ends a stuck source at once and leaves nothing', async (_, options, count) => {
    const abort = new AbortController()
    const reason = new MillraceError('DEADLINE_EXCEEDED', 'out of time')
    server.fault(({ method }) => (method === 'PUT' ? { delayMs: 50 } : undefined))
    setTimeout(() => abort.abort(reason), 100)
    await expect(sinkOf(options)(stuckAfter(count), { signal: abort.signal })).rejects.toBe(reason)
    await wait(100)
    nothingLeft()
  })

  test('aborting while the put is under way cancels it', async () => {
    const abort = new AbortController()
    server.fault(({ method }) => (method === 'PUT' ? { status: 503, code: 'SlowDown' } : undefined))
    const sink = sinkOf({ sleep: async () => abort.abort(new Error('enough')) })
    await expect(sink(blocks(40), { signal: abort.signal })).rejects.toThrow('enough')
    nothingLeft()
  })

  test('pipeline passes its own signal', async () => {
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 50)
    await expect(pipeline(stuckAfter(50), sinkOf(multipart), { signal: abort.signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
    await expect.poll(() => server.openUploads()).toBe(0)
    expect(server.keys()).toEqual([])
  })
})

describe('s3Sink: ifNoneMatch', () => {
  test.each([
    ['one put', quick],
    ['multipart', multipart],
  ])('%s wins once and then loses with WRITE_CONFLICT', async (_, options) => {
    await sinkOf(options, { ifNoneMatch: '*' })(blocks(25))
    await expect(sinkOf(options, { ifNoneMatch: '*' })(blocks(30))).rejects.toMatchObject({
      code: 'WRITE_CONFLICT',
      cause: { $metadata: { httpStatusCode: 412 } },
    })
    expect(await server.get(key)).toHaveLength(25 * block.length)
    expect(server.openUploads()).toBe(0)
  })

  test('of many writers one wins', async () => {
    const writers = Array.from({ length: 10 }, (_, at) =>
      sinkOf(at % 2 ? quick : multipart, { ifNoneMatch: '*' })(blocks(22)),
    )
    const results = await Promise.allSettled(writers)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'WRITE_CONFLICT' })
    expect(server.openUploads()).toBe(0)
  })

  test('a conflict under way (409) is tried again, and at last WRITE_CONFLICT', async () => {
    const conflict = { status: 409, code: 'ConditionalRequestConflict' }
    server.fault(() => (sent('PUT').length <= 2 ? conflict : undefined))
    await sinkOf(quick, { ifNoneMatch: '*' })(blocks(1))
    expect(sent('PUT')).toHaveLength(3)
    server.fault(() => conflict)
    await expect(sinkOf({ ...quick, attempts: 3 }, { ifNoneMatch: '*' })(blocks(1))).rejects.toMatchObject({
      code: 'WRITE_CONFLICT',
    })
    expect(sent('PUT')).toHaveLength(6)
  })
})

describe('s3Sink: what S3 would refuse or change', () => {
  test.each([
    ['a value beyond US-ASCII', { metadata: { source: 'landing/été.csv' } }],
    ['a line break', { metadata: { a: 'b\nc' } }],
    ['spaces at the ends', { metadata: { a: ' b' } }],
    ['a name that is no header name', { metadata: { 'a b': 'c' } }],
    ['names that differ in case', { metadata: { a: '1', A: '2' } }],
    ['more than 2 KB', { metadata: { a: 'x'.repeat(2048) } }],
    ['a type beyond US-ASCII', { contentType: 'text/csv; name=é' }],
    ['a value that is no string', { metadata: () => ({ rows: 3 }) as never }],
  ])('%s is OPTION_INVALID, before anything is sent', async (_, target) => {
    for (const options of [quick, multipart]) {
      await expect(sinkOf(options, target)(blocks(25))).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    }
    expect(server.requests).toHaveLength(0)
  })

  test.each([
    ['one put', quick, 'PUT'],
    ['multipart', multipart, 'POST'],
  ])('%s carries what the target asks for, and the owner with every request', async (_, options, method) => {
    const target: Partial<S3Target> = {
      serverSideEncryption: 'aws:kms',
      sseKmsKeyId: 'alias/lake',
      bucketKeyEnabled: true,
      storageClass: 'STANDARD_IA',
      tagging: { team: 'data & more', été: 'a=b' },
      contentEncoding: 'gzip',
      cacheControl: 'max-age=60',
      acl: 'bucket-owner-full-control',
      expectedBucketOwner: '123456789012',
    }
    await sinkOf(options, target)(blocks(25))
    expect(sent(method)[0]?.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'alias/lake',
      'x-amz-server-side-encryption-bucket-key-enabled': 'true',
      'x-amz-storage-class': 'STANDARD_IA',
      'x-amz-tagging': 'team=data%20%26%20more&%C3%A9t%C3%A9=a%3Db',
      'content-encoding': 'gzip',
      'cache-control': 'max-age=60',
      'x-amz-acl': 'bucket-owner-full-control',
    })
    expect(server.requests.every(({ headers }) => headers['x-amz-expected-bucket-owner'] === '123456789012')).toBe(true)
  })

  test('the owner goes with the removal of an upload too, and tags may be query text', async () => {
    const sink = sinkOf(multipart, { expectedBucketOwner: '123456789012', tagging: 'team=data' })
    await expect(sink(failing(30))).rejects.toThrow('no')
    expect(sent('POST')[0]?.headers['x-amz-tagging']).toBe('team=data')
    expect(sent('DELETE').map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toContain('123456789012')
  })

  test.each([
    ...[
      'contentType',
      'contentEncoding',
      'cacheControl',
      'storageClass',
      'sseKmsKeyId',
      'acl',
      'expectedBucketOwner',
      'tagging',
    ].flatMap((name) => ['a\r\nx-amz-acl: public-read', 'é', 'a\u0000b', ' a'].map((text) => ({ [name]: text }))),
    { tagging: { a: 'x\ud800' } },
    { tagging: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`t${at}`, ''])) },
    { tagging: { a: 1 } as never },
    { tagging: ['a'] as never },
    { metadata: 'text' as never },
  ])('%o is OPTION_INVALID, and nothing of the source is read', async (target) => {
    const source = vi.fn(() => blocks(1))
    const lazy = { [Symbol.asyncIterator]: source }
    await expect(sinkOf(quick, target)(lazy)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    expect(source).not.toHaveBeenCalled()
    expect(server.requests).toHaveLength(0)
  })

  test.each<[string, object]>([
    ['a flag that is text', { bucketKeyEnabled: 'true' }],
    ['a header that is no text', { storageClass: 7 }],
    ['another ifNoneMatch', { ifNoneMatch: '"abc"' }],
    ['no key', { key: '' }],
  ])('%s is OPTION_INVALID at once', (_, target) => {
    expect(() => sinkOf(quick, target)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  test.each([
    { partBytes: 5 * MIB - 1 },
    { singlePutLimit: -1 },
    { singlePutLimit: Number.NaN },
    { concurrency: 0 },
    { attempts: 1.5 },
  ])('%o is OPTION_INVALID', (options) => {
    expect(() => sinkOf(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})

describe('s3Sink: its requests', () => {
  const target = { bucket: BUCKET, key }

  test('a call that is refused names the function, and an option its name', () => {
    const named = (message: RegExp, ...args: unknown[]) =>
      expect(() => s3Sink(...(args as Parameters<typeof s3Sink>))).toThrow(message)
    named(/^s3Sink: client/, {}, target)
    named(/^s3Sink: .*key/, client, { bucket: BUCKET })
    named(/^s3Sink: .*partByte/, client, target, { partByte: 1 })
    for (const name of ['singlePutLimit', 'partBytes', 'concurrency', 'attempts'])
      named(new RegExp(`^${name}: `), client, target, { [name]: -1 })
  })

  test('a put in conflict waits longer each time', async () => {
    const waits: number[] = []
    const { client: odd, sent } = scriptedClient((_, count) => {
      if (count < 3) throw answered(409)
      return { ETag: '"a"' }
    })
    const options = { random: () => 0.5, sleep: async (ms: number) => void waits.push(ms) }
    expect(await s3Sink(odd, target, options)([Buffer.from('ab')])).toEqual({ eTag: '"a"', bytes: 2 })
    expect(waits).toEqual([50, 100, 200])
    expect(sent.map(({ name }) => name)).toEqual(['PutObject', 'PutObject', 'PutObject', 'PutObject'])
  })

  test('an answer without ETag gives none', async () => {
    const { client: odd } = scriptedClient(() => ({}))
    expect(await s3Sink(odd, target)([])).toStrictEqual({ bytes: 0 })
  })
})
