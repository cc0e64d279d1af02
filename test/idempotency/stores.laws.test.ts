import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe } from 'vitest'
import { createTableInput, dynamodbStore } from '../../src/idempotency/dynamodb-store.ts'
import { memoryTable } from '../../src/idempotency/memory-store.ts'
import { type RecordTable, recordStore } from '../../src/idempotency/record-store.ts'
import { s3Store } from '../../src/idempotency/s3-store.ts'
import { type DynamoDBServer, hasDynoxide, startDynalite, startDynoxide } from '../support/dynamodb-server.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'
import { type MakeStore, storeLaws, type Wire, wiredClient } from '../support/store-laws.ts'

describe('memory', () => {
  const table = memoryTable()
  const wired = (wire: Wire): RecordTable => ({
    ...table,
    insert: (record) => wire(() => table.insert(record)),
    replace: (found, record) => wire(() => table.replace(found, record)),
    change: (lease, record) => wire(() => table.change(lease, record)),
  })
  storeLaws('memoryStore', (wire) => recordStore(wired(wire)), { runs: 1500 })
})

describe.each([
  { name: 'dynoxide', start: startDynoxide, isHere: hasDynoxide, runs: 40 },
  { name: 'dynalite', start: startDynalite, isHere: true, runs: 10 },
])('DynamoDB: $name', ({ name, start, isHere, runs }) => {
  let server: DynamoDBServer
  let client: DynamoDBClient
  beforeAll(async () => {
    if (!isHere) return
    server = await start()
    client = server.client()
    await client.send(new CreateTableCommand(createTableInput({ tableName: 'idempotency' })))
  })
  const makeStore: MakeStore = (wire) => dynamodbStore({ client: wiredClient(client, wire), tableName: 'idempotency' })
  afterAll(() => server?.close())
  describe.skipIf(!isHere)('runs here', () => storeLaws(`dynamodbStore on ${name}`, makeStore, { runs }))
})

describe('S3', () => {
  let server: S3Server
  let client: S3Client
  beforeAll(async () => {
    server = await startS3Server()
    client = server.client()
  })
  afterAll(() => server.close())
  storeLaws('s3Store on fauxqs', (wire) => s3Store({ client: wiredClient(client, wire), bucket: BUCKET }), { runs: 25 })
})
