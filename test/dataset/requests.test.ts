import { describe, expect, test } from 'vitest'
import { parquet } from '../../src/codecs/index.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { datasetSink } from '../../src/dataset/dataset-sink.ts'
import { DatasetWriteError, isDatasetWriteError } from '../../src/dataset/dataset-write.ts'
import { dropStaleFiles } from '../../src/dataset/drop-stale-files.ts'
import { keyOfFile, prefixOf } from '../../src/dataset/file-key.ts'
import { hivePath, parseHivePath } from '../../src/dataset/hive-path.ts'
import { listDataset } from '../../src/dataset/list-dataset.ts'
import { listPages } from '../../src/dataset/list-keys.ts'
import { partitionNames } from '../../src/dataset/partition-by.ts'
import { readDataset } from '../../src/dataset/read-dataset.ts'
import { MillraceError } from '../../src/errors.ts'
import { memoryS3 } from './memory-s3.ts'

interface Sent {
  readonly name: string
  readonly input: Record<string, unknown>
}

/** A client that answers with what the test says, and keeps what it was asked. */
function scripted(answers: readonly (object | Error)[]) {
  const sent: Sent[] = []
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
    sent.push({ name: command.constructor.name, input: { ...command.input } })
    const answer = answers[Math.min(sent.length, answers.length) - 1]
    if (answer instanceof Error) throw answer
    return answer
  }
  return { client: { send } as never, sent }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('listPages', () => {
  const request = { bucket: 'b', prefix: 'p/', isFlat: false }

  test('goes on from page to page, and asks for keys that XML can hold', async () => {
    const { client, sent } = scripted([
      {
        Contents: [{ Key: 'p/a+b%2F', Size: 3, ETag: 'e' }],
        EncodingType: 'url',
        IsTruncated: true,
        NextContinuationToken: 't',
      },
      {
        Contents: [{ Key: 'p/a+b' }],
        CommonPrefixes: [{ Prefix: 'p/x%/' }],
        IsTruncated: false,
        NextContinuationToken: 'u',
      },
    ])
    expect(await all(listPages(client, request))).toEqual([
      { objects: [{ key: 'p/a b/', bytes: 3, eTag: 'e' }], folders: [] },
      { objects: [{ key: 'p/a+b', bytes: 0, eTag: undefined }], folders: ['p/x%/'] },
    ])
    expect(sent.map(({ input }) => input)).toEqual([
      { Bucket: 'b', Prefix: 'p/', EncodingType: 'url' },
      { Bucket: 'b', Prefix: 'p/', EncodingType: 'url', ContinuationToken: 't' },
    ])
  })

  test('says who pays, who owns the bucket, and that folders stay closed', async () => {
    const { client, sent } = scripted([{}])
    const options = { ...request, isFlat: true, requestPayer: 'requester', expectedBucketOwner: '1' } as const
    expect(await all(listPages(client, options))).toEqual([{ objects: [], folders: [] }])
    expect(sent[0]?.input).toEqual({
      Bucket: 'b',
      Prefix: 'p/',
      EncodingType: 'url',
      Delimiter: '/',
      RequestPayer: 'requester',
      ExpectedBucketOwner: '1',
    })
  })

  test.each([{ IsTruncated: true }, new Error('no')])('a listing that cannot go on is none: %o', async (answer) => {
    const { client, sent } = scripted([answer])
    await expect(all(listPages(client, request))).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(sent.length).toBe(1)
  })
})

describe('dropStaleFiles', () => {
  const location = { bucket: 'b', prefix: 'p' }
  const write = { files: [{ bucket: 'b', key: 'p/dt=1/n-00000.parquet' }] } as never
  const listing = { Contents: ['n-00000', 'm-00000', '_x', '.x'].map((name) => ({ Key: `p/dt=1/${name}.parquet` })) }

  test('names the bucket and its owner in every request', async () => {
    const { client, sent } = scripted([listing, {}])
    expect(await dropStaleFiles(client, write, { ...location, expectedBucketOwner: '1' })).toEqual([
      'p/dt=1/m-00000.parquet',
    ])
    expect(sent).toMatchObject([
      { name: 'ListObjectsV2Command', input: { Bucket: 'b', Prefix: 'p/dt=1/', ExpectedBucketOwner: '1' } },
      {
        name: 'DeleteObjectsCommand',
        input: {
          Bucket: 'b',
          ExpectedBucketOwner: '1',
          Delete: { Quiet: true, Objects: [{ Key: 'p/dt=1/m-00000.parquet' }] },
        },
      },
    ])
    const other = scripted([listing, {}])
    await dropStaleFiles(other.client, write, location)
    for (const { input } of other.sent) expect(input).not.toHaveProperty('ExpectedBucketOwner')
  })

  test('a file that S3 does not delete is an error', async () => {
    const { client } = scripted([listing, { Errors: [{ Code: 'AccessDenied', Key: 'x' }] }])
    await expect(dropStaleFiles(client, write, location)).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: expect.stringMatching(/did not delete 1 of 1 files: AccessDenied/),
    })
  })

  test.each([
    [{ bucket: 'b', key: 'q/dt=1/a.parquet' }],
    [{ bucket: 'c', key: 'p/dt=1/a.parquet' }],
    [{ bucket: 'b', key: 7 }],
    [null],
  ])('a write of %o is refused before anything is asked', async (file) => {
    const { client, sent } = scripted([listing, {}])
    await expect(dropStaleFiles(client, { files: [file] } as never, location)).rejects.toMatchObject({
      code: 'KEY_OUTSIDE_PREFIX',
    })
    expect(sent).toEqual([])
  })
})

describe('arguments are named in messages', () => {
  const { client } = scripted([{}])
  const target = { bucket: 'b', prefix: 'p', name: 'n' }
  const sink = (changed: object, options: object = {}) => datasetSink(client, { ...target, ...changed }, options)
  test.each<[RegExp, () => unknown]>([
    [/^hivePath: partition/, () => hivePath(1 as never)],
    [/^parseHivePath: key/, () => parseHivePath(1 as never)],
    [/^listDataset: .*client/, () => listDataset(null as never, target)],
    [/^listDataset: .*location/, () => listDataset(client, null as never)],
    [/^listDataset: .*bucket/, () => listDataset(client, { prefix: 'p' } as never)],
    [/^listDataset: prefix/, () => listDataset(client, { bucket: 'b', prefix: '../p' })],
    [/^readDataset: .*client/, () => readDataset(null as never, [])],
    [/^readDataset: .*files/, () => readDataset(client, 'text' as never)],
    [/^readDataset: .*files/, () => readDataset(client, 7 as never)],
    [/^readDataset: .*codex/, () => readDataset(client, [], { codex: {} } as never)],
    [/^datasetSink: .*client/, () => datasetSink(null as never, target)],
    [/^datasetSink: .*target/, () => datasetSink(client, null as never)],
    [/^datasetSink: name/, () => sink({ name: '_x' })],
    [/^datasetSink: key/, () => sink({ key: 'x' })],
    [/^datasetSink: format/, () => sink({ format: { ...parquet(), write: undefined } })],
    [/^datasetSink: format/, () => sink({ format: { ...parquet(), name: undefined } })],
    [/^datasetSink: format/, () => sink({ format: 'csv' })],
    [/^datasetSink: prefix/, () => sink({ prefix: 'a/./b' })],
    [/targetBytes/, () => sink({ targetBytes: 0 })],
    [/maxOpen/, () => sink({ maxOpen: 10_001 })],
    [/maxBufferedBytes/, () => sink({}, { maxBufferedBytes: 0 })],
    [/concurrency/, () => sink({}, { concurrency: 1001 })],
    [/attempts/, () => sink({}, { attempts: 0 })],
  ])('%s', (message, call) => {
    expect(call).toThrow(expect.objectContaining({ message: expect.stringMatching(message) }))
    expect(call).toThrow(MillraceError)
  })

  test('of a function that is called later, too', async () => {
    await expect(dropStaleFiles(null as never, { files: [] }, target)).rejects.toThrow(/^dropStaleFiles: .*client/)
    await expect(dropStaleFiles(client, null as never, target)).rejects.toThrow(/^dropStaleFiles: .*write/)
    await expect(dropStaleFiles(client, { files: [] }, null as never)).rejects.toThrow(/^dropStaleFiles: .*location/)
    await expect(datasetSink(client, target)(7 as never)).rejects.toThrow(/^datasetSink: /)
    await expect(datasetSink(memoryS3().client, target)([7 as never])).rejects.toThrow(/^datasetSink: /)
  })
})

describe('where', () => {
  test('takes text and null, and names the column of anything else', () => {
    const { client } = scripted([{}])
    const call = (where: object) => () => listDataset(client, { bucket: 'b', prefix: 'p', where } as never)
    expect(call({ a: 'x', b: null, c: undefined })).not.toThrow()
    expect(call({ a: 'x', dt: 7 })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', position: { column: 'dt' } }),
    )
  })
})

describe('partitionNames', () => {
  const rule = (name: unknown, start: unknown = () => {}) => ({ name, start })
  test('are those of columns and rules', () => {
    expect(partitionNames('x', ['a', rule('b')] as never)).toEqual(['a', 'b'])
  })

  test.each<[string, readonly unknown[]]>([
    ['TYPE_MISMATCH', [rule('a', null)]],
    ['TYPE_MISMATCH', [rule(7)]],
    ['TYPE_MISMATCH', [null]],
    ['OPTION_INVALID', ['']],
    ['OPTION_INVALID', ['\ud800']],
    ['COLUMN_CONFLICT', ['a', rule('a')]],
  ])('%s: %o', (code, partitionBy) => {
    expect(() => partitionNames('x', partitionBy as never)).toThrow(expect.objectContaining({ code }))
  })
})

describe('keys', () => {
  const partition = { values: [], path: 'a=1/' }

  test('a prefix has its slash once', () => {
    expect(['', 'a', 'a/', '/', 'a.b'].map((prefix) => prefixOf('x', prefix))).toEqual(['', 'a/', 'a/', '/', 'a.b/'])
    for (const prefix of ['..', 'a/../b', './a']) expect(() => prefixOf('x', prefix)).toThrow(/^x: prefix/)
  })

  test('a file shows its compression by its ending', () => {
    const keyOf = (format: string, ...head: number[]) =>
      keyOfFile('p/', 'n', format)(partition, 3, Uint8Array.from(head))
    expect(keyOf('csv', 0x61, 0x62)).toBe('p/a=1/n-00003.csv')
    expect(keyOf('csv', 0x1f, 0x8b)).toBe('p/a=1/n-00003.csv.gz')
    expect(keyOf('csv', 0x1f, 0x8c)).toBe('p/a=1/n-00003.csv')
    expect(keyOf('csv', 0x28, 0xb5, 0x2f, 0xfd)).toBe('p/a=1/n-00003.csv.zst')
    expect(keyOf('csv', 0x28, 0xb5, 0x2f, 0xfe)).toBe('p/a=1/n-00003.csv')
    expect(keyOf('parquet', 0x1f, 0x8b)).toBe('p/a=1/n-00003.parquet')
    expect(keyOfFile('p/', 'n', 'csv')(partition, 3)).toBe('p/a=1/n-00003.csv')
  })

  test('a key has at most 1,024 bytes', () => {
    const keyOf = (length: number) => keyOfFile('p/', 'n', 'csv')({ values: [], path: 'é'.repeat(length / 2) }, 0)
    expect(Buffer.byteLength(keyOf(1024 - 'p/n-00000.csv'.length - 1))).toBe(1023)
    expect(() => keyOf(1024)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
  })
})

test('escapes of other writers are read, letters of any length', () => {
  expect(parseHivePath('a=%E0%A0%80%F0%9F%98%80x%C3%A9%7F/b=%E0%A0/c=%FF%41')).toEqual({
    a: '\u0800😀xé\x7f',
    b: '%E0%A0',
    c: '%FFA',
  })
})

test('an error of a write is one, with a code and files that no log shows', () => {
  const error = new DatasetWriteError('no', [])
  expect(error).toMatchObject({ code: 'WRITE_FAILED' })
  expect(isDatasetWriteError(error)).toBe(true)
  expect(isDatasetWriteError(new MillraceError('WRITE_FAILED', 'no'))).toBe(false)
  expect(isDatasetWriteError({ code: 'WRITE_FAILED', files: [] })).toBe(false)
  expect(Object.keys(error)).not.toContain('files')
})

test('a write counts the rows and bytes of its files', async () => {
  const { client, objects } = memoryS3()
  const table = tableFromRows([
    { a: 'x', n: 1 },
    { a: 'y', n: 2 },
    { a: 'x', n: 3 },
  ])
  const target = { bucket: 'b', prefix: 'p', name: 'n', partitionBy: ['a'] }
  const { files, rows, bytes } = await datasetSink(client, target)(table.batches)
  expect(files.map(({ rows }) => rows)).toEqual([2, 1])
  expect(rows).toBe(3)
  expect(bytes).toBe([...objects.values()].reduce((sum, object) => sum + object.bytes.length, 0))
})
