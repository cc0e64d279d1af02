import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ndjson } from '../../src/codecs/json/json.ts'
import { byDay } from '../../src/dataset/by-period.ts'
import { type DatasetSinkOptions, type DatasetTarget, datasetSink } from '../../src/dataset/dataset-sink.ts'
import { isDatasetWriteError } from '../../src/dataset/dataset-write.ts'
import { MillraceError } from '../../src/errors.ts'
import { deadline } from '../../src/flow/deadline.ts'
import { type S3Request, type S3Server, startS3Server } from '../support/s3-server.ts'
import { cut, NOTHING, nothingLeft, orders, streamOf, TARGET } from './support.ts'

let server: S3Server
let client: S3Client
beforeAll(async () => {
  server = await startS3Server()
  client = server.client()
})
afterAll(() => server.close())
beforeEach(() => server.reset())

const table = orders(600)
const batches = cut(table, 50)
/** Small budgets, so that files are written while rows still come. */
const options: DatasetSinkOptions = { sleep: async () => {}, maxBufferedBytes: 8 * 1024, concurrency: 3 }
const sinkOf = (target: Partial<DatasetTarget> = {}, more: DatasetSinkOptions = {}) =>
  datasetSink(client, { ...TARGET, partitionBy: ['region', byDay('at')], ...target }, { ...options, ...more })

const isCreate = ({ method, query }: S3Request) => method === 'POST' && 'uploads' in query
const isPart = ({ query }: S3Request) => 'partNumber' in query
const isCompletion = ({ method, query }: S3Request) => method === 'POST' && 'uploadId' in query
const sent = (is: (request: S3Request) => boolean) => server.requests.filter(is).length

describe('before the first completion', () => {
  test.each([0, 1, 5, 11])('a source that fails after %s batches: its error, and nothing is left', async (count) => {
    const error = new Error('no')
    const source = async function* () {
      yield* batches.slice(0, count)
      throw error
    }
    await expect(sinkOf()(source())).rejects.toBe(error)
    expect(nothingLeft(server)).toEqual(NOTHING)
    expect(sent(isCompletion)).toBe(0)
  })

  test.each([
    ['the creation', isCreate],
    ['the part', isPart],
  ])('%s that fails, at any point: WRITE_FAILED, and nothing is left', async (_, is) => {
    await sinkOf()(streamOf(batches))
    const all = sent(is)
    expect(all).toBeGreaterThan(10)
    for (const at of [1, 2, Math.floor(all / 2), all]) {
      server.reset()
      server.fault((request) => (is(request) && sent(is) === at ? { status: 403, code: 'AccessDenied' } : undefined))
      const error = await sinkOf()(streamOf(batches)).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'WRITE_FAILED', message: expect.stringMatching(/HTTP 403 AccessDenied/) })
      expect(isDatasetWriteError(error) && error.files).toEqual([])
      expect(Object.keys(error as object)).toEqual(['code'])
      expect(nothingLeft(server)).toEqual(NOTHING)
      expect(sent(isCompletion)).toBe(0)
    }
  })

  test.each([
    ['while the source is stuck', false],
    ['while parts are under way', true],
  ])('an abort %s ends at once and leaves nothing', async (_, isSlow) => {
    const abort = new AbortController()
    const reason = new MillraceError('DEADLINE_EXCEEDED', 'out of time')
    if (isSlow) server.fault((request) => (isPart(request) ? { delayMs: 150 } : undefined))
    const stuck = async function* () {
      yield* batches
      await new Promise(() => {})
    }
    setTimeout(() => abort.abort(reason), 100)
    await expect(sinkOf()(stuck(), { signal: abort.signal })).rejects.toBe(reason)
    await wait(200)
    expect(nothingLeft(server)).toEqual(NOTHING)
    expect(sent(isCompletion)).toBe(0)
  })

  test('an abort after the source has ended, with the last part under way', async () => {
    await sinkOf()(streamOf(batches))
    const parts = sent(isPart)
    server.reset()
    const abort = new AbortController()
    server.fault((request) => {
      if (!isPart(request) || sent(isPart) < parts) return undefined
      abort.abort(new Error('late'))
      return { delayMs: 20 }
    })
    await expect(sinkOf()(streamOf(batches), { signal: abort.signal })).rejects.toThrow('late')
    await wait(50)
    expect(nothingLeft(server)).toEqual(NOTHING)
    expect(sent(isCompletion)).toBe(0)
  })

  test('a signal that is aborted already sends nothing', async () => {
    await expect(sinkOf()(streamOf(batches), { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no')
    expect(server.requests).toEqual([])
  })

  test("Lambda's deadline, through a pipeline", async () => {
    const signal = deadline({ getRemainingTimeInMillis: () => 150 }, { reserveMs: 100 })
    const slow = async function* () {
      for (const batch of batches) {
        await wait(20)
        yield batch
      }
    }
    await expect(pipeline(slow, sinkOf(), { signal })).rejects.toThrow()
    await expect.poll(() => server.openUploads()).toBe(0)
    expect(server.keys()).toEqual([])
    expect(sent(isCompletion)).toBe(0)
  })

  test('a format that fails in the middle', async () => {
    const bad = orders(200)
    bad.getChild('amount')?.data[0]?.values.fill(Number.NaN, 150)
    await expect(sinkOf({ format: ndjson() })(streamOf([...batches, ...bad.batches]))).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
    })
    expect(nothingLeft(server)).toEqual(NOTHING)
  })
})

describe('from the first completion on', () => {
  test('completions that S3 slows down are tried again, with growing waits', async () => {
    const waits: number[] = []
    server.fault((request) =>
      isCompletion(request) && sent(isCompletion) <= 3 ? { status: 503, code: 'SlowDown' } : undefined,
    )
    const write = await sinkOf({}, { random: () => 1, sleep: async (ms) => waits.push(ms) })(streamOf(batches))
    expect(waits).toEqual([100, 200, 400])
    expect(server.keys()).toHaveLength(write.files.length)
    expect(server.openUploads()).toBe(0)
  })

  test('an abort changes nothing any more', async () => {
    const abort = new AbortController()
    server.fault((request) => {
      if (isCompletion(request)) abort.abort(new Error('too late'))
      return undefined
    })
    const write = await sinkOf()(streamOf(batches), { signal: abort.signal })
    expect(write.rows).toBe(600)
    expect(server.keys()).toHaveLength(write.files.length)
  })

  test('a first completion that fails for good: nothing is visible, and nothing is left', async () => {
    server.fault((request) => (isCompletion(request) ? { status: 403, code: 'AccessDenied' } : undefined))
    const error = await sinkOf()(streamOf(batches)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'WRITE_FAILED', files: [] })
    expect(sent(isCompletion)).toBe(1)
    expect(nothingLeft(server)).toEqual(NOTHING)
  })

  test('one that fails for good later: files names what is visible, and a second run makes it whole', async () => {
    const whole = await sinkOf()(streamOf(batches))
    server.reset()
    server.fault((request) =>
      isCompletion(request) && sent(isCompletion) === 4 ? { status: 403, code: 'AccessDenied' } : undefined,
    )
    const error = await sinkOf()(streamOf(batches)).catch((thrown: unknown) => thrown)
    if (!isDatasetWriteError(error)) throw error
    expect(error.files.length).toBeGreaterThan(2)
    expect(error.files.length).toBeLessThan(whole.files.length)
    expect(error.message).toMatch(new RegExp(`^${error.files.length} of ${whole.files.length} files`))
    expect(error.files.map(({ key }) => key).sort()).toEqual(server.keys().sort())
    expect(JSON.stringify(error)).not.toMatch(/eu|us|asia|processed/)
    expect(error.message).not.toMatch(/region|processed|lake/)
    expect(server.openUploads()).toBe(0)
    server.fault(() => undefined)
    const again = await sinkOf()(streamOf(batches))
    expect(again.files.map(({ key, rows }) => [key, rows])).toEqual(whole.files.map(({ key, rows }) => [key, rows]))
    expect(server.keys().sort()).toEqual(whole.files.map(({ key }) => key).sort())
  })
})
