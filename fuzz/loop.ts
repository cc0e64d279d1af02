import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bundle } from './bundle.ts'
import { caseWriter } from './case-file.ts'
import { type Corpus, corpusOf } from './corpus.ts'
import { coverageOf } from './coverage.ts'
import { type Fault, faultOf } from './finding.ts'
import type { Limits } from './limits.ts'
import type { Job, Report } from './message.ts'
import { randomOf } from './random.ts'
import type { Surface } from './surface.ts'
import { leaveKernels } from './switches.ts'

/** Cases between two turns of the event loop: timers, messages and weak references need them. */
const CASES_A_TURN = 50
const REPORT_MS = 500
/** A case that takes longer may have taken much memory too. */
const LONG_MS = 40

/** Run cases of a surface until the job's limits: first the inputs given, then changes of what reached something new. */
export async function runLoop(
  job: Job,
  surface: Surface,
  bundle: Bundle,
  send: (report: Report) => void,
  signal: AbortSignal,
): Promise<void> {
  const random = randomOf(job.seed)
  const coverage = coverageOf(bundle.files.reduce((sum, { counters }) => sum + counters, 0))
  const corpus = corpusOf(random, wordsOf(bundle))
  const write = caseWriter(job.caseFile)
  const begin = performance.now()
  const known = new Set<string>()
  let cases = 0
  let reported = begin
  let isOver = false

  /** Run an input and keep it where it is worth it. @returns whether it reached a new branch. */
  async function run(input: Uint8Array, isOld: boolean): Promise<boolean> {
    write(input)
    coverage.reset()
    const start = performance.now()
    const fault = await outcomeOf(surface, input)
    const ms = performance.now() - start
    leaveKernels()
    const news = coverage.look()
    if (news !== 'nothing' || isOld) {
      corpus.add(input, news === 'branch')
      if (!isOld && news === 'branch' && job.keep !== undefined) save(job.keep, input)
    }
    const found =
      ms > job.limits.cpuMs / 2 && fault === undefined ? await slownessOf(surface, input, job.limits) : fault
    if (found !== undefined && !known.has(found.signature))
      send({ report: 'fault', fault: found, input: base64(input) })
    if (found !== undefined) known.add(found.signature)
    if (ms > LONG_MS && process.resourceUsage().maxRSS / 1024 > job.limits.rssMb) {
      send({ report: 'suspect', input: base64(input) })
      isOver = true
    }
    return news === 'branch'
  }

  const progress = (): void => {
    reported = performance.now()
    send({ report: 'progress', cases, reached: coverage.reached(), corpus: corpus.size })
  }

  const seeds = job.keep === undefined ? [] : await surface.seeds()
  for (const seed of seeds) await run(seed, true)
  const foreign = job.corpora.map((file) => new Uint8Array(readFileSync(file)))
  for (const file of foreign) if (surface.fromFile !== undefined) await run(surface.fromFile(file), true)
  for (const [index, file] of job.inputs.entries()) {
    if (isOver || signal.aborted) break
    const isBranch = await run(new Uint8Array(readFileSync(file)), true)
    if (isBranch) send({ report: 'branch', input: index })
    if (index % CASES_A_TURN === 0) await turn()
  }
  while (!isOver && !signal.aborted && cases < job.cases && performance.now() - begin < job.maxMs) {
    await run(surface.mutate(corpus.choose(), random, corpus), false)
    cases++
    if (cases % CASES_A_TURN === 0) await turn()
    if (performance.now() - reported > REPORT_MS) progress()
  }
  progress()
  send({ report: 'done' })
}

async function outcomeOf(surface: Surface, input: Uint8Array): Promise<Fault | undefined> {
  try {
    const running = surface.run(input)
    if (running instanceof Promise) await running
    return undefined
  } catch (error) {
    return faultOf(error)
  }
}

/** Run a case once more by the processor's clock, which other processes do not move. */
async function slownessOf(surface: Surface, input: Uint8Array, { cpuMs }: Limits): Promise<Fault | undefined> {
  const before = process.cpuUsage()
  await outcomeOf(surface, input)
  const { user, system } = process.cpuUsage(before)
  const ms = (user + system) / 1000
  if (ms <= cpuMs) return undefined
  return { kind: 'slow', signature: 'slow', message: `takes ${Math.round(ms)} ms of CPU, more than ${cpuMs}` }
}

function wordsOf({ words }: Bundle): Corpus['words'] {
  return words.map((word) => new Uint8Array(Buffer.from(word)))
}

function save(folder: string, input: Uint8Array): void {
  writeFileSync(join(folder, createHash('sha256').update(input).digest('hex').slice(0, 16)), input)
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
