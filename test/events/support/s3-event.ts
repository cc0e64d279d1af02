/** A record as S3 sends it, with the given parts of its `s3` section changed. */
export function s3Record(
  object: Record<string, unknown> = {},
  bucket: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    eventVersion: '2.3',
    eventSource: 'aws:s3',
    awsRegion: 'eu-west-1',
    eventTime: '2026-01-31T12:00:00.123Z',
    eventName: 'ObjectCreated:CompleteMultipartUpload',
    userIdentity: { principalId: 'AWS:AIDAEXAMPLE' },
    requestParameters: { sourceIPAddress: '2001:db8::1' },
    responseElements: { 'x-amz-request-id': 'R', 'x-amz-id-2': 'I' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'landing',
      bucket: { name: 'lake', ownerIdentity: { principalId: 'A' }, arn: 'arn:aws:s3:::lake', ...bucket },
      object: {
        key: 'landing/a.csv',
        size: 1024,
        eTag: '0123456789abcdef0123456789abcdef-2',
        sequencer: '0A1B2C',
        ...object,
      },
    },
  }
}

/** The event that S3 sends when notifications are set up: no object is in it. */
export const s3TestEvent = {
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2026-01-31T12:00:00.000Z',
  Bucket: 'b',
  RequestId: 'r',
  HostId: 'h',
}
