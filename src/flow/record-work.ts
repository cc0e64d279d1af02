import type { MillraceError } from '../errors.ts'
import type { EventRecord } from '../events/event-record.ts'
import { QUARANTINED } from './outcome.ts'
import type { FailureOptions } from './process-batch-options.ts'

/** What becomes of records that fail, or cannot be decoded. After `close` nothing is reported any more. */
export function recordWork<T>(records: readonly EventRecord<T>[], { quarantine, onFailure }: FailureOptions<T>) {
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

  return {
    tell,
    setAside,
    close: () => {
      isClosed = true
    },
  }
}
