import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { PieceCost } from '../fanout-child.ts'
import { eventsAs, eventsCsv, eventsInGroups } from '../generate.ts'
import { type FanOutModel, makespan } from '../makespan.ts'
import { median } from '../measure.ts'
import { formatTable, megabytes, secondsText } from '../table.ts'
import type { Suite } from './suite.ts'

const CHILD = fileURLToPath(new URL('../fanout-child.ts', import.meta.url))
const SPLITS = 16
const MAX_RATIO = 1.25
const GB = 1e9
const MAX_PLAN_REQUESTS = 100
const MAX_PLAN_SECONDS = 2
const WORKERS = [1, 10, 100, 1000]
/** Half of what Lambda gives a function: 1,000 more at once in 10 seconds. */
const STARTS_PER_SECOND = 50
const START_SECONDS = 1
const SIMULATED_BYTES = 100 * GB
const SPLIT_BYTES = 128 * 1024 ** 2

/**
 * A fan-out beside one function: CPU of all splits beside one read, in turns and in processes of their own; what a plan costs; memory of a worker beside that of
 * the S3 job; and, from the seconds measured, how long 100 GB take by the number of workers.
 */
export const fanout: Suite = async ({ rows, runs = 5 }, print) => {
  const reads = await readsOf(rows, runs)
  const readText = `fanout: ${SPLITS} splits beside one read, CPU, at most ${MAX_RATIO}x\n${readTable(reads)}`
  print(readText)
  const csv = await eventsCsv(rows)
  const plans = [
    await inTurns({ '10 GB': ['plan', csv, 10 * GB] }, runs),
    await inTurns({ '1 TB': ['plan', csv, 1000 * GB] }, 1),
  ]
  const planText = `fanout: plans, of 10 GB under ${MAX_PLAN_REQUESTS} requests and ${MAX_PLAN_SECONDS} s of CPU\n${planTable(Object.assign({}, ...plans))}`
  print(planText)
  const memory = await inTurns(
    { readSplit: ['read-split', csv], 'S3 job of a split': ['job-of-split', csv], 'S3 job of an object': ['job', csv] },
    runs,
  )
  const memoryText = `fanout: a split of 128 MiB, in the memory of the S3 job\n${memoryTable(memory)}`
  print(memoryText)
  const model: FanOutModel = {
    splits: Math.ceil(SIMULATED_BYTES / SPLIT_BYTES),
    splitSeconds: costOf(memory, 'S3 job of a split').cpuMs / 1000,
    startSeconds: START_SECONDS,
    startsPerSecond: STARTS_PER_SECOND,
    planSeconds: START_SECONDS + (10 * costOf(Object.assign({}, ...plans), '10 GB').cpuMs) / 1000,
    finishSeconds: START_SECONDS,
  }
  const spans = WORKERS.map((workers) => ({ workers, seconds: makespan(model, workers) }))
  const spanText = `fanout: 100 GB in ${model.splits} splits, simulated\n${spanTable(spans)}`
  print(spanText)
  const text = [readText, planText, memoryText, spanText].join('\n\n')
  return { other: { text, figures: { reads, plans, memory, model, spans } } }
}

type Costs = Readonly<Record<string, PieceCost>>

async function readsOf(rows: number, runs: number): Promise<Readonly<Record<string, Costs>>> {
  const files = {
    CSV: await eventsCsv(rows),
    NDJSON: await eventsAs('ndjson', rows),
    Parquet: await eventsInGroups(rows, Math.ceil(rows / SPLITS / 2048) * 2048),
  }
  const reads: Record<string, Costs> = {}
  for (const [format, file] of Object.entries(files))
    reads[format] = await inTurns({ whole: ['whole', file, SPLITS], splits: ['splits', file, SPLITS] }, runs)
  return reads
}

/** Medians of ways that take turns, so that a slow minute of the machine hits all alike. */
async function inTurns(ways: Readonly<Record<string, readonly (string | number)[]>>, runs: number): Promise<Costs> {
  const costs = new Map<string, PieceCost[]>()
  for (let run = 0; run < runs; run++) {
    for (const [name, args] of Object.entries(ways)) {
      process.stderr.write(`fanout, run ${run + 1} of ${runs}: ${name}\n`)
      const { stdout } = await promisify(execFile)(process.execPath, [CHILD, ...args.map(String)])
      costs.set(name, [...(costs.get(name) ?? []), JSON.parse(stdout) as PieceCost])
    }
  }
  return Object.fromEntries([...costs].map(([name, list]) => [name, medianCost(list)]))
}

function medianCost(list: readonly PieceCost[]): PieceCost {
  const { count, requests, bytes } = list[0] as PieceCost
  return {
    cpuMs: median(list.map(({ cpuMs }) => cpuMs)),
    peakBytes: median(list.map(({ peakBytes }) => peakBytes)),
    count,
    requests,
    bytes,
  }
}

function costOf(costs: Costs, name: string): PieceCost {
  return costs[name] as PieceCost
}

function readTable(reads: Readonly<Record<string, Costs>>): string {
  return formatTable(
    ['', 'whole', `${SPLITS} splits`, 'ratio', 'peak memory', 'of splits', 'rows'],
    Object.entries(reads).map(([format, costs]) => {
      const [whole, splits] = [costOf(costs, 'whole'), costOf(costs, 'splits')]
      return [
        format,
        cpu(whole),
        cpu(splits),
        `${(splits.cpuMs / whole.cpuMs).toFixed(2)}x`,
        megabytes(whole.peakBytes),
        megabytes(splits.peakBytes),
        whole.count === splits.count ? String(whole.count) : `${whole.count} and ${splits.count}: THEY DIFFER`,
      ]
    }),
  )
}

function planTable(plans: Costs): string {
  return formatTable(
    ['', 'splits', 'requests', 'bytes read', 'CPU', 'peak memory'],
    Object.entries(plans).map(([name, cost]) => [
      name,
      String(cost.count),
      String(cost.requests),
      megabytes(cost.bytes),
      cpu(cost),
      megabytes(cost.peakBytes),
    ]),
  )
}

function memoryTable(memory: Costs): string {
  return formatTable(
    ['', 'peak memory', 'CPU', 'bytes read'],
    Object.entries(memory).map(([name, cost]) => [name, megabytes(cost.peakBytes), cpu(cost), megabytes(cost.bytes)]),
  )
}

function spanTable(spans: readonly { readonly workers: number; readonly seconds: number }[]): string {
  const [one] = spans
  return formatTable(
    ['workers', 'makespan', 'speed-up', 'of ideal'],
    spans.map(({ workers, seconds }) => {
      const speedup = (one?.seconds ?? 0) / seconds
      return [
        String(workers),
        secondsText(seconds),
        `${speedup.toFixed(1)}x`,
        `${((100 * speedup) / workers).toFixed(0)}%`,
      ]
    }),
  )
}

function cpu({ cpuMs }: PieceCost): string {
  return `${Math.round(cpuMs)} ms`
}
