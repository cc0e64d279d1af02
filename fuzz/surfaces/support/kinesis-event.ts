/** A Lambda event with one Kinesis record of these bytes. */
export function kinesisEvent(bytes: Uint8Array): unknown {
  const kinesis = {
    data: Buffer.from(bytes).toString('base64'),
    partitionKey: 'p',
    sequenceNumber: '1',
    kinesisSchemaVersion: '1.0',
    approximateArrivalTimestamp: 1,
  }
  return {
    Records: [
      {
        eventSource: 'aws:kinesis',
        eventID: 'shardId-000000000000:1',
        eventSourceARN: 'arn:aws:kinesis:eu-west-1:1:stream/s',
        kinesis,
      },
    ],
  }
}
