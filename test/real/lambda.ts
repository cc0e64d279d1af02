import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { portOf } from './ports.ts'

export interface LambdaOptions {
  /** Folder of `aws-lambda-ric`. */
  readonly ric: string
  /** Folder of the code. */
  readonly task: string
  /** Handlers by the names of functions: `index.plan`. */
  readonly handlers: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
}

export interface Answer {
  readonly isError: boolean
  /** JSON: what the handler returned, or `{ errorType, errorMessage }`. */
  readonly body: string
}

export interface Invocation {
  readonly answer: Promise<Answer>
  /** End the process at work, as a lack of memory does. */
  kill(): void
}

export interface LambdaService {
  /** Run a function in a process of its own, or in one that is idle. `clientContext` arrives as the one of the context. */
  invoke(name: string, payload: string, clientContext?: object): Promise<Invocation>
  /** Processes that were started. */
  readonly started: number
  close(): void
}

interface Environment {
  readonly process: ChildProcess
  isAlive(): boolean
  run(payload: string, clientContext: object): Promise<Answer>
  close(): void
}

/** Functions under AWS's own runtime client, each environment a process that asks a Runtime API of its own for work, one invocation after the other. */
export function startLambda({ ric, task, handlers, env }: LambdaOptions): LambdaService {
  const environments: Environment[] = []
  const idle = new Map<string, Environment[]>()

  async function environmentOf(name: string): Promise<Environment> {
    const waiting = idle.get(name) ?? []
    idle.set(name, waiting)
    for (let found = waiting.pop(); found !== undefined; found = waiting.pop()) if (found.isAlive()) return found
    const handler = handlers[name]
    if (handler === undefined) throw new Error(`no function ${name}`)
    const made = await startEnvironment({ ric, task, handler, name, env })
    environments.push(made)
    return made
  }

  return {
    get started() {
      return environments.length
    },
    invoke: async (name, payload, clientContext = {}) => {
      const environment = await environmentOf(name)
      const answer = environment.run(payload, clientContext).finally(() => idle.get(name)?.push(environment))
      return { answer, kill: () => void environment.process.kill('SIGKILL') }
    },
    close: () => {
      for (const environment of environments) environment.close()
    },
  }
}

interface Start extends Omit<LambdaOptions, 'handlers'> {
  readonly name: string
  readonly handler: string
}

async function startEnvironment({ ric, task, handler, name, env }: Start): Promise<Environment> {
  let next: ServerResponse | undefined
  let work: { readonly headers: Record<string, string>; readonly payload: string } | undefined
  let settle: (answer: Answer) => void = () => {}
  const deliver = (): void => {
    if (next === undefined || work === undefined) return
    next.writeHead(200, { 'content-type': 'application/json', ...work.headers }).end(work.payload)
    next = undefined
    work = undefined
  }
  const api: Server = createServer(async (request, response) => {
    const { url = '' } = request
    const body = await text(request)
    if (url.endsWith('/invocation/next')) {
      next = response
      return deliver()
    }
    response.writeHead(202).end()
    settle({ isError: url.endsWith('/error'), body })
  }).listen(0, '127.0.0.1')
  await once(api, 'listening')
  const child = spawn(process.execPath, [join(ric, 'index.mjs'), handler], {
    cwd: task,
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${portOf(api)}`,
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: task,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
      ...env,
    },
  })
  child.once('exit', (code, signal) => {
    const errorMessage = `Error: Runtime exited with error: ${signal ?? `exit status ${code}`}`
    settle({ isError: true, body: JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage }) })
    api.closeAllConnections()
    api.close()
  })
  return {
    process: child,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    run: (payload, clientContext) =>
      new Promise((resolve) => {
        settle = resolve
        const headers = {
          'Lambda-Runtime-Aws-Request-Id': randomUUID(),
          'Lambda-Runtime-Deadline-Ms': String(Date.now() + 20_000),
          'Lambda-Runtime-Invoked-Function-Arn': `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
          'Lambda-Runtime-Client-Context': JSON.stringify(clientContext),
        }
        work = { headers, payload }
        deliver()
      }),
    close: () => void child.kill('SIGKILL'),
  }
}
