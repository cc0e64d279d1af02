import { MillraceError } from '../errors.ts'
import { dissolveLines, joinLine, leaveLine } from './key-order.ts'
import { emptyOutbox, put } from './outbox.ts'
import { createPending, type Pending } from './pending.ts'
import type { SendRun } from './send-run.ts'

/** Let an entry go out: now, or when those of its key that came before it are settled. */
export function admit<Entry, Wire>(run: SendRun<Entry, Wire>, pending: Pending<Entry, Wire>): void {
  if (pending.key !== undefined && run.keys.deadKeys.has(pending.key)) {
    settle(pending, 'failed', keyHeld())
  } else if (joinLine(run.keys, pending)) {
    put(run.outbox, pending)
  }
}

export function settleSent<Entry, Wire>(run: SendRun<Entry, Wire>, pending: Pending<Entry, Wire>, id: string): void {
  pending.status = 'sent'
  pending.id = id
  letNextGo(run, pending)
}

/** Settle an entry that is not sent again: `unknown` where it may be stored, else `failed`. The rest of its key fails with it. */
export function settleUnsent<Entry, Wire>(
  run: SendRun<Entry, Wire>,
  pending: Pending<Entry, Wire>,
  error: MillraceError,
): void {
  settle(pending, pending.mayBeStored ? 'unknown' : 'failed', error)
  if (!run.settings.keepsOrder || pending.key === undefined) {
    letNextGo(run, pending)
    return
  }
  run.keys.deadKeys.add(pending.key)
  let held: MillraceError | undefined
  for (let next = leaveLine(run.keys, pending); next !== undefined; next = leaveLine(run.keys, next)) {
    held ??= keyHeld()
    settle(next, 'failed', held)
  }
}

/** Send nothing any more: every entry that is not in flight is settled; those in flight too where nobody waits for their answer. */
export function stopSending<Entry, Wire>(
  run: SendRun<Entry, Wire>,
  error: MillraceError,
  { leavesInFlight }: { readonly leavesInFlight: boolean },
): void {
  run.stopped ??= error
  emptyOutbox(run.outbox)
  dissolveLines(run.keys)
  const { items, head } = run.ledger.window
  for (let at = head; at < items.length; at++) {
    const pending = items[at] as Pending<Entry, Wire>
    pending.next = undefined
    pending.beside = undefined
    if (pending.status === 'in-flight') {
      if (!leavesInFlight) continue
      pending.mayBeStored = true
    } else if (pending.status !== 'waiting') continue
    settle(pending, pending.mayBeStored ? 'unknown' : 'failed', error)
  }
  if (run.source.isArray || run.hasEnded) return
  run.hasEnded = true
  const left = run.source.close()
  if (left === undefined || left.done) return
  // It had come, and there was no request with room for it.
  const pending = createPending<Entry, Wire>(run.taken++, left.value, undefined, 0, undefined)
  settle(pending, 'failed', error)
  run.ledger.window.items.push(pending)
}

export function settle<Entry, Wire>(
  pending: Pending<Entry, Wire>,
  status: 'refused' | 'failed' | 'unknown',
  error: MillraceError,
): void {
  pending.status = status
  pending.error = error
}

function letNextGo<Entry, Wire>(run: SendRun<Entry, Wire>, pending: Pending<Entry, Wire>): void {
  const next = leaveLine(run.keys, pending)
  if (next !== undefined) put(run.outbox, next)
}

function keyHeld(): MillraceError {
  return new MillraceError(
    'SEND_FAILED',
    'not sent: an earlier entry of its key was not, and order is kept within a key',
  )
}
