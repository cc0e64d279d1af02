import { MillraceError } from '../errors.ts'
import type { EventRecord } from '../events/event-record.ts'
import { detectSource } from '../events/event-source.ts'
import { readRecords } from '../events/records.ts'
import { type BatchGroup, groupsOf } from './batch-groups.ts'
import { isStream } from './batch-plan.ts'
import type { ResponseTo } from './batch-response.ts'
import { type BatchTrace, traceBatch } from './batch-trace.ts'
import { checkNotFailed } from './fail-from.ts'
import { takesResults } from './keep-results.ts'
import type { Respond } from './outcome.ts'
import {
  checkGroupOptions,
  DEFAULT_CONCURRENCY,
  type GroupHandler,
  type ProcessBatchesOptions,
} from './process-batch-options.ts'
import { rejectFailures } from './reject-failures.ts'
import { DEFAULT_RESERVE_MS } from './remaining-time.ts'
import { reportCheckpoints, reportUnfinished } from './report-items.ts'
import { Progress } from './run-batch.ts'
import { runGroups } from './run-groups.ts'
import { startTimeLimit } from './time-limit.ts'

/**
 * Run a handler once for each group of records that the source keeps in order, for work on many records at a time: one
 * file, one bulk insert, one request.
 *
 * A group is a shard, a partition of Kafka or a message group of a FIFO queue; other sources are one group, the whole
 * batch. Groups run concurrently.
 *
 * - An error of the handler fails its group. `throw failFrom(record)` fails it from that record on: the earlier ones
 * are done. Returning it fails too, and so does a result with `batchItemFailures`.
 * - Streams report the first record of a group that is not done, and Lambda resumes from there; queues report each unfinished message.
 * - A payload that cannot be decoded ends an ordered group before it; if `quarantine` accepts it, the others are one
 * call. A standard queue reports only that message.
 * - At the deadline of `context` the response is returned, reporting unfinished groups as a whole.
 * - Sources whose response Lambda ignores: a failure rejects with `BATCH_FAILED`.
 *
 * `onFailure` is called for reported records: on a stream for the record from which the group failed, on others for
 * each record of the failed call.
 *
 * @param event - of any source that `readRecords` supports, except Firehose and S3 Batch, which expect a result for each record.
 * @param handler - called with the decoded records of a group, at least one, in order, and with the group and a signal
 * that aborts at the deadline.
 * @returns the response for Lambda. O(records), without decoding and the handler.
 * @throws MillraceError `EVENT_INVALID` for a value that is not an event; `BATCH_FAILED`; `OPTION_INVALID`, also for an
 * event of Firehose or S3 Batch.
 * @example
 * const event = { Records: ['1', '2'].map((body) => ({ eventSource: 'aws:sqs', messageId: body, body })) }
 * const inserted: unknown[] = []
 * const insert = async (records: readonly EventRecord<string>[]) => inserted.push(records.map(({ id }) => id))
 * await processBatches(event, insert, { payload: textPayload() }) // => { batchItemFailures: [] }
 * inserted // => [['1', '2']]
 */
export async function processBatches<T, Event = unknown>(
  event: Event,
  handler: GroupHandler<T>,
  options: ProcessBatchesOptions<T>,
): Promise<ResponseTo<Event>> {
  checkGroupOptions('processBatches', handler, options)
  const trace = traceBatch(event, options.context)
  if (trace === undefined) return runBatches(event, handler, options)
  return trace.run(() => runBatches(event, handler, options, trace))
}

async function runBatches<T, Event>(
  event: Event,
  handler: GroupHandler<T>,
  options: ProcessBatchesOptions<T>,
  trace?: BatchTrace,
): Promise<ResponseTo<Event>> {
  const { payload, context, concurrency = DEFAULT_CONCURRENCY, reserveMs = DEFAULT_RESERVE_MS } = options
  const source = detectSource(event)
  if (takesResults(source))
    throw new MillraceError(
      'OPTION_INVALID',
      `processBatches: ${source} expects a result for each record: use processBatch`,
    )
  const records = readRecords(event, payload)
  const { groups, respond } = readGroups(event, records)
  trace?.read(records)
  const limit = startTimeLimit(context, reserveMs)
  const checked: GroupHandler<T> = async (group, run) => checkNotFailed(await handler(group, run))
  const { run, finished, reportAll, close } = runGroups({
    groups,
    records,
    handler: trace === undefined ? checked : trace.aroundGroup(checked),
    options,
    limit,
    concurrency,
    trace,
  })
  try {
    await Promise.race([finished, limit.reached])
    const deadline = limit.reason()
    if (deadline !== undefined) {
      for (const group of groups) {
        const running = group.indexes.filter((index) => run.progress[index] === Progress.running)
        if (running.length > 0) void reportAll(running, deadline)
      }
    }
    trace?.finish(run.progress, deadline)
    return respond({ ...run, deadline }, () => {}) as ResponseTo<Event>
  } finally {
    close()
    limit.end()
  }
}

/** Read everything from the event before the first handler runs, which may change its records. */
function readGroups(event: unknown, records: readonly EventRecord<unknown>[]) {
  try {
    const source = detectSource(event)
    const groups = groupsOf(source, event, records)
    return { groups, respond: responder(source, records, groups) }
  } catch (cause) {
    throw new MillraceError('EVENT_INVALID', 'event cannot be read', { cause })
  }
}

function responder(
  source: ReturnType<typeof detectSource>,
  records: readonly EventRecord<unknown>[],
  groups: readonly BatchGroup[],
): Respond {
  if (source === 'sqs') return reportUnfinished(records)
  if (!isStream(source)) return rejectFailures
  const shards = new Int32Array(records.length)
  for (const [number, { indexes }] of groups.entries()) for (const index of indexes) shards[index] = number
  return reportCheckpoints(records, shards)
}
