import { expect, test } from 'vitest'
import { createHandler } from '../../examples/cdc-fanout/handler.ts'
import { fakeService } from '../../src/testing/fake-service.ts'

const context = { getRemainingTimeInMillis: () => 20_000 }
const topicArn = 'arn:aws:sns:eu-west-1:1:removals.fifo'

function change(n: number, eventName: 'INSERT' | 'REMOVE', id = `k${n % 2}`) {
  const image = { id: { S: id }, n: { N: `${n}` } }
  return {
    eventID: `event-${n}`,
    eventName,
    eventSource: 'aws:dynamodb',
    eventSourceARN: 'arn:aws:dynamodb:eu-west-1:1:table/orders/stream/2026-01-01T00:00:00.000',
    dynamodb: {
      Keys: { id: { S: id } },
      SequenceNumber: `${100 + n}`,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      ...(eventName === 'INSERT' ? { NewImage: image } : { OldImage: image }),
    },
  }
}
const Records = [change(0, 'INSERT'), change(1, 'INSERT'), change(2, 'REMOVE'), change(3, 'REMOVE')]

test('changes go to the stream and removals to the topic, in order for each item', async () => {
  const kinesis = fakeService({ service: 'kinesis' })
  const sns = fakeService({ service: 'sns' })
  const handler = createHandler({ kinesis: kinesis.client as never, sns: sns.client as never, topicArn })
  expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [] })
  const stored = kinesis.stored as readonly { readonly PartitionKey: string; readonly Data: Uint8Array }[]
  const envelopes = stored.map(({ Data }) => JSON.parse(new TextDecoder().decode(Data)))
  expect(envelopes.filter(({ key }) => key.id === 'k0').map(({ op }) => op)).toEqual(['c', 'd'])
  expect(new Set(stored.map(({ PartitionKey }) => PartitionKey)).size).toBe(2)
  expect(sns.stored).toMatchObject([
    { Message: '{"id":"k0"}', MessageDeduplicationId: 'event-2' },
    { Message: '{"id":"k1"}', MessageDeduplicationId: 'event-3' },
  ])
})

test('Lambda gets back the first record that did not arrive', async () => {
  const kinesis = fakeService({ service: 'kinesis', script: (_, call) => (call === 1 ? 'ok' : new Error('denied')) })
  const sns = fakeService({ service: 'sns' })
  const handler = createHandler({ kinesis: kinesis.client as never, sns: sns.client as never, topicArn })
  expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [{ itemIdentifier: '102' }] })
  const broken = [Records[0], { ...change(1, 'INSERT'), dynamodb: { SequenceNumber: '101' } }, Records[2]]
  expect(await handler({ Records: broken }, context)).toEqual({ batchItemFailures: [{ itemIdentifier: '100' }] })
})
