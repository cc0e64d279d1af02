import { kinesisSender } from '../../../src/send/kinesis.ts'
import { sqsSender } from '../../../src/send/sqs.ts'

// Sends a million entries to a service that fails the oldest of them once, and prints the largest growth of the process.
const [service = 'sqs'] = process.argv.slice(2)
const COUNT = 1_000_000
const LOOK_EVERY = 1000

interface Request {
  readonly input: { readonly Entries?: readonly { readonly Id: string }[]; readonly Records?: readonly object[] }
}

let isFirst = true
const client = {
  async send({ input: { Entries, Records } }: Request): Promise<object> {
    const failsFirst = isFirst
    isFirst = false
    if (service === 'kinesis') await new Promise(setImmediate)
    const isStored = (_: unknown, at: number): boolean => !failsFirst || at > 0
    if (Records !== undefined) {
      return {
        Records: Records.map((_, at) =>
          isStored(_, at) ? { SequenceNumber: `${at}` } : { ErrorCode: 'InternalFailure' },
        ),
      }
    }
    const Failed = failsFirst ? [{ Id: '0', Code: 'InternalError' }] : []
    return { Successful: Entries?.filter(isStored).map(({ Id }) => ({ Id })), Failed }
  },
}

const before = process.memoryUsage().rss
let peak = before
function look(n: number): void {
  if (n % LOOK_EVERY === 0) peak = Math.max(peak, process.memoryUsage().rss)
}
async function* messages() {
  for (let n = 0; n < COUNT; n++) {
    look(n)
    yield { MessageBody: `${'x'.repeat(100)}${n}` }
  }
}
function* records() {
  for (let n = 0; n < COUNT; n++) {
    look(n)
    yield { PartitionKey: `key-${n}`, Data: new Uint8Array(100) }
  }
}

const options = { random: () => 1, baseMs: 500 }
const report =
  service === 'kinesis'
    ? await kinesisSender(client as never, { streamName: 's' }, options)(records())
    : await sqsSender(client as never, { queueUrl: 'q' }, options)(messages())
console.log(JSON.stringify({ sent: report.sent, retries: report.retries, addedMb: Math.round((peak - before) / 1e6) }))
