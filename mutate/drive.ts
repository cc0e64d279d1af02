import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Job, writeJob } from './job.ts'
import { type End, readState, type State, writeNote } from './state.ts'
import { type Activity, readActivity } from './watch-file.ts'

/** What the runs of all processes share. */
export type Plan = Pick<Job, 'root' | 'files' | 'exclude' | 'lawsShare' | 'mutants'>

/** Quick tests first: a mutant that one kills costs no slow one. */
const ROUNDS_MS = [40, 400, Number.MAX_SAFE_INTEGER]
const LOOK_MS = 200
/** A process that runs no mutant may be silent for so long: it loads modules, or runs a slow test as it is. */
const QUIET_MS = 180_000
/** Time beyond a test's own limit: its timer fires first unless a loop holds the thread. */
const SLACK_MS = 4000
/** The child has a process group of its own, which no key ends. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const VITEST = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const CONFIG = fileURLToPath(new URL('vitest.config.ts', import.meta.url))

/** Run all tests once for what they cover and how long they take. */
export async function coverTests(folder: string, plan: Plan): Promise<void> {
  const failure = await runProcess(folder, { ...plan, isDryRun: true, maxMs: 0 })
  if (failure !== '') throw new Error(`the tests did not run: ${failure}`)
}

/** Run every mutant against the tests that cover it, until one fails; start again behind one that hangs. */
export async function runMutants(folder: string, plan: Plan): Promise<void> {
  for (const maxMs of ROUNDS_MS) {
    for (;;) {
      const files = filesToRun(readState(folder), plan, maxMs)
      if (files.length === 0) break
      const before = readState(folder)
      const failure = await runProcess(folder, { ...plan, files, isDryRun: false, maxMs })
      if (hasProgress(before, readState(folder))) continue
      if (failure !== '') throw new Error(`the tests did not run: ${failure}`)
      break
    }
  }
}

/** The files with tests that still have mutants to run, those with the least time first. */
function filesToRun(state: State, { mutants }: Plan, maxMs: number): readonly string[] {
  const living = mutants.filter((id) => !state.ends.has(id))
  const msOf = new Map<string, number>()
  for (const { test, file, ms, covered } of state.tests.values()) {
    const isPending = ms <= maxMs && !state.done.has(test) && living.some((id) => id in covered)
    if (isPending) msOf.set(file, (msOf.get(file) ?? 0) + ms)
  }
  return [...msOf].sort(([, left], [, right]) => left - right).map(([file]) => file)
}

function hasProgress(before: State, after: State): boolean {
  return (['ends', 'done', 'fragile', 'passed'] as const).some((name) => after[name].size > before[name].size)
}

/** Run all tests, up to the first that fails, in a process with one mutant on from the start. */
export async function runPlain(folder: string, plan: Plan, mutant: string): Promise<End | 'passed'> {
  const child = startProcess(folder, { ...plan, isDryRun: false, isPlain: true, maxMs: 0 }, mutant)
  const end = await watchProcess(folder, child)
  if (end === 'hung') return 'timeout'
  return child.exitCode === 0 ? 'passed' : 'killed'
}

function startProcess(folder: string, job: Job, mutant?: string): ChildProcess {
  rmSync(join(folder, 'activity.json'), { force: true })
  writeJob(folder, job)
  const switched = mutant === undefined ? {} : { __STRYKER_ACTIVE_MUTANT__: mutant }
  const laws = { LAWS_SEED: '20261121', LAWS_SHARE: String(job.lawsShare) }
  const env = { ...laws, ...process.env, MUTATE_FOLDER: folder, ...switched }
  const args = [VITEST, 'run', '--config', CONFIG]
  return spawn(process.execPath, args, { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
}

/** Run a process to its end. Returns what it wrote of an error where no mutant was under way: it may have been ended amid its work, and have to go on. */
async function runProcess(folder: string, job: Job): Promise<string> {
  const child = startProcess(folder, job)
  let errors = ''
  child.stderr?.on('data', (data) => {
    errors = (errors + String(data)).slice(-2000)
  })
  const end = await watchProcess(folder, child)
  const activity = readActivity(folder)
  if (end === 'restart') return ''
  if (activity?.mutant !== undefined) {
    const { mutant, test = '' } = activity
    writeNote(folder, { note: 'end', mutant, end: end === 'hung' ? 'timeout' : 'crash', by: testName(folder, test) })
    return ''
  }
  return end === 'hung' || (activity === undefined && !job.isDryRun) ? errors || 'the process hung' : ''
}

function testName(folder: string, id: string): string {
  const test = readState(folder).tests.get(id)
  return test === undefined ? id : `${test.file} > ${test.name}`
}

/** Wait for a process; end it, with its children, where it hangs or asks for it. */
async function watchProcess(folder: string, child: ChildProcess): Promise<'exit' | 'hung' | 'restart'> {
  let last: Activity | undefined
  let since = Date.now()
  let end: 'exit' | 'hung' | 'restart' = 'exit'
  const stop = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL')
  }
  const look = setInterval(() => {
    const activity = readActivity(folder) ?? last
    if (activity?.count !== last?.count) since = Date.now()
    last = activity
    const limitMs = activity?.limitMs === undefined ? QUIET_MS : activity.limitMs * 1.5 + SLACK_MS
    const isHung = Date.now() - since > limitMs
    if (!isHung && activity?.wantsRestart !== true) return
    end = isHung ? 'hung' : 'restart'
    stop()
  }, LOOK_MS)
  const leave = (): never => process.exit(1)
  process.once('exit', stop)
  for (const signal of SIGNALS) process.once(signal, leave)
  await new Promise((resolve) => child.once('exit', resolve))
  process.off('exit', stop)
  for (const signal of SIGNALS) process.off(signal, leave)
  clearInterval(look)
  return end
}
