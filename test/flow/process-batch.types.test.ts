import type {
  Context,
  FirehoseTransformationEvent,
  FirehoseTransformationHandler,
  KinesisStreamHandler,
  S3BatchEvent,
  SQSEvent,
  SQSHandler,
} from 'aws-lambda'
import { describe, expectTypeOf, test } from 'vitest'
import * as z from 'zod/mini'
import {
  type EventRecord,
  type FirehoseEvent,
  jsonPayload,
  type KafkaEvent,
  type KafkaIdentifier,
} from '../../src/events/index.ts'
import {
  type BatchResponse,
  deadline,
  type FirehoseMskResult,
  type FirehoseResponse,
  type FirehoseResult,
  processBatch,
  retry,
  type S3BatchResponse,
} from '../../src/flow/index.ts'

const payload = jsonPayload(z.object({ id: z.string() }))
const done = async () => {}

declare const context: Context

describe('processBatch', () => {
  test('the value of the handler is the payload of the decoder, also beside listeners that are not typed', () => {
    processBatch(
      {} as unknown,
      async (value, record) => {
        expectTypeOf(value).toEqualTypeOf<{ id: string }>()
        expectTypeOf(record).toEqualTypeOf<EventRecord<{ id: string }>>()
      },
      { payload, onFailure: (record, error) => [record.id, error], quarantine: async (record) => record.raw },
    )
  })

  test('an event that the compiler does not know gives what queues and streams want', () => {
    expectTypeOf(processBatch({} as unknown, done, { payload })).resolves.toEqualTypeOf<BatchResponse>()
    // biome-ignore lint/suspicious/noExplicitAny: what a handler without types has.
    expectTypeOf(processBatch({} as any, done, { payload })).resolves.toEqualTypeOf<BatchResponse>()
    expectTypeOf(processBatch<{ id: string }>({}, done, { payload })).resolves.toEqualTypeOf<BatchResponse>()
    expectTypeOf<BatchResponse>().toEqualTypeOf<{ batchItemFailures: { itemIdentifier: string | KafkaIdentifier }[] }>()
  })

  test('an event that it knows gives that of its source', () => {
    expectTypeOf(processBatch({} as SQSEvent, done, { payload })).resolves.toEqualTypeOf<BatchResponse<string>>()
    expectTypeOf(processBatch({} as KafkaEvent, done, { payload })).resolves.toEqualTypeOf<BatchResponse>()
    expectTypeOf(
      processBatch({} as FirehoseTransformationEvent, done, { payload }),
    ).resolves.toEqualTypeOf<FirehoseResponse>()
    expectTypeOf(processBatch({} as S3BatchEvent, done, { payload })).resolves.toEqualTypeOf<S3BatchResponse>()
  })

  test('fits the handler types of @types/aws-lambda, whose context is the one of millrace', () => {
    const queue: SQSHandler = (event, context) => processBatch(event, done, { payload, context })
    const stream: KinesisStreamHandler = (event, context) => processBatch(event, done, { payload, context })
    expectTypeOf([queue, stream]).toBeArray()
    expectTypeOf(deadline(context)).toEqualTypeOf<AbortSignal>()
  })

  test('a handler of Firehose resolves with an outcome, and from MSK the answer has the other name', () => {
    const event = {} as FirehoseTransformationEvent
    const mskEvent = {} as { deliveryStreamArn: string; records: { recordId: string; kafkaRecordValue: string }[] }
    processBatch(event, async () => 'text', { payload })
    processBatch(event, async () => Buffer.from('bytes'), { payload })
    processBatch(event, async () => ({ result: 'Dropped' }), { payload })
    // @ts-expect-error: a number is no data.
    processBatch(event, async () => 7, { payload })
    // @ts-expect-error: null is no data.
    processBatch(event, async () => null, { payload })
    // @ts-expect-error: no result of Firehose.
    processBatch(event, async () => ({ result: 'OK' }), { payload })
    // @ts-expect-error: the answer of a client is no outcome.
    processBatch(event, async () => ({ MessageId: 'm' }), { payload })
    expectTypeOf(processBatch(mskEvent, done, { payload })).resolves.toEqualTypeOf<
      FirehoseResponse<FirehoseMskResult>
    >()
    expectTypeOf(processBatch({} as FirehoseEvent, done, { payload })).resolves.toEqualTypeOf<
      FirehoseResponse<FirehoseResult | FirehoseMskResult>
    >()
    const transform: FirehoseTransformationHandler = (each) => processBatch(each, done, { payload })
    expectTypeOf(transform).toBeFunction()
  })

  test('a handler gives a promise, and the payload is not to be forgotten', () => {
    // @ts-expect-error: what is not awaited is lost when Lambda freezes the process.
    processBatch({}, () => {}, { payload })
    // @ts-expect-error: without a decoder there is no value.
    processBatch({}, done, {})
  })
})

describe('retry', () => {
  test('gives what the function gives, promise or not', () => {
    expectTypeOf(retry(async () => 1)).resolves.toEqualTypeOf<number>()
    expectTypeOf(retry(({ attempt }) => `${attempt}`)).resolves.toEqualTypeOf<string>()
  })
})
