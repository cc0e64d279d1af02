import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, test } from 'vitest'

import { dynamodbGather } from '../../../src/fanout/gather/dynamodb-gather.ts'
import { memoryGather } from '../../../src/fanout/gather/memory-gather.ts'
import { s3Gather } from '../../../src/fanout/gather/s3-gather.ts'
import { createTableInput } from '../../../src/idempotency/dynamodb-store.ts'
import { gatherLaws, type MakeGatherStore } from '../../../src/testing/gather/gather-laws.ts'
import { wiredClient } from '../../idempotency/support/stores.ts'
import { type DynamoDBServer, hasDynoxide, startDynalite, startDynoxide } from '../../support/dynamodb-server.ts'
import { seedOption } from '../../support/law.ts'
import { BUCKET, startS3Server } from '../../support/s3-server.ts'

interface Started {
  readonly makeStore: MakeGatherStore
  close(): Promise<void>
}

const STORES = [
  { name: 'memoryGather', isHere: true, runs: 1000, start: startMemory },
  { name: 'dynamodbGather on dynoxide', isHere: hasDynoxide, runs: 60, start: () => startTable(startDynoxide()) },
  { name: 'dynamodbGather on dynalite', isHere: true, runs: 15, start: () => startTable(startDynalite()) },
  { name: 's3Gather on fauxqs', isHere: true, runs: 30, start: startBucket },
]

async function startMemory(): Promise<Started> {
  const store = memoryGather()
  const makeStore: MakeGatherStore = (wire) => ({
    arrive: (...call) => wire(() => store.arrive(...call)),
    results: (run) => store.results(run),
  })
  return { makeStore, close: async () => {} }
}

async function startTable(starting: Promise<DynamoDBServer>): Promise<Started> {
  const server = await starting
  const client = server.client()
  await client.send(new CreateTableCommand(createTableInput({ tableName: 'gather' })))
  return {
    makeStore: (wire) => dynamodbGather({ client: wiredClient(client, wire), tableName: 'gather' }),
    close: () => server.close(),
  }
}

async function startBucket(): Promise<Started> {
  const server = await startS3Server()
  const client = server.client()
  return {
    makeStore: (wire) => s3Gather({ client: wiredClient(client, wire), bucket: BUCKET }),
    close: () => server.close(),
  }
}

describe.each(STORES.map((store) => [store.name, store] as const))('%s', (_, { isHere, runs, start }) => {
  let started: Started | undefined
  beforeAll(async () => {
    if (isHere) started = await start()
  })
  afterAll(() => started?.close())
  const makeStore: MakeGatherStore = (wire) => {
    if (started === undefined) throw new Error('the server has not been started')
    return started.makeStore(wire)
  }
  for (const { name, run } of gatherLaws(makeStore, { runs, ...seedOption() })) test.skipIf(!isHere)(name, run, 120_000)
})
