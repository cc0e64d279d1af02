import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { createServer, Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient, type DynamoDBClientConfig, ListTablesCommand } from '@aws-sdk/client-dynamodb'

export interface DynamoDBServer {
  readonly name: 'dynoxide' | 'dynalite' | 'other'
  readonly endpoint: string
  /** A client for this server; never retries unless told so. */
  client(config?: DynamoDBClientConfig): DynamoDBClient
  close(): Promise<void>
}

const DYNOXIDE = fileURLToPath(new URL('../../node_modules/@dynoxide/linux-x64/dynoxide', import.meta.url))

/** True where this machine can run the most complete server. */
export const hasDynoxide = existsSync(DYNOXIDE)

/** DynamoDB on 127.0.0.1: dynoxide where it runs, else dynalite in this process, which does not tell the old item of a failed condition. */
export function startDynamoDB(): Promise<DynamoDBServer> {
  return hasDynoxide ? startDynoxide() : startDynalite()
}

export async function startDynoxide(): Promise<DynamoDBServer> {
  const port = await freePort()
  const child = spawn(DYNOXIDE, ['serve', '--host', '127.0.0.1', '--port', `${port}`], { stdio: 'ignore' })
  return dynamoDBServer('dynoxide', `http://127.0.0.1:${port}`, () => stop(child))
}

export async function startDynalite(): Promise<DynamoDBServer> {
  const { default: dynalite } = (await import('dynalite' as string)) as {
    default: (options: Readonly<Record<string, number>>) => Server
  }
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return dynamoDBServer('dynalite', `http://127.0.0.1:${portOf(server)}`, async () => {
    server.closeAllConnections?.()
    await new Promise((resolve) => server.close(resolve))
  })
}

/** A server that runs already, when it answers. */
export async function dynamoDBServer(
  name: DynamoDBServer['name'],
  endpoint: string,
  stopServer: () => Promise<void> = async () => {},
): Promise<DynamoDBServer> {
  const clients: DynamoDBClient[] = []
  const client = (config: DynamoDBClientConfig = {}): DynamoDBClient => {
    const made = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      ...config,
    })
    clients.push(made)
    return made
  }
  const own = client()
  for (let tries = 0; ; tries++) {
    try {
      await own.send(new ListTablesCommand({}))
      break
    } catch (error) {
      if (tries === 200) throw error
      await wait(25)
    }
  }
  return {
    name,
    endpoint,
    client,
    close: async () => {
      for (const each of clients) each.destroy()
      await stopServer()
    },
  }
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function portOf(server: Pick<ReturnType<typeof createServer>, 'address'>): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill()
  await ended
}
