import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import type * as Codecs from 'millrace/codecs'
import type * as Events from 'millrace/events'
import type * as Flow from 'millrace/flow'
import type * as S3 from 'millrace/s3'
import type * as Transform from 'millrace/transform'
import { median } from '../measure.ts'
import type { Suite } from './suite.ts'

const RECORDS = 10_000
const JOB_ROWS = 50_000
const REPEATS = 5

/** One build of this library. */
interface Build {
  readonly batch: () => Promise<unknown>
  readonly job: () => Promise<unknown>
}

/**
 * What publishing costs while nobody listens: CPU time of a batch and of the S3 job on this build over that on the one in `--against`, in turns
 * within one process. Without it the build is compared with itself, which shows the noise.
 */
export const telemetry: Suite = async ({ runs = 20, against = '.' }, print) => {
  const [ours, theirs] = [await load('.'), await load(against)]
  const figures: Record<string, number> = {}
  for (const name of ['batch', 'job'] as const) {
    await ours[name]()
    await theirs[name]()
    const times: { readonly ours: number[]; readonly theirs: number[] } = { ours: [], theirs: [] }
    for (let turn = 0; turn < runs; turn++) {
      // By turns, who comes first too.
      const order = turn % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const)
      for (const whose of order) times[whose].push(await cpuOf((whose === 'ours' ? ours : theirs)[name]))
    }
    const percent = (of: (values: readonly number[]) => number) =>
      (100 * (of(times.ours) / of(times.theirs) - 1)).toFixed(2)
    figures[name] = Math.min(...times.ours) / Math.min(...times.theirs)
    const least = percent((values) => Math.min(...values))
    print(
      `${name}: CPU time over ${against}: ${least}% of the least of ${runs} turns, ${percent(median)}% of the medians`,
    )
  }
  return { other: { text: 'CPU time over another build, nobody subscribed', figures } }
}

async function load(folder: string): Promise<Build> {
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
    Records: Array.from({ length: RECORDS }, (_, n) => ({
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:orders',
      messageId: `message-${n}`,
      body: `{"id":${n}}`,
    })),
  }
  const rows = Array.from(
    { length: JOB_ROWS },
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

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  for (let repeat = 0; repeat < REPEATS; repeat++) await work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}
