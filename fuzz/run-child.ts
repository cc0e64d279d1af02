import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Bundle } from './bundle.ts'
import { readCase } from './case-file.ts'
import type { Fault } from './finding.ts'
import type { Limits } from './limits.ts'
import type { Job, Report } from './message.ts'
import { processUse } from './process-use.ts'

const LOOK_MS = 200
/** A process that loads its code, or the inputs of the corpus, is given more time before its first case. */
const START_MS = 60_000

/** Fewer collections of young garbage, and shorter traces: a fifth less time for a case. */
const FLAGS = ['--max-semi-space-size=32', '--stack-trace-limit=6', '--no-warnings']

/** A fault, and the input that shows it. */
export interface ShownFault {
  readonly fault: Fault
  readonly input: Uint8Array
}

export interface ChildEnd {
  readonly cases: number
  /** Numbers of the counters reached. */
  readonly reached: readonly number[]
  readonly corpus: number
  /** The job's inputs that reached a new branch, by their numbers. */
  readonly useful: readonly number[]
  readonly faults: readonly ShownFault[]
  /** The last case of a process that took too much memory or time, or ended by itself. */
  readonly broken: ShownFault | undefined
}

/** Run a job in a process of its own, and end that where it goes beyond a limit. @param signal - asks it to end after the case that it is at. */
export async function runChild(bundle: Bundle, job: Job, signal?: AbortSignal): Promise<ChildEnd> {
  mkdirSync(dirname(job.caseFile), { recursive: true })
  const execArgv = [`--max-old-space-size=${job.limits.heapMb}`, ...FLAGS]
  const child = fork(bundle.code, [JSON.stringify(job)], { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const end = { cases: 0, reached: [] as readonly number[], corpus: 0, isDone: false }
  const faults: ShownFault[] = []
  const useful: number[] = []
  let broken: ShownFault | undefined
  let errors = ''
  child.stderr?.on('data', (data) => {
    errors = (errors + String(data)).slice(-3000)
  })
  child.on('message', (message: Report) => {
    if (message.report === 'progress') Object.assign(end, message)
    else if (message.report === 'done') end.isDone = true
    else if (message.report === 'branch') useful.push(message.input)
    else if (message.report === 'fault') faults.push({ fault: message.fault, input: bytesOf(message.input) })
    else broken = { fault: beyondMemory(job.limits), input: bytesOf(message.input) }
  })
  const stop = (): void => void (child.connected && child.send('stop'))
  signal?.addEventListener('abort', stop)
  const killed = await watch(child, job)
  signal?.removeEventListener('abort', stop)
  const { cases, reached, corpus, isDone } = end
  if (broken === undefined && !isDone) {
    const input = readCase(job.caseFile)?.input
    if (input === undefined) throw new Error(`the process of the surface did not start: ${errors}`)
    broken = { fault: killed ?? crash(child, errors), input: Uint8Array.from(input) }
  }
  return { cases, reached, corpus, useful, faults, broken }
}

/** Wait for the end of a process. @returns the fault for which it was ended. */
async function watch(child: ChildProcess, { caseFile, limits }: Job): Promise<Fault | undefined> {
  let fault: Fault | undefined
  let number = -1
  let since = { cpuMs: 0, at: Date.now() }
  const look = setInterval(() => {
    const use = child.pid === undefined ? undefined : processUse(child.pid)
    const now = readCase(caseFile)?.number ?? 0
    if (now !== number) since = { cpuMs: use?.cpuMs ?? 0, at: Date.now() }
    number = now
    const cpuMs = (use?.cpuMs ?? 0) - since.cpuMs
    if (use !== undefined && use.rssMb > limits.rssMb) fault = beyondMemory(limits)
    // Twice the limit, since a case that takes half of it is run again to measure it.
    else if (number > 0 && cpuMs > 2 * limits.cpuMs)
      fault = { kind: 'slow', signature: 'hang', message: 'does not end' }
    else if (use?.isAsleep === true && Date.now() - since.at > (number > 0 ? limits.idleMs : START_MS))
      fault = { kind: 'slow', signature: 'idle', message: 'waits for what does not come' }
    if (fault !== undefined) child.kill('SIGKILL')
  }, LOOK_MS)
  const stop = (): boolean => child.kill('SIGKILL')
  process.once('exit', stop)
  await new Promise((resolve) => child.once('close', resolve))
  process.off('exit', stop)
  clearInterval(look)
  return fault
}

function beyondMemory({ rssMb }: Limits): Fault {
  return { kind: 'memory', signature: 'memory', message: `the process takes more than ${rssMb} MB` }
}

function crash({ exitCode, signalCode }: ChildProcess, errors: string): Fault {
  const isMemory = errors.includes('heap out of memory') || errors.includes('Array buffer allocation failed')
  if (isMemory) return { kind: 'memory', signature: 'heap', message: `V8's heap is full: ${errors.slice(0, 300)}` }
  const how = signalCode ?? `exit code ${exitCode}`
  const reason = errors.split('\n').find((line) => /error|fatal|assert/i.test(line)) ?? ''
  return { kind: 'crash', signature: `${how} ${reason.replace(/\d+/g, '').slice(0, 80)}`, message: `${how}: ${errors}` }
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}
