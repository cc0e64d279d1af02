/** What a test knows about a record: its number in the source, its ordering key and whether its payload cannot be decoded. */
export interface Item {
  readonly number: number
  readonly key: string
  readonly isPoison?: boolean
}

const jsonOf = ({ number, isPoison }: Item): string => (isPoison ? '{' : JSON.stringify({ number }))
const base64Of = (item: Item): string => Buffer.from(jsonOf(item)).toString('base64')
export const sequenceOf = ({ number }: Pick<Item, 'number'>): string => String(number).padStart(21, '0')

export function queueEvent(items: readonly Item[], { isFifo = false } = {}) {
  return {
    Records: items.map((item) => ({
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:us-east-1:123456789012:orders${isFifo ? '.fifo' : ''}`,
      messageId: sequenceOf(item),
      body: jsonOf(item),
      attributes: { MessageGroupId: item.key },
    })),
  }
}

export function kinesisEvent(items: readonly Item[]) {
  return {
    Records: items.map((item) => ({
      eventSource: 'aws:kinesis',
      kinesis: { data: base64Of(item), partitionKey: item.key, sequenceNumber: sequenceOf(item) },
    })),
  }
}

/** The payload of a change is the record; a poisoned one has no number in its image. */
export function dynamoDBEvent(items: readonly Item[]) {
  return {
    Records: items.map((item) => ({
      eventSource: 'aws:dynamodb',
      eventName: 'INSERT',
      number: item.isPoison ? undefined : item.number,
      dynamodb: { Keys: { id: { S: item.key } }, SequenceNumber: sequenceOf(item) },
    })),
  }
}

/** Records of many partitions, each a list of items whose numbers are offsets. */
export function kafkaEvent(partitions: readonly (readonly Item[])[]) {
  return {
    eventSource: 'aws:kafka',
    records: Object.fromEntries(
      partitions.map((items, partition) => [
        `orders-${partition}`,
        items.map((item) => ({
          topic: 'orders',
          partition,
          offset: item.number,
          key: Buffer.from(item.key).toString('base64'),
          value: base64Of(item),
        })),
      ]),
    ),
  }
}

export function firehoseEvent(items: readonly Item[]) {
  return {
    deliveryStreamArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/orders',
    records: items.map((item) => ({ recordId: sequenceOf(item), data: base64Of(item) })),
  }
}

export function topicEvent(items: readonly Item[]) {
  return {
    Records: items.map((item) => ({
      EventSource: 'aws:sns',
      Sns: {
        MessageId: sequenceOf(item),
        Message: jsonOf(item),
        TopicArn: 'arn:aws:sns:us-east-1:123456789012:orders',
      },
    })),
  }
}

/** The number of the record that a response names. */
export function numberOf(itemIdentifier: unknown): number {
  if (typeof itemIdentifier === 'string') return itemIdentifier === '' ? Number.NaN : Number(itemIdentifier)
  return (itemIdentifier as { readonly offset: number }).offset
}
