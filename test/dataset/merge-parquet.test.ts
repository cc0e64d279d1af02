import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { decodeParquet, encodeParquet, type ParquetWriteOptions } from '../../src/codecs/parquet/parquet.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { mergeInParts, mergeParquet } from '../../src/dataset/merge-parquet.ts'
import type { S3Target } from '../../src/s3/s3-sink.ts'
import {
  concat,
  type HandmadeColumn,
  type HandmadeFile,
  handmadeFile,
  pageV1,
} from '../codecs/parquet/support/parquet-file.ts'
import { metadataOf } from '../codecs/parquet/support/parquet-oracles.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'
import { mergeSmall, putSources, SMALL_PART, SMALL_PARTS } from './support/merge-files.ts'

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
const merge = (files: readonly Uint8Array[], target: Partial<S3Target> = {}) =>
  mergeSmall(server, client, files, { target })
const rowsOf = async (file: Uint8Array) => [...rowsFromTable(await decodeParquet(file))]
const never = new AbortController().signal

const PLAIN: HandmadeColumn = { type: 'INT32', values: 1, pages: [pageV1({ values: 1, body: [7, 0, 0, 0] })] }
const handmade = (column: Partial<HandmadeColumn> = {}, file: Partial<HandmadeFile> = {}) =>
  handmadeFile({ columns: [{ ...PLAIN, ...column }], ...file })

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

describe('mergeParquet: what is kept, and what is left out because it would not be right', () => {
  const statistics = {
    field_1: Uint8Array.of(9),
    field_2: Uint8Array.of(1),
    field_3: 0n,
    field_5: Uint8Array.of(8),
    field_6: Uint8Array.of(2),
  }
  const orders = { field_7: [{ field_1: {} }] }
  const text = (chunk: Record<string, unknown>, file: Partial<HandmadeFile> = {}) =>
    handmade(
      {
        type: 'BYTE_ARRAY',
        chunk: { field_12: statistics, ...chunk },
        pages: [pageV1({ values: 1, body: [1, 0, 0, 0, 65] })],
      },
      file,
    )
  const statisticsOf = (file: Uint8Array) =>
    metadataOf(file).row_groups.map(({ columns }) => {
      const { min, max, min_value, max_value } = columns[0]?.meta_data?.statistics ?? {}
      return [min, max, min_value, max_value].map((bound) => bound !== undefined)
    })

  test('deprecated bounds of text and of unsigned numbers, which readers trust by the name of the writer, are left out', async () => {
    const file = text({}, { footer: orders })
    expect(statisticsOf((await merge([file])).file)).toEqual([[false, false, true, true]])
    const number = { field_12: { field_1: Uint8Array.of(9, 0, 0, 0), field_2: Uint8Array.of(1, 0, 0, 0) } }
    expect(statisticsOf((await merge([handmade({ chunk: number })])).file)).toEqual([[true, true, false, false]])
    const unsigned = handmade({ chunk: number, element: { field_6: 13 } })
    expect(statisticsOf((await merge([unsigned])).file)).toEqual([[false, false, false, false]])
  })

  test('bounds of a column that a source orders otherwise are left out, the others kept', async () => {
    const [ordered, unordered] = [text({}, { footer: orders }), text({})]
    expect(statisticsOf((await merge([ordered, unordered, ordered])).file).map(([, , min]) => min)).toEqual([
      true,
      false,
      true,
    ])
    const { file } = await merge([unordered, ordered])
    expect(statisticsOf(file).map(([, , min]) => min)).toEqual([true, true])
  })

  test('unknown fields of statistics and of schema elements stay as they came', async () => {
    const element = { field_20: 'new' }
    const file = handmade({ element, chunk: { field_12: { field_3: 0n, field_21: 'more' } } })
    const merged = Buffer.from((await merge([file, file])).file).toString('latin1')
    expect(merged.split('new')).toHaveLength(2)
    expect(merged.split('more')).toHaveLength(3)
  })

  test('a bloom filter outside of its file is left out', async () => {
    const { file } = await merge([handmade({ chunk: { field_14: 1_000_000n, field_15: 32 } })])
    expect(metadataOf(file).row_groups[0]?.columns[0]?.meta_data?.bloom_filter_offset).toBeUndefined()
  })

  test('data between row groups, and chunks that overlap, go along', async () => {
    const page = PLAIN.pages[0] as Uint8Array
    const gap = handmade({ pages: [new Uint8Array(50), page], chunk: { field_7: BigInt(page.length), field_9: 54n } })
    expect(await rowsOf((await merge([gap, gap])).file)).toEqual([{ a: 7 }, { a: 7 }])
    const shared = handmadeFile({ columns: [PLAIN, { ...PLAIN, name: 'b', chunk: { field_9: 4n } }] })
    expect(await rowsOf((await merge([shared, gap, shared].filter((file) => file !== gap))).file)).toEqual([
      { a: 7, b: 7 },
      { a: 7, b: 7 },
    ])
  })
})

describe('mergeParquet: what is refused, with the source at fault', () => {
  const good = handmade()
  const refused = (files: readonly Uint8Array[], code: string, index = files.length - 1, more: object = {}) =>
    expect(merge(files)).rejects.toMatchObject({ code, path: ['sources', index], ...more })

  test('no sources, and arguments of another kind', async () => {
    const target = { bucket: BUCKET, key: 'm' }
    const source = { bucket: BUCKET, key: 'a' }
    await expect(mergeParquet(client, [], target)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await expect(mergeParquet(client, source as never, target)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    await expect(mergeParquet(client, [{ bucket: BUCKET, key: '' }], target)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
    await expect(mergeParquet({} as never, [source], target)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    await expect(mergeParquet(client, [source], { ...target, metadata: { a: 'ä' } })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
    await expect(mergeParquet(client, [source], target, { signals: never } as never)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  })

  test('what is no Parquet file, is empty, cut off or missing', async () => {
    await refused([good, new Uint8Array(0)], 'PARQUET_INVALID')
    await refused([good, Buffer.from('id,name\n1,Ada\n2,Grace\n')], 'PARQUET_INVALID')
    await refused([good.subarray(0, -1), good], 'PARQUET_INVALID', 0)
    const long = handmade({ element: { field_20: 'x'.repeat(SMALL_PART) } })
    await refused([concat([0, 0, 0, 0], long.subarray(4)), long], 'PARQUET_INVALID', 0)
    const sources = [{ bucket: BUCKET, key: 'nowhere' }]
    await expect(mergeParquet(client, sources, { bucket: BUCKET, key: 'm' })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      path: ['sources', 0],
    })
  })

  test('another schema, with the column', async () => {
    const cases: [Partial<HandmadeColumn>, object][] = [
      [{ name: 'b' }, { position: { column: 'b' } }],
      [{ type: 'FLOAT' }, { position: { column: 'a' } }],
      [{ optional: true, values: 1 }, {}],
      [{ element: { field_6: 6 } }, {}],
      [{ element: { field_9: 3 } }, {}],
      [{ element: { field_10: { field_6: {} } } }, {}],
      [{ element: { field_20: 1 } }, {}],
    ]
    for (const [column, more] of cases) await refused([good, good, handmade(column)], 'TYPE_MISMATCH', 2, more)
    const two = handmadeFile({ columns: [PLAIN, { ...PLAIN, name: 'b' }] })
    await refused([good, two], 'TYPE_MISMATCH')
    await refused([two, good], 'TYPE_MISMATCH')
    await expect(merge([good, handmade({ type: 'FLOAT' })])).rejects.toThrow(
      'required FLOAT in place of required INT32',
    )
  })

  test('but not one that says the same in other words', async () => {
    const older = handmade({ element: { field_6: 6 } })
    const newer = handmade({ element: { field_10: { field_6: {} } } })
    const both = handmade({ element: { field_6: 6, field_10: { field_6: {} } } })
    expect((await merge([older, newer, both])).rows).toBe(3)
    expect((await merge([good, handmade({ element: { field_6: 17 } })])).rows).toBe(2)
  })

  test('encryption, chunks in other files, and fields that may hold offsets but are not known', async () => {
    await refused([good, handmade({ encrypted: true })], 'UNSUPPORTED_FORMAT')
    await refused([good, handmade({}, { footer: { field_8: { field_1: {} } } })], 'UNSUPPORTED_FORMAT')
    await refused([good, handmade({ chunk: { field_30: 1n } })], 'UNSUPPORTED_FORMAT')
    await refused([good, handmade({}, { footer: { field_32: 'extension' } })], 'UNSUPPORTED_FORMAT')
    await refused([good, withChunkField(1, 'other.parquet')], 'PARQUET_INVALID')
    expect((await merge([good, withChunkField(1, '')])).rows).toBe(2)
    await refused([good, withChunkField(12, 'new')], 'UNSUPPORTED_FORMAT')
  })

  /** A file whose column chunk, or row group, has a field more. */
  function withChunkField(field: number, value: string): Uint8Array {
    const chunk = {
      field_1: 1,
      field_2: [0],
      field_3: ['a'],
      field_4: 0,
      field_5: 1n,
      field_6: BigInt(PLAIN.pages[0]?.length ?? 0),
      field_7: BigInt(PLAIN.pages[0]?.length ?? 0),
      field_9: 4n,
    }
    const first = field < 2 ? { [`field_${field}`]: value } : {}
    const last = field < 2 ? {} : { [`field_${field}`]: value }
    const groups = [{ field_1: [{ ...first, field_2: 4n, field_3: chunk, ...last }], field_2: 1n, field_3: 1n }]
    return handmade({}, { footer: { field_4: groups } })
  }

  test('offsets outside of the data, and counts that contradict each other', async () => {
    await refused([good, handmade({ chunk: { field_9: 3n } })], 'PARQUET_INVALID')
    await refused([good, handmade({ chunk: { field_9: 40_000n } })], 'PARQUET_INVALID')
    await refused([good, handmade({ chunk: { field_10: 40_000n } })], 'PARQUET_INVALID')
    await refused([good, handmade({}, { footer: { field_3: 5n } })], 'PARQUET_INVALID')
    await refused([good, handmade({}, { rows: 2 })], 'PARQUET_INVALID')
  })

  test('writers whose faults readers know by their name', async () => {
    await refused([good, handmade({}, { createdBy: 'parquet-mr version 1.2.8 (build 1)' })], 'UNSUPPORTED_FORMAT')
    await refused([good, handmade({}, { createdBy: 'parquet-mr' })], 'UNSUPPORTED_FORMAT')
    const deltas = { field_2: [0, 7] }
    await refused([good, handmade({ chunk: deltas }, { createdBy: 'parquet-mr version 1.7.0' })], 'UNSUPPORTED_FORMAT')
    const stats = { field_4: 1, field_13: [{ field_1: 3, field_2: 0, field_3: 1 }] }
    await refused(
      [good, handmade({ chunk: stats }, { createdBy: 'parquet-cpp version 1.5.1-SNAPSHOT' })],
      'UNSUPPORTED_FORMAT',
    )
    const fine: [Record<string, unknown>, string][] = [
      [{}, 'parquet-mr version 1.2.9'],
      [{}, 'parquet-mr version 1.7.0'],
      [deltas, 'parquet-mr version 1.8.0 (build 2)'],
      [deltas, 'parquet-mr version 1.12.3'],
      [{ ...stats, field_4: 0 }, 'parquet-cpp version 1.5.1'],
      [stats, 'parquet-cpp-arrow version 1.0.0'],
      [{}, 'parquet-cpp version 1.5.1'],
      [{}, ''],
    ]
    for (const [chunk, createdBy] of fine) {
      expect((await merge([good, handmade({ chunk: chunk as never }, { createdBy })])).rows).toBe(2)
    }
  })

  test('dates and times that Spark reads otherwise than those of the first source', async () => {
    const at = new Date('2026-01-05')
    const spark = (metadata: Record<string, string>) => encode([{ at }], { metadata })
    const version = (text: string) => ({ 'org.apache.spark.version': text })
    const legacy = { 'org.apache.spark.legacyDateTime': '' }
    await refused([await spark(version('3.5.1')), await spark(version('2.4.8'))], 'TYPE_MISMATCH')
    await refused([await spark(version('3.5.1')), await spark({ ...version('3.5.1'), ...legacy })], 'TYPE_MISMATCH')
    await refused([await spark({ ...version('3.5.1'), ...legacy }), await spark(version('3.5.1'))], 'TYPE_MISMATCH')
    const { file } = await merge([
      await spark(version('3.10.0')),
      await spark(version('3.9.2')),
      await spark(version('4.0')),
    ])
    expect(metadataOf(file).key_value_metadata).toEqual([{ key: 'org.apache.spark.version', value: '3.9.2' }])
    expect((await merge([await encode([{ a: 1 }], { metadata: legacy }), await encode([{ a: 1 }])])).rows).toBe(2)
    const int96 = { type: 'INT96', pages: [pageV1({ values: 1, body: new Uint8Array(12) })] } as const
    const keys = [{ field_1: 'org.apache.spark.version', field_2: '3.5.1' }]
    await refused([handmade(int96), handmade(int96, { footer: { field_5: keys } })], 'TYPE_MISMATCH')
  })
})

describe('mergeParquet: sources and targets that change', () => {
  const many = () => encode(Array.from({ length: 99 }, (_, id) => ({ id: BigInt(id * 7919) })))

  /** A client that does something before its first request of a kind. */
  function before(kind: new (...given: never[]) => object, action: () => Promise<unknown>): S3Client {
    let isDone = false
    return new Proxy(client, {
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
    const changing = before(CreateMultipartUploadCommand, action)
    await expect(
      mergeInParts(changing, sources, { bucket: BUCKET, key: 'm' }, never, SMALL_PARTS),
    ).rejects.toMatchObject({ code: 'SOURCE_CHANGED', path: ['sources', 1] })
    expect(server.openUploads()).toBe(0)
    expect(server.keys()).not.toContain('m')
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
