/** Names under which AWS services say that they are asked too much. Source: smithy-typescript, service-error-classification. */
const THROTTLING_NAMES: ReadonlySet<unknown> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'KMS.ThrottlingException',
  'KMSThrottling',
  'KMSThrottlingException',
  'KmsThrottled',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'ReplicatedWriteConflictException',
  'SlowDown',
  'Throttled',
  'ThrottledException',
  'Throttling',
  'ThrottlingError',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionConflict',
  'TransactionConflictException',
  'TransactionInProgressException',
])

/** Names of failures of the service or of the way to it. `AbortError` is none: somebody wanted it. */
const TRANSIENT_NAMES: ReadonlySet<unknown> = new Set([
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'NetworkingError',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TimeoutError',
])

const NETWORK_CODES: ReadonlySet<unknown> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ESOCKETTIMEDOUT',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
])

const MAX_CAUSES = 8

type Fields = Readonly<Record<string, unknown>>

/**
 * Check whether the same request may succeed a moment later: AWS throttling, a 5xx, 408 or 429, a server that says when to come back, a broken or
 * refused connection.
 *
 * An error without such a mark is judged by its cause, as that of `fetch` must be. One that was given up already
 * (`RETRY_EXHAUSTED`, `DEADLINE_EXCEEDED`) or aborted is not transient, regardless of its cause: nested retries would multiply.
 *
 * @param error - anything that was thrown.
 * @returns false for what is no object. O(1).
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
 * Check whether a service rejected a request because it receives too many, so that nothing of the request was done.
 *
 * @param error - anything that was thrown.
 * @returns false for every other transient error: after a 5xx, a time-out or a broken connection the request may have been done. O(1).
 */
export function isThrottlingError(error: unknown): boolean {
  if (!isObject(error)) return false
  const { name, code, Code, $retryable } = error
  if (fieldOf($retryable, 'throttling') === true) return true
  return [name, code, Code].some((word) => THROTTLING_NAMES.has(word)) || statusOf(error) === 429
}

/** Milliseconds after which a server asks to come back, by the header `Retry-After` of the answer that an error holds. */
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

/** Judge an error by itself; undefined where nothing in it decides. */
function judge(error: Fields): boolean | undefined {
  const { name, code } = error
  if (name === 'AbortError' || code === 'RETRY_EXHAUSTED' || code === 'DEADLINE_EXCEEDED') return false
  if (error['$retryable']) return true
  if (isTransientName(name) || isTransientName(code) || isTransientName(error['Code']) || NETWORK_CODES.has(code)) {
    return true
  }
  if (name === 'TransactionCanceledException') return isThrottledTransaction(error['CancellationReasons'])
  if (retryAfterMs(error, 0) !== undefined) return true
  const status = statusOf(error)
  return status === undefined ? undefined : status >= 500 || status === 429 || status === 408
}

function isTransientName(name: unknown): boolean {
  return THROTTLING_NAMES.has(name) || TRANSIENT_NAMES.has(name)
}

/** Check whether only throttling and other transactions made a transaction fail. */
function isThrottledTransaction(reasons: unknown): boolean {
  if (!Array.isArray(reasons)) return false
  const codes = reasons.map((reason) => fieldOf(reason, 'Code')).filter((code) => code !== 'None' && code !== undefined)
  return codes.length > 0 && codes.every((code) => THROTTLING_NAMES.has(code))
}

function statusOf(error: Fields): number | undefined {
  const answer = error['$response'] ?? error['response']
  const found = [
    fieldOf(error['$metadata'], 'httpStatusCode'),
    error['statusCode'],
    error['status'],
    fieldOf(answer, 'statusCode'),
    fieldOf(answer, 'status'),
  ]
  return found.find((status) => typeof status === 'number')
}

/** A header in an object of any case, or in an object with `get`, such as that of `fetch`. */
function headerOf(headers: unknown, name: string): string | undefined {
  if (!isObject(headers)) return undefined
  const value =
    typeof headers['get'] === 'function'
      ? headers['get'](name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}

function isObject(value: unknown): value is Fields & { get?: (name: string) => unknown } {
  return typeof value === 'object' && value !== null
}
