import { describe, expect, test } from 'vitest'
import { mergeParquet } from '../../../src/dataset/merge/merge-parquet.ts'
import { type Piece, planParts, S3_PARTS } from '../../../src/dataset/merge/plan.ts'
import { mergeRun } from '../../../src/dataset/merge/run.ts'
import { uploadParts } from '../../../src/dataset/merge/upload.ts'
import { stagedUploads } from '../../../src/dataset/staged-uploads.ts'
import { channels, type SinkMessage } from '../../../src/internal/channels.ts'

const MIB = 1024 * 1024

/** A client of S3 that answers at once, or when the test says, and keeps what it was asked. */
function fakeS3({ holds = false }: { readonly holds?: boolean } = {}) {
  const sent: {
    readonly name: string
    readonly input: Record<string, unknown>
    readonly abortSignal: AbortSignal | undefined
  }[] = []
  const held: (() => void)[] = []
  const answers: Record<string, object> = {
    CreateMultipartUploadCommand: { UploadId: 'u' },
    UploadPartCommand: { ETag: '"p"' },
    UploadPartCopyCommand: { CopyPartResult: { ETag: '"c"' } },
    CompleteMultipartUploadCommand: { ETag: '"done"' },
    HeadObjectCommand: { ContentLength: 100, ETag: '"e"' },
  }
  const send = async (
    command: { readonly constructor: { readonly name: string }; readonly input: object },
    options: { readonly abortSignal?: AbortSignal } = {},
  ) => {
    const { name } = command.constructor
    sent.push({ name, input: { ...command.input }, abortSignal: options.abortSignal })
    if (holds && name === 'UploadPartCommand') await new Promise<void>((resolve) => void held.push(resolve))
    return answers[name] ?? {}
  }
  return {
    client: { send, config: {} } as never,
    sent,
    held,
    of: (name: string) => sent.filter((one) => one.name === name),
  }
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('stagedUploads', () => {
  const options = {
    place: { Bucket: 'b' },
    headers: {},
    token: 't',
    concurrency: 16,
    onFailure: () => {},
  }

  test('a part is due at 5 MiB, and of what is left at the end', async () => {
    const { client, sent, of } = fakeS3()
    const { signal } = new AbortController()
    const uploads = await stagedUploads({ ...options, client, signal })
    const upload = uploads.start(() => 'k')
    expect(upload.add(new Uint8Array(5 * MIB - 1))).toBe(false)
    expect(upload.add(new Uint8Array(1))).toBe(true)
    await upload.send()
    await upload.end()
    expect(upload.add(new Uint8Array(7))).toBe(false)
    await upload.end()
    await uploads.settled()
    expect(
      of('UploadPartCommand').map(({ input }) => [input['PartNumber'], (input['Body'] as Uint8Array).length]),
    ).toEqual([
      [1, 5 * MIB],
      [2, 7],
    ])
    expect(sent[0]).toMatchObject({ name: 'CreateMultipartUploadCommand', abortSignal: undefined })
    expect(sent[0]?.input).toMatchObject({ Bucket: 'b', Key: 'k', Metadata: { 'millrace-upload': 't-0' } })
    for (const part of of('UploadPartCommand')) expect(part.abortSignal).toBe(signal)
    expect(uploads.sent()).toEqual({ bytes: 5 * MIB + 7, parts: 2, files: 1 })
  })

  test('a file without bytes has one part, and an upload without part is not removed', async () => {
    const { client, of } = fakeS3()
    const uploads = await stagedUploads({ ...options, client, signal: new AbortController().signal })
    const upload = uploads.start(() => 'k')
    uploads.start(() => 'other')
    await upload.end()
    await uploads.abandon()
    expect(of('UploadPartCommand').map(({ input }) => (input['Body'] as Uint8Array).length)).toEqual([0])
    expect(
      new Set(of('AbortMultipartUploadCommand').map(({ input }) => `${input['Key']} ${input['UploadId']}`)),
    ).toEqual(new Set(['k u']))
  })

  test('parts of 30 MiB at most are under way, but for one that is larger', async () => {
    const { client, held, of } = fakeS3({ holds: true })
    const uploads = await stagedUploads({ ...options, client, signal: new AbortController().signal })
    const upload = uploads.start(() => 'k')
    const part = new Uint8Array(6 * MIB)
    const sends: Promise<void>[] = []
    const settled: number[] = []
    for (let number = 0; number < 6; number++) {
      upload.add(part)
      const send = upload.send()
      sends.push(send.then(() => void settled.push(number)))
      await turns()
    }
    expect(of('UploadPartCommand').length).toBe(5)
    expect(settled).toEqual([0, 1, 2, 3, 4])
    held.shift()?.()
    await turns()
    expect(of('UploadPartCommand').length).toBe(6)
    for (const release of held) release()
    await Promise.all(sends)
    await uploads.settled()
    upload.add(new Uint8Array(31 * MIB))
    upload.send()
    await turns()
    expect(of('UploadPartCommand').length).toBe(7)
    held.at(-1)?.()
  })
})

describe('planParts', () => {
  const limits = { ...S3_PARTS, minBytes: 10, sendBytes: 40, copyBytes: 1000 }
  const source = (index: number, start: number, end: number, isCopyable = true): Piece => ({
    source: index,
    start,
    end,
    isCopyable,
  })

  test('what cannot be copied is read, however large', () => {
    expect(planParts([source(0, 0, 25, false)], limits)).toEqual([
      { kind: 'send', pieces: [source(0, 0, 25, false)], length: 25 },
    ])
    const bytes = new Uint8Array(25)
    expect(planParts([{ bytes }], limits)).toEqual([{ kind: 'send', pieces: [{ bytes }], length: 25 }])
  })

  test('what is copied lends a part before it what that lacks, and pieces are never empty', () => {
    const magic = new Uint8Array(4)
    expect(planParts([{ bytes: magic }, source(0, 4, 40), source(1, 4, 4), { bytes: magic }], limits)).toEqual([
      { kind: 'send', pieces: [{ bytes: magic }, source(0, 4, 10)], length: 10 },
      { kind: 'copy', source: 0, start: 10, end: 40 },
      { kind: 'send', pieces: [{ bytes: magic }], length: 4 },
    ])
  })

  test('a part that is sent ends at its size where what is left is a part, too', () => {
    const all = source(0, 0, 95, false)
    expect(planParts([all], limits).map((part) => part.kind === 'send' && part.pieces)).toEqual([
      [source(0, 0, 40, false)],
      [source(0, 40, 80, false)],
      [source(0, 80, 95, false)],
    ])
    expect(planParts([source(0, 0, 45, false), source(1, 0, 30, false)], limits)).toEqual([
      { kind: 'send', pieces: [source(0, 0, 40, false)], length: 40 },
      { kind: 'send', pieces: [source(0, 40, 45, false), source(1, 0, 30, false)], length: 35 },
    ])
    expect(planParts([source(0, 0, 49, false)], limits).length).toBe(1)
    expect(planParts([source(0, 0, 50, false)], limits).length).toBe(2)
  })
})

describe('uploadParts', () => {
  const copy = { kind: 'copy', source: 0, start: 4, end: 84 } as const
  const send = { kind: 'send', pieces: [{ bytes: new Uint8Array(6) }], length: 6 } as const
  const sourceOf = (location: object) =>
    ({ index: 0, eTag: 'e', location: { bucket: 'src', key: 'a/é b.parquet', ...location } }) as never
  const run = () => mergeRun(new AbortController().signal)
  const target = { bucket: 'b', key: 'k' }

  test.each<[object, object]>([
    [{}, { CopySource: 'src/a/%C3%A9%20b.parquet' }],
    [{ versionId: 'v/1' }, { CopySource: 'src/a/%C3%A9%20b.parquet?versionId=v%2F1' }],
    [
      { bucket: 'arn:aws:s3:eu-west-1:1:accesspoint/x', requestPayer: 'requester' },
      { CopySource: 'arn:aws:s3:eu-west-1:1:accesspoint/x/object/a/%C3%A9%20b.parquet', RequestPayer: 'requester' },
    ],
    [{ expectedBucketOwner: '123' }, { CopySource: 'src/a/%C3%A9%20b.parquet', ExpectedSourceBucketOwner: '123' }],
    [
      { sseCustomerKey: new Uint8Array(32) },
      {
        CopySource: 'src/a/%C3%A9%20b.parquet',
        CopySourceSSECustomerAlgorithm: 'AES256',
        CopySourceSSECustomerKey: Buffer.alloc(32).toString('base64'),
      },
    ],
  ])('a source at %o is copied by %o', async (location, fields) => {
    const { client, of } = fakeS3()
    expect(await uploadParts(client, target, [sourceOf(location)], [copy, send], run())).toBe('"done"')
    expect(of('UploadPartCopyCommand').map(({ input }) => input)).toEqual([
      {
        Bucket: 'b',
        Key: 'k',
        UploadId: 'u',
        PartNumber: 1,
        CopySourceIfMatch: '"e"',
        CopySourceRange: 'bytes=4-83',
        ...fields,
      },
    ])
    // Asked once more, after the last copy of it.
    expect(of('HeadObjectCommand').length).toBe(1)
  })

  test('an operation of the channel counts bytes and parts', async () => {
    const messages: SinkMessage[] = []
    const starts: string[] = []
    const subscriber = {
      start: (message: SinkMessage) => void starts.push(JSON.stringify([message.bytes, message.parts])),
      asyncEnd: (message: SinkMessage) => void messages.push(message),
    } as never
    channels.sink.subscribe(subscriber)
    try {
      const { client } = fakeS3()
      await uploadParts(client, target, [sourceOf({})], [copy, send], run())
    } finally {
      channels.sink.unsubscribe(subscriber)
    }
    expect(starts).toEqual(['[0,0]'])
    expect(messages).toMatchObject([{ bytes: 86, parts: 2 }])
  })
})

describe('mergeParquet names its arguments', () => {
  const { client } = fakeS3()
  const sources = [{ bucket: 'b', key: 'a' }]
  const target = { bucket: 'b', key: 'k' }
  test.each<[RegExp, () => Promise<unknown>]>([
    [/^mergeParquet: .*client/, () => mergeParquet(null as never, sources, target)],
    [/^mergeParquet: sources/, () => mergeParquet(client, 'text' as never, target)],
    [/^mergeParquet: sources is empty/, () => mergeParquet(client, [], target)],
    [/^mergeParquet: .*key/, () => mergeParquet(client, [{ bucket: 'b' } as never], target)],
    [/^mergeParquet: .*sinal/, () => mergeParquet(client, sources, target, { sinal: 1 } as never)],
    [/^mergeParquet: .*key/, () => mergeParquet(client, sources, { bucket: 'b' } as never)],
  ])('%s', async (message, call) => {
    await expect(call()).rejects.toThrow(message)
  })
})
