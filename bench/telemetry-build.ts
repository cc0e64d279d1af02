import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import type * as Codecs from 'millrace/codecs'
import type * as Events from 'millrace/events'
import type * as Flow from 'millrace/flow'
import type * as S3 from 'millrace/s3'
import type * as Transform from 'millrace/transform'

/** What is measured of a build of this library. */
export interface Build {
  readonly batch: () => Promise<unknown>
  readonly job: () => Promise<unknown>
}

/** How much of it: a batch of SQS messages, a CSV through the S3 job. */
export interface BuildSize {
  readonly records: number
  readonly rows: number
}

/** The build in a folder, with an event and a file in memory. */
export async function loadBuild(folder: string, { records, rows: count }: BuildSize): Promise<Build> {
  // A path of its own, so that this build is loaded twice where it is compared with itself.
  const from = async <Module>(name: string): Promise<Module> =>
    import(`${pathToFileURL(join(folder, 'dist', `${name}.js`)).href}?${loads}`)
  loads++
  const { codecFor, parquet } = await from<typeof Codecs>('codecs')
  const { jsonPayload } = await from<typeof Events>('events')
  const { processBatch } = await from<typeof Flow>('flow')
  const { s3Sink, s3Source } = await from<typeof S3>('s3')
  const { cleanColumnNames, dropDuplicates, fillNulls } = await from<typeof Transform>('transform')
  const event = {
    Records: Array.from({ length: records }, (_, n) => ({
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:orders',
      messageId: `message-${n}`,
      body: `{"id":${n}}`,
    })),
  }
  const rows = Array.from(
    { length: count },
    (_, n) => `${n % 40_000},customer ${n % 997},${n % 7 === 0 ? '' : n / 8}\n`,
  )
  const client = memoryClient(Buffer.from(`Order ID,Customer,Amount\n${rows.join('')}`)) as never
  return {
    batch: () => processBatch(event, async () => {}, { payload: jsonPayload() }),
    job: () =>
      pipeline(
        codecFor('orders.csv').read(s3Source(client, { bucket: 'lake', key: 'landing/orders.csv' })),
        cleanColumnNames(),
        dropDuplicates(),
        fillNulls({ amount: 0 }),
        parquet().write(),
        s3Sink(client, { bucket: 'lake', key: 'processed/orders.parquet' }),
      ),
  }
}

let loads = 0

/** A client that has one object, and takes any. */
function memoryClient(object: Buffer) {
  return {
    config: {},
    async send({ input }: { readonly input: { readonly Body?: unknown } }) {
      if (input.Body !== undefined) return { ETag: '"written"' }
      return { Body: Readable.from([object]), ContentLength: object.length, ETag: '"read"' }
    },
  }
}
