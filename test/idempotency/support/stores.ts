import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { createTableInput, dynamodbStore } from '../../../src/idempotency/dynamodb-store.ts'
import { memoryTable } from '../../../src/idempotency/memory-store.ts'
import { recordStore } from '../../../src/idempotency/record-store.ts'
import { s3Store } from '../../../src/idempotency/s3-store.ts'
import type { IdempotencyStore } from '../../../src/idempotency/store.ts'
import type { Wire } from '../../../src/testing/index.ts'
import { type DynamoDBServer, hasDynoxide, startDynalite, startDynoxide } from '../../support/dynamodb-server.ts'
import { BUCKET, startS3Server } from '../../support/s3-server.ts'

/** Makes a store whose requests go over a wire. Stores of one maker share their records. */
export type MakeStore = (wire?: Wire) => IdempotencyStore

export interface StoreServer {
  readonly makeStore: MakeStore
  close(): Promise<void>
}

export interface StoreCase {
  readonly name: string
  /** Whether its server runs on this machine. */
  readonly isHere: boolean
  /** Histories and schedules that laws try: fewer where each step is a request. */
  readonly runs: number
  start(): Promise<StoreServer>
}

const direct: Wire = (request) => request()

/** A client whose requests go over a wire, bodies and all. */
export function wiredClient(client: { send(command: never): Promise<unknown> }, wire: Wire = direct) {
  const whole = async (command: never): Promise<unknown> => {
    const answer = (await client.send(command)) as { readonly Body?: { transformToString(): Promise<string> } }
    const text = await answer.Body?.transformToString()
    return text === undefined ? answer : { ...answer, Body: { transformToString: async () => text } }
  }
  return { send: (command: never): Promise<unknown> => wire(() => whole(command)) }
}

/** Every store on every server that `npm test` knows. */
export const STORES: readonly StoreCase[] = [
  { name: 'memoryStore', isHere: true, runs: 1500, start: startMemory },
  {
    name: 'dynamodbStore on dynoxide',
    isHere: hasDynoxide,
    runs: 40,
    start: async () => dynamoDBStores(await startDynoxide()),
  },
  {
    name: 'dynamodbStore on dynalite',
    isHere: true,
    runs: 10,
    start: async () => dynamoDBStores(await startDynalite()),
  },
  { name: 's3Store on fauxqs', isHere: true, runs: 25, start: startS3Stores },
]

async function startMemory(): Promise<StoreServer> {
  const table = memoryTable()
  const makeStore: MakeStore = (wire = direct) =>
    recordStore({
      ...table,
      insert: (record) => wire(() => table.insert(record)),
      replace: (found, record) => wire(() => table.replace(found, record)),
      change: (lease, record) => wire(() => table.change(lease, record)),
    })
  return { makeStore, close: async () => {} }
}

/** Stores on a table of their own on a server. */
export async function dynamoDBStores(server: DynamoDBServer): Promise<StoreServer> {
  const client = server.client()
  const tableName = 'idempotency'
  await client.send(new CreateTableCommand(createTableInput({ tableName })))
  return {
    makeStore: (wire) => dynamodbStore({ client: wiredClient(client, wire), tableName }),
    close: () => server.close(),
  }
}

async function startS3Stores(): Promise<StoreServer> {
  const server = await startS3Server()
  const client = server.client()
  return {
    makeStore: (wire) => s3Store({ client: wiredClient(client, wire), bucket: BUCKET }),
    close: () => server.close(),
  }
}

/** For laws and tests, which are written down before the server has started. */
export function startedServer(server: StoreServer | undefined): StoreServer {
  if (server === undefined) throw new Error('the server has not been started')
  return server
}
