import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { dynamodbGather } from '../../../src/fanout/gather/dynamodb-gather.ts'
import { type Gather, gather, type PartResult } from '../../../src/fanout/gather/gather.ts'
import { jsonText } from '../../../src/fanout/gather/json-text.ts'
import { memoryGather } from '../../../src/fanout/gather/memory-gather.ts'
import { s3Gather } from '../../../src/fanout/gather/s3-gather.ts'

interface Sent {
  readonly name: string
  readonly input: Record<string, unknown>
}

/** A client that answers each command by its name: with a value, with the next of a list, or by throwing an error. */
function scripted(answers: Readonly<Record<string, unknown>>) {
  const sent: Sent[] = []
  const send = async (command: object) => {
    const name = command.constructor.name.replace('Command', '')
    sent.push({ name, input: { ...(command as { input: object }).input } })
    const given = answers[name] ?? {}
    const calls = sent.filter((one) => one.name === name).length
    const answer = Array.isArray(given) ? given[Math.min(calls, given.length) - 1] : given
    if (answer instanceof Error) throw answer
    return answer
  }
  const names = () => sent.map(({ name }) => name)
  return { client: { send } as never, sent, names }
}

const httpError = (httpStatusCode: number, name: string, more: object = {}) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode }, ...more })
const code = (name: string, message?: RegExp) =>
  expect.objectContaining({ code: name, ...(message && { message: expect.stringMatching(message) }) })

async function resultsOf({ results }: Gather): Promise<PartResult[]> {
  const all: PartResult[] = []
  for await (const each of results()) all.push(each)
  return all
}

beforeEach(() => {
  // No jitter: every wait is 0 ms.
  vi.spyOn(Math, 'random').mockReturnValue(0)
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('s3Gather', () => {
  const at = (name: string, second: number) => ({ Key: `gather/r/${name}.json`, LastModified: new Date(second * 1000) })
  const own = (part: number, second: number) => at(`4/0000000${part}`, second)
  const runWith = (answers: Readonly<Record<string, unknown>>, options: object = {}) => {
    const { client, ...seen } = scripted(answers)
    return { run: gather({ store: s3Gather({ client, bucket: 'b', ...options }), run: 'r', parts: 4 }), ...seen }
  }

  test.each([
    [{}, 'gather/r/4/00000001.json'],
    [{ prefix: '' }, 'r/4/00000001.json'],
    [{ prefix: 'x' }, 'x/r/4/00000001.json'],
    [{ prefix: 'x/' }, 'x/r/4/00000001.json'],
  ])('with %o a result is put where none is, at %s', async (options, Key) => {
    const { run, sent } = runWith({}, options)
    await run.arrive(1, { a: 1 })
    expect(sent[0]).toEqual({
      name: 'PutObject',
      input: { Bucket: 'b', Key, Body: '{"a":1}', ContentType: 'application/json', IfNoneMatch: '*' },
    })
    expect(sent[1]).toMatchObject({
      name: 'ListObjectsV2',
      input: { Bucket: 'b', Prefix: Key.slice(0, -'4/00000001.json'.length) },
    })
  })

  test('a result that is there already stays, and counts', async () => {
    const { run, names } = runWith({
      PutObject: httpError(412, 'PreconditionFailed'),
      ListObjectsV2: { Contents: [own(0, 1), own(1, 1)] },
    })
    expect(await run.arrive(1, 1)).toEqual({ arrived: 2, isComplete: false })
    expect(names()).toEqual(['PutObject', 'ListObjectsV2'])
  })

  test('a put that meets another one is made again, and given up in the end', async () => {
    const conflict = httpError(409, 'ConditionalRequestConflict')
    const once = runWith({ PutObject: [conflict, conflict, {}], ListObjectsV2: { Contents: [own(1, 1)] } })
    expect(await once.run.arrive(1, 1)).toMatchObject({ arrived: 1 })
    expect(once.names()).toEqual(['PutObject', 'PutObject', 'PutObject', 'ListObjectsV2'])
    const always = runWith({ PutObject: conflict })
    await expect(always.run.arrive(1, 1)).rejects.toThrow(code('WRITE_FAILED', /409 ConditionalRequestConflict/))
    const puts = always.names().length
    expect(puts).toBeGreaterThan(3)
    expect(puts).toBeLessThan(50)
    const denied = runWith({ PutObject: httpError(403, 'AccessDenied') })
    await expect(denied.run.arrive(1, 1)).rejects.toThrow(code('WRITE_FAILED', /AccessDenied/))
    expect(denied.names()).toEqual(['PutObject'])
  })

  test('all pages of the listing count, and what is not of a gather does not', async () => {
    const others = ['notes', '4/x0000000', '4/0000000', '4/000000001', 'x/4/00000001', '123456789/00000001'].map(
      (name) => at(name, 0),
    )
    const pages = [
      { Contents: [own(0, 5), ...others], NextContinuationToken: 't' },
      {},
      { Contents: [own(3, 4), own(2, 6)] },
    ]
    pages.splice(1, 1, { NextContinuationToken: 'u' } as never)
    const { run, sent } = runWith({ ListObjectsV2: pages })
    expect(await run.arrive(2, 1)).toEqual({ arrived: 3, isComplete: false })
    expect(sent.slice(1).map(({ input }) => input['ContinuationToken'])).toEqual([undefined, 't', 'u'])
  })

  /** Seconds of results of this run of 4 parts, and of others by their number of parts; whether the caller gives way. */
  test.each<[string, readonly number[], readonly (readonly [number, number])[], boolean]>([
    ['nothing else', [5], [], false],
    ['a later one', [5], [[9, 6]], false],
    ['an earlier one', [5], [[9, 4]], true],
    [
      'an earlier one, and a later',
      [5],
      [
        [3, 6],
        [9, 4],
      ],
      true,
    ],
    [
      'an earlier one behind a later',
      [5],
      [
        [9, 4],
        [3, 6],
      ],
      true,
    ],
    ['one between two of ours', [5, 3], [[9, 4]], false],
    ['one between two of ours, the other way round', [3, 5], [[9, 4]], false],
    ['one in the same second, ours alone', [5], [[9, 5]], true],
    ['one in the same second, of more parts', [5, 5], [[9, 5]], false],
    ['one in the same second, of fewer parts', [5, 5], [[3, 5]], true],
    [
      'two in the same second: the first in the list',
      [5, 5],
      [
        [9, 5],
        [3, 5],
      ],
      false,
    ],
  ])('%s', async (_, ours, theirs, gives) => {
    const Contents = [
      ...ours.map((second, part) => own(part, second)),
      ...theirs.map(([parts, second]) => at(`${parts}/00000000`, second)),
    ]
    const { run, names, sent } = runWith({ ListObjectsV2: { Contents } })
    const call = run.arrive(0, 1)
    if (!gives) {
      expect(await call).toMatchObject({ arrived: ours.length })
      return expect(names()).toEqual(['PutObject', 'ListObjectsV2'])
    }
    await expect(call).rejects.toThrow(code('SPLIT_MISMATCH'))
    expect(names()).toEqual(['PutObject', 'ListObjectsV2', 'DeleteObject'])
    expect(sent[2]?.input).toEqual({ Bucket: 'b', Key: 'gather/r/4/00000000.json' })
  })

  test('who has put nothing deletes nothing, and gives way to fewer parts alone', async () => {
    const there = httpError(412, 'PreconditionFailed')
    const earlier = runWith({ PutObject: there, ListObjectsV2: { Contents: [own(0, 5), at('9/00000000', 4)] } })
    await expect(earlier.run.arrive(0, 1)).rejects.toThrow(code('SPLIT_MISMATCH', /9 parts/))
    expect(earlier.names()).toEqual(['PutObject', 'ListObjectsV2'])
    const same = { Contents: [own(0, 5), at('9/00000000', 5)] }
    expect(await runWith({ PutObject: there, ListObjectsV2: same }).run.arrive(0, 1)).toMatchObject({ arrived: 1 })
    const read = runWith({ ListObjectsV2: same, GetObject: { Body: { transformToString: async () => '7' } } })
    expect(await resultsOf(read.run)).toEqual([{ part: 0, result: 7 }])
    const fewer = runWith({ ListObjectsV2: { Contents: [own(0, 5), at('3/00000000', 5)] } })
    await expect(resultsOf(fewer.run)).rejects.toThrow(code('SPLIT_MISMATCH', /3 parts/))
  })

  test('results that cannot be read are typed', async () => {
    const listing = { Contents: [own(0, 5)] }
    const resultsWith = (GetObject: unknown) => resultsOf(runWith({ ListObjectsV2: listing, GetObject }).run)
    await expect(resultsWith({})).rejects.toThrow(code('PAYLOAD_INVALID'))
    await expect(resultsWith({ Body: { transformToString: async () => '{' } })).rejects.toThrow(code('PAYLOAD_INVALID'))
    await expect(resultsWith(httpError(404, 'NoSuchKey'))).rejects.toThrow(code('SOURCE_UNAVAILABLE', /result/))
    await expect(resultsWith(httpError(500, 'InternalError'))).rejects.toThrow(
      code('SOURCE_UNAVAILABLE', /InternalError/),
    )
    const list = runWith({ ListObjectsV2: httpError(403, 'AccessDenied') })
    await expect(resultsOf(list.run)).rejects.toThrow(code('SOURCE_UNAVAILABLE', /AccessDenied/))
  })

  test('client and bucket must be given', () => {
    const { client } = scripted({})
    for (const options of [{ client }, { bucket: 'b' }, {}]) {
      expect(() => s3Gather(options as never)).toThrow(code('OPTION_INVALID', /^s3Gather: client and bucket/))
    }
    expect(() => s3Gather('b' as never)).toThrow(/^s3Gather: .*options.*write s3Gather/)
    expect(() => s3Gather(undefined as never)).toThrow(/^s3Gather: options must be an object/)
  })
})

describe('dynamodbGather', () => {
  const MAX_INLINE = 32 * 1024
  const failed = (Item?: object) => httpError(400, 'ConditionalCheckFailedException', { Item })
  const item = (parts: unknown, ttl: unknown, done: readonly string[] = [], more: object = {}) => ({
    parts: { N: parts },
    ttl: { N: ttl },
    done: { NS: done },
    ...more,
  })
  const LIVE = '2000000000'
  const runWith = (answers: Readonly<Record<string, unknown>>, parts = 4) => {
    const { client, ...seen } = scripted(answers)
    const now = () => 1_700_000_000_000
    return { run: gather({ store: dynamodbGather({ client, tableName: 't' }), run: 'r', parts, now }), ...seen }
  }
  const counted = { Attributes: { done: { NS: ['1', '10', '2'] } } }

  test('an arrival is one update of the run that is on, where the part is not there', async () => {
    const { run, sent } = runWith({ UpdateItem: counted })
    expect(await run.arrive(2, 'x')).toMatchObject({ arrived: 3 })
    expect(sent).toMatchObject([
      {
        name: 'UpdateItem',
        input: {
          TableName: 't',
          Key: { id: { S: 'gather#r' } },
          UpdateExpression: 'SET #parts = :parts, #ttl = :ttl, #result = :result ADD #done :done',
          ExpressionAttributeNames: { '#id': 'id', '#parts': 'parts', '#ttl': 'ttl', '#done': 'done', '#result': 'r2' },
          ExpressionAttributeValues: {
            ':parts': { N: '4' },
            ':ttl': { N: '1701209600' },
            ':now': { N: '1700000000' },
            ':part': { N: '2' },
            ':done': { NS: ['2'] },
            ':result': { S: '"x"' },
          },
          ReturnValues: 'UPDATED_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
    ])
  })

  test('results are kept in the item while all of them stay under 32 KiB', async () => {
    const text = (bytes: number): string => 'x'.repeat(bytes - 2)
    const inline = runWith({ UpdateItem: counted })
    await inline.run.arrive(2, text(MAX_INLINE / 4 - 1))
    expect(inline.names()).toEqual(['UpdateItem'])
    const apart = runWith({ UpdateItem: counted })
    await apart.run.arrive(2, text(MAX_INLINE / 4))
    expect(apart.names()).toEqual(['PutItem', 'UpdateItem'])
    expect(apart.sent[0]?.input).toMatchObject({
      Item: { id: { S: 'gather#r#4#2' }, ttl: { N: '1701209600' } },
      ConditionExpression: 'attribute_not_exists(#id) OR #ttl <= :now',
      ExpressionAttributeNames: { '#id': 'id', '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':now': { N: '1700000000' } },
    })
    expect(apart.sent[1]?.input).toMatchObject({ UpdateExpression: 'SET #parts = :parts, #ttl = :ttl ADD #done :done' })
    const most = 398 * 1024
    await apart.run.arrive(2, text(most))
    await expect(apart.run.arrive(2, text(most + 1))).rejects.toThrow(code('LIMIT_EXCEEDED'))
  })

  test('50,000 parts are the most', async () => {
    expect(await runWith({ UpdateItem: counted }, 50_000).run.arrive(2, 1)).toMatchObject({ arrived: 3 })
    await expect(runWith({ UpdateItem: counted }, 50_001).run.arrive(2, 1)).rejects.toThrow(code('LIMIT_EXCEEDED'))
  })

  test.each([true, false])('a part that is there counts once; the item comes with the answer: %s', async (comes) => {
    const found = item('4', LIVE, ['0', '2'])
    const { run, names } = runWith({ UpdateItem: failed(comes ? found : undefined), GetItem: { Item: found } })
    expect(await run.arrive(2, 1)).toMatchObject({ arrived: 2 })
    expect(names()).toEqual(comes ? ['UpdateItem'] : ['UpdateItem', 'GetItem'])
  })

  test('an item that is gone, or that another call changed, is counted in again', async () => {
    const gone = runWith({ UpdateItem: [failed(), counted] })
    expect(await gone.run.arrive(2, 1)).toMatchObject({ arrived: 3 })
    expect(gone.names()).toEqual(['UpdateItem', 'GetItem', 'UpdateItem'])
    const changed = runWith({ UpdateItem: [failed(item('4', LIVE, ['0'])), counted] })
    expect(await changed.run.arrive(2, 1)).toMatchObject({ arrived: 3 })
    const always = runWith({ UpdateItem: failed(item('4', LIVE, ['0'])) })
    await expect(always.run.arrive(2, 1)).rejects.toThrow(code('WRITE_FAILED', /changed \d+ times/))
    const turns = /changed (\d+) times/.exec(String(await always.run.arrive(2, 1).catch((error: unknown) => error)))
    expect(always.names().length).toBe(2 * Number(turns?.[1]))
  })

  test('an item over its time is deleted, whoever does it first', async () => {
    const over = failed(item('9', '1700000000', ['0']))
    for (const DeleteItem of [{}, failed()]) {
      const { run, sent, names } = runWith({ UpdateItem: [over, counted], DeleteItem })
      expect(await run.arrive(2, 1)).toMatchObject({ arrived: 3 })
      expect(names()).toEqual(['UpdateItem', 'DeleteItem', 'UpdateItem'])
      expect(sent[1]?.input).toEqual({
        TableName: 't',
        Key: { id: { S: 'gather#r' } },
        ConditionExpression: '#ttl = :ttl',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':ttl': { N: '1700000000' } },
      })
    }
    const refused = runWith({ UpdateItem: httpError(400, 'AccessDeniedException') })
    await expect(refused.run.arrive(2, 1)).rejects.toThrow(code('WRITE_FAILED', /AccessDeniedException/))
    expect(refused.names()).toEqual(['UpdateItem'])
    const denied = runWith({ UpdateItem: over, DeleteItem: httpError(400, 'AccessDeniedException') })
    await expect(denied.run.arrive(2, 1)).rejects.toThrow(code('WRITE_FAILED', /AccessDeniedException/))
  })

  test('what was put for a run of other parts is deleted again, and only that', async () => {
    const large = 'x'.repeat(MAX_INLINE)
    const other = failed(item('9', LIVE))
    const put = runWith({ UpdateItem: other })
    await expect(put.run.arrive(2, large)).rejects.toThrow(code('SPLIT_MISMATCH', /9 parts/))
    expect(put.names()).toEqual(['PutItem', 'UpdateItem', 'DeleteItem'])
    expect(put.sent[2]?.input).toEqual({ TableName: 't', Key: { id: { S: 'gather#r#4#2' } } })
    const there = runWith({ PutItem: failed(), UpdateItem: other })
    await expect(there.run.arrive(2, large)).rejects.toThrow(code('SPLIT_MISMATCH'))
    expect(there.names()).toEqual(['PutItem', 'UpdateItem'])
    const foreign = runWith({ UpdateItem: failed(item('x', LIVE)) })
    await expect(foreign.run.arrive(2, large)).rejects.toThrow(code('PAYLOAD_INVALID'))
    expect(foreign.names()).toEqual(['PutItem', 'UpdateItem'])
    const broken = runWith({ PutItem: httpError(500, 'InternalServerError') })
    await expect(broken.run.arrive(2, large)).rejects.toThrow(code('WRITE_FAILED', /InternalServerError/))
    expect(broken.names()).toEqual(['PutItem'])
  })

  test.each([
    ['x', LIVE],
    ['4', 'x'],
    ['4.5', LIVE],
    [undefined, LIVE],
  ])('an item of %s parts and the time %s is none of a run', async (parts, ttl) => {
    await expect(resultsOf(runWith({ GetItem: { Item: item(parts, ttl) } }).run)).rejects.toThrow(
      code('PAYLOAD_INVALID'),
    )
  })

  test('results are read consistently, and only those apart are asked for', async () => {
    const found = item('4', LIVE, ['2', '0', '10'], { r2: { S: '"two"' } })
    const answer = (...parts: number[]) =>
      parts.map((part) => ({ id: { S: `gather#r#4#${part}` }, result: { S: `${part}` } }))
    const BatchGetItem = [
      { Responses: { t: answer(10) }, UnprocessedKeys: { t: { Keys: [{ id: { S: 'gather#r#4#0' } }] } } },
      { Responses: { t: answer(0) }, UnprocessedKeys: {} },
    ]
    const { run, sent } = runWith({ GetItem: { Item: found }, BatchGetItem })
    expect(await resultsOf(run)).toEqual([
      { part: 0, result: 0 },
      { part: 2, result: 'two' },
      { part: 10, result: 10 },
    ])
    expect(sent).toEqual([
      { name: 'GetItem', input: { TableName: 't', Key: { id: { S: 'gather#r' } }, ConsistentRead: true } },
      {
        name: 'BatchGetItem',
        input: {
          RequestItems: {
            t: { Keys: [0, 10].map((part) => ({ id: { S: `gather#r#4#${part}` } })), ConsistentRead: true },
          },
        },
      },
      {
        name: 'BatchGetItem',
        input: { RequestItems: { t: { Keys: [{ id: { S: 'gather#r#4#0' } }], ConsistentRead: true } } },
      },
    ])
  })

  test('a hundred keys are asked for at once, and none more than once after all are there', async () => {
    const done = Array.from({ length: 150 }, (_, part) => String(part))
    const Item = item('200', LIVE, done, Object.fromEntries(done.map((part) => [`r${part}`, { S: part }])))
    const inline = runWith({ GetItem: { Item } }, 200)
    expect((await resultsOf(inline.run)).length).toBe(150)
    expect(inline.names()).toEqual(['GetItem'])
  })

  test('keys that stay unread, and results that are gone, are errors', async () => {
    const Item = item('4', LIVE, ['0'])
    const Keys = [{ id: { S: 'gather#r#4#0' } }]
    const unread = runWith({ GetItem: { Item }, BatchGetItem: { UnprocessedKeys: { t: { Keys } } } })
    await expect(resultsOf(unread.run)).rejects.toThrow(code('SOURCE_UNAVAILABLE', /100 times/))
    expect(unread.names().length).toBe(102)
    for (const Responses of [undefined, {}, { t: [{ result: { S: '1' } }] }, { t: [{ id: { S: 'gather#r#4#0' } }] }]) {
      await expect(resultsOf(runWith({ GetItem: { Item }, BatchGetItem: { Responses } }).run)).rejects.toThrow(
        code('SOURCE_UNAVAILABLE', /result/),
      )
    }
    expect(await resultsOf(runWith({}).run)).toEqual([])
    expect(await resultsOf(runWith({ GetItem: { Item: item('4', '1700000000', ['0']) } }).run)).toEqual([])
  })

  test('names its arguments', () => {
    expect(() => dynamodbGather(null as never)).toThrow(/^dynamodbGather: options/)
    expect(() => dynamodbGather({ tableName: 't' } as never)).toThrow(/^dynamodbGather: client/)
    expect(() => dynamodbGather({ client: { send() {} }, tableName: 't', tabel: 1 } as never)).toThrow(
      /^dynamodbGather: .*tabel/,
    )
  })
})

describe('the texts of results', () => {
  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [1n, 'a bigint'],
    [Symbol('data'), 'a symbol'],
    [() => 1, 'a function'],
    [new Date(0), 'an object of a class, or nested too deep'],
  ])('%o is named as %s', (value, name) => {
    expect(() => jsonText({ a: [value] })).toThrow(
      expect.objectContaining({ path: ['a', 0], message: expect.stringContaining(`but contains ${name} `) }),
    )
  })

  test('500 levels are the most, of lists and of objects', () => {
    const nest = (depth: number, inner: (value: unknown) => unknown): unknown =>
      depth === 0 ? 1 : inner(nest(depth - 1, inner))
    for (const inner of [(value: unknown) => [value], (value: unknown) => ({ a: value })]) {
      expect(JSON.parse(jsonText(nest(500, inner)))).toEqual(nest(500, inner))
      expect(() => jsonText(nest(501, inner))).toThrow(code('TYPE_MISMATCH'))
    }
    expect(() => jsonText({ [Symbol('a')]: 1 })).toThrow(code('TYPE_MISMATCH'))
    expect(jsonText(Object.create(null))).toBe('{}')
  })
})

test('memoryGather: a run is over at the second of its end', async () => {
  let time = 1_700_000_000_000
  const run = gather({ store: memoryGather(), run: 'r', parts: 2, ttlSeconds: 60, now: () => time })
  await run.arrive(0, 'old')
  time += 59_999
  expect(await resultsOf(run)).toEqual([{ part: 0, result: 'old' }])
  time += 1
  expect(await resultsOf(run)).toEqual([])
  const other = gather({ store: memoryGather(), run: '.', parts: 1 })
  expect(await other.arrive(0, 1)).toEqual({ arrived: 1, isComplete: true })
  expect(() => (memoryGather as (given: unknown) => unknown)(7)).toThrow(code('OPTION_INVALID', /^memoryGather: /))
})
