// A process whose console is as Lambda's runtime makes it: in the text format with time, id and level before each line, in JSON with the text inside
// of an object.
import { collectMetrics } from '../../src/telemetry/index.ts'

const isJson = process.env['AWS_LAMBDA_LOG_FORMAT'] === 'JSON'
console.log = (message: unknown): void => {
  const timestamp = new Date().toISOString()
  const line = isJson
    ? JSON.stringify({ timestamp, level: 'INFO', requestId: 'r-1', message })
    : `${timestamp}\tr-1\tINFO\t${message}`
  process.stdout.write(`${line}\n`)
}

await collectMetrics(async () => console.log('at work'), { namespace: 'Orders', dimensions: { service: 'import' } })
