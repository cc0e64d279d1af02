import type { Pending } from './pending.ts'
import { createQueue, peek, type Queue, shift, sizeOf } from './queue.ts'

/** Entries that may go out now. */
export interface Outbox<Entry, Wire> {
  readonly fresh: Queue<Pending<Entry, Wire>>
  /** Entries to send again; they go first, since the oldest entry holds back the reports of all others. */
  readonly again: Queue<Pending<Entry, Wire>>
  bytes: number
}

interface RequestLimits {
  readonly maxEntries: number
  readonly maxBytes: number
}

export function createOutbox<Entry, Wire>(): Outbox<Entry, Wire> {
  return { fresh: createQueue(), again: createQueue(), bytes: 0 }
}

export function put<Entry, Wire>(outbox: Outbox<Entry, Wire>, pending: Pending<Entry, Wire>): void {
  const queue = pending.attempts === 0 ? outbox.fresh : outbox.again
  queue.items.push(pending)
  outbox.bytes += pending.bytes
}

export function countOf({ fresh, again }: Outbox<unknown, unknown>): number {
  return sizeOf(fresh) + sizeOf(again)
}

/** Whether the next request would not grow by one more entry. */
export function fillsRequest(outbox: Outbox<unknown, unknown>, { maxEntries, maxBytes }: RequestLimits): boolean {
  if (outbox.bytes >= maxBytes || countOf(outbox) >= maxEntries) return true
  return peek(outbox.again)?.isAlone === true
}

/** Take the entries of the next request; none when there are none. */
export function takeRequest<Entry, Wire>(
  outbox: Outbox<Entry, Wire>,
  { maxEntries, maxBytes }: RequestLimits,
): Pending<Entry, Wire>[] {
  const request: Pending<Entry, Wire>[] = []
  let bytes = 0
  while (request.length < maxEntries) {
    const queue = sizeOf(outbox.again) > 0 ? outbox.again : outbox.fresh
    const first = peek(queue)
    if (first === undefined || bytes + first.bytes > maxBytes || (first.isAlone && request.length > 0)) break
    shift(queue)
    request.push(first)
    bytes += first.bytes
    if (first.isAlone) break
  }
  outbox.bytes -= bytes
  return request
}

export function emptyOutbox(outbox: Outbox<unknown, unknown>): void {
  for (const queue of [outbox.fresh, outbox.again]) {
    queue.items.length = 0
    queue.head = 0
  }
  outbox.bytes = 0
}
