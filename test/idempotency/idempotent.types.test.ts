import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Context } from 'aws-lambda'
import { expectTypeOf, test } from 'vitest'
import type { dynamodbStore } from '../../src/idempotency/dynamodb-store.ts'
import { type IdempotencyStore, idempotent, type OverflowStore } from '../../src/idempotency/index.ts'
import { s3Store } from '../../src/idempotency/s3-store.ts'

declare const store: IdempotencyStore

test('an asynchronous function keeps its type, and its options know its input', () => {
  const fn = async (order: { id: string }, _context: Context): Promise<{ receipt: number }> => ({
    receipt: order.id.length,
  })
  const once = idempotent(fn, {
    store,
    key: (order) => {
      expectTypeOf(order).toEqualTypeOf<{ id: string }>()
      return order.id
    },
  })
  expectTypeOf(once).toEqualTypeOf<typeof fn>()
})

test('a synchronous function becomes asynchronous', () => {
  expectTypeOf(idempotent((n: number) => `${n}`, { store, key: (n) => n })).returns.resolves.toBeString()
})

test('stores take the clients as they are', () => {
  expectTypeOf<DynamoDBClient>().toExtend<Parameters<typeof dynamodbStore>[0]['client']>()
  expectTypeOf<DynamoDBDocumentClient>().toExtend<Parameters<typeof dynamodbStore>[0]['client']>()
  expectTypeOf<S3Client>().toExtend<Parameters<typeof s3Store>[0]['client']>()
  expectTypeOf(s3Store).returns.toExtend<IdempotencyStore & OverflowStore>()
})
