// One run of the compaction in a process of its own, which the test kills: `compact-child.ts <endpoint> <bucket> <hour> <targetBytes>`.
import { S3Client } from '@aws-sdk/client-s3'
import { createCompact } from '../../examples/streaming-etl/compact.ts'

const [endpoint = '', bucket = '', hour = '', targetBytes = '1'] = process.argv.slice(2)
const client = new S3Client({
  endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
})
await createCompact({ client, bucket, targetBytes: Number(targetBytes) })({ hour })
