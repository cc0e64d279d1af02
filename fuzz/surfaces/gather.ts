import { isMillraceError } from '../../src/errors.ts'
import { dynamodbGather } from '../../src/fanout/gather/dynamodb-gather.ts'
import { gather } from '../../src/fanout/gather/gather.ts'
import { s3Gather } from '../../src/fanout/gather/s3-gather.ts'
import { mutateJson } from '../mutate/json.ts'
import type { Surface } from '../surface.ts'
import { choiceOf, fieldOf, inputOf, jsonOf } from './support/json-input.ts'
import { stubClient } from './support/stub-client.ts'

/** What a table or a bucket may answer to a gather, when another has written to it. */
async function run(input: Uint8Array): Promise<void> {
  const value = jsonOf(input)
  const way = choiceOf(value, 'way', 1000)
  const client = stubClient(fieldOf(value, 'answers')) as never
  const store = way % 2 === 0 ? dynamodbGather({ client, tableName: 't' }) : s3Gather({ client, bucket: 'b' })
  const run = gather({ store, run: 'r', parts: 3, now: () => 1_800_000_000_000 })
  try {
    if (way % 4 < 2) await run.arrive(1, { rows: way % 8 === 0 ? 'x'.repeat(30_000) : 1 })
    else for await (const { part } of run.results()) Number(part)
  } catch (error) {
    if (!isMillraceError(error)) throw error
  }
}

const FAR = { N: '1900000000' }
const ITEM = {
  id: { S: 'gather#r' },
  parts: { N: '3' },
  ttl: FAR,
  done: { NS: ['0', '2'] },
  r0: { S: '{"rows":1}' },
  r2: { S: '[]' },
}
const APART = { parts: { N: '3' }, ttl: FAR, done: { NS: ['1'] } }
const listing = (...keys: string[]) => ({
  Contents: keys.map((Key, at) => ({ Key: `gather/r/${Key}`, LastModified: 1_800_000_000_000 + at })),
})
const FAILED = { error: 'ConditionalCheckFailedException', status: 400 }
const SEEDS: unknown[] = [
  { way: 0, answers: [{}, { Attributes: { done: { NS: ['0', '1'] } } }] },
  { way: 0, answers: [FAILED, { ...FAILED, Item: ITEM }] },
  { way: 4, answers: [{ ...FAILED, Item: ITEM }, {}, { Attributes: { done: { NS: ['1'] } } }] },
  { way: 4, answers: [{ ...FAILED, Item: { ...ITEM, ttl: { N: '1' } } }, {}, { Attributes: {} }] },
  { way: 2, answers: [{ Item: ITEM }] },
  { way: 2, answers: [{ Item: APART }, { Responses: { t: [{ id: { S: 'gather#r#3#1' }, result: { S: '7' } }] } }] },
  { way: 1, answers: [{}, listing('3/00000001.json', '3/00000002.json')] },
  {
    way: 1,
    answers: [{ error: 'PreconditionFailed', status: 412 }, listing('3/00000001.json', '4/00000001.json'), {}],
  },
  { way: 3, answers: [listing('3/00000000.json', '3/00000001.json', 'x'), { Body: '{"rows":2}' }, { Body: '' }] },
  { way: 3, answers: [{ ...listing('3/00000000.json'), NextContinuationToken: 't' }, listing(), { Body: '1' }] },
]

export const surface: Surface = { seeds: () => SEEDS.map(inputOf), mutate: mutateJson, run }
