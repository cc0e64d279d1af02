import { MillraceError } from '../errors.ts'
import { backoffMs } from '../internal/backoff.ts'
import { describeServiceError } from '../internal/service-error.ts'
import { retryAfterMs } from '../internal/transient-error.ts'
import { judgeRejection } from './judge-rejection.ts'
import { put } from './outbox.ts'
import type { Pending } from './pending.ts'
import type { SendRun } from './send-run.ts'
import { CONTRADICTED, type EntryAnswer } from './send-service.ts'
import { settleSent, settleUnsent, stopSending } from './settle.ts'

/** Beyond this any base is longer than any wait, and a power of two soon is infinite. */
const MAX_DOUBLINGS = 52

/** How entries come back into the run after a wait. */
type Continue = () => void

/** Settle the entries of a request by its answer, or have them sent again. */
export function takeAnswer<Entry, Wire>(
  run: SendRun<Entry, Wire>,
  request: readonly Pending<Entry, Wire>[],
  wires: readonly Wire[],
  output: unknown,
  onRested: Continue,
): void {
  const answers = readAnswer(run, wires, output)
  const again: Pending<Entry, Wire>[] = []
  for (let at = 0; at < request.length; at++) {
    const pending = request[at] as Pending<Entry, Wire>
    if (pending.status !== 'in-flight') continue
    const answer = answers[at]
    if (typeof answer === 'string') settleSent(run, pending, answer)
    else if (answer === CONTRADICTED) settleUnknown(run, pending, 'the answer contradicts itself about the entry')
    else if (answer === undefined) {
      pending.mayBeStored = true
      if (canRepeat(run, pending)) again.push(pending)
      else settleUnsent(run, pending, notSent(run, pending, 'the answer said nothing of it'))
    } else if (!answer.isFinal && hasAttempts(run, pending)) again.push(pending)
    else settleUnsent(run, pending, notSent(run, pending, shortCode(answer.code)))
  }
  sendAgain(run, again, again.length === request.length, undefined, onRested)
}

/** Settle the entries of a request that was rejected as a whole, or have them sent again. */
export function takeRejection<Entry, Wire>(
  run: SendRun<Entry, Wire>,
  request: readonly Pending<Entry, Wire>[],
  error: unknown,
  onRested: Continue,
): void {
  const rejection = judgeRejection(error)
  const inFlight = request.filter(({ status }) => status === 'in-flight')
  const word = describeServiceError(error)
  if (rejection === 'refused' && inFlight.length > 0) {
    for (const pending of inFlight) settleUnsent(run, pending, notSent(run, pending, word, error))
    const rule = `${run.service.name}: not sent, since the service refused a request: ${word}`
    stopSending(run, new MillraceError('SEND_FAILED', rule, { cause: error }), { leavesInFlight: false })
    return
  }
  const again: Pending<Entry, Wire>[] = []
  for (const pending of inFlight) {
    if (rejection === 'lost' || rejection === 'unreadable') pending.mayBeStored = true
    if (rejection === 'content' && request.length > 1 && run.stopped === undefined) {
      pending.isAlone = true
      pending.status = 'waiting'
      put(run.outbox, pending)
    } else if (isRepeated(run, pending, rejection)) again.push(pending)
    else settleUnsent(run, pending, notSent(run, pending, word, error))
  }
  sendAgain(run, again, true, error, onRested)
}

function isRepeated<Entry, Wire>(
  run: SendRun<Entry, Wire>,
  pending: Pending<Entry, Wire>,
  rejection: ReturnType<typeof judgeRejection>,
): boolean {
  if (rejection === 'throttled') return hasAttempts(run, pending)
  return rejection === 'lost' && canRepeat(run, pending)
}

/** Whether an entry that may be stored is sent again. */
function canRepeat<Entry, Wire>(run: SendRun<Entry, Wire>, pending: Pending<Entry, Wire>): boolean {
  if (!hasAttempts(run, pending)) return false
  return !run.settings.atMostOnce || run.service.isRepeatable(pending.wire as Wire)
}

function hasAttempts<Entry, Wire>(run: SendRun<Entry, Wire>, { attempts }: Pending<Entry, Wire>): boolean {
  return run.stopped === undefined && attempts < run.settings.attempts
}

/** Wait with full jitter, or for as long as the server asks, then put the entries back. */
function sendAgain<Entry, Wire>(
  run: SendRun<Entry, Wire>,
  again: readonly Pending<Entry, Wire>[],
  isWhole: boolean,
  error: unknown,
  onRested: Continue,
): void {
  const [first] = again
  if (first === undefined) return
  let attempts = first.attempts
  for (const pending of again) {
    pending.status = 'waiting'
    if (pending.attempts > attempts) attempts = pending.attempts
  }
  const { settings, controller } = run
  const jitter = backoffMs(Math.min(attempts - 1, MAX_DOUBLINGS), settings)
  const asked = error === undefined ? 0 : (retryAfterMs(error, Date.now()) ?? 0)
  const ms = Math.max(jitter, Math.min(asked, settings.maxMs))
  run.resting++
  // Nothing of a request got through: further ones would use up their attempts.
  if (isWhole) run.pauses++
  const back = (): void => {
    run.resting--
    if (isWhole) run.pauses--
    for (const pending of again) if (pending.status === 'waiting' && run.stopped === undefined) put(run.outbox, pending)
    onRested()
  }
  new Promise((resolve) => resolve(settings.sleep(ms, controller.signal))).then(back, (failure: unknown) => {
    if (run.stopped === undefined) {
      run.failure = { error: failure }
      const rule = `${run.service.name}: not sent, since the option sleep failed`
      stopSending(run, new MillraceError('SEND_FAILED', rule, { cause: failure }), { leavesInFlight: false })
    }
    back()
  })
}

/** An answer that cannot be read says nothing. */
function readAnswer<Entry, Wire>(
  run: SendRun<Entry, Wire>,
  wires: readonly Wire[],
  output: unknown,
): readonly EntryAnswer[] {
  try {
    return run.service.answersOf(output, wires)
  } catch {
    return []
  }
}

function settleUnknown<Entry, Wire>(run: SendRun<Entry, Wire>, pending: Pending<Entry, Wire>, rule: string): void {
  pending.mayBeStored = true
  settleUnsent(run, pending, notSent(run, pending, rule))
}

function notSent<Entry, Wire>(
  { service }: SendRun<Entry, Wire>,
  { attempts, mayBeStored }: Pending<Entry, Wire>,
  word: string,
  cause?: unknown,
): MillraceError {
  const state = mayBeStored ? 'may be stored or not' : 'not stored'
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`
  return new MillraceError('SEND_FAILED', `${service.name}: ${state} after ${tries}: ${word}`, { cause })
}

/** A code of the service, and nothing that could be data. */
function shortCode(code: string): string {
  return /^[\w.]{1,80}$/.test(code) ? code : 'an error without a code'
}
