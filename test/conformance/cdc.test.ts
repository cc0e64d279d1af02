import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { describe, expect, test } from 'vitest'
import { detectImageChanges, readChanges, toEnvelope, toRow } from '../../src/cdc/index.ts'
import { tableFromChanges } from '../../src/cdc/table/index.ts'

const corpus = new URL('../../../shared/corpora/events/dynamodb-stream/', import.meta.url)
const names = existsSync(corpus) ? readdirSync(corpus).filter((name) => name.endsWith('.json')) : []

if (names.length === 0) test.skip('stream samples: skipped, the corpora are not here', () => {})

describe.each(names)('%s', (name) => {
  const event = JSON.parse(readFileSync(new URL(name, corpus), 'utf8'))
  const changes = readChanges(event).map((result) => {
    if (!result.ok) throw result.error
    return result.value
  })

  test('every record is a change, with what the record tells', () => {
    expect(changes.length).toBe(event.Records.length)
    changes.forEach((change, index) => {
      const { eventID, eventName, awsRegion, dynamodb, eventSourceARN } = event.Records[index]
      const { SequenceNumber: sequence, StreamViewType: view, SizeBytes: sizeBytes } = dynamodb
      expect(change).toMatchObject({ id: eventID, type: eventName, region: awsRegion, sequence, view, sizeBytes })
      expect(change.table).toBe(/:table\/([^/]+)/.exec(eventSourceARN)?.[1])
      expect(change.time?.getTime()).toBe(dynamodb.ApproximateCreationDateTime * 1000)
      if (eventName === 'MODIFY') {
        expect(change.changed).toEqual(detectImageChanges(dynamodb.OldImage, dynamodb.NewImage))
      }
    })
  })

  test('images are those of the SDK, binary decoded', () => {
    changes.forEach(({ keys, before, after }, index) => {
      const { Keys, NewImage, OldImage } = withBytes(event.Records[index].dynamodb) as Record<string, never>
      expect(keys).toEqual(unmarshall(Keys ?? {}))
      for (const [item, image] of [
        [before, OldImage],
        [after, NewImage],
      ] as const) {
        if (item !== undefined) expect(item).toEqual(distinct(unmarshall(image ?? {})))
      }
    })
  })

  test('as envelopes, rows and a table', () => {
    for (const change of changes) {
      expect(JSON.parse(JSON.stringify(toEnvelope(change)))).toEqual(toEnvelope(change))
      expect(JSON.parse(JSON.stringify(toRow(change)))).toEqual(toRow(change))
    }
    expect(tableFromChanges(changes).numRows).toBe(changes.length)
  })
})

/** The SDK leaves base64 as it is: here it gets bytes. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      if (name === 'B') return [name, bytesOf(each)]
      return [name, name === 'BS' ? each.map(bytesOf) : withBytes(each)]
    }),
  )
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, 'base64'))
}

/** The samples have sets with the same bytes twice, which DynamoDB would refuse: once is what they hold. */
function distinct(item: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => {
      return [
        name,
        value instanceof Set ? new Set(new Map([...value].map((member) => [String(member), member])).values()) : value,
      ]
    }),
  )
}
