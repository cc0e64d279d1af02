// A process of its own that calls one key many times at once: `one-effect-child.ts <store as JSON> <key> <ledger> <callers>`.
import { appendFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { dynamodbStore } from '../../../src/idempotency/dynamodb-store.ts'
import { idempotent } from '../../../src/idempotency/index.ts'
import { s3Store } from '../../../src/idempotency/s3-store.ts'

const [kind, endpoint = '', place = '', key = '', ledger = '', callers = '1'] = process.argv.slice(2)
const config = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
const store =
  kind === 's3'
    ? s3Store({ client: new S3Client({ ...config, forcePathStyle: true }), bucket: place })
    : dynamodbStore({ client: new DynamoDBClient(config), tableName: place })

const work = idempotent(
  async (_: string) => {
    appendFileSync(ledger, `${process.pid}\n`)
    await wait(100)
    return process.pid
  },
  { store, key: (input) => input, onInProgress: { waitMs: 30_000 } },
)
console.log(JSON.stringify(await Promise.all(Array.from({ length: Number(callers) }, () => work(key)))))
process.exit(0)
