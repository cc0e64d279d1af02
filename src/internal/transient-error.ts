import { fieldOf } from './field-of.ts'

/** Names of throttling errors of AWS. Source: smithy-typescript, service-error-classification; and `KmsThrottled` of SQS. */
const THROTTLING =
  /^(?:[\w.]*Throttl(?:ed|ing)(?:Error)?|BandwidthLimitExceeded|LimitExceededException|PriorRequestNotComplete|ProvisionedThroughputExceeded|RequestLimitExceeded|ReplicatedWriteConflict|SlowDown|TooManyRequests|Transaction(?:Conflict|InProgress))(?:Exception)?$/

/**
 * Names of failures of the service or the network, codes of Node, and S3's response to a conditional write while
 * another one is in progress: no other 409 is transient. `AbortError` is not one: the caller requested it.
 */
const TRANSIENT =
  /^(?:ConditionalRequestConflict|Internal(?:Error|Failure|ServerError)|NetworkingError|TimeoutError|(?:RequestTimeout|ServiceUnavailable)(?:Exception)?|EAI_AGAIN|ECONN(?:ABORTED|REFUSED|RESET)|EHOSTUNREACH|ENET(?:DOWN|UNREACH)|ENOTFOUND|EPIPE|E(?:SOCKET)?TIMEDOUT|UND_ERR_(?:SOCKET|(?:BODY|CONNECT|HEADERS)_TIMEOUT))$/

const MAX_CAUSES = 8

type Fields = Readonly<Record<string, unknown>>

/**
 * Check whether the same request may succeed a moment later: AWS throttling, a 5xx, 408 or 429, a server that sends
 * `Retry-After`, an interrupted or refused connection.
 *
 * An error without such a sign is classified by its cause, as needed for `fetch`. One that was already given up
 * (`RETRY_EXHAUSTED`, `DEADLINE_EXCEEDED`) or aborted is not transient, regardless of its cause: nested retries would multiply.
 *
 * @param error - anything that was thrown.
 * @returns false for a value that is not an object. O(1).
 * @example
 * isTransientError(Object.assign(new Error('slow down'), { name: 'ThrottlingException' })) // => true
 */
export function isTransientError(error: unknown): boolean {
  let at = error
  for (let causes = 0; causes < MAX_CAUSES && isObject(at); causes++) {
    const verdict = judge(at)
    if (verdict !== undefined) return verdict
    at = at['cause']
  }
  return false
}

/**
 * Check whether a service rejected a request because it receives too many, so that no part of the request was executed.
 *
 * @param error - anything that was thrown.
 * @returns false for every other transient error: after a 5xx, a time-out or an interrupted connection the request may have been executed. O(1).
 */
export function isThrottlingError(error: unknown): boolean {
  return (
    fieldOf(fieldOf(error, '$retryable'), 'throttling') === true ||
    isNamed(error, THROTTLING) ||
    statusOf(error) === 429
  )
}

/** Milliseconds that a server asks to wait, from the header `Retry-After` of the response in an error. */
export function retryAfterMs(error: unknown, now: number): number | undefined {
  for (const holder of ['$response', 'response', undefined]) {
    const answer = holder === undefined ? error : fieldOf(error, holder)
    const text = headerOf(fieldOf(answer, 'headers'), 'retry-after')
    if (text === undefined) continue
    const ms = /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
    if (!Number.isNaN(ms)) return Math.max(0, ms)
  }
  return undefined
}

/** Classify an error by itself, without its cause; undefined if nothing in it decides. */
function judge(error: Fields): boolean | undefined {
  const { name, code } = error
  if (name === 'AbortError' || code === 'RETRY_EXHAUSTED' || code === 'DEADLINE_EXCEEDED') return false
  if (error['$retryable']) return true
  if (isNamed(error, THROTTLING) || isNamed(error, TRANSIENT)) return true
  if (name === 'TransactionCanceledException') return isThrottledTransaction(error['CancellationReasons'])
  if (retryAfterMs(error, 0) !== undefined) return true
  const status = statusOf(error)
  return status === undefined ? undefined : status >= 500 || status === 429 || status === 408
}

/** Check whether one of an error's names is in a set. */
export function isNamed(error: unknown, kind: RegExp): boolean {
  return ['name', 'code', 'Code'].some((field) => isWord(fieldOf(error, field), kind))
}

function isWord(word: unknown, kind: RegExp): boolean {
  return typeof word === 'string' && kind.test(word)
}

/** Check whether only throttling and other transactions made a transaction fail. */
function isThrottledTransaction(reasons: unknown): boolean {
  if (!Array.isArray(reasons)) return false
  const codes = reasons.map((reason) => fieldOf(reason, 'Code')).filter((code) => code !== 'None' && code !== undefined)
  return codes.length > 0 && codes.every((code) => isWord(code, THROTTLING))
}

/** The HTTP status of the response in an error, wherever clients store it. */
export function statusOf(error: unknown): number | undefined {
  const answer = fieldOf(error, '$response') ?? fieldOf(error, 'response')
  const found = [fieldOf(error, '$metadata'), error, answer].flatMap((holder) =>
    ['httpStatusCode', 'statusCode', 'status'].map((name) => fieldOf(holder, name)),
  )
  return found.find((status) => typeof status === 'number')
}

/** Read a header, in any letter case, from an object or an object with `get`, such as that of `fetch`. */
function headerOf(headers: unknown, name: string): string | undefined {
  if (!isObject(headers)) return undefined
  const value =
    typeof headers['get'] === 'function'
      ? headers['get'](name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function isObject(value: unknown): value is Fields & { get?: (name: string) => unknown } {
  return typeof value === 'object' && value !== null
}
