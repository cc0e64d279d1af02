import { isMillraceError } from '../../src/errors.ts'
import { dynamodbStore } from '../../src/idempotency/dynamodb-store.ts'
import { decodeResult, encodeResult } from '../../src/idempotency/result-text.ts'
import { s3Store } from '../../src/idempotency/s3-store.ts'
import type { ClaimRequest, IdempotencyStore } from '../../src/idempotency/store.ts'
import { mutateJson } from '../mutate/json.ts'
import { Difference, type Surface } from '../surface.ts'
import { choiceOf, fieldOf, inputOf, jsonOf } from './support/json-input.ts'
import { token } from './support/same.ts'
import { stubClient } from './support/stub-client.ts'

const NOW = 1_800_000_000_000
const STATES = ['claimed', 'in-progress', 'abandoned', 'mismatched', 'completed']

/** What a store may find where its records are. */
async function run(input: Uint8Array): Promise<void> {
  const value = jsonOf(input)
  const way = choiceOf(value, 'way', 1000)
  const client = stubClient(fieldOf(value, 'answers')) as never
  const store: IdempotencyStore =
    way % 2 === 0
      ? dynamodbStore({ client, tableName: 't' })
      : s3Store({ client, bucket: 'b', sleep: async () => undefined })
  const request: ClaimRequest = {
    key: 'k',
    token: 'mine',
    now: NOW,
    leaseExpiresAt: NOW + 1000,
    expiresAt: NOW + 100_000,
    onTakeover: way % 4 < 2 ? 'retry' : 'fail',
    ...(way % 8 < 4 && { fingerprint: 'f' }),
  }
  try {
    const claim = await store.claim(request)
    if (!STATES.includes(claim.state)) throw new Difference(`a claim without a known state: ${claim.state}`)
    if (claim.state === 'claimed') {
      const lease = await store.renew(claim.lease, NOW + 5000)
      await store.complete(lease, { kind: 'result', text: '1' }, NOW + 9000)
    }
    if (claim.state === 'completed' && claim.outcome.kind === 'result') checkResult(claim.outcome.text)
  } catch (error) {
    if (!isMillraceError(error)) throw error
  }
}

/** A stored text that is read is written again, and read as the same. */
function checkResult(text: string): void {
  const result = decodeResult(text)
  const written = encodeResult(result)
  if (written.kind === 'result' && token(decodeResult(written.text)) !== token(result))
    throw new Difference(`result and result written: ${text} and ${written.text}`)
}

const FIELDS = {
  state: 'completed',
  token: 't',
  attempt: 1,
  leaseExpiresAt: NOW - 5,
  expiresAt: NOW + 50_000,
  fingerprint: 'f',
}
const item = (fields: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'number' ? { N: `${value}` } : { S: value }]),
  )
const RESULTS = [
  '{"a":1}',
  '{"$date":0}',
  '{"$set":[1,{"$bigint":"7"}]}',
  '{"$map":[[1,{"$undefined":true}]]}',
  '{"$bytes":"AQI="}',
  '[{"$number":"-0"},{"$object":[["__proto__",1]]},{"$hole":2}]',
]
const RECORDS: Record<string, unknown>[] = [
  ...RESULTS.map((result) => ({ ...FIELDS, result })),
  { ...FIELDS, noResult: 'too-large' },
  { ...FIELDS, overflow: 'k' },
  { ...FIELDS, state: 'in-progress' },
  { ...FIELDS, state: 'in-progress', leaseExpiresAt: NOW + 50 },
  { ...FIELDS, state: 'in-progress', token: 'mine' },
  { ...FIELDS, state: 'released' },
  { ...FIELDS, expiresAt: 5 },
  { ...FIELDS, fingerprint: 'g' },
]
const FAILED = { error: 'ConditionalCheckFailedException', status: 400 }
const LOST = { error: 'PreconditionFailed', status: 412 }

export const surface: Surface = {
  seeds: () =>
    RECORDS.flatMap((record, index) => [
      { way: index * 2, answers: [{ ...FAILED, Item: item({ id: 'k', ...record }) }, {}] },
      { way: index * 2, answers: [FAILED, { Item: item({ id: 'k', ...record }) }, FAILED, {}] },
      {
        way: index * 2 + 1,
        answers: [LOST, { Body: JSON.stringify({ key: 'k', ...record }), ETag: '"e"' }, { ETag: '"f"' }],
      },
    ]).map(inputOf),
  mutate: mutateJson,
  run,
}
