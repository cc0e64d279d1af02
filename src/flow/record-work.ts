import type { MillraceError } from '../errors.ts'
import type { EventRecord } from '../events/event-record.ts'
import { QUARANTINED } from './outcome.ts'
import type { FailureOptions } from './process-batch-options.ts'

/** Reports failed records, and quarantines those that cannot be decoded. After `close` nothing more is reported. */
export function recordWork<T>(records: readonly EventRecord<T>[], { quarantine, onFailure }: FailureOptions<T>) {
  let isClosed = false

  const report = async (index: number, error: unknown): Promise<void> => {
    const record = records[index]
    if (isClosed || onFailure === undefined || record === undefined) return
    try {
      await onFailure(record, error)
    } catch {
      // A listener must not decide the outcome of a batch.
    }
  }

  const setAside = async (index: number, record: EventRecord<T>, error: MillraceError): Promise<unknown> => {
    if (quarantine === undefined) throw error
    const reports = report(index, error)
    await quarantine(record, error)
    await reports
    return QUARANTINED
  }

  return {
    report,
    setAside,
    close: () => {
      isClosed = true
    },
  }
}
