import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, describe, expect, test } from 'vitest'
import { ROOT, removeFolder, scratchFolder } from '../package/support/packed.ts'
import { realPackage } from './packages.ts'

const folder = scratchFolder()
afterAll(() => removeFolder(folder))

const HANDLER = `
import { decodeCsv } from './src/codecs/index.ts'
import { processBatch } from './src/flow/index.ts'
import { s3Source } from './src/s3/index.ts'
import { sqsSender } from './src/send/sqs.ts'
const SECRET = 'name,secret-of-ada\\n"unclosed'
export const handler = async (event) => {
  if (event.what === 'csv') return decodeCsv(new TextEncoder().encode(SECRET))
  if (event.what === 'source') {
    const client = { send: async () => { throw Object.assign(new Error('secret'), { name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } }) } }
    return s3Source(client, { bucket: 'lake', key: 'landing/a.csv' }).read(0, 1)
  }
  if (event.what === 'send') {
    const client = { send: async () => { throw Object.assign(new Error('secret'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 }, body: 'secret' }) } }
    const entries = [{ MessageBody: 'secret' }, { MessageBody: 'secret\\0' }, { MessageBody: '', secret: 'secret' }]
    return sqsSender(client, { queueUrl: 'https://sqs/q' })(entries)
  }
  return processBatch({ Records: [{ EventSource: 'aws:sns', Sns: { MessageId: '1', Message: '{' } }] }, () => {}, { payload: undefined })
}
`

const ric = realPackage('aws-lambda-ric')

describe.skipIf(ric === undefined)("under AWS's own runtime client", () => {
  test.each([
    ['csv', 'CSV_INVALID'],
    ['source', 'SOURCE_UNAVAILABLE'],
    ['send', 'SEND_FAILED'],
    ['options', 'OPTION_INVALID'],
  ])('the errorType of a %s that fails is its code, and no log holds data', async (what, code) => {
    await bundleHandler()
    const { error, log } = await invoke({ what })
    expect(error).toMatchObject({ errorType: code, errorMessage: expect.any(String) })
    expect(error.trace[0]).toMatch(new RegExp(`^${code}: `))
    expect(JSON.stringify(error) + log).not.toContain('secret')
  })
})

async function bundleHandler(): Promise<void> {
  mkdirSync(join(folder, 'task'), { recursive: true })
  const stdin = { contents: HANDLER, resolveDir: ROOT, loader: 'ts' as const }
  await build({
    stdin,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: join(folder, 'task/index.js'),
    tsconfigRaw: {},
    logLevel: 'silent',
  })
  writeFileSync(join(folder, 'task/package.json'), '{"type":"commonjs"}')
}

/** One invocation by a Runtime API of one event; resolves to the error that the runtime reports. */
async function invoke(
  event: object,
): Promise<{ error: { errorType: string; errorMessage: string; trace: string[] }; log: string }> {
  let report: (body: string) => void = () => {}
  const reported = new Promise<string>((resolve) => {
    report = resolve
  })
  let isGiven = false
  const api = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url?.endsWith('/invocation/next')) {
        if (isGiven) return
        isGiven = true
        const headers = {
          'Lambda-Runtime-Aws-Request-Id': 'r-1',
          'Lambda-Runtime-Deadline-Ms': String(Date.now() + 10_000),
          'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:000000000000:function:f',
        }
        response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(event))
      } else {
        response.writeHead(202).end()
        report(Buffer.concat(chunks).toString())
      }
    })
  }).listen(0, '127.0.0.1')
  await once(api, 'listening')
  const task = join(folder, 'task')
  const runtime = spawn(process.execPath, [join(ric ?? '', 'index.mjs'), 'index.handler'], {
    cwd: task,
    env: {
      PATH: process.env['PATH'],
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(api.address() as AddressInfo).port}`,
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: task,
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_VERSION: '1',
      AWS_LAMBDA_LOG_GROUP_NAME: 'g',
      AWS_LAMBDA_LOG_STREAM_NAME: 's',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    },
  })
  let log = ''
  for (const stream of [runtime.stdout, runtime.stderr]) stream.on('data', (chunk) => (log += chunk))
  try {
    const ended = once(runtime, 'exit').then(() => Promise.reject(new Error(`the runtime ended: ${log}`)))
    return { error: JSON.parse(await Promise.race([reported, ended])), log }
  } finally {
    runtime.kill('SIGKILL')
    api.closeAllConnections()
    api.close()
  }
}
