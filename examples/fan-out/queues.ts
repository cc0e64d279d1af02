import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { jsonPayload, type PayloadDecoder, s3ObjectsPayload } from 'millrace/events'
import { processBatch, type RemainingTime } from 'millrace/flow'
import { idempotent } from 'millrace/idempotency'
import { dynamodbStore } from 'millrace/idempotency/dynamodb'
import { sqsSender } from 'millrace/send/sqs'
import { createFinish, type FinishTask } from './finish.ts'
import { createPlan } from './plan.ts'
import { type BucketTask, createReduce } from './reduce.ts'
import { type Run, readSplits, TABLE } from './run.ts'
import { createWorker, type SplitTask } from './worker.ts'

const urlOf = (name: string) => process.env[`${name}_QUEUE_URL`] ?? name.toLowerCase()

/**
 * The four functions over queues: `plan` reads the notifications of S3, and each of the others its own queue. Step Functions waits for all
 * children of a map; here the last one to arrive sends the next step, as does every later one: a duplicate message makes no difference.
 */
export function createQueues({
  client = new S3Client({}),
  dynamodb = new DynamoDBClient({}),
  sqs = new SQSClient({}),
  tableName = TABLE,
  plan = createPlan(),
  worker = createWorker(),
  reduce = createReduce(),
  finish = createFinish(),
  splitsUrl = urlOf('SPLITS'),
  bucketsUrl = urlOf('BUCKETS'),
  runsUrl = urlOf('RUNS'),
} = {}) {
  const send = (queueUrl: string, tasks: readonly object[]) =>
    sqsSender(sqs, { queueUrl })(tasks.map((task) => ({ MessageBody: JSON.stringify(task) })))

  const sendFinish = (run: Run) => send(runsUrl, [{ run } satisfies FinishTask])
  const sendBuckets = idempotent(
    (run: Run) => {
      return send(
        bucketsUrl,
        Array.from({ length: run.buckets }, (_, hash): BucketTask => ({ run, hash })),
      )
    },
    {
      store: dynamodbStore({ client: dynamodb, tableName }),
      key: ({ id }) => id,
      namespace: 'buckets',
      onInProgress: { waitMs: 10_000 },
    },
  )

  return {
    plan: (event: unknown, context?: RemainingTime) =>
      processBatch(
        event,
        async (objects) => {
          for (const { bucket, key, eventTime } of objects) {
            if (eventTime === undefined) throw new Error('the notification has no time')
            const run = await plan({ bucket, key, time: eventTime.toISOString() })
            const splits = await readSplits(client, run)
            await send(
              splitsUrl,
              splits.map((split): SplitTask => ({ run, split })),
            )
          }
        },
        { payload: s3ObjectsPayload(), context },
      ),
    worker: handlerOf<SplitTask>(async (task, context) => {
      const { isComplete } = await worker(task, context)
      if (isComplete) await (task.run.buckets > 0 ? sendBuckets(task.run) : sendFinish(task.run))
    }),
    reduce: handlerOf<BucketTask>(async (task, context) => {
      const { isComplete } = await reduce(task, context)
      if (isComplete) await sendFinish(task.run)
    }),
    finish: handlerOf<FinishTask>(finish),
  }
}

/** Make a handler of a queue whose messages are tasks. Failed messages are redelivered, and end in the dead-letter queue. */
function handlerOf<Task>(run: (task: Task, context?: RemainingTime) => Promise<unknown>) {
  return (event: unknown, context?: RemainingTime) =>
    processBatch(event, (task) => run(task, context), {
      payload: jsonPayload() as PayloadDecoder<Task>,
      context,
      onFailure: (_, error) => console.error(error),
    })
}

export const handlers = createQueues()
