import { describe, expect, test } from 'vitest'
import { describeServiceError, httpStatusOf, nameOf } from '../../src/internal/service-error.ts'
import { isThrottlingError, isTransientError, retryAfterMs, statusOf } from '../../src/internal/transient-error.ts'

const named = (name: string, more: object = {}) => Object.assign(new Error('no'), { name }, more)
const status = (httpStatusCode: unknown) => ({ $metadata: { httpStatusCode } })

const THROTTLING = [
  'Throttled',
  'Throttling',
  'ThrottlingError',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'KmsThrottled',
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ReplicatedWriteConflictException',
  'SlowDown',
  'TooManyRequests',
  'TooManyRequestsException',
  'TransactionConflict',
  'TransactionInProgressException',
]
const TRANSIENT = [
  'ConditionalRequestConflict',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'NetworkingError',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]

describe('isTransientError', () => {
  test.each([...THROTTLING, ...TRANSIENT])('%s passes, as a name or a code, and nothing that only holds it', (word) => {
    for (const field of ['name', 'code', 'Code']) expect(isTransientError({ [field]: word })).toBe(true)
    for (const other of [`X${word}X`, `${word}2`, `-${word}`]) expect(isTransientError({ name: other })).toBe(false)
    expect(isThrottlingError({ name: word })).toBe(THROTTLING.includes(word))
    expect(isThrottlingError({ name: `${word}2` })).toBe(false)
  })

  test.each<[boolean, unknown]>([
    [true, status(500)],
    [true, status(503)],
    [true, status(429)],
    [true, status(408)],
    [false, status(499)],
    [false, status(400)],
    [false, status(409)],
    [false, status(428)],
    [false, status('500')],
    [true, { statusCode: 502 }],
    [true, { status: 502 }],
    [true, { response: { status: 502 } }],
    [true, { $response: { statusCode: 502 } }],
    [true, { $retryable: {} }],
    [true, { $retryable: { throttling: true } }],
    [true, { name: 'AccessDenied', $retryable: {} }],
    [false, { name: 'AbortError', $retryable: {} }],
    [false, { name: 'AbortError', code: 'ECONNRESET' }],
    [false, { code: 'RETRY_EXHAUSTED', cause: { code: 'ECONNRESET' } }],
    [false, { code: 'DEADLINE_EXCEEDED', cause: { code: 'ECONNRESET' } }],
    [true, { name: 'TypeError', cause: { code: 'ECONNRESET' } }],
    [false, { name: 'TypeError', cause: { name: 'AbortError' } }],
    [false, { $metadata: { httpStatusCode: 400 }, cause: { code: 'ECONNRESET' } }],
    [true, { response: { headers: { 'retry-after': '1' } } }],
    [true, { $metadata: { httpStatusCode: 400 }, response: { headers: { 'Retry-After': '1' } } }],
    [false, { name: 7, code: null }],
    [false, null],
    [false, undefined],
    [false, 'ECONNRESET'],
    [false, 503],
  ])('%s: %j', (expected, error) => {
    expect(isTransientError(error)).toBe(expected)
  })

  test('a cause is looked at up to eight errors deep, and a circle ends', () => {
    const deep = (causes: number): object => (causes === 0 ? { code: 'ECONNRESET' } : { cause: deep(causes - 1) })
    expect(isTransientError(deep(7))).toBe(true)
    expect(isTransientError(deep(8))).toBe(false)
    const circle: { cause?: object } = {}
    circle.cause = circle
    expect(isTransientError(circle)).toBe(false)
  })

  test.each<[boolean, unknown]>([
    [true, [{ Code: 'ThrottlingError' }]],
    [true, [{ Code: 'None' }, {}, { Code: 'TransactionConflict' }]],
    [false, [{ Code: 'ConditionalCheckFailed' }, { Code: 'ThrottlingError' }]],
    [false, [{ Code: 'None' }, {}]],
    [false, []],
    [false, undefined],
    [false, { Code: 'ThrottlingError' }],
    [false, [{ Code: 7 }]],
  ])(
    'a cancelled transaction passes where throttling and conflicts alone made it fail: %s, %j',
    (expected, CancellationReasons) => {
      const error = { name: 'TransactionCanceledException', CancellationReasons, ...status(500) }
      expect(isTransientError(error)).toBe(expected)
    },
  )
})

test('isThrottlingError: by its mark, its name or 429', () => {
  expect(isThrottlingError({ $retryable: { throttling: true } })).toBe(true)
  expect(isThrottlingError({ $retryable: { throttling: 'yes' } })).toBe(false)
  expect(isThrottlingError({ $retryable: {} })).toBe(false)
  expect(isThrottlingError(status(429))).toBe(true)
  expect(isThrottlingError(status(503))).toBe(false)
  expect(isThrottlingError(undefined)).toBe(false)
})

describe('retryAfterMs', () => {
  const withHeaders = (headers: unknown) => ({ response: { headers } })
  test.each<[number | undefined, unknown]>([
    [2000, withHeaders({ 'retry-after': '2' })],
    [2000, withHeaders({ 'RETRY-AFTER': ' 2 ' })],
    [1500, withHeaders({ 'retry-after': 1.5 })],
    [12_340, withHeaders({ 'retry-after': '12.34' })],
    [3000, withHeaders(new Map([['retry-after', '3']]))],
    [3000, { $response: { headers: { 'retry-after': '3' } } }],
    [3000, { headers: { 'retry-after': '3' } }],
    [5000, withHeaders({ 'retry-after': 'Thu, 01 Jan 1970 00:00:15 GMT' })],
    [0, withHeaders({ 'retry-after': 'Thu, 01 Jan 1970 00:00:05 GMT' })],
    [undefined, withHeaders({ 'retry-after': 'soon' })],
    [undefined, withHeaders({ 'retry-after': '-1x' })],
    [undefined, withHeaders({ 'retry-after': true })],
    [undefined, withHeaders({ 'retry-later': '1' })],
    [undefined, withHeaders(undefined)],
    [undefined, withHeaders('retry-after: 1')],
    [undefined, {}],
    [undefined, undefined],
    // The answer of the SDK comes first; one that says nothing leaves it to the next.
    [1000, { $response: { headers: { 'retry-after': '1' } }, response: { headers: { 'retry-after': '2' } } }],
    [2000, { $response: { headers: { 'retry-after': 'soon' } }, response: { headers: { 'retry-after': '2' } } }],
  ])('%s: %j', (ms, error) => {
    expect(retryAfterMs(error, 10_000)).toBe(ms)
  })
})

test('statusOf: of the metadata, the error or its answer, in this order', () => {
  expect(statusOf({ $metadata: { httpStatusCode: 1 }, status: 2, response: { status: 3 } })).toBe(1)
  expect(statusOf({ $metadata: { httpStatusCode: 'x' }, status: 2, response: { status: 3 } })).toBe(2)
  expect(statusOf({ response: { status: 3 } })).toBe(3)
  expect(statusOf({ $response: { status: 4 }, response: { status: 3 } })).toBe(4)
  expect(statusOf({ httpStatusCode: 5 })).toBe(5)
  expect(statusOf(null)).toBe(undefined)
})

describe('describeServiceError', () => {
  test.each<[string, unknown]>([
    ['HTTP 403 AccessDenied', named('AccessDenied', status(403))],
    ['AccessDenied', named('AccessDenied', status('403'))],
    ['ECONNREFUSED', named('Error', { code: 'ECONNREFUSED' })],
    ['NoSuchKey', named('Error', { Code: 'NoSuchKey', code: 'x' })],
    ['Error', named('a customer')],
    ['Error', named('!x')],
    ['Error', named('x!')],
    ['Error', named('x'.repeat(81))],
    ['x'.repeat(80), named('x'.repeat(80))],
    ['Error', { name: 7 }],
    ['Error', undefined],
    ['RegionMissing', new Error('Region is missing')],
    ['Error', new Error('The Region is missing')],
    ['RegionInvalid', new Error('region not accepted: x')],
    ['RegionInvalid', new Error('Invalid region in x')],
    ['Error', new Error('An Invalid region')],
    ['CredentialsInvalid', new Error('Resolved credential object is not valid')],
    ['Error', new Error('My Resolved credential object is not valid')],
    ['BucketMissing', new Error('No value provided for input HTTP label: Bucket.')],
    ['KeyMissing', new Error('Empty value provided for input HTTP label: Key.')],
    ['Error', new Error('x No value provided for input HTTP label: Key.')],
  ])('%s', (text, error) => {
    expect(describeServiceError(error)).toBe(text)
  })

  test('the status is a number of the metadata', () => {
    expect(httpStatusOf(status(404))).toBe(404)
    expect(httpStatusOf({ status: 404 })).toBe(undefined)
    expect(nameOf({ message: 'Region is missing', name: 'X' })).toBe('RegionMissing')
  })
})
