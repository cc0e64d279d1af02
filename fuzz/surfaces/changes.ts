import fc from 'fast-check'
import * as cdc from '../../src/cdc/index.ts'
import { tableFromChanges } from '../../src/cdc/table/index.ts'
import { isMillraceError } from '../../src/errors.ts'
import { arbitraryDynamoDBStreamEvent } from '../../src/testing/arbitrary-dynamodb-stream-event.ts'
import { note } from '../hits.ts'
import { mutateJson } from '../mutate/json.ts'
import { Difference, type Surface } from '../surface.ts'
import { choiceOf, fieldOf, inputOf, jsonOf } from './support/json-input.ts'

const OPTIONS: readonly cdc.ReadChangesOptions[] = [
  {},
  {},
  { numbers: 'string' },
  { sets: 'array', binary: 'base64' },
  { ignore: ['id'] },
]

function run(input: Uint8Array): void {
  const value = jsonOf(input)
  const event = fieldOf(value, 'event')
  const way = choiceOf(value, 'way', 1000)
  const before = JSON.stringify(event)
  const results = attempt(() => cdc.readChanges(event, OPTIONS[way % OPTIONS.length]))
  if (JSON.stringify(event) !== before) throw new Difference('the event was changed')
  if (results === undefined) return
  note(1000 + Math.min(results.length, 31))
  const changes: cdc.ChangeEvent[] = []
  for (const result of results) {
    if (result.ok) changes.push(result.value)
    else if (!isMillraceError(result.error)) throw result.error
  }
  for (const change of changes) {
    attempt(() => cdc.toEnvelope(change))
    attempt(() => cdc.toRow(change))
  }
  const compact = attempt(() => cdc.compactChanges(changes))
  if (compact !== undefined && compact.length > changes.length) throw new Difference('more changes than before')
  if (way % 8 === 0) attempt(() => tableFromChanges(changes))
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!isMillraceError(error)) throw error
    note(1200 + error.code.length)
    return undefined
  }
}

/** The same records as Kinesis Data Streams carries them. */
function throughKinesis(event: unknown, index: number): unknown {
  const records = fieldOf(event, 'Records')
  if (!Array.isArray(records)) return event
  const packed = records.map((record, at) => ({
    eventSource: 'aws:kinesis',
    eventID: `shardId-000000000000:${at}`,
    eventSourceARN: 'arn:aws:kinesis:eu-west-1:123456789012:stream/s',
    kinesis: {
      data: Buffer.from(
        JSON.stringify({ ...record, tableName: 't', eventSource: 'aws:dynamodb', recordFormat: 'application/json' }),
      ).toString('base64'),
      partitionKey: 'p',
      sequenceNumber: `${at}`,
    },
  }))
  return index % 2 === 0 ? { Records: packed } : packed.map(({ kinesis, ...rest }) => ({ ...rest, ...kinesis }))
}

export const surface: Surface = {
  seeds: () => {
    const events: unknown[] = fc.sample(arbitraryDynamoDBStreamEvent(), { numRuns: 30, seed: 20261129 })
    const all = [
      ...events,
      ...events.slice(0, 12).map(throughKinesis),
      ...events.slice(0, 4).map((event) => fieldOf(event, 'Records')),
    ]
    return all.map((event, index) => inputOf({ way: index, event })).filter(({ length }) => length < 6000)
  },
  fromFile: (file) => inputOf({ way: file.length, event: jsonOf(file) ?? null }),
  mutate: mutateJson,
  run,
}
