import { idempotent } from 'millrace/idempotency'
import { dynamodbStore } from 'millrace/idempotency/dynamodb'
import { type MakeHandler, work } from './calls.ts'

export const make: MakeHandler = (client, kind) => {
  return idempotent(work, {
    store: dynamodbStore({ client, tableName: 't' }),
    key: kind === 'id' ? (call) => call.id : (call) => call,
    leaseMs: 30_000,
  })
}
