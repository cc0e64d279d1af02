import { CreateBucketCommand, ListMultipartUploadsCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeParquet, encodeParquet } from '../../src/codecs/parquet/parquet.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { mergeParquet } from '../../src/dataset/merge/merge-parquet.ts'
import { s3Source } from '../../src/s3/s3-source.ts'
import { RGW, rgwClient } from './servers.ts'

const BUCKET = 'merge'
const MIB = 2 ** 20

describe.skipIf(RGW === undefined)('mergeParquet on RADOS Gateway', () => {
  let client: S3Client
  beforeAll(async () => {
    client = rgwClient()
    await client.send(new CreateBucketCommand({ Bucket: BUCKET })).catch(() => {})
  })
  afterAll(() => client.destroy())

  const put = async (key: string, rows: number, first: number) => {
    const table = tableFromRows(
      Array.from({ length: rows }, (_, id) => ({ id: BigInt(first + id), noise: Math.sin(first + id) })),
    )
    const Body = await encodeParquet(table, { compression: 'none', encodings: 'compatible' })
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body }))
    return { bucket: BUCKET, key }
  }
  const openUploads = async () => (await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))).Uploads ?? []

  test('copies ranges of large sources, joins small ones, and leaves no upload', async () => {
    const large = await put('dt=2026-01-05/ä +&.parquet', 900_000, 0)
    const small = await put('small.parquet', 1000, 900_000)
    const target = { bucket: BUCKET, key: 'merged.parquet' }
    const merge = await mergeParquet(client, [large, small, large], target)
    expect(merge.rows).toBe(1_801_000)
    expect(merge.copiedBytes).toBeGreaterThan(merge.bytes - 6 * MIB)
    const table = await decodeParquet(s3Source(client, target), { columns: ['id'] })
    const ids = table.getChildAt(0)?.toArray() as BigInt64Array
    expect([ids[0], ids[900_000], ids[901_000], ids.at(-1)]).toEqual([0n, 900_000n, 0n, 899_999n])
    expect(await openUploads()).toEqual([])
  })

  // The gateway does not look at the condition of a copy.
  test('a source that changes after its footer was read: SOURCE_CHANGED, and no upload is left', async () => {
    const source = await put('changing.parquet', 900_000, 5)
    let isDone = false
    const changing = new Proxy(client, {
      get: (target, name) =>
        name !== 'send'
          ? Reflect.get(target, name)
          : async (command: { constructor: { name: string } }, ...rest: never[]) => {
              if (command.constructor.name === 'CreateMultipartUploadCommand' && !isDone) {
                isDone = true
                await put('changing.parquet', 900_000, 6)
              }
              return target.send(command as never, ...rest)
            },
    })
    await expect(mergeParquet(changing, [source], { bucket: BUCKET, key: 'never' })).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
      path: ['sources', 0],
    })
    expect(await openUploads()).toEqual([])
  })
})
