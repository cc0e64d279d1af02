import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, request as send } from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import { buffer } from 'node:stream/consumers'
import { portOf } from './ports.ts'

/** A fault at the `nth` request to any of the services: before it reaches the service, or after its effect and before its answer. */
export interface Fault {
  readonly nth: number
  readonly when: 'before' | 'after'
  /** Called there; the answer never comes. */
  readonly strike: () => void
}

export interface Gates {
  /** A gate before a service, on 127.0.0.1; `http2` for clients that speak HTTP/2 in the clear, as the one of Kinesis. */
  add(target: string, options?: { readonly http2?: boolean }): Promise<string>
  /** Requests since the last `arm`. */
  readonly requests: number
  /** Count from zero, with a fault or without one. */
  arm(fault?: Fault): void
  close(): Promise<void>
}

/** What servers of both protocols have in common. */
interface Answer {
  writeHead(status: number, headers: Record<string, string | string[] | undefined>): unknown
  end(body: Uint8Array): unknown
}

interface Asked extends AsyncIterable<Buffer> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: IncomingMessage['headers']
}

/** Headers that are of one connection, or that the gate answers itself. */
const OF_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'expect', 'http2-settings']

/** Gates before local services: each request passes whole, is counted, and may meet a fault. */
export function startGates(): Gates {
  const servers: (Server | Http2Server)[] = []
  const sockets = new Set<{ destroy(): void }>()
  let requests = 0
  let fault: Fault | undefined

  async function pass(request: Asked, response: Answer, target: URL): Promise<void> {
    const body = await buffer(request)
    const at = ++requests === fault?.nth ? fault : undefined
    if (at?.when === 'before') return at.strike()
    const answer = await ask(target, request, body)
    if (at !== undefined) return at.strike()
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  }

  return {
    add: async (target, { http2 = false } = {}) => {
      const url = new URL(target)
      // A client that was killed is gone, and so is who would read an error.
      const listener = (request: Asked, response: Answer): void => void pass(request, response, url).catch(() => {})
      const server = http2 ? createHttp2Server(listener) : createServer(listener)
      servers.push(server)
      server.on('connection', (socket: { destroy(): void; once(event: 'close', listener: () => void): void }) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return `http://127.0.0.1:${portOf(server)}`
    },
    get requests() {
      return requests
    },
    arm: (next) => {
      requests = 0
      fault = next
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}

async function ask(target: URL, { method, url, headers }: Asked, body: Buffer) {
  const { hostname, port } = target
  const onward = send({
    hostname,
    port,
    method,
    path: url,
    headers: { ...endToEnd(headers), 'content-length': body.length },
  })
  onward.end(body)
  const [answer] = (await once(onward, 'response')) as [IncomingMessage]
  return { status: answer.statusCode ?? 502, headers: endToEnd(answer.headers), body: await buffer(answer) }
}

function endToEnd(headers: IncomingMessage['headers']): Record<string, string | string[] | undefined> {
  const { ':authority': authority, ...named } = headers
  const kept = Object.entries(named).filter(([name]) => !name.startsWith(':') && !OF_CONNECTION.includes(name))
  return { ...(typeof authority === 'string' && { host: authority }), ...Object.fromEntries(kept) }
}
