// One call of a sender: a state machine whose state is the variables of one function, since minifying shortens local
// names but not property names. Hence one long function of short ones. Only `advance` decides the next step; it runs
// after every event.
import { setMaxListeners } from 'node:events'
import { isMillraceError, MillraceError } from '../errors.ts'
import { backoffMs } from '../internal/backoff.ts'
import { describeServiceError } from '../internal/service-error.ts'
import { retryAfterMs } from '../internal/transient-error.ts'
import { entrySource } from './entry-source.ts'
import { judgeRejection } from './judge-rejection.ts'
import { createKeyLines, type Lined } from './key-lines.ts'
import { SendError } from './send-error.ts'
import type { SendSettings } from './send-options.ts'
import type { SendOutcome, SendReport, UnsentOutcome } from './send-report.ts'
import type { SendService } from './send-service.ts'

/** Counts of a call while it runs. */
export type SendCounts = { -readonly [Name in keyof SendReport]: number }

/** An entry taken from the source whose outcome is not reported yet. */
interface Pending<Entry, Wire> extends Lined {
  readonly entry: Entry
  readonly wire: Wire
  readonly bytes: number
  /** `fresh`: may be sent for the first time. `waiting`: for an earlier one of its key, for its next attempt, or in `again`. */
  status: 'fresh' | 'waiting' | 'in-flight' | SendOutcome<Entry>['status']
  attempts: number
  /** True once a request with it had no response. */
  mayBeStored: boolean
  /** True if it needs a separate request, since a request with it was rejected as a whole. */
  isAlone: boolean
  /** Once settled: its id in the service, or the reason for not being sent. */
  result: string | MillraceError | undefined
  /** The next entry taken from the source. */
  after: Pending<Entry, Wire> | undefined
}

/** Outcomes kept by a `SendError`. */
const KEPT_OUTCOMES = 100

/** Largest exponent of the backoff: beyond it every wait is at its maximum, and powers of two become infinite. */
const MAX_DOUBLINGS = 52

/** Send all entries of a source. Fills `counts`, even if it rejects. */
export function runSend<Entry, Wire>(
  service: SendService<Entry, Wire>,
  settings: SendSettings<Entry>,
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  counts: SendCounts,
  signal: AbortSignal | undefined,
): Promise<SendReport> {
  type One = Pending<Entry, Wire>
  const { concurrency, maxEntries, maxBytes, maxEntryBytes, maxPending, onOutcome } = settings
  const keepsOrder = settings.order === 'key'
  const keyOf = keepsOrder || service.isKeyExclusive ? service.keyOf : undefined
  const lines = createKeyLines<One>(maxPending)
  /** Keys with an entry that was finally not sent: later entries of these keys must not overtake it. */
  const deadKeys = new Set<string>()
  const source = entrySource(entries, pump)
  /** Cancels the remaining requests and waits when the call ends. */
  const controller = new AbortController()
  // Each request adds a listener; Node would warn from the eleventh on.
  setMaxListeners(0, controller.signal)

  /** The oldest and the youngest unreported entry. */
  let head: One | undefined
  let tail: One | undefined
  /** The oldest fresh entry. */
  let fresh: One | undefined
  /** Entries to send before the fresh ones, since the oldest entry delays the reports of all others. */
  const again: One[] = []
  let ready = 0
  let readyBytes = 0
  let taken = 0
  let reported = 0
  let inFlight = 0
  /** Current waits before another attempt, and the number of those that pause all requests. */
  let waits = 0
  let pauses = 0
  let hasEnded = false
  /** True if the source has yielded nothing for `lingerMs`, so that a request is sent although it is not full. */
  let isIdle = false
  let lingerTimer: NodeJS.Timeout | undefined
  /** True while a promise that `onOutcome` returned is pending. */
  let isHeld = false
  let isPumping = false
  let isPumpedAgain = false
  let isDone = false
  /** The reason why sending has stopped. */
  let stopped: MillraceError | undefined
  /** Error of the source, of `onOutcome` or of `sleep`, with which the call rejects. */
  let failure: { readonly error: unknown } | undefined
  /** The first outcomes that are not `sent`. */
  const unsent: UnsentOutcome<Entry>[] = []
  let resolve: (report: SendReport) => void
  let reject: (error: unknown) => void

  const failed = (rule: string, cause?: unknown): MillraceError =>
    new MillraceError('SEND_FAILED', `${service.name}: ${rule}`, { cause })

  /** Report settled entries up to the first that is not. */
  function report(): void {
    while (!isHeld && head?.result !== undefined) {
      const { entry, status, attempts, bytes, result, after } = head as One & { status: SendOutcome<Entry>['status'] }
      const index = reported++
      // An old entry must not keep younger ones in memory.
      head.after = undefined
      head = after
      counts[status]++
      if (status === 'sent') counts.bytes += bytes
      if (onOutcome === undefined) {
        if (status !== 'sent' && unsent.length < KEPT_OUTCOMES) {
          unsent.push({ index, entry, status, error: result as MillraceError, attempts })
        }
        continue
      }
      const detail = status !== 'sent' ? { error: result } : result === '' ? {} : { id: result }
      const held = onOutcome({ index, entry, status, ...detail, attempts } as SendOutcome<Entry>)
      if (typeof Object(held).then !== 'function') continue
      isHeld = true
      ;(held as PromiseLike<unknown>).then(() => pump(() => (isHeld = false)), fail)
    }
  }

  /** Take an entry from the source. Returns false if none is available. */
  function take(): boolean {
    if (hasEnded || taken - reported >= maxPending) return false
    let step: IteratorResult<Entry, unknown> | undefined
    try {
      step = source.next()
    } catch (error) {
      hasEnded = true
      failure ??= { error }
      return false
    }
    // A generator that aborts the call from inside cannot be closed until it has yielded.
    if (hasEnded) source.close()
    if (step === undefined) return false
    if (step.done) {
      hasEnded = true
      return false
    }
    isIdle = false
    admit(step.value)
    if (tail?.result !== undefined) report()
    return true
  }

  /** Queue an entry after earlier ones of its key, or settle it immediately. */
  function admit(entry: Entry): void {
    let status: One['status'] = 'fresh'
    let wire: Wire | undefined
    let bytes = 0
    let key: string | undefined
    let result: MillraceError | undefined
    taken++
    try {
      if (stopped === undefined) {
        wire = service.toWire(entry)
        bytes = service.bytesOf(wire)
        if (bytes > maxEntryBytes) throw tooLarge(bytes, maxEntryBytes)
        key = keyOf?.(wire)
        if (key !== undefined && deadKeys.has(key)) result = heldByKey()
      }
      // Reading an entry may run code that aborts the call.
      result ??= stopped
      if (result !== undefined) status = 'failed'
    } catch (cause) {
      status = 'refused'
      result = isMillraceError(cause) ? cause : new MillraceError('TYPE_MISMATCH', 'entry cannot be read', { cause })
    }
    const one: One = {
      entry,
      wire: wire as Wire,
      bytes,
      key,
      status,
      attempts: 0,
      mayBeStored: false,
      isAlone: false,
      result,
      after: undefined,
      next: undefined,
      bucket: undefined,
    }
    if (head === undefined) head = one
    else (tail as One).after = one
    tail = one
    if (result !== undefined) return
    if (key === undefined || lines.join(one)) {
      fresh ??= one
      ready++
      readyBytes += bytes
    } else one.status = 'waiting'
  }

  function sendSoon(one: One): void {
    one.status = 'waiting'
    again.push(one)
    ready++
    readyBytes += one.bytes
  }

  function settle(one: One, status: SendOutcome<Entry>['status'], result: string | MillraceError): void {
    one.status = status
    one.result = result
    if (stopped !== undefined || one.key === undefined) return
    let next = lines.leave(one)
    if (status === 'sent' || !keepsOrder) {
      if (next !== undefined) sendSoon(next)
      return
    }
    deadKeys.add(one.key)
    const error = heldByKey()
    for (; next !== undefined; next = lines.leave(next)) {
      next.status = 'failed'
      next.result = error
    }
  }

  /** Stop sending: settle every entry that is not in flight, and those in flight too with `leavesInFlight`. */
  function stop(error: MillraceError, leavesInFlight: boolean): void {
    stopped ??= error
    again.length = ready = readyBytes = 0
    fresh = undefined
    for (let one = head; one !== undefined; one = one.after) {
      if (one.result !== undefined || (one.status === 'in-flight' && !leavesInFlight)) continue
      if (one.status === 'in-flight') one.mayBeStored = true
      settle(one, one.mayBeStored ? 'unknown' : 'failed', error)
    }
    if (Array.isArray(entries) || hasEnded) return
    hasEnded = true
    const left = source.close()
    // The source yielded it, but no request had space for it.
    if (left !== undefined && !left.done) admit(left.value)
  }

  function hasSlot(): boolean {
    return inFlight < concurrency && pauses === 0 && stopped === undefined
  }

  /** Decide whether to wait for more entries before sending a request that is not full. */
  function isWorthWaiting(): boolean {
    if (hasEnded || isIdle || taken - reported >= maxPending) return false
    const before = taken
    lingerTimer ??= setTimeout(() => {
      lingerTimer = undefined
      isIdle = taken === before
      pump()
    }, settings.lingerMs)
    return true
  }

  function advance(): void {
    report()
    while (!isDone) {
      if (stopped === undefined && (readyBytes >= maxBytes || ready >= maxEntries || again[0]?.isAlone)) {
        if (!hasSlot()) return
      } else {
        if (take()) continue
        if (ready === 0 || !hasSlot() || isWorthWaiting()) return
      }
      exchange()
    }
  }

  /** Take the entries of the next request. */
  function nextRequest(): One[] {
    const request: One[] = []
    let bytes = 0
    while (request.length < maxEntries) {
      const one = again[0] ?? fresh
      if (one === undefined || bytes + one.bytes > maxBytes || (one.isAlone && request.length > 0)) break
      if (one === fresh) {
        do fresh = fresh.after
        while (fresh !== undefined && fresh.status !== 'fresh')
      } else again.shift()
      if (one.attempts++ > 0) counts.retries++
      one.status = 'in-flight'
      bytes += one.bytes
      request.push(one)
      if (one.isAlone) break
    }
    ready -= request.length
    readyBytes -= bytes
    return request
  }

  /** Send a request and settle its entries by the response. */
  async function exchange(): Promise<void> {
    const request = nextRequest()
    const wires = request.map(({ wire }) => wire)
    let next: () => void
    inFlight++
    counts.requests++
    try {
      const output = await service.send(wires, controller.signal)
      next = () => onAnswer(request, wires, output)
    } catch (error) {
      next = () => onRejection(request, error)
    }
    inFlight--
    pump(next)
  }

  function onAnswer(request: readonly One[], wires: readonly Wire[], output: unknown): void {
    let answers: ReturnType<typeof service.answersOf> = []
    try {
      answers = service.answersOf(output, wires)
    } catch {
      // An unreadable response has no results.
    }
    const left: One[] = []
    request.forEach((one, at) => {
      const answer = answers[at]
      if (one.status !== 'in-flight') return
      if (typeof answer === 'string') settle(one, 'sent', answer)
      else if (answer) retry(left, one, !answer.isFinal, codeOf(answer.code))
      else {
        one.mayBeStored = true
        if (answer === null) retry(left, one, false, 'the response is contradictory')
        else retry(left, one, true, 'the response does not mention it')
      }
    })
    rest(left, left.length === request.length)
  }

  function onRejection(request: readonly One[], error: unknown): void {
    const kind = judgeRejection(error)
    const reason = describeServiceError(error)
    const left: One[] = []
    if (kind === 'refused') stop(failed(`not sent: the service rejected a request: ${reason}`, error), false)
    for (const one of request) {
      if (one.status !== 'in-flight') continue
      if (kind === 'lost' || kind === 'unreadable') one.mayBeStored = true
      if (kind === 'content' && request.length > 1 && stopped === undefined) {
        one.isAlone = true
        sendSoon(one)
      } else retry(left, one, kind === 'throttled' || kind === 'lost', reason, error)
    }
    rest(left, true, error)
  }

  /** Settle an entry that was not sent, or collect it in `left` for another attempt. */
  function retry(left: One[], one: One, mayHelp: boolean, reason: string, cause?: unknown): void {
    const { attempts, mayBeStored, wire } = one
    const isAllowed = !(mayBeStored && settings.atMostOnce) || service.isRepeatable?.(wire)
    if (mayHelp && isAllowed && attempts < settings.attempts && stopped === undefined) {
      one.status = 'waiting'
      left.push(one)
      return
    }
    const state = mayBeStored ? 'may be stored or not' : 'not stored'
    const error = failed(`${state} after ${attempts} attempt${attempts === 1 ? '' : 's'}: ${reason}`, cause)
    settle(one, mayBeStored ? 'unknown' : 'failed', error)
  }

  /** Wait with full jitter, or as long as the server requests, then queue entries again. */
  async function rest(left: readonly One[], isWhole: boolean, error?: unknown): Promise<void> {
    if (left.length === 0) return
    waits++
    // No entry of the request was accepted: further requests would exhaust their attempts.
    const pause = isWhole ? 1 : 0
    pauses += pause
    let cause: { readonly error: unknown } | undefined
    try {
      const attempts = Math.max(...left.map((one) => one.attempts))
      const jitterMs = backoffMs(Math.min(attempts - 1, MAX_DOUBLINGS), settings)
      const askedMs = Math.min(retryAfterMs(error, Date.now()) ?? 0, settings.maxMs)
      await settings.sleep(Math.max(jitterMs, askedMs), controller.signal)
    } catch (error) {
      cause = { error }
    }
    pump(() => {
      waits--
      pauses -= pause
      if (stopped !== undefined) return
      if (cause === undefined) return left.forEach(sendSoon)
      failure = cause
      stop(failed('not sent: the wait for another attempt failed', cause.error), false)
    })
  }

  /** Handle an event, then report, read and send as far as possible. */
  function pump(event?: () => void): void {
    if (isDone) return
    try {
      event?.()
      isPumpedAgain = true
      // User callbacks run inside, and an abort in one of them calls this again.
      if (isPumping) return
      isPumping = true
      while (isPumpedAgain && !isDone) {
        isPumpedAgain = false
        advance()
      }
    } catch (error) {
      fail(error)
    }
    isPumping = false
    if (hasEnded && head === undefined && !isHeld) conclude()
  }

  /** End the call immediately with an error that belongs to no entry. */
  function fail(error: unknown): void {
    if (isDone) return
    failure = { error }
    stop(failed('the call has ended'), true)
    conclude()
  }

  function conclude(): void {
    if (isDone) return
    isDone = true
    clearTimeout(lingerTimer)
    signal?.removeEventListener('abort', onAbort)
    if (inFlight + waits > 0) controller.abort()
    const final = { ...counts }
    if (failure !== undefined) reject(failure.error)
    else if (onOutcome === undefined && (stopped !== undefined || final.sent < taken)) {
      reject(new SendError(final, unsent, { cause: stopped?.cause }))
    } else resolve(final)
  }

  /** Settle the call immediately, without waiting for source, service or sleep. */
  function onAbort(): void {
    const reason: unknown = signal?.reason
    pump(() => {
      stop(failed('aborted', reason), true)
      controller.abort(reason)
    })
  }

  return new Promise((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort)
    pump()
  })
}

function tooLarge(bytes: number, maxBytes: number): MillraceError {
  const rule = `entry has ${bytes} bytes; the service allows ${maxBytes} (options maxEntryBytes and maxBytes)`
  return new MillraceError('LIMIT_EXCEEDED', rule)
}

function heldByKey(): MillraceError {
  return new MillraceError(
    'SEND_FAILED',
    'not sent: an earlier entry of its key was not sent, and order is kept within a key',
  )
}

/** Return a code of the service if it is a single word, so that no data gets into a message. */
function codeOf(code: string): string {
  return /^[\w.]{1,80}$/.test(code) ? code : 'an error without a code'
}
