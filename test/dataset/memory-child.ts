// Writes so many rows into so many partitions, rows of all of them mixed, and prints what it took: a process of its own, whose memory is that of the write.
import type { RecordBatch } from 'apache-arrow'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { datasetSink } from '../../src/dataset/dataset-sink.ts'
import { memoryS3 } from './memory-s3.ts'

const [partitions = 9000, rows = 1_000_000] = process.argv.slice(2).map(Number)
const BATCH_ROWS = 10_000

async function* source(): AsyncGenerator<RecordBatch> {
  for (let first = 0; first < rows; first += BATCH_ROWS) {
    const ids = Array.from({ length: Math.min(BATCH_ROWS, rows - first) }, (_, at) => first + at)
    const table = tableFromRows(
      ids.map((id) => ({
        id: BigInt(id),
        k: `k${(id * 7919) % partitions}`,
        at: new Date(id),
        amount: id / 3,
        note: `order ${id} ${'.'.repeat(id % 60)}`,
      })),
    )
    yield* table.batches
  }
}

const s3 = memoryS3()
s3.forgets = true
// As a network does: an answer comes in a later turn of the event loop.
s3.decide = () => new Promise((resolve) => setImmediate(() => resolve(undefined)))
const startMb = Math.round(process.memoryUsage.rss() / 1024 ** 2)
let peak = 0
const timer = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss())
}, 20)
const write = await datasetSink(s3.client, { bucket: 'lake', prefix: 'p', name: 'n', partitionBy: ['k'] })(source())
clearInterval(timer)
const cpu = process.cpuUsage()
console.log(
  JSON.stringify({
    files: write.files.length,
    partitions: new Set(write.files.map(({ partition }) => partition['k'])).size,
    rows: write.rows,
    requests: s3.requests.length,
    startMb,
    peakMb: Math.round(Math.max(peak, process.resourceUsage().maxRSS * 1024) / 1024 ** 2),
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  }),
)
