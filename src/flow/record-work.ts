import type { MillraceError } from '../errors.ts'
import type { EventRecord } from '../events/event-record.ts'
import { QUARANTINED } from './outcome.ts'
import type { HandlerRun, ProcessBatchOptions, RecordHandler } from './process-batch-options.ts'

/** What is done with one record. After `close` nobody hears of it any more. */
export function recordWork<T>(
  records: readonly EventRecord<T>[],
  handler: RecordHandler<T>,
  { quarantine, onFailure }: ProcessBatchOptions<T>,
  run: HandlerRun,
) {
  let isClosed = false

  const tell = async (index: number, error: unknown): Promise<void> => {
    const record = records[index]
    if (isClosed || onFailure === undefined || record === undefined) return
    try {
      await onFailure(record, error)
    } catch {
      // Whoever only listens must not decide about a batch.
    }
  }

  const setAside = async (index: number, record: EventRecord<T>, error: MillraceError): Promise<unknown> => {
    if (quarantine === undefined) throw error
    const told = tell(index, error)
    await quarantine(record, error)
    await told
    return QUARANTINED
  }

  const start = (index: number): unknown => {
    const record = records[index]
    if (record === undefined) return undefined
    const { payload } = record
    return payload.ok ? handler(payload.value, record, run) : setAside(index, record, payload.error)
  }

  return {
    start,
    tell,
    close: () => {
      isClosed = true
    },
  }
}
