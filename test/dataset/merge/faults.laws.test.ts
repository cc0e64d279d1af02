import type { S3Client } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeParquet } from '../../../src/codecs/parquet/parquet.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { mergeInParts, mergeParquet } from '../../../src/dataset/merge/merge-parquet.ts'
import { openDuckDb } from '../../codecs/parquet/support/parquet-oracles.ts'
import { law } from '../../support/law.ts'
import { BUCKET, type S3Request, type S3Server, startS3Server } from '../../support/s3-server.ts'
import { putSources, SMALL_PART, SMALL_PARTS } from './support/merge-files.ts'

let server: S3Server
let client: S3Client
beforeAll(async () => {
  server = await startS3Server({ minPartBytes: SMALL_PART })
  client = server.client()
})
afterAll(() => server.close())
beforeEach(() => server.reset())

const TARGET = { bucket: BUCKET, key: 'm' }
const many = tableFromRows(Array.from({ length: 90 }, (_, id) => ({ id: BigInt(id * 7919) })))
const fileOf = (rows: number, seed: number) =>
  encodeParquet(many.slice(seed, seed + rows), { rowGroupRows: 20, pageIndex: seed % 2 === 0 })
const sizes = fc.array(fc.constantFrom(0, 1, 5, 60), { minLength: 1, maxLength: 5 })
const faults = fc.constantFrom(
  { status: 403, code: 'AccessDenied' },
  { status: 500, code: 'InternalError' },
  { breakAfter: 0 },
)

/** A merge whose requests from the n-th on meet `meets`; how it ended, and how many requests it made. */
async function mergeMeeting(
  rows: readonly number[],
  meets: (nth: number, request: S3Request) => unknown,
  signal = new AbortController().signal,
) {
  server.reset()
  const { sources } = await putSources(server, await Promise.all(rows.map(fileOf)))
  await server.put('m', 'as it was')
  let requests = 0
  server.fault((request) => (request.method === 'DELETE' ? undefined : (meets(requests++, request) as never)))
  const outcome = await mergeInParts(client, sources, TARGET, signal, SMALL_PARTS).then(
    () => 'merged' as const,
    (error: unknown) => error as Error,
  )
  server.fault(() => undefined)
  return { outcome, requests }
}

async function expectUntouched(): Promise<void> {
  expect(server.openUploads()).toBe(0)
  expect(Buffer.from(await server.get('m')).toString()).toBe('as it was')
}

law(
  'mergeParquet: if any request fails, the target is unchanged and no upload is left',
  fc.asyncProperty(sizes, fc.nat(40), faults, async (rows, at, fault) => {
    const { outcome, requests } = await mergeMeeting(rows, (nth) => (nth === at ? fault : undefined))
    // Answers without a body cannot break off; and a read goes on where it broke.
    const isSure = !('breakAfter' in fault) && fault.status === 403
    if (requests <= at) expect(outcome).toBe('merged')
    else if (isSure)
      expect(outcome).toMatchObject({ code: expect.stringMatching(/^(SOURCE_UNAVAILABLE|WRITE_FAILED)$/) })
    if (outcome === 'merged') expect(server.openUploads()).toBe(0)
    else await expectUntouched()
  }),
  { runs: 60 },
)

law(
  'mergeParquet: aborted at any request, it throws the reason of the signal, the target is unchanged and no upload is left',
  fc.asyncProperty(sizes, fc.nat(25), async (rows, at) => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const abort = (nth: number, { method, query }: S3Request) => {
      // What completes an upload may have been done when the signal comes.
      if (nth === at && (method !== 'POST' || 'uploads' in query)) controller.abort(reason)
    }
    const { outcome } = await mergeMeeting(rows, abort, controller.signal)
    if (!controller.signal.aborted) expect(outcome).toBe('merged')
    else if (outcome !== 'merged') {
      expect(outcome).toBe(reason)
      expect(server.openUploads()).toBe(0)
    }
  }),
  { runs: 60 },
)

test('with an aborted signal nothing is sent', async () => {
  const asked = server.requests.length
  const signal = AbortSignal.abort(new Error('before'))
  await expect(mergeParquet(client, [TARGET], TARGET, { signal })).rejects.toThrow('before')
  expect(server.requests.length).toBe(asked)
})

describe('mergeParquet, in parts that S3 accepts', () => {
  let real: S3Server
  beforeAll(async () => {
    real = await startS3Server()
  })
  afterAll(() => real.close())

  test('bytes of sources over 5 MiB stay on the server, except footers and bytes joined to a small source before them', async () => {
    const duckdb = await openDuckDb()
    const query = (rows: number, seed: number) =>
      `select i as id, hash(i + ${seed}) as h, md5(cast(i + ${seed} as varchar)) as note from range(${rows}) r(i)`
    const large = [await duckdb.file(query(300_000, 1)), await duckdb.file(query(400_000, 2))]
    const small = [await duckdb.file(query(1000, 3)), await duckdb.file(query(2000, 4))]
    expect(large.every((file) => file.length > 8 * 2 ** 20)).toBe(true)

    const bytesOf = async (files: readonly Uint8Array[]) => {
      real.reset()
      const { sources } = await putSources(real, files)
      const before = real.requests.length
      const merge = await mergeParquet(real.client(), sources, TARGET)
      const moved = real.requests.slice(before).map(({ method, headers }) => {
        const [, from = 0, to = -1] = /^bytes=(\d+)-(\d+)$/.exec(String(headers.range)) ?? []
        return method === 'GET' ? Number(to) + 1 - Number(from) : Number(headers['content-length'] ?? 0)
      })
      const file = await real.get('m')
      expect(merge.bytes).toBe(file.length)
      expect(real.openUploads()).toBe(0)
      const facts = async (each: Uint8Array) =>
        (await duckdb.over(each, 'select count(*), sum(id), sum(h % 1000)::bigint from FILE'))[0]?.map(BigInt as never)
      const expected = [0n, 0n, 0n]
      for (const each of files) {
        for (const [index, fact] of ((await facts(each)) as bigint[]).entries())
          expected[index] = (expected[index] ?? 0n) + fact
      }
      expect(await facts(file)).toEqual(expected)
      return { merge, moved: moved.reduce((sum, bytes) => sum + bytes, 0) }
    }

    const { merge, moved } = await bytesOf([...large, ...large])
    expect(moved).toBeLessThan(merge.bytes / 100)
    expect(merge.readBytes + (merge.bytes - merge.copiedBytes)).toBeLessThan(merge.bytes / 100)
    const mixed = await bytesOf([small[0], large[0], small[1], large[1], small[0]] as Uint8Array[])
    const atMost = 3 * (small[0]?.length ?? 0) + (small[1]?.length ?? 0) + 2 * 5 * 2 ** 20 + 5 * 16 * 1024
    expect(mixed.merge.readBytes).toBeLessThan(atMost)
    expect(mixed.merge.copiedBytes).toBeGreaterThan(mixed.merge.bytes - 11 * 2 ** 20)
    duckdb.close()
  })
})
