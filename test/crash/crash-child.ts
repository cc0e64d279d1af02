// A worker of the crash test: `crash-child.ts <store> <endpoint> <place> <ledger> <policy> <lease>`. It works on keys until it is killed.
import { appendFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { isMillraceError } from '../../src/errors.ts'
import { dynamodbStore } from '../../src/idempotency/dynamodb-store.ts'
import { idempotencyLease, idempotent } from '../../src/idempotency/index.ts'
import { s3Store } from '../../src/idempotency/s3-store.ts'

const [kind, endpoint = '', place = '', ledger = '', policy = 'retry', leaseMs = '300'] = process.argv.slice(2)
const config = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
const store =
  kind === 's3'
    ? s3Store({ client: new S3Client({ ...config, forcePathStyle: true }), bucket: place })
    : dynamodbStore({ client: new DynamoDBClient(config), tableName: place })

/** One line, written whole or not at all: what happened, to which key, by whose token. */
const note = (event: string, key: string, token = ''): void =>
  appendFileSync(ledger, `${event} ${key} ${token} ${process.pid}\n`)

const work = idempotent(
  async (key: string) => {
    const token = idempotencyLease()?.token
    note('begin', key, token)
    await wait(Math.random() * 200)
    note('effect', key, token)
    await wait(Math.random() * 200)
    if (Math.random() < 0.05) {
      note('fail', key, token)
      throw new Error('failed on purpose')
    }
    return token
  },
  { store, key: (input) => input, leaseMs: Number(leaseMs), onTakeover: policy === 'fail' ? 'fail' : 'retry' },
)

async function call(key: string): Promise<void> {
  try {
    note('result', key, await work(key))
  } catch (error) {
    note(isMillraceError(error) ? error.code : 'thrown', key)
  }
  console.log('answered')
}

/** As many calls at once as the client has sockets for. */
const MAX_CALLS = 40
const waiting: string[] = []
let calls = 0
function next(): void {
  while (calls < MAX_CALLS) {
    const key = waiting.shift()
    if (key === undefined) return
    calls++
    void call(key).finally(() => {
      calls--
      next()
    })
  }
}

process.stdin.setEncoding('utf8')
let rest = ''
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  waiting.push(...lines)
  next()
})
console.log('ready')
