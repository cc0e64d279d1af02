import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import { type Handler, type MakeHandler, work } from './calls.ts'

export const make: MakeHandler = (awsSdkV3Client, kind) => {
  const config = new IdempotencyConfig(kind === 'id' ? { eventKeyJmesPath: 'id' } : {})
  config.registerLambdaContext({ getRemainingTimeInMillis: () => 30_000 } as never)
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName: 't', awsSdkV3Client })
  return makeIdempotent(work as never, { persistenceStore, config }) as unknown as Handler
}
