import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { type GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type S3SourceOptions, s3Source } from '../../src/s3/s3-source.ts'
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

const key = 'landing/a.bin'
const content = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7919) >>> 3)
const quick: S3SourceOptions = { sleep: async () => {} }
const sourceOf = (options: S3SourceOptions = quick, location = {}) =>
  s3Source(client, { bucket: BUCKET, key, ...location }, options)
const gets = () => server.requests.filter(({ method }) => method === 'GET')

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Uint8Array.from(Buffer.concat(parts))
}

describe('s3Source', () => {
  test('streams an object with one request, from any byte on', async () => {
    await server.put(key, content)
    expect(Buffer.compare(await bytesOf(sourceOf().stream()), content)).toBe(0)
    expect(gets()).toHaveLength(1)
    expect(gets()[0]?.headers.range).toBeUndefined()
    expect(await bytesOf(sourceOf().stream({ start: 299_000 }))).toEqual(content.slice(299_000))
    expect(await bytesOf(sourceOf().stream({ start: 10, end: 20 }))).toEqual(content.slice(10, 20))
  })

  test('an empty object is an empty source', async () => {
    await server.put(key, new Uint8Array(0))
    expect(await bytesOf(sourceOf().stream())).toHaveLength(0)
    expect(await sourceOf().read(0, 10)).toHaveLength(0)
    expect(await sourceOf().length()).toBe(0)
  })

  test('a range without an end is the rest of the object', async () => {
    await server.put(key, content)
    expect(await sourceOf().read(299_990, Number.POSITIVE_INFINITY)).toEqual(content.slice(299_990))
    expect(await bytesOf(sourceOf().stream({ start: 299_990, end: Number.POSITIVE_INFINITY }))).toEqual(
      content.slice(299_990),
    )
    expect(gets().map(({ headers }) => headers.range)).toEqual(['bytes=299990-', 'bytes=299990-'])
  })

  test.each([
    [-5, 5],
    [0, -1],
    [0.5, 3],
    [Number.NaN, 3],
    [0, Number.NaN],
  ])('the range %d to %d is OPTION_INVALID', async (start, end) => {
    await expect(sourceOf().read(start, end)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await expect(bytesOf(sourceOf().stream({ start, end }))).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    expect(server.requests).toHaveLength(0)
  })

  test('a range beyond memory is LIMIT_EXCEEDED, not a bare RangeError', async () => {
    const odd = {
      send: async () => ({
        Body: Readable.from([content]),
        ContentRange: `bytes 0-1/${2 ** 53 - 1}`,
        ContentLength: 2 ** 52,
      }),
    } as unknown as Pick<S3Client, 'send'>
    const source = s3Source(odd, { bucket: BUCKET, key }, { ...quick, attempts: 1 })
    await expect(source.read(0, 2 ** 52)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  test('sends who pays, who owns and the key of the customer with every GET and HEAD', async () => {
    await server.put(key, content)
    const bytes = Uint8Array.from({ length: 32 }, (_, at) => at)
    for (const sseCustomerKey of [bytes, Buffer.from(bytes).toString('base64')]) {
      const from = server.requests.length
      const source = sourceOf(quick, { requestPayer: 'requester', expectedBucketOwner: '123456789012', sseCustomerKey })
      await source.length()
      await source.read(0, 10)
      const sent = server.requests.slice(from)
      expect(sent.map(({ method }) => method)).toEqual(['HEAD', 'GET'])
      for (const { headers } of sent) {
        expect(headers).toMatchObject({
          'x-amz-request-payer': 'requester',
          'x-amz-expected-bucket-owner': '123456789012',
          'x-amz-server-side-encryption-customer-algorithm': 'AES256',
          'x-amz-server-side-encryption-customer-key': Buffer.from(bytes).toString('base64'),
          'x-amz-server-side-encryption-customer-key-md5': createHash('md5').update(bytes).digest('base64'),
        })
      }
    }
  })

  test.each<[string, unknown]>([
    ['31 bytes', new Uint8Array(31)],
    ['text that is no base64', 'x'.repeat(44)],
    ['a number', 7],
    ['null', null],
  ])('a key of the customer that is %s is OPTION_INVALID', (_, sseCustomerKey) => {
    expect(() => sourceOf(quick, { sseCustomerKey })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  test('an empty range asks for nothing', async () => {
    await server.put(key, content)
    expect(await sourceOf().read(5, 5)).toHaveLength(0)
    expect(gets()).toHaveLength(0)
  })

  test('length: from an earlier read, otherwise by one HEAD', async () => {
    await server.put(key, content)
    const source = sourceOf()
    expect(await source.length()).toBe(content.length)
    expect(await source.length()).toBe(content.length)
    const other = sourceOf()
    await other.read(0, 4)
    expect(await other.length()).toBe(content.length)
    expect(server.requests.filter(({ method }) => method === 'HEAD')).toHaveLength(1)
  })

  test.each(['a b+c%2B.csv', 'été/日本.csv', "a'(1)*!.csv", 'a//b.csv', '#?&=.csv'])(
    'reads the key %s',
    async (odd) => {
      await server.put(odd, 'x')
      expect(await bytesOf(s3Source(client, { bucket: BUCKET, key: odd }).stream())).toEqual(new Uint8Array([120]))
    },
  )

  test('a body that breaks resumes at the byte where it broke', async () => {
    await server.put(key, content)
    const waits: number[] = []
    server.fault(({ method }) => (method === 'GET' && gets().length <= 3 ? { breakAfter: 70_000 } : undefined))
    const source = sourceOf({ random: () => 1, sleep: async (ms) => waits.push(ms) })
    expect(Buffer.compare(await bytesOf(source.stream()), content)).toBe(0)
    expect(gets().map(({ headers }) => headers.range)).toEqual([
      undefined,
      'bytes=70000-',
      'bytes=140000-',
      'bytes=210000-',
    ])
    expect(gets().map(({ headers }) => headers['if-match'] !== undefined)).toEqual([false, true, true, true])
    expect(waits).toEqual([100, 100, 100])
  })

  test('a range that breaks resumes too, and ends where it should', async () => {
    await server.put(key, content)
    server.fault(({ method }) => (method === 'GET' && gets().length === 1 ? { breakAfter: 100 } : undefined))
    expect(await sourceOf().read(1000, 2000)).toEqual(content.slice(1000, 2000))
    expect(gets().map(({ headers }) => headers.range)).toEqual(['bytes=1000-1999', 'bytes=1100-1999'])
  })

  test('fails after its attempts, with growing waits and the last error as cause', async () => {
    await server.put(key, content)
    const waits: number[] = []
    server.fault(({ method }) => (method === 'GET' ? { breakAfter: 0 } : undefined))
    const source = sourceOf({ attempts: 4, random: () => 1, sleep: async (ms) => waits.push(ms) })
    await expect(bytesOf(source.stream())).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      cause: expect.any(Error),
    })
    expect(gets()).toHaveLength(4)
    expect(waits).toEqual([100, 200, 400])
  })

  test('a body that stalls counts as broken', async () => {
    await server.put(key, content)
    server.fault(({ method }) => (method === 'GET' && gets().length === 1 ? { stallAfter: 1000 } : undefined))
    expect(Buffer.compare(await bytesOf(sourceOf({ ...quick, stallMs: 200 }).stream()), content)).toBe(0)
  })

  test('an answer that does not come counts as broken too', async () => {
    await server.put(key, content)
    server.fault(({ method }) => (method === 'GET' && gets().length === 1 ? { delayMs: 4000 } : undefined))
    const began = performance.now()
    expect(await sourceOf({ ...quick, stallMs: 500 }).read(0, 9)).toEqual(content.slice(0, 9))
    expect(performance.now() - began).toBeLessThan(3500)
    server.fault(({ method }) => (method === 'GET' ? { delayMs: 500 } : undefined))
    await expect(sourceOf({ ...quick, stallMs: 50, attempts: 2 }).read(0, 1)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    })
  })

  test.each<[string, (at: number) => object]>([
    [
      'a body that never answers, its return() included',
      () => ({ next: () => new Promise(() => {}), return: () => new Promise(() => {}) }),
    ],
    [
      'a body of empty chunks, one after the other',
      () => ({ next: async () => ({ done: false, value: new Uint8Array(0) }), return: () => new Promise(() => {}) }),
    ],
    [
      'a body of empty chunks, now and then',
      () => ({
        next: () => wait(10).then(() => ({ done: false, value: new Uint8Array(0) })),
        return: () => new Promise(() => {}),
      }),
    ],
    [
      'a body that stops after bytes',
      () => {
        let isFirst = true
        return {
          next: () => {
            if (!isFirst) return new Promise(() => {})
            isFirst = false
            return Promise.resolve({ done: false, value: content.subarray(0, 1000) })
          },
          return: () => new Promise(() => {}),
        }
      },
    ],
  ])('%s is left, destroyed, and read again from where it stopped', async (_, iterator) => {
    await server.put(key, content)
    let answers = 0
    let destroyed = 0
    const stuck = {
      send: async (command: GetObjectCommand) => {
        const answer = Object(await client.send(command))
        if (answers++ > 0) return answer
        answer.Body.destroy()
        const body = { [Symbol.asyncIterator]: iterator, destroy: () => destroyed++, on: () => {} }
        return { ...answer, Body: body }
      },
    } as Pick<S3Client, 'send'>
    // The second answer is a real one, and may be slow where the machine is busy.
    const source = s3Source(stuck, { bucket: BUCKET, key }, { ...quick, stallMs: 500 })
    expect(Buffer.compare(await bytesOf(source.stream()), content)).toBe(0)
    expect([answers, destroyed]).toEqual([2, 1])
  })

  test('a client that ignores every abort and never settles is an error after its attempts', async () => {
    let asked = 0
    const dead = { send: () => new Promise(() => void asked++) } as Pick<S3Client, 'send'>
    const source = s3Source(dead, { bucket: BUCKET, key }, { ...quick, stallMs: 20, attempts: 3 })
    const failure = { code: 'SOURCE_UNAVAILABLE', message: expect.stringContaining('TimeoutError') }
    await expect(bytesOf(source.stream())).rejects.toMatchObject(failure)
    expect(asked).toBe(3)
    await expect(source.read(0, 1)).rejects.toMatchObject(failure)
    await expect(source.length()).rejects.toMatchObject(failure)
    expect(asked).toBe(9)
  })

  test('a consumer may leave a body that answers nothing', async () => {
    const body = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: content }),
        return: () => new Promise(() => {}),
      }),
    }
    const odd = { send: async () => ({ Body: body, ContentLength: 1e9 }) } as unknown as Pick<S3Client, 'send'>
    for await (const chunk of s3Source(odd, { bucket: BUCKET, key }).stream()) {
      expect(chunk).toHaveLength(content.length)
      break
    }
  })

  test('what comes after its time is closed', async () => {
    let destroyed = 0
    const body = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true }) }), destroy: () => destroyed++ }
    const late = { send: () => wait(60).then(() => ({ Body: body })) } as unknown as Pick<S3Client, 'send'>
    const source = s3Source(late, { bucket: BUCKET, key }, { ...quick, stallMs: 10, attempts: 1 })
    await expect(bytesOf(source.stream())).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    await expect.poll(() => destroyed).toBe(1)
  })

  test('a slow consumer is no stall', async () => {
    await server.put(key, content)
    let bytes = 0
    for await (const chunk of sourceOf({ ...quick, stallMs: 50 }).stream()) {
      if (bytes === 0) await wait(150)
      bytes += chunk.length
    }
    expect(bytes).toBe(content.length)
    expect(gets()).toHaveLength(1)
  })

  test('503 SlowDown is tried again, before the first byte and later', async () => {
    await server.put(key, content)
    server.fault(({ method }) => {
      if (method !== 'GET') return undefined
      if (gets().length === 2) return { breakAfter: 5000 }
      return gets().length < 5 ? { status: 503, code: 'SlowDown' } : undefined
    })
    expect(Buffer.compare(await bytesOf(sourceOf().stream()), content)).toBe(0)
    expect(gets().at(-1)?.headers.range).toBe('bytes=5000-')
  })

  test.each([
    ['missing', 404, 'NoSuchKey'],
    ['access denied', 403, 'AccessDenied'],
    ['a bucket elsewhere', 301, 'PermanentRedirect'],
    ['archived', 403, 'InvalidObjectState'],
  ])('%s at first is SOURCE_UNAVAILABLE, at once', async (_, status, code) => {
    await server.put(key, content)
    server.fault(({ method }) => (method === 'PUT' ? undefined : { status, code }))
    const refused = { code: 'SOURCE_UNAVAILABLE', cause: { name: code, $metadata: { httpStatusCode: status } } }
    await expect(bytesOf(sourceOf().stream())).rejects.toMatchObject(refused)
    await expect(sourceOf().read(0, 1)).rejects.toMatchObject(refused)
    await expect(sourceOf().read(0, 1)).rejects.toThrow(`HTTP ${status} ${code}`)
    await expect(sourceOf().length()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(gets()).toHaveLength(3)
  })

  test('its messages name neither bucket nor key', async () => {
    const error = await sourceOf().read(0, 1).catch(String)
    expect(error).toMatch(/HTTP 404 NoSuchKey/)
    expect(error).not.toMatch(/landing|lake/)
  })

  test.each([
    [
      'no region',
      { region: async () => Promise.reject(new Error('Region is missing')) },
      /RegionMissing; no region is configured/,
    ],
    ['a region that is none', { region: 'us east' }, /Region/],
    [
      'no credentials',
      { credentials: async () => Promise.reject(Object.assign(new Error('x'), { name: 'CredentialsProviderError' })) },
      /CredentialsProviderError; no credentials were found/,
    ],
    ['half the credentials', { credentials: async () => ({}) as never }, /CredentialsInvalid/],
  ])('%s is SOURCE_UNAVAILABLE that says so', async (_, config, message) => {
    const source = s3Source(server.client(config), { bucket: BUCKET, key }, quick)
    const failure = { code: 'SOURCE_UNAVAILABLE', message: expect.stringMatching(message) }
    await expect(source.read(0, 1)).rejects.toMatchObject(failure)
    await expect(source.length()).rejects.toMatchObject(failure)
  })

  test.each([
    [404, 'NoSuchBucket', 'there is no bucket of this name'],
    [301, 'PermanentRedirect', 'another region'],
    [400, 'AuthorizationHeaderMalformed', 'another region'],
    [400, 'ExpiredToken', 'expired'],
    [400, 'InvalidRequest', 'sseCustomerKey'],
    [403, 'InvalidObjectState', 'archived'],
    [403, 'AccessDenied', 's3:GetObject'],
    [404, 'NoSuchKey', 'does not exist'],
  ])('%i %s says what to do', async (status, code, advice) => {
    server.fault(() => ({ status, code }))
    await expect(sourceOf().read(0, 1)).rejects.toThrow(advice)
  })

  test('no server at all is SOURCE_UNAVAILABLE', async () => {
    const nobody = server.client({ endpoint: 'http://127.0.0.1:9' })
    const source = s3Source(nobody, { bucket: BUCKET, key }, { ...quick, attempts: 2 })
    await expect(source.read(0, 1)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      cause: { code: 'ECONNREFUSED' },
    })
  })

  test('replaced between two reads is SOURCE_CHANGED', async () => {
    await server.put(key, content)
    const source = sourceOf()
    await source.read(0, 10)
    await server.put(key, content.slice(1))
    await expect(source.read(10, 20)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    await expect(bytesOf(source.stream())).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
  })

  test('replaced while a stream is broken is SOURCE_CHANGED', async () => {
    await server.put(key, content)
    server.fault(({ method }) => (method === 'GET' ? { breakAfter: 1000 } : undefined))
    const source = sourceOf({ sleep: () => server.put(key, content.slice(1)) })
    await expect(bytesOf(source.stream())).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
  })

  test('gone in the middle is SOURCE_CHANGED', async () => {
    await server.put(key, content)
    const source = sourceOf()
    await source.read(0, 10)
    server.reset()
    await expect(source.read(10, 20)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
  })

  test('the option eTag, with or without quotes, pins the first read', async () => {
    await server.put(key, content)
    const eTag = Object(await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key }))).ETag
    for (const tag of [eTag, eTag.replaceAll('"', '')]) {
      expect(await sourceOf(quick, { eTag: tag }).read(0, 3)).toEqual(content.slice(0, 3))
    }
    const other = sourceOf(quick, { eTag: '0123456789abcdef0123456789abcdef' })
    await expect(other.read(0, 3)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    await expect(other.length()).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
  })

  test('a consumer that leaves early closes the connection', async () => {
    await server.put(key, new Uint8Array(20_000_000))
    const lone = server.client()
    const before = await server.connections()
    for (let round = 0; round < 3; round++) {
      for await (const _ of s3Source(lone, { bucket: BUCKET, key }).stream()) break
    }
    await expect.poll(() => server.connections()).toBeLessThanOrEqual(before)
  })

  test('a complete read keeps the connection for the next one', async () => {
    await server.put(key, content)
    const lone = server.client()
    const before = await server.connections()
    const source = s3Source(lone, { bucket: BUCKET, key })
    for (let at = 0; at < 5; at++) await source.read(at * 10, at * 10 + 10)
    expect(await server.connections()).toBe(before + 1)
  })
})

describe('s3Source in front of servers that keep no promise', () => {
  async function against(
    listener: RequestListener,
    check: (source: ReturnType<typeof s3Source>) => Promise<void>,
  ): Promise<void> {
    const http = createServer(listener).listen(0, '127.0.0.1')
    await once(http, 'listening')
    const odd = new S3Client({
      endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    })
    try {
      await check(s3Source(odd, { bucket: BUCKET, key }, { ...quick, attempts: 2 }))
    } finally {
      odd.destroy()
      http.closeAllConnections()
      http.close()
    }
  }

  test('the whole object in answer to a range is refused, not used as the range', () =>
    against(
      (_, response) => response.writeHead(200, { ETag: '"a"', 'Content-Length': 10 }).end('0123456789'),
      async (source) => {
        await expect(source.read(5, 8)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
      },
    ))

  test('another ETag in spite of If-Match is SOURCE_CHANGED', () => {
    let answers = 0
    return against(
      (_, response) =>
        response
          .writeHead(206, { ETag: `"${answers++}"`, 'Content-Length': 1, 'Content-Range': 'bytes 0-0/10' })
          .end('0'),
      async (source) => {
        await source.read(0, 1)
        await expect(source.read(0, 1)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
      },
    )
  })

  test('more bytes than announced are refused', () => {
    const body = Readable.from([content])
    const odd = { send: async () => ({ Body: body, ContentLength: 10 }) } as unknown as Pick<S3Client, 'send'>
    return expect(bytesOf(s3Source(odd, { bucket: BUCKET, key }, quick).stream())).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
    })
  })

  test.each([
    ['no body', undefined],
    ['text', 'bytes'],
    ['null', null],
    ['an object', {}],
  ])('%s for a body is SOURCE_UNAVAILABLE', async (_, Body) => {
    const odd = { send: async () => ({ Body, ContentLength: 10 }) } as unknown as Pick<S3Client, 'send'>
    const source = s3Source(odd, { bucket: BUCKET, key }, quick)
    await expect(bytesOf(source.stream())).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })

  test('a wrong checksum is an error, though all bytes came', () =>
    against(
      (_, response) =>
        response
          .writeHead(200, { ETag: '"a"', 'Content-Length': 10, 'x-amz-checksum-crc32': 'AAAAAA==' })
          .end('0123456789'),
      async (source) => {
        await expect(bytesOf(source.stream())).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
      },
    ))
})

describe('s3Source: its requests', () => {
  const at = { bucket: BUCKET, key }
  const body = () => Readable.from([Buffer.from('0123456789')])

  test('a call that is refused names the function, and an option its name', () => {
    const named = (message: RegExp, ...args: unknown[]) =>
      expect(() => s3Source(...(args as Parameters<typeof s3Source>))).toThrow(message)
    named(/^s3Source: client/, {}, at)
    named(/^s3Source: .*key/, client, { bucket: BUCKET })
    named(/^s3Source: .*atempts/, client, at, { atempts: 1 })
    named(/^attempts: /, client, at, { attempts: 0 })
    named(/^stallMs: /, client, at, { stallMs: 2 ** 31 })
  })

  test('carry the version, the range and the ETag, with quotes', async () => {
    const { client: odd, sent } = scriptedClient(({ input }) => ({
      Body: Readable.from([Buffer.from(input['Range'] === undefined ? '0123456789' : '567')]),
      ETag: '"a"',
      ...(input['Range'] === undefined ? { ContentLength: 10 } : { ContentRange: 'bytes 5-7/10', ContentLength: 3 }),
    }))
    const source = s3Source(odd, { ...at, versionId: 'v' })
    expect(source.eTag()).toBeUndefined()
    await bytesOf(source.stream())
    expect(source.eTag()).toBe('a')
    expect(Buffer.from(await source.read(5, 8)).toString()).toBe('567')
    const common = { Bucket: BUCKET, Key: key, VersionId: 'v' }
    const signal = { abortSignal: expect.any(AbortSignal) }
    expect(sent).toEqual([
      { name: 'GetObject', input: common, options: signal },
      { name: 'GetObject', input: { ...common, Range: 'bytes=5-7', IfMatch: '"a"' }, options: signal },
    ])
  })

  test('an answer without ETag changes nothing, whatever was pinned', async () => {
    const { client: odd } = scriptedClient(() => ({ Body: body(), ContentLength: 10 }))
    const source = s3Source(odd, { ...at, eTag: '"a"' })
    expect(await bytesOf(source.stream())).toHaveLength(10)
    expect(source.eTag()).toBe('a')
  })

  test('a size that the server does not tell is SOURCE_UNAVAILABLE, asked for once', async () => {
    const { client: odd, sent } = scriptedClient(() => ({ ETag: '"a"' }))
    await expect(s3Source(odd, at).length()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(sent).toHaveLength(1)
  })

  test('a HEAD that stalls is given up, its connection too', async () => {
    const { client: odd, sent } = scriptedClient(() => new Promise(() => {}))
    const source = s3Source(odd, at, { ...quick, stallMs: 5, attempts: 2 })
    await expect(source.length()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(sent.map(({ options }) => (options as { abortSignal: AbortSignal }).abortSignal.aborted)).toEqual([
      true,
      true,
    ])
  })

  test('a HEAD that fails waits longer each time, and not for what does not pass', async () => {
    const waits: number[] = []
    const options = { attempts: 4, random: () => 0.5, sleep: async (ms: number) => void waits.push(ms) }
    const slow = scriptedClient((_, count) => {
      if (count < 3) throw answered(503)
      return { ContentLength: 10, ETag: '"a"' }
    })
    expect(await s3Source(slow.client, at, options).length()).toBe(10)
    expect(waits).toEqual([50, 100, 200])
    const denied = scriptedClient(() => {
      throw answered(403)
    })
    const error = await s3Source(denied.client, at, options)
      .length()
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', cause: { $metadata: { httpStatusCode: 403 } } })
    expect(denied.sent).toHaveLength(1)
  })

  test('a body that ends early is read again from there, with growing waits', async () => {
    const waits: number[] = []
    const odd = scriptedClient(({ input }, count) => {
      const start = count * 2
      const range = { ContentRange: `bytes ${start}-9/10`, ContentLength: 10 - start }
      expect(input['Range']).toBe(count === 0 ? undefined : `bytes=${start}-`)
      const last = count === 2 ? '456789' : `${start}${start + 1}`
      return { Body: Readable.from([Buffer.from(last)]), ETag: '"a"', ...(count === 0 ? { ContentLength: 10 } : range) }
    })
    const options = { random: () => 0.5, sleep: async (ms: number) => void waits.push(ms) }
    const bytes = await bytesOf(s3Source(odd.client, at, options).stream())
    expect(Buffer.from(bytes).toString()).toBe('0123456789')
    expect(waits).toEqual([50, 50])
  })

  test('what changed meanwhile keeps the answer as its cause', async () => {
    const cause = answered(412, 'PreconditionFailed')
    const { client: odd } = scriptedClient(() => {
      throw cause
    })
    const error = await bytesOf(s3Source(odd, { ...at, eTag: 'a' }).stream()).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'SOURCE_CHANGED', cause })
  })
})
