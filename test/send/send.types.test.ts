import { pipeline } from 'node:stream/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { expectTypeOf, test } from 'vitest'
import { dynamodbWriter } from '../../src/send/dynamodb.ts'
import { firehoseSender } from '../../src/send/firehose.ts'
import {
  isSendError,
  type Sender,
  type SendOutcome,
  type SendReport,
  type SqsEntry,
  sqsSender,
} from '../../src/send/sqs.ts'

declare const sqs: SQSClient
declare const dynamodb: DynamoDBClient
declare const messages: AsyncIterable<SqsEntry>

test('a sender is the end of a pipeline, and its result is the report', async () => {
  const send = sqsSender(sqs, { queueUrl: 'q' })
  expectTypeOf(send).toEqualTypeOf<Sender<SqsEntry>>()
  expectTypeOf(await pipeline(messages, send)).toEqualTypeOf<SendReport>()
  expectTypeOf(await send([{ MessageBody: 'a' }])).toEqualTypeOf<SendReport>()
})

test('entries are the shapes of the SDK without what the sender sets', () => {
  expectTypeOf<SqsEntry>().not.toHaveProperty('Id')
  expectTypeOf<SqsEntry>().toHaveProperty('MessageGroupId')
  // @ts-expect-error Firehose keeps no order
  firehoseSender(sqs, { deliveryStreamName: 's' }, { order: 'none' })
})

test('a write puts or deletes, plain values or attribute values', () => {
  const target = { tableName: 't', keys: ['pk', 'sk'] } as const
  const write = dynamodbWriter(dynamodb, target)
  const raw = dynamodbWriter(dynamodb, target, { raw: true })
  void write([{ put: { pk: 'a', sk: 1n } }, { delete: { pk: 'a', sk: 1 } }])
  void raw([{ put: { pk: { S: 'a' }, sk: { N: '1' } } }])
  // @ts-expect-error not both
  void write([{ put: { pk: 'a' }, delete: { pk: 'a' } }])
  // @ts-expect-error raw takes attribute values
  void raw([{ put: { pk: 'a' } }])
})

test('an outcome has an error only where it is not sent', () => {
  const outcome = {} as SendOutcome<SqsEntry>
  if (outcome.status === 'sent') expectTypeOf(outcome).not.toHaveProperty('error')
  else expectTypeOf(outcome.error.code).toBeString()
  const error: unknown = undefined
  if (isSendError(error)) expectTypeOf(error.report).toEqualTypeOf<SendReport>()
})
