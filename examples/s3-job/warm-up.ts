// For `warmUp` of millrace/bundle: the job runs once, on a tiny file that a server of this process has instead of S3.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type * as job from './handler.ts'

const CSV =
  'id,amount,status,created_at,note\n1,9.5,paid,2026-01-05T13:00:00Z,"a, b"\n2,,,,\n1,9.5,paid,2026-01-05T13:00:00Z,"a, b"\n'
const EVENT = {
  Records: [
    {
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'lake' }, object: { key: 'landing/warm-up.csv' } },
    },
  ],
}

export async function warmUp({ createHandler }: typeof job): Promise<void> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
  })
  await createHandler()(EVENT)
  server.closeAllConnections()
  server.close()
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume().once('end', () => {
    response.setHeader('etag', '"warm"')
    if (request.method !== 'GET') return void response.end()
    response.setHeader('content-range', `bytes 0-${CSV.length - 1}/${CSV.length}`)
    response.writeHead(206, { 'content-length': CSV.length }).end(CSV)
  })
}
