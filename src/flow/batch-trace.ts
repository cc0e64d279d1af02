import type { MillraceError } from '../errors.ts'
import type { EventRecord } from '../events/event-record.ts'
import { detectSource } from '../events/event-source.ts'
import {
  type BatchMessage,
  channels,
  type Operation,
  type RecordMessage,
  startOperation,
} from '../internal/channels.ts'
import { isStream } from './batch-plan.ts'
import { failedRecordOf, reasonOf } from './fail-from.ts'
import { takesResults } from './keep-results.ts'
import { QUARANTINED } from './outcome.ts'
import type { GroupHandler } from './process-batch-options.ts'
import type { RemainingTime } from './remaining-time.ts'
import { Progress } from './run-batch.ts'
import { traceHeaderOf } from './trace-header.ts'

type Status = Exclude<RecordMessage['status'], 'running'>
type Failure = { readonly error: unknown }

/** Publishes a batch and its records; created only if there are subscribers. */
export interface BatchTrace {
  /** Run the batch as the operation. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Register the records, before the first one begins. */
  read(records: readonly EventRecord<unknown>[]): void
  /** The work on a record as an operation. */
  around(work: (index: number) => unknown): (index: number) => Promise<unknown>
  /** The handler of a group as an operation for each of its records. */
  aroundGroup<T>(handler: GroupHandler<T>): GroupHandler<T>
  /** Report a record as done according to its checkpoint. */
  skip(index: number): void
  /** Finish the counts at response time: records not done by now have failed. */
  finish(progress: Uint8Array, deadline: MillraceError | undefined): void
  /** Report a completed record that the response reports as failed. */
  fail(index: number): void
}

/** @returns undefined without subscribers to batches or records. */
export function traceBatch(event: unknown, context: RemainingTime | undefined): BatchTrace | undefined {
  if (!channels.batch.hasSubscribers && !channels.record.hasSubscribers) return undefined
  const source = detectSource(event)
  const takes = takesResults(source)
  let records: readonly EventRecord<unknown>[] = []
  let statuses: Status[] = []
  let batch: Operation<BatchMessage> | undefined
  let notBegun = 0
  let isOver = false
  const running = new Map<number, Operation<RecordMessage>>()

  const begin = (index: number): Operation<RecordMessage> | undefined => {
    const traceHeader = source === 'sqs' ? traceHeaderOf(records[index]?.raw) : undefined
    const describe = (): RecordMessage => ({
      source: source ?? 'unknown',
      status: 'running',
      ...(traceHeader !== undefined && { traceHeader }),
    })
    const operation = isOver ? undefined : startOperation(channels.record, describe)
    if (operation !== undefined) running.set(index, operation)
    return operation
  }

  /** End a record. Ignored after the response: Lambda may have frozen the process meanwhile. */
  const settle = (index: number, status: Status, failure?: Failure): void => {
    if (isOver) return
    statuses[index] = status
    const operation = running.get(index)
    running.delete(index)
    if (operation !== undefined) operation.message.status = status
    operation?.end(failure)
  }

  const statusOf = (result: unknown): Status => {
    if (result === QUARANTINED) return 'quarantined'
    return takes && isFailure(result) ? 'failed' : 'succeeded'
  }

  const trace: BatchTrace = {
    async run(work) {
      const requestId = requestIdOf(context)
      batch = startOperation(channels.batch, () => ({ ...batchMessage(source), ...requestId }))
      let failure: Failure | undefined
      try {
        return await (batch === undefined ? work() : batch.start(work))
      } catch (error) {
        failure = { error }
        throw error
      } finally {
        for (const index of running.keys()) settle(index, 'failed', failure)
        isOver = true
        if (batch !== undefined) Object.assign(batch.message, countsOf(statuses), { notBegun })
        batch?.end(failure)
      }
    },
    read(given) {
      records = given
      statuses = given.map(() => 'failed')
      notBegun = given.length
      if (batch === undefined) return
      batch.message.records = given.length
      const age = isStream(source) ? ageOf(given) : undefined
      if (age !== undefined) batch.message.iteratorAgeMs = age
    },
    around: (work) => async (index) => {
      const operation = begin(index)
      try {
        const result = await (operation === undefined ? work(index) : operation.start(() => work(index)))
        settle(index, statusOf(result))
        return result
      } catch (error) {
        settle(index, 'failed', { error })
        throw error
      }
    },
    aroundGroup: (handler) => async (group, run) => {
      const places = new Map(records.map((record, index) => [record, index]))
      // A copy: the handler may sort its array.
      const order: readonly unknown[] = [...group]
      const indexes = group.map((record) => places.get(record) ?? 0)
      for (const index of indexes) begin(index)?.start(() => {})
      try {
        const result = await handler(group, run)
        for (const index of indexes) settle(index, 'succeeded')
        return result
      } catch (thrown) {
        const from = Math.max(order.indexOf(failedRecordOf(thrown)), 0)
        const failure = { error: reasonOf(thrown) }
        for (const [at, index] of indexes.entries()) {
          if (at < from) settle(index, 'succeeded')
          else settle(index, 'failed', failure)
        }
        throw thrown
      }
    },
    skip(index) {
      begin(index)?.start(() => {})
      settle(index, 'skipped')
    },
    finish(progress, deadline) {
      for (const index of running.keys()) settle(index, 'failed', { error: deadline })
      notBegun = progress.filter((each) => each === Progress.waiting).length
      isOver = true
      if (batch !== undefined) batch.message.deadlineHit = deadline !== undefined
    },
    fail(index) {
      statuses[index] = 'failed'
    },
  }
  return trace
}

function batchMessage(source: string | undefined): BatchMessage {
  const none = { records: 0, succeeded: 0, failed: 0, notBegun: 0, quarantined: 0, skipped: 0 }
  return { source: source ?? 'unknown', ...none, deadlineHit: false }
}

function countsOf(statuses: readonly Status[]): Record<Status, number> {
  const counts = { succeeded: 0, failed: 0, quarantined: 0, skipped: 0 }
  for (const status of statuses) counts[status]++
  return counts
}

/** Report whether a handler of Firehose or S3 Batch resolved with a failure of its record. */
function isFailure(result: unknown): boolean {
  const code = fieldOf(result, 'resultCode') ?? 'Succeeded'
  return fieldOf(result, 'result') === 'ProcessingFailed' || code !== 'Succeeded'
}

/** Read a field of a foreign object, ignoring errors of its getter. */
function fieldOf(value: unknown, name: string): unknown {
  try {
    return Object(value)[name]
  } catch {
    return undefined
  }
}

/** Milliseconds since the oldest record; undefined if none has a time. */
function ageOf(records: readonly EventRecord<unknown>[]): number | undefined {
  let oldest = Number.POSITIVE_INFINITY
  for (const { time } of records) {
    const ms = time?.getTime() ?? Number.NaN
    if (ms < oldest) oldest = ms
  }
  return oldest === Number.POSITIVE_INFINITY ? undefined : Math.max(0, Date.now() - oldest)
}

function requestIdOf(context: RemainingTime | undefined): { readonly requestId?: string } {
  const awsRequestId = fieldOf(context, 'awsRequestId')
  return typeof awsRequestId === 'string' && /^[\w-]{1,64}$/.test(awsRequestId) ? { requestId: awsRequestId } : {}
}
