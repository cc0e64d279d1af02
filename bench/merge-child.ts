// One way to make one file of many, in a process of its own: `merge-child.ts <way> <endpoint> <bucket> <files>` prints its milliseconds of CPU.
import { S3Client } from '@aws-sdk/client-s3'
import { parquet } from 'millrace/codecs'
import { mergeParquet } from 'millrace/dataset'
import { s3Sink, s3Source } from 'millrace/s3'

const [way = '', endpoint = '', bucket = '', files = '0'] = process.argv.slice(2)
const client = new S3Client({
  endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
})
const sources = Array.from({ length: Number(files) }, (_, index) => ({ bucket, key: `part-${index}.parquet` }))
const target = { bucket, key: `merged-by-${way}.parquet` }

const before = process.cpuUsage()
if (way === 'merge') await mergeParquet(client, sources, target)
else await s3Sink(client, target, { singlePutLimit: 0 })(parquet().write()(batches()))
const { user, system } = process.cpuUsage(before)
console.log((user + system) / 1000)
process.exit(0)

async function* batches() {
  for (const source of sources) yield* parquet().read(s3Source(client, source))
}
