import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type CompletionOptions, completeUpload } from '../../src/s3/complete-upload.ts'
import { answered, type Sent, scriptedClient } from './support/scripted-client.ts'

const md5 = (...data: (string | Buffer)[]) => {
  const hash = createHash('md5')
  for (const each of data) hash.update(each)
  return hash.digest()
}
const place = { Bucket: 'lake', Key: 'a' }
const parts = [2, 1].map((PartNumber) => ({ PartNumber, ETag: `"${md5(String(PartNumber)).toString('hex')}"` }))
const upload = { place, uploadId: 'u', parts }
/** The ETag that S3 gives to an object of those parts. */
const own = `"${md5(md5('1'), md5('2')).toString('hex')}-2"`
const gone = answered(404, 'NoSuchUpload')
const slow = answered(503, 'SlowDown')

type Script = Readonly<Record<string, (count: number) => unknown>>
/** The first of these answers that there is for a call, errors thrown. */
const list =
  (...answers: unknown[]) =>
  (count: number) =>
    answers[Math.min(count, answers.length - 1)]

async function run(script: Script, options: Partial<CompletionOptions> = {}) {
  const waits: number[] = []
  const { client, sent } = scriptedClient(({ name }: Sent, count) => {
    const answer = script[name]?.(count)
    if (answer instanceof Error) throw answer
    return answer
  })
  const sleep = async (ms: number) => void waits.push(ms)
  const [outcome] = await Promise.allSettled([
    completeUpload(upload, { client, attempts: 3, sleep, random: () => 0.5, ...options }),
  ])
  return { outcome, waits, sent, names: sent.map(({ name }) => name) }
}

const made = { status: 'fulfilled', value: own }
const COMPLETE = 'CompleteMultipartUpload'

describe('completeUpload', () => {
  test('sends the parts in order, and a signal where there is one', async () => {
    const { signal } = new AbortController()
    const { outcome, sent } = await run({ [COMPLETE]: () => ({ ETag: own }) }, { ifNoneMatch: '*', signal })
    expect(outcome).toEqual(made)
    const input = { ...place, UploadId: 'u', IfNoneMatch: '*', MultipartUpload: { Parts: [parts[1], parts[0]] } }
    expect(sent).toEqual([{ name: COMPLETE, input, options: { abortSignal: signal } }])
    const without = await run({ [COMPLETE]: () => ({ ETag: own }) })
    expect(without.sent[0]?.input).not.toHaveProperty('IfNoneMatch')
    expect(without.sent[0]?.options).toBeUndefined()
  })

  test('tries again what may pass, with growing waits, and a conflict without ifNoneMatch', async () => {
    const again = await run({ [COMPLETE]: list(slow, answered(409), { ETag: own }) })
    expect(again).toMatchObject({ outcome: made, waits: [50, 100], names: [COMPLETE, COMPLETE, COMPLETE] })
  })

  test.each([
    ['a refusal', answered(403), {}, 1],
    ['an upload that is gone', gone, {}, 1],
    ['a conflict under ifNoneMatch', answered(409), { ifNoneMatch: '*' as const }, 1],
    ['what never passes', slow, {}, 3],
  ])('%s counts once the object was asked', async (_, error, options, count) => {
    const none = await run({ [COMPLETE]: () => error, HeadObject: () => answered(404) }, options)
    expect(none.outcome).toEqual({ status: 'rejected', reason: error })
    expect(none.names).toEqual([...Array.from({ length: count }, () => COMPLETE), 'HeadObject'])
    const there = { [COMPLETE]: () => error, HeadObject: () => ({ ETag: own }), AbortMultipartUpload: () => gone }
    expect((await run(there, options)).outcome).toEqual(made)
  })

  test('a signal that aborts meanwhile ends it, and nothing more is asked', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const abort = () => {
      controller.abort(reason)
      return gone
    }
    const { outcome, names } = await run({ [COMPLETE]: abort }, { signal: controller.signal })
    expect(outcome).toEqual({ status: 'rejected', reason })
    expect(names).toEqual([COMPLETE])
  })

  test('the object is asked as often as the completion, but only while that may help', async () => {
    const asks = (...answers: unknown[]) =>
      run({ [COMPLETE]: () => gone, HeadObject: list(...answers), AbortMultipartUpload: () => gone })
    expect(await asks(slow, slow, { ETag: own })).toMatchObject({ outcome: made, waits: [50, 100] })
    const never = await asks(slow)
    expect(never).toMatchObject({ outcome: { reason: gone }, waits: [50, 100] })
    expect(never.names.filter((name) => name === 'HeadObject')).toHaveLength(3)
    expect((await asks(answered(403))).names).toEqual([COMPLETE, 'HeadObject'])
  })

  test.each([
    ['of its parts', { ETag: own }, true],
    ['of its parts, without quotes', { ETag: own.slice(1, -1) }, true],
    ['of its parts, under a key of S3', { ETag: own, ServerSideEncryption: 'AES256' }, true],
    ['of as many parts under a key of KMS', { ETag: '"abc-2"', ServerSideEncryption: 'aws:kms' }, true],
    ["of as many parts under a customer's key", { ETag: '"abc-2"', SSECustomerAlgorithm: 'AES256' }, true],
    ['of as many others', { ETag: '"abc-2"' }, false],
    ['of as many others under a key of S3', { ETag: '"abc-2"', ServerSideEncryption: 'AES256' }, false],
    ['of another number of parts', { ETag: own.replace('-2', '-1') }, false],
    ['of another number under a key of KMS', { ETag: '"abc-1"', ServerSideEncryption: 'aws:kms' }, false],
    ['of one piece', { ETag: own.replace('-2', ''), ServerSideEncryption: 'aws:kms' }, false],
    ['with an ETag of another kind', { ETag: '"x-abc-2"', ServerSideEncryption: 'aws:kms' }, false],
    ['with an ETag of another end', { ETag: '"abc-2"x', ServerSideEncryption: 'aws:kms' }, false],
    ['without an ETag', { ServerSideEncryption: 'aws:kms' }, false],
  ])('an object %s: its own is %s %s', async (_, object, isOwn) => {
    const script = { [COMPLETE]: () => gone, HeadObject: () => object, AbortMultipartUpload: () => gone }
    expect((await run(script)).outcome).toMatchObject(
      isOwn ? { value: (object as { ETag?: string }).ETag } : { reason: gone },
    )
  })

  test.each([
    ['is still there, and is removed', {}],
    ['may be there', answered(403)],
    ['may be there, for all that the network says', new Error('reset')],
  ])('an object of the same parts is of another where the upload %s', async (_, removal) => {
    const script = { [COMPLETE]: () => gone, HeadObject: () => ({ ETag: own }), AbortMultipartUpload: () => removal }
    const { outcome, sent } = await run(script)
    expect(outcome).toMatchObject({ reason: gone })
    expect(sent.at(-1)).toMatchObject({ name: 'AbortMultipartUpload', input: { ...place, UploadId: 'u' } })
  })

  test('what is its own may be decided otherwise', async () => {
    const script = { [COMPLETE]: () => gone, HeadObject: () => ({ ETag: '"x"' }) }
    expect((await run(script, { isOwn: async () => true })).outcome).toMatchObject({ value: '"x"' })
    expect((await run(script, { isOwn: () => false })).outcome).toMatchObject({ reason: gone })
  })
})
