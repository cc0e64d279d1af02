import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeParquet, encodeParquet, type ParquetWriteOptions } from '../../../src/codecs/parquet/parquet.ts'
import { rowsFromTable } from '../../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { mergeInParts, mergeParquet } from '../../../src/dataset/merge/merge-parquet.ts'
import type { S3Target } from '../../../src/s3/s3-sink.ts'
import { metadataOf } from '../../codecs/parquet/support/parquet-oracles.ts'
import { BUCKET, type S3Server, startS3Server } from '../../support/s3-server.ts'
import { handmade, PLAIN } from './support/handmade-source.ts'
import { mergeSmall, putSources, SMALL_PART, SMALL_PARTS } from './support/merge-files.ts'

let server: S3Server
let client: S3Client
beforeAll(async () => {
  server = await startS3Server({ minPartBytes: SMALL_PART })
  client = server.client()
})
afterAll(() => server.close())

const encode = (rows: Record<string, unknown>[], options: ParquetWriteOptions = {}) =>
  encodeParquet(tableFromRows(rows), options)
const merge = (files: readonly Uint8Array[], target: Partial<S3Target> = {}) =>
  mergeSmall(server, client, files, { target })
const rowsOf = async (file: Uint8Array) => [...rowsFromTable(await decodeParquet(file))]
const never = new AbortController().signal

describe('mergeParquet: the merged file', () => {
  test('has the rows of the sources in their order', async () => {
    const files = [await encode([{ id: 1n, name: 'Ada' }]), await encode([{ id: 2n, name: 'Grace' }])]
    const { file, rows, rowGroups } = await merge([...files, files[0] as Uint8Array])
    expect({ rows, rowGroups }).toEqual({ rows: 3, rowGroups: 3 })
    expect((await rowsOf(file)).map(({ name }) => name)).toEqual(['Ada', 'Grace', 'Ada'])
  })

  test('of one source is that source, with our name as its writer', async () => {
    const { file } = await merge([handmade({}, { createdBy: 'somebody else' })])
    expect(await rowsOf(file)).toEqual([{ a: 7 }])
    expect(metadataOf(file).created_by).toMatch(/^millrace version \d+\.\d+\.\d+ \(build \w+\)$/)
  })

  test('leaves sources without rows out, and is an empty file where none has any', async () => {
    const [empty, one] = [tableFromRows([{ id: 1n }]).slice(0, 0), await encode([{ id: 5n }])]
    const none = await encodeParquet(empty)
    expect(metadataOf((await merge([none, one, none])).file).row_groups).toHaveLength(1)
    const { file, rows, rowGroups } = await merge([none, none])
    expect({ rows, rowGroups }).toEqual({ rows: 0, rowGroups: 0 })
    expect((await decodeParquet(file)).schema.fields.map(({ name }) => name)).toEqual(['id'])
  })

  test('keeps the key-values that all sources have, with the same value, and no others', async () => {
    const files = await Promise.all(
      [
        { same: '1', other: 'a', 'ARROW:schema': 'x' },
        { other: 'b', 'ARROW:schema': 'x', same: '1', more: '2' },
      ].map((metadata) => encode([{ id: 1n }], { metadata })),
    )
    expect(metadataOf((await merge(files)).file).key_value_metadata).toEqual([
      { key: 'same', value: '1' },
      { key: 'ARROW:schema', value: 'x' },
    ])
    expect(metadataOf((await merge([...files, await encode([{ id: 1n }])])).file).key_value_metadata).toBeUndefined()
  })

  test('goes out with type, metadata and headers as told, by one put or by parts', async () => {
    for (const limits of [SMALL_PARTS, { ...SMALL_PARTS, minBytes: 10_000, sendBytes: 10_000 }]) {
      const { sources } = await putSources(server, [await encode([{ id: 1n }]), await encode([{ id: 2n }])])
      await mergeInParts(client, sources, { bucket: BUCKET, key: 'a', metadata: { job: '7' } }, never, limits)
      expect(await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'a' }))).toMatchObject({
        Metadata: { job: '7' },
      })
    }
    const { sources } = await putSources(server, [await encode([{ id: 1n }])])
    await mergeParquet(client, sources, { bucket: BUCKET, key: 'b' })
    const { ContentType } = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'b' }))
    expect(ContentType).toBe('application/vnd.apache.parquet')
  })

  test('may take the place of a source', async () => {
    const { sources } = await putSources(server, [await encode([{ id: 1n }]), await encode([{ id: 2n }])])
    const [target] = sources
    if (target === undefined) throw new Error('there is a source')
    await mergeInParts(client, sources, target, never, SMALL_PARTS)
    expect(await rowsOf(await server.get(target.key))).toEqual([{ id: 1n }, { id: 2n }])
  })

  test('keys of any letters are copied, of the version that is named', async () => {
    const file = await encode(Array.from({ length: 99 }, (_, id) => ({ id: BigInt(id * 7919) })))
    const key = 'dt=2026-01-05/ä +%2F&?=#👍🏽.parquet'
    await server.put(key, file)
    const heard: unknown[] = []
    client.middlewareStack.add(
      (next, context) => (args) => {
        if (context['commandName'] === 'UploadPartCopyCommand') heard.push(args.input)
        return next(args)
      },
      { step: 'initialize', name: 'heard' },
    )
    const sources = [{ bucket: BUCKET, key, requestPayer: 'requester' as const, expectedBucketOwner: '111122223333' }]
    await mergeInParts(client, sources, { bucket: BUCKET, key: 'm' }, never, SMALL_PARTS)
    client.middlewareStack.remove('heard')
    expect(await rowsOf(await server.get('m'))).toHaveLength(99)
    expect(heard[0]).toMatchObject({ RequestPayer: 'requester', ExpectedSourceBucketOwner: '111122223333' })
  })

  test('offsets beyond 2^31 are moved exactly', async () => {
    const gap = 3 * 2 ** 31
    const far = handmade({ chunk: { field_9: BigInt(gap) } })
    const size = gap + far.length
    // A file of 6 GiB of nothing, a page of which is real: told by ranges alone, so that no memory is needed.
    const page = PLAIN.pages[0] as Uint8Array
    const footer = far.subarray(4 + page.length)
    const reads = (start: number, end: number) => {
      const out = new Uint8Array(end - start)
      const put = (bytes: Uint8Array, at: number) => {
        for (let i = 0; i < bytes.length; i++) if (at + i >= start && at + i < end) out[at + i - start] = bytes[i] ?? 0
      }
      put(far.subarray(0, 4), 0)
      put(page, gap)
      put(footer, size - footer.length)
      return out
    }
    const parts: Uint8Array[] = []
    const copies: string[] = []
    const fake = {
      config: {},
      async send(command: { constructor: { name: string }; input: Record<string, string> }) {
        const {
          Range = '',
          Body,
          CopySourceRange,
        } = command.input as { Range?: string; Body?: unknown; CopySourceRange?: string }
        switch (command.constructor.name) {
          case 'HeadObjectCommand':
            return { ContentLength: size, ETag: '"e"' }
          case 'GetObjectCommand': {
            const [, from = '0', to = '0'] = /bytes=(\d+)-(\d+)/.exec(Range) ?? []
            const bytes = reads(Number(from), Number(to) + 1)
            const body = (async function* () {
              yield bytes
            })()
            return { Body: body, ETag: '"e"', ContentLength: bytes.length, ContentRange: `bytes ${from}-${to}/${size}` }
          }
          case 'UploadPartCopyCommand':
            copies.push(CopySourceRange ?? '')
            return { CopyPartResult: { ETag: '"p"' } }
          case 'UploadPartCommand':
            parts.push(Body as Uint8Array)
            return { ETag: '"p"' }
          default:
            return { UploadId: 'u', ETag: '"done"' }
        }
      },
    }
    const source = { bucket: BUCKET, key: 'far' }
    const done = await mergeParquet(fake as never, [source, source], { bucket: BUCKET, key: 'm' })
    const last = parts.at(-1) as Uint8Array
    const groups = metadataOf(last).row_groups
    const data = size - footer.length - 4
    expect(groups.map(({ columns }) => Number(columns[0]?.meta_data?.data_page_offset))).toEqual([gap, gap + data])
    expect(done.bytes).toBe(4 + 2 * data + last.length)
    expect(done.copiedBytes).toBe(4 + 2 * data)
    expect(copies[0]).toMatch(/^bytes=0-/)
  })
})
