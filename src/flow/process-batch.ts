import { openCheckpoints } from './batch-checkpoints.ts'
import type { FirehoseHandlerResult, HandlerResult, ResponseTo } from './batch-response.ts'
import { type BatchTrace, traceBatch } from './batch-trace.ts'
import { batchHandler, takesResults } from './keep-results.ts'
import {
  checkBatchOptions,
  type HandlerRun,
  type ProcessBatchOptions,
  type RecordHandler,
} from './process-batch-options.ts'
import { readBatch } from './read-batch.ts'
import { recordWork } from './record-work.ts'
import { DEFAULT_RESERVE_MS, millisecondsLeft } from './remaining-time.ts'
import { Progress, runBatch } from './run-batch.ts'
import { startTimeLimit } from './time-limit.ts'
import { waitAtMost } from './wait-at-most.ts'

/**
 * Run a handler on every record of an event, and return the response that makes Lambda redeliver only what failed.
 *
 * - Standard queues: `concurrency` messages at a time; failed ones are reported.
 * - FIFO queues (by the ARN): one message of a group at a time, groups concurrently; after a failure the rest of its
 * group is reported without running.
 * - Kinesis, DynamoDB streams, Kafka: one by one; after the first failure nothing else of its shard or partition runs,
 * and only the failed record is reported, because Lambda resumes from there. `order: 'key'` runs the keys concurrently
 * and reports the lowest unfinished record.
 * - Firehose and S3 Batch: their own responses, made of the handler's results ({@link FirehoseOutcome}, {@link S3BatchOutcome}).
 * - Other sources, whose response Lambda ignores: a failure rejects, so that Lambda redelivers the event.
 *
 * With `idempotency` each key runs once, across deliveries; with `checkpointStore` a stream resumes where it stopped.
 *
 * At the deadline of `context` the response is returned immediately, even if handlers are still running: unfinished
 * records count as failed, and their later results are ignored. A failed record without identifier fails the whole
 * batch.
 *
 * @param event - of any source that `readRecords` supports.
 * @param handler - called with the decoded payload, the record, and a signal that aborts at the deadline. Its errors,
 * and its changes to the record, affect no other record.
 * @returns the response for Lambda. Under a microsecond per record, without decoding and the handler.
 * @throws MillraceError `EVENT_INVALID` for a value that is not an event; `BATCH_FAILED`, with an AggregateError as
 * cause, if only a rejection reports a failure to the source; `OPTION_INVALID`.
 * @example
 * const event = { Records: ['{"id":1}', '{'].map((body, n) => ({ eventSource: 'aws:sqs', messageId: `m-${n}`, body })) }
 * const stored: unknown[] = []
 * const response = await processBatch(event, async (order) => stored.push(order), { payload: jsonPayload() })
 * response // => { batchItemFailures: [{ itemIdentifier: 'm-1' }] }
 * stored // => [{ id: 1 }]
 */
export async function processBatch<T, Event extends { readonly deliveryStreamArn: string }>(
  event: Event,
  handler: RecordHandler<T, FirehoseHandlerResult>,
  options: ProcessBatchOptions<T>,
): Promise<ResponseTo<Event>>
export async function processBatch<T, Event = unknown>(
  event: Event,
  handler: RecordHandler<T, HandlerResult<Event>>,
  options: ProcessBatchOptions<T>,
): Promise<ResponseTo<Event>>
export async function processBatch<T, Event>(
  event: Event,
  handler: RecordHandler<T>,
  options: ProcessBatchOptions<T>,
): Promise<ResponseTo<Event>> {
  checkBatchOptions(handler, options)
  const trace = traceBatch(event, options.context)
  if (trace === undefined) return runRecords(event, handler, options)
  return trace.run(() => runRecords(event, handler, options, trace))
}

async function runRecords<T, Event>(
  event: Event,
  handler: RecordHandler<T>,
  options: ProcessBatchOptions<T>,
  trace?: BatchTrace,
): Promise<ResponseTo<Event>> {
  const { context, checkpointStore, reserveMs = DEFAULT_RESERVE_MS } = options
  const { source, records, plan, respond } = readBatch(event, options)
  trace?.read(records)
  const limit = startTimeLimit(context, reserveMs)
  const handle = batchHandler(source, handler, options)
  const { report, setAside, close } = recordWork(records, options)
  const batch: HandlerRun = Object.freeze({ signal: limit.signal })
  const begin = (index: number): unknown => {
    const record = records[index]
    if (record === undefined) return undefined
    const { payload } = record
    return payload.ok ? handle(payload.value, record, batch) : setAside(index, record, payload.error)
  }
  const start = trace === undefined ? begin : trace.around(begin)
  try {
    const opening = checkpointStore && openCheckpoints(event, records, checkpointStore)
    // Do not wait for a store past the deadline: no record begins then.
    const checkpoints = opening && (await Promise.race([opening, limit.reached]))
    const { run, finished } = runBatch(plan, {
      keepsResults: takesResults(source),
      start:
        checkpoints === undefined ? start : (index) => (checkpoints.isDone(index) ? trace?.skip(index) : start(index)),
      onFailure: report,
      isOver: limit.isReached,
      onOver: limit.reach,
    })
    await Promise.race([finished, limit.reached])
    const deadline = limit.reason()
    if (deadline !== undefined) {
      for (const [index, each] of run.progress.entries()) if (each === Progress.running) void report(index, deadline)
    }
    trace?.finish(run.progress, deadline)
    // Half of the reserve is for the checkpoint, half for the response.
    if (checkpoints !== undefined)
      await waitAtMost(millisecondsLeft(context, reserveMs / 2), checkpoints.save(run.progress))
    const reports: Promise<void>[] = []
    const response = respond({ ...run, deadline }, (index, error) => {
      trace?.fail(index)
      reports.push(report(index, error))
    })
    if (reports.length > 0) await waitAtMost(millisecondsLeft(context, reserveMs / 2), Promise.all(reports))
    return response as ResponseTo<Event>
  } finally {
    close()
    limit.end()
  }
}
