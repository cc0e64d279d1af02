import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { portOf } from './ports.ts'
import { type ProcessFigures, processFigures } from './process-figures.ts'

export interface LambdaOptions {
  /** Folder of `aws-lambda-ric`. */
  readonly ric: string
  /** Folder of the code. */
  readonly task: string
  /** Handlers by the names of functions: `index.plan`. */
  readonly handlers: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  /** Milliseconds after which a process is killed; 20,000. */
  readonly timeoutMs?: number
  /** Memory of a function, whose processes may map so much privately, as `dataLimit` counts it; 1769 MB, unlimited, when absent. */
  readonly memory?: { readonly megabytes: number; readonly maxDataBytes: number }
}

export interface Answer {
  readonly isError: boolean
  /** JSON: what the handler returned, or `{ errorType, errorMessage }`. */
  readonly body: string
  /** Milliseconds from delivery to this answer. */
  readonly ms: number
}

export interface Invocation {
  readonly answer: Promise<Answer>
  /** Of the process, from its start to its first question for work; never settles where it does not get there. */
  readonly init: Promise<InitFigures>
  /** End the process at work, as a lack of memory does. */
  kill(): void
  /** CPU time and memory of the process until now. */
  figures(): ProcessFigures
}

export interface InitFigures {
  readonly ms: number
  readonly cpuMs: number
}

export interface LambdaService {
  /** Run a function in a process of its own, or in one that is idle. `clientContext` arrives as the one of the context. */
  invoke(name: string, payload: string, clientContext?: object): Promise<Invocation>
  /** Processes that were started. */
  readonly started: number
  /** What the processes printed. */
  log(): string
  close(): void
}

interface Environment {
  readonly process: ChildProcess
  readonly init: Promise<InitFigures>
  isAlive(): boolean
  run(payload: string, clientContext: object): Promise<Answer>
  log(): string
  close(): void
}

const TIMEOUT_MS = 20_000

/**
 * Functions under AWS's own runtime client, each environment a process that asks a Runtime API of its own for work, one invocation after the other. As in
 * Lambda it stands still between them, and is killed at the deadline.
 */
export function startLambda({ handlers, ...options }: LambdaOptions): LambdaService {
  const environments: Environment[] = []
  const idle = new Map<string, Environment[]>()

  async function environmentOf(name: string): Promise<Environment> {
    const waiting = idle.get(name) ?? []
    idle.set(name, waiting)
    for (let found = waiting.pop(); found !== undefined; found = waiting.pop()) if (found.isAlive()) return found
    const handler = handlers[name]
    if (handler === undefined) throw new Error(`no function ${name}`)
    const made = await startEnvironment({ ...options, handler, name })
    environments.push(made)
    return made
  }

  return {
    get started() {
      return environments.length
    },
    invoke: async (name, payload, clientContext = {}) => {
      const environment = await environmentOf(name)
      const { process, init } = environment
      const answer = environment.run(payload, clientContext).finally(() => idle.get(name)?.push(environment))
      const figures = (): ProcessFigures => processFigures(process.pid)
      return { answer, init, figures, kill: () => void process.kill('SIGKILL') }
    },
    log: () => environments.map((environment) => environment.log()).join(''),
    close: () => {
      for (const environment of environments) environment.close()
    },
  }
}

interface Start extends Omit<LambdaOptions, 'handlers'> {
  readonly name: string
  readonly handler: string
}

async function startEnvironment(start: Start): Promise<Environment> {
  const { name, timeoutMs = TIMEOUT_MS } = start
  let next: ServerResponse | undefined
  let work: { readonly headers: Record<string, string>; readonly payload: string } | undefined
  let settle: (outcome: Omit<Answer, 'ms'>) => void = () => {}
  let timer: NodeJS.Timeout | undefined
  let isLate = false
  let reportInit: ((figures: InitFigures) => void) | undefined
  const init = new Promise<InitFigures>((resolve) => {
    reportInit = resolve
  })
  const deliver = (): void => {
    if (next === undefined || work === undefined) return
    child.kill('SIGCONT')
    timer = setTimeout(() => {
      isLate = true
      child.kill('SIGKILL')
    }, timeoutMs)
    const deadline = { 'Lambda-Runtime-Deadline-Ms': String(Date.now() + timeoutMs) }
    next.writeHead(200, { 'content-type': 'application/json', ...deadline, ...work.headers }).end(work.payload)
    next = undefined
    work = undefined
  }
  const api: Server = createServer(async (request, response) => {
    const { url = '' } = request
    const body = await text(request)
    if (url.endsWith('/invocation/next')) {
      reportInit?.({ ms: performance.now() - startedAt, cpuMs: processFigures(child.pid).cpuMs })
      reportInit = undefined
      next = response
      // Between two invocations Lambda freezes an environment.
      if (work === undefined) child.kill('SIGSTOP')
      return deliver()
    }
    clearTimeout(timer)
    response.writeHead(202).end()
    settle({ isError: url.endsWith('/error'), body })
  }).listen(0, '127.0.0.1')
  await once(api, 'listening')
  const startedAt = performance.now()
  const child = spawnRuntime(start, portOf(api))
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (log += chunk))
  child.once('exit', (code, signal) => {
    clearTimeout(timer)
    const timedOut = {
      errorType: 'Sandbox.Timedout',
      errorMessage: `Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
    }
    const exited = {
      errorType: 'Runtime.ExitError',
      errorMessage: `Error: Runtime exited with error: ${signal ?? `exit status ${code}`}`,
    }
    settle({ isError: true, body: JSON.stringify(isLate ? timedOut : exited) })
    api.closeAllConnections()
    api.close()
  })
  return {
    process: child,
    init,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    run: (payload, clientContext) =>
      new Promise((resolve) => {
        let deliveredAt = performance.now()
        void init.then(() => {
          deliveredAt = Math.max(deliveredAt, performance.now())
        })
        settle = (outcome) => resolve({ ...outcome, ms: performance.now() - deliveredAt })
        const headers = {
          'Lambda-Runtime-Aws-Request-Id': randomUUID(),
          'Lambda-Runtime-Invoked-Function-Arn': `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
          'Lambda-Runtime-Client-Context': JSON.stringify(clientContext),
        }
        work = { headers, payload }
        deliver()
      }),
    log: () => log,
    close: () => void child.kill('SIGKILL'),
  }
}

function spawnRuntime({ ric, task, handler, name, env, memory }: Start, port: number): ChildProcess {
  const { megabytes = 1769, maxDataBytes } = memory ?? {}
  // As Lambda starts Node.
  const heap = [
    `--max-semi-space-size=${Math.floor(megabytes / 20)}`,
    `--max-old-space-size=${Math.floor(megabytes * 0.9)}`,
  ]
  const node = [process.execPath, ...heap, join(ric, 'index.mjs'), handler]
  const [command = '', ...args] = maxDataBytes === undefined ? node : ['prlimit', `--data=${maxDataBytes}`, ...node]
  return spawn(command, args, {
    cwd: task,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: task,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${megabytes}`,
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
      ...env,
    },
  })
}
