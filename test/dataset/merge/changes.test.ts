import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeParquet, type ParquetWriteOptions } from '../../../src/codecs/parquet/parquet.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { mergeInParts, mergeParquet } from '../../../src/dataset/merge/merge-parquet.ts'
import { BUCKET, type S3Server, startS3Server } from '../../support/s3-server.ts'
import { putSources, SMALL_PART, SMALL_PARTS } from './support/merge-files.ts'

let server: S3Server
let client: S3Client
beforeAll(async () => {
  server = await startS3Server({ minPartBytes: SMALL_PART })
  client = server.client()
})
afterAll(() => server.close())
beforeEach(() => server.reset())

const encode = (rows: Record<string, unknown>[], options: ParquetWriteOptions = {}) =>
  encodeParquet(tableFromRows(rows), options)

const never = new AbortController().signal

describe('mergeParquet: sources and targets that change', () => {
  const many = () => encode(Array.from({ length: 99 }, (_, id) => ({ id: BigInt(id * 7919) })))

  /** A client that does something before its first request of a kind. */
  function atFirst(
    kind: new (...given: never[]) => object,
    action: () => Promise<unknown>,
    through = client,
  ): S3Client {
    let isDone = false
    return new Proxy(through, {
      get: (target, name) =>
        name !== 'send'
          ? Reflect.get(target, name)
          : async (command: object, ...rest: never[]) => {
              if (command instanceof kind && !isDone) {
                isDone = true
                await action()
              }
              return target.send(command as never, ...rest)
            },
    })
  }

  test.each(['replaced', 'removed'])('a source that is %s before it is copied: SOURCE_CHANGED', async (how) => {
    const { sources } = await putSources(server, [await many(), await many()])
    const key = sources[1]?.key ?? ''
    const action = () =>
      how === 'replaced'
        ? server.put(key, Buffer.from('other'))
        : client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }))
    const changing = atFirst(CreateMultipartUploadCommand, action)
    await expect(
      mergeInParts(changing, sources, { bucket: BUCKET, key: 'm' }, never, SMALL_PARTS),
    ).rejects.toMatchObject({ code: 'SOURCE_CHANGED', path: ['sources', 1] })
    expect(server.openUploads()).toBe(0)
    expect(server.keys()).not.toContain('m')
  })

  test('a source that is replaced, on a server that does not look at the condition of a copy: SOURCE_CHANGED', async () => {
    const careless = server.client()
    careless.middlewareStack.add(
      (next) => (args) => {
        delete (args.request as { headers: Record<string, string> }).headers['x-amz-copy-source-if-match']
        return next(args)
      },
      { step: 'build' },
    )
    const { sources } = await putSources(server, [await many(), await many()])
    const other = await encode(Array.from({ length: 99 }, (_, id) => ({ id: BigInt(id * 7907) })))
    const changing = atFirst(CreateMultipartUploadCommand, () => server.put(sources[1]?.key ?? '', other), careless)
    await expect(
      mergeInParts(changing, sources, { bucket: BUCKET, key: 'm' }, never, SMALL_PARTS),
    ).rejects.toMatchObject({ code: 'SOURCE_CHANGED', path: ['sources', 1] })
    expect(server.openUploads()).toBe(0)
  })

  test('a source that is not the one its ETag names: SOURCE_CHANGED', async () => {
    const { sources } = await putSources(server, [await many()])
    const [first] = sources
    const pinned = [{ bucket: BUCKET, key: first?.key ?? '', eTag: '"d41d8cd98f00b204e9800998ecf8427e"' }]
    await expect(mergeParquet(client, pinned, { bucket: BUCKET, key: 'm' })).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
      path: ['sources', 0],
    })
  })

  test('a target that is there already, with ifNoneMatch: WRITE_CONFLICT, and it stays', async () => {
    await server.put('m', 'there')
    const { sources } = await putSources(server, [await many(), await many()])
    for (const limits of [SMALL_PARTS, { ...SMALL_PARTS, minBytes: 10_000, sendBytes: 10_000 }]) {
      await expect(
        mergeInParts(client, sources, { bucket: BUCKET, key: 'm', ifNoneMatch: '*' }, never, limits),
      ).rejects.toMatchObject({ code: 'WRITE_CONFLICT' })
    }
    expect(server.openUploads()).toBe(0)
    expect(Buffer.from(await server.get('m')).toString()).toBe('there')
  })

  test('a copy that the server does not confirm fails the merge', async () => {
    const { sources } = await putSources(server, [await many()])
    const silent = new Proxy(client, {
      get: (target, name) =>
        name !== 'send'
          ? Reflect.get(target, name)
          : async (command: object, ...rest: never[]) =>
              command instanceof UploadPartCopyCommand ? {} : target.send(command as never, ...rest),
    })
    await expect(mergeInParts(silent, sources, { bucket: BUCKET, key: 'm' }, never, SMALL_PARTS)).rejects.toMatchObject(
      { code: 'WRITE_FAILED' },
    )
    expect(server.openUploads()).toBe(0)
  })
})
