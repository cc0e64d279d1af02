import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http'
import { crc32 } from 'node:zlib'
import { GetObjectCommand, PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { buildApp } from 'fauxqs'
import { allowSmallParts, copiedPart, type PartStore } from './s3-parts.ts'

/** A fault for one request, instead of its answer or in it. */
export type Fault =
  | { readonly status: number; readonly code: string }
  /** The answer's body breaks off after so many bytes. */
  | { readonly breakAfter: number }
  /** The answer's body stops after so many bytes, and the connection stays open. */
  | { readonly stallAfter: number }
  /** The answer waits. */
  | { readonly delayMs: number }
  /** The request takes effect, and the connection breaks before the answer. */
  | { readonly losesAnswer: true }

export interface S3Request {
  readonly method: string
  readonly bucket: string
  readonly key: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
}

export interface S3Server {
  readonly endpoint: string
  /** Every request since the start or the last `reset`. */
  readonly requests: readonly S3Request[]
  /** A client for this server; never retries unless told so. */
  client(config?: S3ClientConfig): S3Client
  /** Decide about each request as it arrives; undefined lets it through. */
  fault(decide: (request: S3Request) => Fault | undefined): void
  put(key: string, body: Uint8Array | string): Promise<void>
  get(key: string): Promise<Uint8Array>
  /** Keys of all objects. */
  keys(): string[]
  /** Multipart uploads that were neither completed nor aborted. */
  openUploads(): number
  /** Connections that a client holds open. */
  connections(): Promise<number>
  /** Drop objects, uploads, faults and the record of requests. */
  reset(): void
  close(): Promise<void>
}

export const BUCKET = 'lake'

/** The parts of fauxqs's store that this file reads; the package does not export its type. */
interface ObjectStore extends PartStore {
  createBucket(name: string): void
  headObject(bucket: string, key: string): { readonly etag: string }
  listObjects(bucket: string): { readonly objects: readonly { readonly key: string }[] }
  clearObjects(): void
}

/** The parts of fastify that this file uses: fauxqs's declarations lead to none. */
interface App {
  readonly server: Server
  removeContentTypeParser(type: string): void
  addContentTypeParser(
    type: string,
    options: { parseAs: 'buffer'; bodyLimit: number },
    parse: (request: unknown, body: Buffer, done: (error: null, body: Buffer) => void) => void,
  ): void
  addHook(name: 'preHandler', hook: (request: RawRequest, reply: Reply, done: () => void) => void): void
  addHook(
    name: 'onSend',
    hook: (request: RawRequest, reply: Reply, payload: unknown, done: (error: null, payload: unknown) => void) => void,
  ): void
  listen(options: { port: number; host: string }): Promise<string>
  close(): Promise<void>
}

interface RawRequest {
  readonly raw: object
  readonly method: string
  readonly params: unknown
  readonly query: unknown
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

interface Reply {
  readonly raw: ServerResponse
  readonly statusCode: number
  code(status: number): Reply
  type(contentType: string): Reply
  send(body: string): void
  hijack(): void
  getHeaders(): OutgoingHttpHeaders
}

const MAX_BODY_BYTES = 512 * 1024 * 1024
const NOT_EMULATED = [
  'tagging',
  'versioning',
  'versions',
  'acl',
  'lifecycle',
  'attributes',
  'policy',
  'cors',
  'notification',
]

/**
 * S3 in this process on 127.0.0.1: fauxqs, with what it lacks added. Conditional writes and checks of MD5 and checksums run in the tick
 * in which the write does, so that they are atomic; what is not emulated is refused rather than ignored.
 */
export async function startS3Server({ minPartBytes = 5 * 1024 * 1024 } = {}): Promise<S3Server> {
  const [s3Store, sqsStore, snsStore] = await Promise.all([
    makeStore('s3/s3Store.js', 'S3Store'),
    makeStore('sqs/sqsStore.js', 'SqsStore'),
    makeStore('sns/snsStore.js', 'SnsStore'),
  ])
  const store = s3Store as unknown as ObjectStore
  allowSmallParts(store, minPartBytes)
  // Queues are named by the host that is asked, rather than by one that no resolver knows.
  Object.assign(sqsStore, { host: undefined })
  const app: App = buildApp({ logger: false, stores: { s3Store, sqsStore, snsStore } as never })
  app.removeContentTypeParser('*')
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  )

  const requests: S3Request[] = []
  const faults = new WeakMap<object, Fault>()
  let decide: (request: S3Request) => Fault | undefined = () => undefined

  app.addHook('preHandler', (raw, reply, done) => {
    const request = s3RequestOf(raw)
    requests.push(request)
    const fault = decide(request)
    if (fault !== undefined) faults.set(raw.raw, fault)
    const refused = fault !== undefined && 'code' in fault ? fault : refusal(request, raw.body, store)
    const copied = refused === undefined ? copiedPart(request, store, minPartBytes) : undefined
    if (copied !== undefined) {
      const { status, code, xml = errorXml(code ?? '') } = copied
      reply.code(status).type('application/xml').send(xml)
    } else if (refused !== undefined) reply.code(refused.status).type('application/xml').send(errorXml(refused.code))
    else if (fault !== undefined && 'delayMs' in fault) setTimeout(done, fault.delayMs)
    else done()
  })
  app.addHook('onSend', (raw, reply, payload, done) => {
    const fault = faults.get(raw.raw)
    if (fault !== undefined && 'losesAnswer' in fault) {
      reply.hijack()
      reply.raw.destroy()
      return
    }
    if (fault === undefined || !Buffer.isBuffer(payload) || !('breakAfter' in fault || 'stallAfter' in fault))
      return done(null, payload)
    // The true head of the answer, its length included, and too few bytes after it.
    reply.hijack()
    reply.raw.writeHead(reply.statusCode, reply.getHeaders())
    if ('stallAfter' in fault) reply.raw.write(payload.subarray(0, fault.stallAfter))
    else sendAndBreak(reply.raw, payload.subarray(0, fault.breakAfter))
  })

  store.createBucket(BUCKET)
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' })
  const clients: S3Client[] = []
  const client = (config: S3ClientConfig = {}): S3Client => {
    const made = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      ...config,
    })
    clients.push(made)
    return made
  }
  const own = client()

  return {
    endpoint,
    requests,
    client,
    fault: (next) => {
      decide = next
    },
    put: async (key, body) => {
      await own.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }))
    },
    get: async (key) => {
      const answer = await own.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }))
      return (await answer.Body?.transformToByteArray()) ?? new Uint8Array(0)
    },
    keys: () => store.listObjects(BUCKET).objects.map(({ key }) => key),
    openUploads: () => store.multipartUploads.size,
    connections: () =>
      new Promise((resolve, reject) => {
        app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
      }),
    reset: () => {
      store.clearObjects()
      requests.length = 0
      decide = () => undefined
    },
    close: async () => {
      for (const each of clients) each.destroy()
      await app.close()
    },
  }
}

/** A store of fauxqs: its files are not among the package's exports, so they are found next to its entry. */
async function makeStore(file: string, name: string): Promise<object> {
  const module: Record<string, new () => object> = await import(new URL(file, import.meta.resolve('fauxqs')).href)
  const Store = module[name]
  if (Store === undefined) throw new Error(`fauxqs has no ${name} in ${file}: its pinned version was changed`)
  return new Store()
}

function s3RequestOf({ method, params, query, headers }: RawRequest): S3Request {
  const { bucket = '', '*': key = '' } = params as Record<string, string>
  return { method, bucket, key, query: query as Record<string, string>, headers }
}

/** Why S3 would refuse a request that fauxqs would let through. */
function refusal(request: S3Request, body: unknown, store: ObjectStore): { status: number; code: string } | undefined {
  if (NOT_EMULATED.some((name) => name in request.query)) return { status: 501, code: 'NotImplemented' }
  return failedCondition(request, store) ?? (Buffer.isBuffer(body) ? failedDigest(request, body) : undefined)
}

function failedCondition({ method, bucket, key, query, headers }: S3Request, store: ObjectStore) {
  const writes = (method === 'PUT' || method === 'DELETE') && query['uploadId'] === undefined
  const completes = method === 'POST' && query['uploadId'] !== undefined
  if (bucket === '' || key === '' || !(writes || completes)) return undefined
  const current = currentETag(store, bucket, key)
  const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = headers
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') return { status: 501, code: 'NotImplemented' }
  if (ifNoneMatch === '*' && current !== undefined) return { status: 412, code: 'PreconditionFailed' }
  if (ifMatch === undefined) return undefined
  if (current === undefined) return { status: 404, code: 'NoSuchKey' }
  return ifMatch === '*' || ifMatch.replaceAll('"', '') === current
    ? undefined
    : { status: 412, code: 'PreconditionFailed' }
}

function failedDigest({ method, headers }: S3Request, body: Buffer) {
  if (method !== 'PUT' || String(headers['content-encoding']).includes('aws-chunked')) return undefined
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(body))
  const digests = [
    [headers['content-md5'], () => createHash('md5').update(body).digest()],
    [headers['x-amz-checksum-sha256'], () => createHash('sha256').update(body).digest()],
    [headers['x-amz-checksum-sha1'], () => createHash('sha1').update(body).digest()],
    [headers['x-amz-checksum-crc32'], () => checksum],
  ] as const
  const wrong = digests.some(
    ([announced, digest]) => announced !== undefined && announced !== digest().toString('base64'),
  )
  return wrong ? { status: 400, code: 'BadDigest' } : undefined
}

function currentETag(store: ObjectStore, bucket: string, key: string): string | undefined {
  try {
    return store.headObject(bucket, key).etag.replaceAll('"', '')
  } catch {
    return undefined
  }
}

function errorXml(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`
}

/** Let the bytes reach the client before the connection goes. */
function sendAndBreak(response: ServerResponse, bytes: Uint8Array): void {
  response.flushHeaders()
  response.write(bytes, () => setTimeout(() => response.destroy(), 5))
}
