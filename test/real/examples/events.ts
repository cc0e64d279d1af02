import { BUCKET } from '../../support/s3-server.ts'

/** The notification of an object, as S3 sends it. */
export function landed(key: string): object {
  const s3 = { bucket: { name: BUCKET }, object: { key } }
  return { Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', eventTime: TIME, s3 }] }
}

export const TIME = '2026-01-05T13:00:00.000Z'
const SECONDS = Date.parse(TIME) / 1000

/** Payloads as Lambda reads them from a stream, some seconds from each to the next. */
export function kinesisEvent(payloads: readonly string[], seconds = 1): object {
  return {
    Records: payloads.map((payload, at) => ({
      eventSource: 'aws:kinesis',
      eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/events',
      eventID: `shardId-000000000000:${1000 + at}`,
      kinesis: {
        data: Buffer.from(payload).toString('base64'),
        partitionKey: `user-${at % 4}`,
        sequenceNumber: `${1000 + at}`,
        approximateArrivalTimestamp: SECONDS + at * seconds,
      },
    })),
  }
}

export function sqsEvent(...bodies: readonly object[]): object {
  return {
    Records: bodies.map((body, at) => ({
      messageId: `message-${at}`,
      receiptHandle: `receipt-${at}`,
      body: JSON.stringify(body),
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
    })),
  }
}

/** Changes of orders of five customers: two of three are inserts, the third removes the order. `note` pads each. */
export function changesEvent(changes: number, note: string): object {
  return {
    Records: Array.from({ length: changes }, (_, at) => {
      const keys = { customer: { S: `customer-${at % 5}` }, order: { N: `${Math.floor(at / 15)}` } }
      const image = { ...keys, status: { S: note }, amount: { N: `${at}.25` }, views: { N: `${at}` } }
      const isRemoval = at % 3 === 2
      return {
        eventID: `event-${at}`,
        eventName: isRemoval ? 'REMOVE' : 'INSERT',
        eventSource: 'aws:dynamodb',
        eventSourceARN: 'arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/2026-01-01T00:00:00.000',
        dynamodb: {
          ApproximateCreationDateTime: SECONDS,
          Keys: keys,
          SequenceNumber: `${100_000 + at}`,
          StreamViewType: 'NEW_AND_OLD_IMAGES',
          ...(isRemoval ? { OldImage: image } : { NewImage: image }),
        },
      }
    }),
  }
}

/** Orders of three days as CSV, every fourth of them twice. */
export function ordersCsv(rows: number): string {
  const lines = ['Order ID,Created At,Amount,Status,Note']
  for (let id = 0; id < rows; id++) {
    const line = `${id},2026-01-0${1 + (id % 3)}T10:00:00Z,${id / 4},${id % 5 === 0 ? '' : 'paid'},"note ""${id * 7919}"" of two, words"`
    lines.push(line)
    if (id % 4 === 0) lines.push(line)
  }
  return `${lines.join('\n')}\n`
}

/** Events as JSON text, every fifth of them the one before once more. */
export function eventTexts(events: number, note = ''): string[] {
  return Array.from({ length: events }, (_, at) => {
    const id = at % 5 === 4 ? at - 1 : at
    return JSON.stringify({ event_id: `e-${id}`, event_type: 'purchase', user_id: `u-${id % 3}`, amount: id / 4, note })
  })
}
