// What the real servers answer otherwise than those of `npm test`: each line is a question, and what each server says.
import { setTimeout as wait } from 'node:timers/promises'
import {
  CreateTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { createTableInput, dynamodbStore } from '../../src/idempotency/dynamodb-store.ts'
import { type DynamoDBServer, dynamoDBServer, startDynamoDB } from '../support/dynamodb-server.ts'
import { startS3Server } from '../support/s3-server.ts'
import { DYNAMODB_LOCAL, RGW, rgwClient } from './servers.ts'

type Answers = Map<string, string>

async function outcome(request: Promise<unknown>): Promise<string> {
  return request.then(
    () => 'done',
    (error: { name: string; $metadata?: { httpStatusCode?: number } }) =>
      `${error.$metadata?.httpStatusCode} ${error.name}`,
  )
}

async function dynamoDBAnswers(server: DynamoDBServer): Promise<Answers> {
  const client: DynamoDBClient = server.client()
  const answers: Answers = new Map()
  const TableName = 'differences'
  const store = dynamodbStore({ client, tableName: TableName })
  await client.send(new CreateTableCommand(createTableInput({ tableName: TableName })))
  const put = (size: number, ttl: number, condition?: string) =>
    client.send(
      new PutItemCommand({
        TableName,
        Item: { id: { S: 'a' }, body: { S: 'x'.repeat(size) }, ttl: { N: `${ttl}` } },
        ...(condition !== undefined && {
          ConditionExpression: condition,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      }),
    )
  answers.set('an item of 400 KB less 20 bytes', await outcome(put(400 * 1024 - 20, 0)))
  answers.set('an item of 400 KB', await outcome(put(400 * 1024, 0)))
  const failed = await put(1, 0, 'attribute_not_exists(id)').catch((error) => error)
  answers.set('the old item with a failed condition', failed.Item === undefined ? 'not told' : 'told')
  answers.set(
    'switching time to live on',
    await outcome(client.send(new UpdateTimeToLiveCommand(store.timeToLiveInput()))),
  )
  await put(1, Math.floor(Date.now() / 1000) - 3600)
  await wait(15_000)
  const left = await client.send(new GetItemCommand({ TableName, Key: { id: { S: 'a' } } }))
  answers.set('an item an hour after its time to live, 15 seconds later', left.Item === undefined ? 'deleted' : 'there')
  return answers
}

async function s3Answers(client: S3Client): Promise<Answers> {
  const answers: Answers = new Map()
  const Bucket = 'differences'
  await client.send(new CreateBucketCommand({ Bucket }))
  const put = (Key: string, condition: object = {}) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: Key, ...condition }))
  const { ETag } = await put('a')
  answers.set('If-None-Match on an object', await outcome(put('a', { IfNoneMatch: '*' })))
  answers.set('If-Match with the ETag, in quotes', await outcome(put('a', { IfMatch: ETag })))
  answers.set('If-Match with another ETag', await outcome(put('a', { IfMatch: '"0"' })))
  answers.set('If-Match where nothing is', await outcome(put('b', { IfMatch: ETag })))
  answers.set('reading what is not there', await outcome(client.send(new GetObjectCommand({ Bucket, Key: 'c' }))))
  const race = await Promise.all(Array.from({ length: 30 }, () => outcome(put('r', { IfNoneMatch: '*' }))))
  answers.set('winners of 30 racers', `${race.filter((end) => end === 'done').length}`)
  answers.set('answers to the losers', [...new Set(race.filter((end) => end !== 'done'))].sort().join(', '))
  return answers
}

function tell(usual: string, left: Answers, real: string, right: Answers): void {
  for (const [question, answer] of left) {
    const other = right.get(question)
    console.log(
      other === answer
        ? `  same    ${question}: ${answer}`
        : `  DIFFERS ${question}: ${answer} (${usual}), ${other} (${real})`,
    )
  }
}

if (DYNAMODB_LOCAL !== undefined) {
  const servers = [await startDynamoDB(), await dynamoDBServer('other', DYNAMODB_LOCAL)] as const
  console.log(`\nDynamoDB: ${servers[0].name} and DynamoDB Local`)
  const [usual, real] = await Promise.all(servers.map(dynamoDBAnswers))
  tell(servers[0].name, usual ?? new Map(), 'DynamoDB Local', real ?? new Map())
  await Promise.all(servers.map((server) => server.close()))
}
if (RGW !== undefined) {
  const fauxqs = await startS3Server()
  console.log('\nS3: fauxqs and RADOS Gateway')
  tell('fauxqs', await s3Answers(fauxqs.client()), 'RADOS Gateway', await s3Answers(rgwClient({ keepsQuotes: true })))
  await fauxqs.close()
}
process.exit(0)
