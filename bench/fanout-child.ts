// One way to read a file, in a process of its own: `fanout-child.ts <way> <file> <splits>` prints what it took as JSON.
import { readFileSync } from 'node:fs'
import type { RecordBatch } from 'apache-arrow'
import { codecFor } from 'millrace/codecs'
import { planSplits, readSplit, verifySplits } from 'millrace/fanout'
import { s3Source } from 'millrace/s3'
import { fileObject } from './object-client.ts'

const [way = '', file = '', splits = '1'] = process.argv.slice(2)
const { client, key } = fileObject(file)
const at = { bucket: 'bench', key }
const size = (await s3Source(client, at).length()) as number
const plan = await planSplits(client, [at], { targetBytes: Math.ceil(size / Number(splits)) })

const before = process.cpuUsage()
const rows = way === 'whole' ? await count(codecFor(key).read(s3Source(client, at))) : await readSplits()
const { user, system } = process.cpuUsage(before)
const peakKib = Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
console.log(
  JSON.stringify({ cpuMs: (user + system) / 1000, peakBytes: peakKib * 1024, rows, splits: plan.splits.length }),
)
process.exit(0)

async function readSplits(): Promise<number> {
  const reports = []
  for (const split of plan.splits) {
    const batches = readSplit(client, split)
    await count(batches)
    reports.push(batches.report)
  }
  return verifySplits(plan, reports).rows
}

async function count(batches: AsyncIterable<RecordBatch>): Promise<number> {
  let found = 0
  for await (const { numRows } of batches) found += numRows
  return found
}
