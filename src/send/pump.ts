import { isMillraceError, MillraceError } from '../errors.ts'
import { takeAnswer, takeRejection } from './answers.ts'
import { canReport, pendingOf, reportSettled } from './ledger.ts'
import { countOf, fillsRequest, takeRequest } from './outbox.ts'
import { createPending, type Pending } from './pending.ts'
import { SendError } from './send-error.ts'
import type { SendRun } from './send-run.ts'
import { admit, settle, stopSending } from './settle.ts'

/** Go as far as is possible now: report what is settled, take entries, send requests. Called after everything that happens. */
export function pump<Entry, Wire>(run: SendRun<Entry, Wire>): void {
  if (run.isDone) return
  run.isPumpedAgain = true
  // Callbacks of the user run inside and may call this again, by an abort.
  if (run.isPumping) return
  run.isPumping = true
  while (run.isPumpedAgain && !run.isDone) {
    run.isPumpedAgain = false
    try {
      advance(run)
    } catch (error) {
      failRun(run, error)
    }
  }
  run.isPumping = false
  if (run.hasEnded && pendingOf(run.ledger) === 0 && !run.ledger.isHeld) conclude(run)
}

/** An abort: answers at once, whatever source, service and waits do. */
export function abortRun<Entry, Wire>(run: SendRun<Entry, Wire>, reason: unknown): void {
  if (run.isDone) return
  const error = new MillraceError('SEND_FAILED', `${run.service.name}: aborted`, { cause: reason })
  stopSending(run, error, { leavesInFlight: true })
  run.controller.abort(reason)
  pump(run)
}

function advance<Entry, Wire>(run: SendRun<Entry, Wire>): void {
  const { outbox, settings } = run
  report(run)
  while (!run.isDone) {
    if (run.stopped === undefined && fillsRequest(outbox, settings)) {
      if (!hasSlot(run)) return
      dispatch(run)
    } else if (!takeEntry(run)) {
      if (countOf(outbox) === 0 || !hasSlot(run) || isWorthWaiting(run)) return
      dispatch(run)
    }
  }
}

function hasSlot<Entry, Wire>({ inFlight, pauses, settings, stopped }: SendRun<Entry, Wire>): boolean {
  return inFlight < settings.concurrency && pauses === 0 && stopped === undefined
}

/** Whether the source may still fill the request that is open. */
function isWorthWaiting<Entry, Wire>(run: SendRun<Entry, Wire>): boolean {
  if (run.hasEnded || run.isIdle || pendingOf(run.ledger) >= run.settings.maxPending) return false
  if (run.lingerTimer === undefined) {
    const { taken } = run
    run.lingerTimer = setTimeout(() => {
      run.lingerTimer = undefined
      run.isIdle = run.taken === taken
      pump(run)
    }, run.settings.lingerMs)
  }
  return true
}

/** Take an entry from the source; false where there is none to take now. */
function takeEntry<Entry, Wire>(run: SendRun<Entry, Wire>): boolean {
  const { ledger, settings } = run
  if (run.hasEnded || pendingOf(ledger) >= settings.maxPending) return false
  let result: IteratorResult<Entry, unknown> | undefined
  try {
    result = run.source.next()
  } catch (error) {
    run.hasEnded = true
    run.failure ??= { error }
    return false
  }
  // A generator that aborts the call from inside cannot be closed until it has yielded.
  if (run.hasEnded) run.source.close()
  if (result === undefined) return false
  if (result.done) {
    run.hasEnded = true
    return false
  }
  run.isIdle = false
  const pending = pendingEntry(run, run.taken++, result.value)
  ledger.window.items.push(pending)
  if (run.stopped !== undefined) {
    if (pending.status === 'waiting') settle(pending, 'failed', run.stopped)
  } else if (pending.status === 'waiting') admit(run, pending)
  if (pending.status !== 'waiting') report(run)
  return true
}

/** An entry as it goes out; settled already where it is refused. */
function pendingEntry<Entry, Wire>(run: SendRun<Entry, Wire>, index: number, entry: Entry): Pending<Entry, Wire> {
  const { service, settings } = run
  if (run.stopped !== undefined) return createPending<Entry, Wire>(index, entry, undefined, 0, undefined)
  try {
    const wire = service.toWire(entry)
    const bytes = service.bytesOf(wire)
    if (bytes > settings.maxEntryBytes) throw tooLarge(bytes, settings.maxEntryBytes)
    const isOrdered = settings.keepsOrder || service.isKeyExclusive === true
    return createPending(index, entry, wire, bytes, isOrdered ? service.keyOf(wire) : undefined)
  } catch (cause) {
    const refused = createPending<Entry, Wire>(index, entry, undefined, 0, undefined)
    const error = isMillraceError(cause) ? cause : new MillraceError('TYPE_MISMATCH', 'entry cannot be read', { cause })
    settle(refused, 'refused', error)
    return refused
  }
}

function tooLarge(bytes: number, maxBytes: number): MillraceError {
  const rule = `entry has ${bytes} bytes; the service takes ${maxBytes} at most (options maxEntryBytes and maxBytes)`
  return new MillraceError('LIMIT_EXCEEDED', rule)
}

function dispatch<Entry, Wire>(run: SendRun<Entry, Wire>): void {
  const { service, settings, ledger, controller } = run
  const request = takeRequest(run.outbox, settings)
  const wires: Wire[] = []
  for (const pending of request) {
    if (pending.attempts > 0) ledger.report.retries++
    pending.attempts++
    pending.status = 'in-flight'
    wires.push(pending.wire as Wire)
  }
  run.inFlight++
  ledger.report.requests++
  const goOn = (): void => pump(run)
  // A client that throws at once has rejected the request too.
  new Promise((resolve) => resolve(service.send(wires, controller.signal))).then(
    (output) => {
      run.inFlight--
      if (!run.isDone) takeAnswer(run, request, wires, output, goOn)
      pump(run)
    },
    (error: unknown) => {
      run.inFlight--
      if (!run.isDone) takeRejection(run, request, error, goOn)
      pump(run)
    },
  )
}

function report<Entry, Wire>(run: SendRun<Entry, Wire>): void {
  const { ledger } = run
  if (!canReport(ledger)) return
  const held = reportSettled(ledger)
  if (held === undefined) return
  const goOn = (): void => {
    ledger.isHeld = false
    pump(run)
  }
  held.then(goOn, (error: unknown) => failRun(run, error))
}

/** End the call at once with an error that is none of an entry. */
function failRun<Entry, Wire>(run: SendRun<Entry, Wire>, error: unknown): void {
  if (run.isDone) return
  run.failure = { error }
  stopSending(run, new MillraceError('SEND_FAILED', 'the call has ended'), { leavesInFlight: true })
  conclude(run)
}

function conclude<Entry, Wire>(run: SendRun<Entry, Wire>): void {
  if (run.isDone) return
  run.isDone = true
  clearTimeout(run.lingerTimer)
  if (run.inFlight > 0 || run.resting > 0) run.controller.abort()
  const { ledger, failure, stopped } = run
  const counts = { ...ledger.report }
  if (failure !== undefined) run.reject(failure.error)
  else if (ledger.onOutcome === undefined && (stopped !== undefined || counts.sent < run.taken)) {
    run.reject(new SendError(counts, ledger.unsent, stopped?.cause === undefined ? {} : { cause: stopped.cause }))
  } else run.resolve(counts)
}
