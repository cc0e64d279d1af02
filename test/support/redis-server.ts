import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createConnection, createServer, type Socket } from 'node:net'
import type { RedisClient } from '../../examples/redis-store/redis-store.ts'

/** True where a redis-server is installed. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

export interface RedisServer {
  readonly client: RedisClient
  close(): Promise<void>
}

/** A server on a free port, in memory alone, and a client of it that knows one command. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort()
  const server = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      stdio: 'ignore',
    },
  )
  const socket = await connected(port, server)
  return {
    client: clientOn(socket),
    close: async () => {
      socket.destroy()
      server.kill()
      await new Promise((resolve) => server.once('exit', resolve))
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

async function connected(port: number, server: ChildProcess): Promise<Socket> {
  for (let tries = 0; tries < 200 && server.exitCode === null; tries++) {
    const socket = createConnection(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    if (isOpen) return socket.setNoDelay(true)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('redis-server did not start')
}

/** Requests go out one after the other, and answers come in the same order. */
function clientOn(socket: Socket): RedisClient {
  const waiting: ((answer: unknown) => void)[] = []
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (let answer = answerIn(rest); answer !== undefined; answer = answerIn(rest)) {
      rest = rest.subarray(answer.length)
      waiting.shift()?.(answer.value)
    }
  })
  return {
    eval: async (script, { keys, arguments: args }) => {
      const parts = ['EVAL', script, `${keys.length}`, ...keys, ...args].map((part) => Buffer.from(part))
      const answer = new Promise<unknown>((resolve) => waiting.push(resolve))
      const whole = parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n')])
      socket.write(Buffer.concat([Buffer.from(`*${parts.length}\r\n`), ...whole]))
      const value = await answer
      if (value instanceof Error) throw value
      return value
    },
  }
}

/** The first answer in some bytes, of the two kinds that scripts give, or an error; undefined where it has not come whole. */
function answerIn(bytes: Buffer): { readonly length: number; readonly value: unknown } | undefined {
  const end = bytes.indexOf('\r\n')
  if (end < 0) return undefined
  const head = bytes.toString('utf8', 1, end)
  if (bytes[0] !== 0x24) return { length: end + 2, value: new Error(head) }
  const size = Number(head)
  if (size < 0) return { length: end + 2, value: null }
  const length = end + 2 + size + 2
  return bytes.length < length ? undefined : { length, value: bytes.toString('utf8', end + 2, end + 2 + size) }
}
