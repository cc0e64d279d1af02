// One piece of a fan-out, in a process of its own: `fanout-child.ts <way> <file> [number]` prints what it took as JSON.
import { readFileSync } from 'node:fs'
import type { RecordBatch } from 'apache-arrow'
import { codecFor, csv, parquet } from 'millrace/codecs'
import { planSplits, readSplit, type Split, verifySplits } from 'millrace/fanout'
import { s3Source } from 'millrace/s3'
import { addBatchMetadata, cleanColumnNames, dropDuplicates, fillNulls } from 'millrace/transform'
import { type CountedObject, fileObject, repeatedCsv } from './object-client.ts'

/** What one process took, and what came of it. */
export interface PieceCost {
  readonly cpuMs: number
  readonly peakBytes: number
  /** Rows read, or splits planned. */
  readonly count: number
  readonly requests: number
  readonly bytes: number
}

const TARGET_BYTES = 128 * 1024 ** 2
/** An object with a split in its midst. */
const SOME_SPLITS_BYTES = 3.5 * TARGET_BYTES

const [way = '', path = '', number = '0'] = process.argv.slice(2)
const { object, run } = await piece()
const before = { ...object.counts }
const started = process.cpuUsage()
const count = await run()
const { user, system } = process.cpuUsage(started)
const peakKib = Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
const cost: PieceCost = {
  cpuMs: (user + system) / 1000,
  peakBytes: peakKib * 1024,
  count,
  requests: object.counts.requests - before.requests,
  bytes: object.counts.bytes - before.bytes,
}
console.log(JSON.stringify(cost))
process.exit(0)

async function piece(): Promise<{ readonly object: CountedObject; run(): Promise<number> }> {
  switch (way) {
    case 'whole':
    case 'splits': {
      const object = fileObject(path)
      const { client, size } = object
      const plan = await planSplits(client, [at(object)], { targetBytes: Math.ceil(size / Number(number)) })
      const whole = (): Promise<number> => rowsOf(codecFor(object.key).read(s3Source(client, at(object))))
      return { object, run: way === 'whole' ? whole : () => rowsOfSplits(object, plan) }
    }
    case 'plan': {
      const object = repeatedCsv(path, Number(number))
      return { object, run: async () => (await planSplits(object.client, [at(object)])).splits.length }
    }
    case 'read-split':
    case 'job-of-split': {
      const object = repeatedCsv(path, SOME_SPLITS_BYTES)
      const { splits } = await planSplits(object.client, [at(object)], { targetBytes: TARGET_BYTES })
      const batches = readSplit(object.client, splits[1] as Split)
      return { object, run: () => (way === 'read-split' ? rowsOf(batches) : job(batches)) }
    }
    default: {
      const object = repeatedCsv(path, TARGET_BYTES)
      return { object, run: () => job(csv().read(s3Source(object.client, at(object)))) }
    }
  }
}

function at({ key }: CountedObject) {
  return { bucket: 'bench', key }
}

async function rowsOfSplits({ client }: CountedObject, plan: Awaited<ReturnType<typeof planSplits>>): Promise<number> {
  const reports = []
  for (const split of plan.splits) {
    const batches = readSplit(client, split)
    await rowsOf(batches)
    reports.push(batches.report)
  }
  return verifySplits(plan, reports).rows
}

async function rowsOf(batches: AsyncIterable<RecordBatch>): Promise<number> {
  let rows = 0
  for await (const { numRows } of batches) rows += numRows
  return rows
}

/** The S3 job, whose output goes nowhere. @returns the rows that it read. */
async function job(batches: AsyncIterable<RecordBatch>): Promise<number> {
  let rows = 0
  async function* counted() {
    for await (const batch of batches) {
      rows += batch.numRows
      yield batch
    }
  }
  const steps = [
    cleanColumnNames(),
    dropDuplicates(),
    fillNulls({ amount: 0, status: 'unknown', created_at: () => new Date() }),
    addBatchMetadata(),
  ]
  for await (const _ of parquet().write()(
    steps.reduce<AsyncIterable<RecordBatch>>((rest, step) => step(rest), counted()),
  ));
  return rows
}
