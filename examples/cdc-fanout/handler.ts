import { KinesisClient } from '@aws-sdk/client-kinesis'
import { SNSClient } from '@aws-sdk/client-sns'
import { changePayload, toEnvelope } from 'millrace/cdc'
import { readRecords } from 'millrace/events'
import { deadline, type RemainingTime } from 'millrace/flow'
import { canonicalHash } from 'millrace/idempotency'
import { kinesisSender } from 'millrace/send/kinesis'
import { snsSender } from 'millrace/send/sns'
import { collectMetrics } from 'millrace/telemetry'

/**
 * Send the changes of a table to a Kinesis stream, and removals also to a FIFO topic, in order per item. Report the first record whose change was
 * not sent, so that Lambda resumes from it.
 */
export function createHandler({
  kinesis = new KinesisClient({}),
  sns = new SNSClient({}),
  streamName = process.env['STREAM_NAME'] ?? 'changes',
  topicArn = process.env['TOPIC_ARN'] ?? 'removals.fifo',
} = {}) {
  return async (event: unknown, context: RemainingTime) => {
    const signal = deadline(context)
    const records = readRecords(event, changePayload())
    // Lambda resumes from the first failure, so later records are left to the retry.
    let first = records.findIndex(({ payload }) => !payload.ok)
    const changes = records.slice(0, first === -1 ? records.length : first).flatMap(({ payload }, place) => {
      return payload.ok ? [{ place, change: payload.value, group: canonicalHash(payload.value.keys) }] : []
    })
    const removals = changes.filter(({ change }) => change.type === 'REMOVE')

    /** Remember the first record whose outcome is not `sent`. */
    const noting = (sources: typeof changes) => ({
      onOutcome: ({ index, status }: { readonly index: number; readonly status: string }) => {
        const place = sources[index]?.place ?? 0
        if (status !== 'sent' && (first === -1 || place < first)) first = place
      },
    })
    const encoder = new TextEncoder()
    await kinesisSender(
      kinesis,
      { streamName },
      noting(changes),
    )(
      changes.map(({ group, change }) => ({
        PartitionKey: group,
        Data: encoder.encode(JSON.stringify(toEnvelope(change))),
      })),
      { signal },
    )
    await snsSender(
      sns,
      { topicArn },
      noting(removals),
    )(
      removals.map(({ group, change }) => ({
        Message: JSON.stringify(toEnvelope(change).key),
        MessageGroupId: group,
        MessageDeduplicationId: change.id,
      })),
      { signal },
    )
    return { batchItemFailures: first === -1 ? [] : [{ itemIdentifier: records[first]?.id ?? '' }] }
  }
}

// One line of metrics per invocation, under the function's name. `template.yaml` has alarms on them.
const metrics = {
  namespace: 'Millrace',
  dimensions: { FunctionName: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'cdc-fanout' },
}
const run = createHandler()

export const handler = (event: unknown, context: RemainingTime) => collectMetrics(() => run(event, context), metrics)
