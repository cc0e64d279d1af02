import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import type { Answer } from './lambda.ts'
import { freePort, portOf } from './ports.ts'

export interface Execution {
  readonly status: string
  readonly output?: unknown
  readonly error?: string
  readonly cause?: string
}

export interface StepFunctions {
  /** The endpoint of every service. */
  readonly endpoint: string
  /** Create a state machine, run it once and wait for its end. */
  execute(definition: object, input: object): Promise<Execution>
  close(): Promise<void>
}

export interface StepFunctionsOptions {
  /** Answer an invocation of a function by its name. */
  readonly invoke: (name: string, payload: string) => Promise<Answer>
  /** Called with every other request, before moto has it. */
  readonly onRequest?: (method: string, path: string) => void
}

const READY_MS = 30_000
const EXECUTION_MS = 120_000
const ROLE = 'arn:aws:iam::123456789012:role/fan-out'

/**
 * moto with its interpreter of state machines, which is off unless asked for. One class is made copyable: before 5.2.3 every execution but the first of a
 * server is refused. The server ends with this process, since then its standard input ends.
 */
const MOTO = `
import copy, os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.core.config import default_user_config
default_user_config["stepfunctions"] = {"execute_state_machine": True}
from moto.stepfunctions.models import StateMachine
StateMachine.__deepcopy__ = lambda self, memo: copy.copy(self)
from moto.server import main
main()
`

/**
 * Step Functions with Distributed Map on 127.0.0.1. The interpreter calls every service at `MOTO_PORT`, so that is the port of a server in this process,
 * which answers the invocations of functions and passes everything else on to moto.
 */
export async function startStepFunctions({ invoke, onRequest }: StepFunctionsOptions): Promise<StepFunctions> {
  const motoPort = await freePort()
  const front = createServer((request, response) => {
    const { url = '', method = '' } = request
    const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(url) ?? []
    if (name !== undefined) return void answerInvocation(request, response, nameOf(decodeURIComponent(name)), invoke)
    onRequest?.(method, url)
    passOn(request, response, motoPort)
  }).listen(0, '127.0.0.1')
  await once(front, 'listening')
  const endpoint = `http://127.0.0.1:${portOf(front)}`
  const moto = spawn('python3', ['-c', MOTO, '-H', '127.0.0.1', '-p', `${motoPort}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, MOTO_PORT: `${portOf(front)}` },
  })
  const ended = once(moto, 'exit')
  const close = async (): Promise<void> => {
    moto.kill('SIGKILL')
    await ended
    front.closeAllConnections()
    front.close()
  }
  for (const start = Date.now(); !(await isReady(motoPort)); await wait(100)) {
    if (moto.exitCode === null && Date.now() - start < READY_MS) continue
    await close()
    throw new Error("moto does not start; pip install 'moto[server]'")
  }
  return { endpoint, execute: (definition, input) => execute(endpoint, definition, input), close }
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/moto-api/data.json`).then(
    ({ ok }) => ok,
    () => false,
  )
}

/** `arn:aws:lambda:us-east-1:123456789012:function:NAME`, or the name alone. */
function nameOf(arn: string): string {
  return arn.split(':function:').at(-1)?.split(':')[0] ?? ''
}

async function answerInvocation(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  invoke: StepFunctionsOptions['invoke'],
): Promise<void> {
  const { isError, body } = await invoke(name, await text(request)).catch((error: unknown) => {
    return { isError: true, body: JSON.stringify({ errorType: 'ServiceException', errorMessage: String(error) }) }
  })
  // Without a request id the interpreter takes a failed function for a failure of its own.
  const headers = { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() }
  response.writeHead(200, { ...headers, ...(isError && { 'x-amz-function-error': 'Unhandled' }) }).end(body || 'null')
}

function passOn(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = request
  const onward = send({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  request.on('error', () => onward.destroy())
  request.pipe(onward)
}

async function execute(endpoint: string, definition: object, input: object): Promise<Execution> {
  const name = `run-${randomUUID()}`
  const machine = { name, definition: JSON.stringify(definition), roleArn: ROLE }
  const { stateMachineArn } = await call(endpoint, 'CreateStateMachine', machine)
  const { executionArn } = await call(endpoint, 'StartExecution', { stateMachineArn, input: JSON.stringify(input) })
  for (const start = Date.now(); Date.now() - start < EXECUTION_MS; await wait(50)) {
    const { status = '', output, error, cause } = await call(endpoint, 'DescribeExecution', { executionArn })
    if (status === 'RUNNING') continue
    return {
      status,
      ...(output !== undefined && { output: JSON.parse(output) }),
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    }
  }
  throw new Error('the execution does not end')
}

/** A call of Step Functions over HTTP: an SDK could not read why moto refuses a definition. */
async function call(endpoint: string, action: string, input: object): Promise<Record<string, string | undefined>> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AWSStepFunctions.${action}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260105/us-east-1/states/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(input),
  })
  const body = await response.text()
  if (!response.ok) throw new Error(`${action}: ${body}`)
  return JSON.parse(body) as Record<string, string | undefined>
}
