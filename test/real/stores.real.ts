import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe } from 'vitest'
import { s3Store } from '../../src/idempotency/s3-store.ts'
import { storeFences } from '../idempotency/support/store-fences.ts'
import { storeLaws } from '../idempotency/support/store-laws.ts'
import {
  dynamoDBStores,
  type StoreCase,
  type StoreServer,
  startedServer,
  wiredClient,
} from '../idempotency/support/stores.ts'
import { dynamoDBServer } from '../support/dynamodb-server.ts'
import { DYNAMODB_LOCAL, RGW, rgwClient } from './servers.ts'

const runs = Number(process.env['REAL_RUNS'] ?? '60')

const CASES: readonly StoreCase[] = [
  {
    name: 'dynamodbStore on DynamoDB Local',
    isHere: DYNAMODB_LOCAL !== undefined,
    runs,
    start: async () => dynamoDBStores(await dynamoDBServer('other', DYNAMODB_LOCAL ?? '')),
  },
  { name: 's3Store on RADOS Gateway', isHere: RGW !== undefined, runs, start: async () => rgwStores(rgwClient()) },
]

async function rgwStores(client: S3Client): Promise<StoreServer> {
  await client.send(new CreateBucketCommand({ Bucket: 'real' }))
  return {
    makeStore: (wire) => s3Store({ client: wiredClient(client, wire), bucket: 'real' }),
    close: async () => client.destroy(),
  }
}

describe.each(CASES)('$name', ({ name, isHere, start }) => {
  let server: StoreServer | undefined
  beforeAll(async () => {
    if (isHere) server = await start()
  })
  afterAll(() => server?.close())
  describe.skipIf(!isHere)('real', () => {
    storeFences(() => startedServer(server))
    storeLaws(name, (wire) => startedServer(server).makeStore(wire), { runs })
  })
})
