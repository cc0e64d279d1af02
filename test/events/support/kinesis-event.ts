/** An event of a Kinesis stream whose records carry these payloads: bytes or text as they are, all else as JSON. */
export function kinesisEvent(...payloads: readonly unknown[]): { readonly Records: readonly KinesisRecord[] } {
  return {
    Records: payloads.map((payload, index) => ({
      eventSource: 'aws:kinesis',
      eventID: `shardId-000000000000:${index + 1}`,
      eventSourceARN: 'arn:aws:kinesis:eu-west-1:123456789012:stream/orders',
      kinesis: {
        data: Buffer.from(
          payload instanceof Uint8Array || typeof payload === 'string' ? payload : JSON.stringify(payload),
        ).toString('base64'),
        partitionKey: 'k',
        sequenceNumber: String(index + 1),
        approximateArrivalTimestamp: 1_545_084_650.987,
      },
    })),
  }
}

interface KinesisRecord {
  readonly eventSource: string
  readonly eventID: string
  readonly eventSourceARN: string
  readonly kinesis: {
    readonly data: string
    readonly partitionKey: string
    readonly sequenceNumber: string
    readonly approximateArrivalTimestamp: number
  }
}
