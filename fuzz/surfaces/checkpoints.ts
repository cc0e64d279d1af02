import fc from 'fast-check'
import { isMillraceError } from '../../src/errors.ts'
import { readRecords } from '../../src/events/records.ts'
import { textPayload } from '../../src/events/text-payload.ts'
import { dynamodbCheckpointStore } from '../../src/idempotency/dynamodb-checkpoint-store.ts'
import { batchKey, streamPosition } from '../../src/idempotency/stream-position.ts'
import * as testing from '../../src/testing/index.ts'
import { mutateJson } from '../mutate/json.ts'
import { Difference, type Surface } from '../surface.ts'
import { choiceOf, fieldOf, inputOf, jsonOf } from './support/json-input.ts'
import { stubClient } from './support/stub-client.ts'

/** Positions of records whose fields are anything, and the checkpoints that a table may hold. */
async function run(input: Uint8Array): Promise<void> {
  const value = jsonOf(input)
  const event = fieldOf(value, 'event')
  const list = fieldOf(event, 'Records')
  const records = Array.isArray(list) ? (list as object[]) : []
  for (const record of records) checkPosition(record)
  attempt(() => batchKey(records))
  attempt(() => {
    const read = readRecords(event, textPayload())
    for (const record of read) checkPosition(record)
    return batchKey(read)
  })
  const client = stubClient(fieldOf(value, 'answers')) as never
  const store = dynamodbCheckpointStore({
    client,
    tableName: 't',
    namespace: choiceOf(value, 'way', 2) === 0 ? '' : 'n',
  })
  try {
    const found = await store.readCheckpoint('shard')
    if (found !== undefined && !/^(0|[1-9]\d*)$/.test(found)) throw new Difference('a checkpoint that is no number')
    await store.writeCheckpoint('shard', '12')
  } catch (error) {
    if (!isMillraceError(error)) throw error
  }
}

function checkPosition(record: object): void {
  const position = streamPosition(record)
  if (position === undefined) return
  if (!/^(0|[1-9]\d*)$/.test(position.sequenceNumber)) throw new Difference('a sequence number that is none')
  if (/[^\w\-.!~*'()%/]/.test(position.shard)) throw new Difference('a shard that is no path')
}

function attempt(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!isMillraceError(error)) throw error
  }
}

const ANSWERS = [
  [{ Item: { checkpoint: { S: '00012' } } }, {}],
  [{}, { error: 'ConditionalCheckFailedException', status: 400 }],
  [{ Item: { checkpoint: { N: '1' } } }],
  [{ error: 'AccessDenied', status: 403 }],
]

export const surface: Surface = {
  seeds: () => {
    const options = { numRuns: 12, seed: 20261129 }
    const events: unknown[] = [
      ...fc.sample(testing.arbitraryKinesisEvent(), options),
      ...fc.sample(testing.arbitraryDynamoDBStreamEvent(), options),
      ...fc.sample(testing.arbitraryKafkaEvent(), options),
    ]
    return events
      .map((event, index) => inputOf({ way: index, event, answers: ANSWERS[index % 4] }))
      .filter(({ length }) => length < 5000)
  },
  mutate: mutateJson,
  run,
}
