import { createServer } from 'node:net'
import { Readable } from 'node:stream'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, test, vi } from 'vitest'
import { MillraceError } from '../../src/errors.ts'
import { deadline, isTransientError, retry } from '../../src/flow/index.ts'
import { timersLeftBy } from '../support/timers.ts'

const failing = (fields: object) => () => Promise.reject(Object.assign(new Error('failed'), fields))
const throttled = { name: 'ThrottlingException' }

/** The waits of a retry whose function always fails. */
async function waitsOf(fields: object, options: Parameters<typeof retry>[1] = {}): Promise<number[]> {
  const waits: number[] = []
  const sleep = async (ms: number) => waits.push(ms)
  await retry(failing(fields), { random: () => 0.5, sleep, ...options }).catch(() => {})
  return waits
}

describe('isTransientError', () => {
  test.each([
    ['throttling by name', throttled],
    ['throttling by code', { code: 'ProvisionedThroughputExceededException' }],
    ['throttling by Code', { Code: 'SlowDown' }],
    ['a hint of the SDK', { $retryable: {} }],
    ['a hint without its object', { $retryable: true }],
    ['a hint of the SDK about throttling', { $retryable: { throttling: true } }],
    ['429', { $metadata: { httpStatusCode: 429 } }],
    ['500', { $metadata: { httpStatusCode: 500 } }],
    ['503 of fetch', { status: 503 }],
    ['503 of axios', { response: { status: 503 } }],
    ['a throttled 400', { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }],
    ['a throttled key of a queue', { name: 'KmsThrottled', $metadata: { httpStatusCode: 400 } }],
    ['the same, as it stands on the wire', { Code: 'KMS.ThrottlingException' }],
    ['a throttled topic', { Code: 'Throttled' }],
    ['a conflict of replicas', { name: 'ReplicatedWriteConflictException' }],
    ['a conditional write beside another', { name: 'ConditionalRequestConflict', $metadata: { httpStatusCode: 409 } }],
    ['Retry-After', { $response: { headers: { 'Retry-After': '1' } } }],
    ['a connection that broke', { code: 'ECONNRESET' }],
    ['fetch, whose cause tells', { cause: { code: 'UND_ERR_CONNECT_TIMEOUT' } }],
    [
      'an error of this library, whose cause tells',
      { name: 'SOURCE_UNAVAILABLE', code: 'SOURCE_UNAVAILABLE', cause: throttled },
    ],
    [
      'a transaction that only others stood in the way of',
      {
        name: 'TransactionCanceledException',
        CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
      },
    ],
  ])('%s may pass', (_, fields) => {
    expect(isTransientError(Object.assign(new Error('x'), fields))).toBe(true)
  })

  test.each([
    ['a plain error', {}],
    ['403', { $metadata: { httpStatusCode: 403 }, cause: throttled }],
    ['validation', { name: 'ValidationException', $metadata: { httpStatusCode: 400 } }],
    ['another conflict', { name: 'OperationAborted', $metadata: { httpStatusCode: 409 } }],
    ['an abort', { name: 'AbortError', cause: throttled }],
    ['what was given up', { name: 'RETRY_EXHAUSTED', code: 'RETRY_EXHAUSTED', cause: throttled }],
    ['a deadline', { name: 'DEADLINE_EXCEEDED', code: 'DEADLINE_EXCEEDED', cause: throttled }],
    [
      'a transaction whose condition failed',
      {
        name: 'TransactionCanceledException',
        CancellationReasons: [{ Code: 'ConditionalCheckFailed' }, { Code: 'ThrottlingError' }],
      },
    ],
  ])('%s does not pass', (_, fields) => {
    expect(isTransientError(Object.assign(new Error('x'), fields))).toBe(false)
  })

  // As smithy-typescript lists them, with what single services add.
  test.each([
    ...['BandwidthLimitExceeded', 'EC2ThrottledException', 'LimitExceededException', 'PriorRequestNotComplete'],
    ...['ProvisionedThroughputExceeded', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded'],
    ...['RequestThrottled', 'RequestThrottledException', 'SlowDown', 'ThrottledException', 'Throttling'],
    ...['ThrottlingException', 'ThrottlingError', 'TooManyRequestsException', 'TransactionInProgressException'],
    ...['KMS.ThrottlingException', 'KMSThrottling', 'KMSThrottlingException', 'KmsThrottled', 'Throttled'],
    ...['ReplicatedWriteConflictException', 'TransactionConflict', 'TransactionConflictException'],
    ...[
      'ConditionalRequestConflict',
      'InternalError',
      'InternalFailure',
      'InternalServerError',
      'NetworkingError',
      'TimeoutError',
    ],
    ...['RequestTimeout', 'RequestTimeoutException', 'ServiceUnavailable', 'ServiceUnavailableException'],
    ...['EAI_AGAIN', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH'],
    ...['ENOTFOUND', 'EPIPE', 'ESOCKETTIMEDOUT', 'ETIMEDOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT'],
    ...['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_SOCKET'],
  ])('the code %s may pass, and no code that only begins or ends like it', (code) => {
    expect(isTransientError({ code })).toBe(true)
    expect(isTransientError({ code: `${code}s` })).toBe(false)
    expect(isTransientError({ code: `No-${code}` })).toBe(false)
    expect(isTransientError({ code: [code] })).toBe(false)
  })

  test('causes that go round end', () => {
    const error = new Error('round')
    error.cause = error
    expect(isTransientError(error)).toBe(false)
  })

  test('a refused connection, as fetch tells of it', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    const error: unknown = await fetch(`http://127.0.0.1:${port}`).catch((reason: unknown) => reason)
    expect(isTransientError(error)).toBe(true)
  })
})

describe('codes that the SDK gives up on at once', () => {
  const config = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }
  /** Requests that a client makes of a service that answers with one error, alone and within `retry`. */
  const requestsOf = async (code: string): Promise<[alone: number, retried: number]> => {
    let requests = 0
    const handle = async () => {
      requests++
      const body = Readable.from([Buffer.from(JSON.stringify({ __type: `com.amazonaws.sqs#${code}` }))])
      return { response: { statusCode: 400, headers: { 'content-type': 'application/x-amz-json-1.0' }, body } }
    }
    const requestHandler = { metadata: { handlerProtocol: 'http/1.1' }, handle } as never
    const client = new SQSClient({ ...config, requestHandler })
    const send = () =>
      client.send(new SendMessageCommand({ QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/q', MessageBody: 'a' }))
    await send().catch(() => {})
    const alone = requests
    requests = 0
    await retry(send, { attempts: 3, sleep: async () => {} }).catch(() => {})
    return [alone, requests]
  }
  test.each(['KmsThrottled', 'KMSThrottlingException', 'KMS.ThrottlingException', 'Throttled'])(
    '%s: retry does not',
    async (code) => {
      expect(await requestsOf(code)).toEqual([1, 3])
    },
  )
  test('what neither of them tries again', async () => {
    expect(await requestsOf('InvalidMessageContents')).toEqual([1, 1])
  })
})

describe('retry', () => {
  test('waits half of 100, 200, 400, 800 ms by default, where the dice say half, and gives up after five calls', async () => {
    expect(await waitsOf(throttled)).toEqual([50, 100, 200, 400])
  })

  test('an endless retry never waits for longer than maxMs, nor for no number', async () => {
    let calls = 0
    const work = () => (++calls > 2000 ? Promise.resolve('done') : failing(throttled)())
    const waits: number[] = []
    const sleep = async (ms: number) => waits.push(ms)
    const options = { attempts: Number.POSITIVE_INFINITY, baseMs: 0, random: () => 1, sleep }
    expect(await retry(work, options)).toBe('done')
    expect(new Set(waits)).toEqual(new Set([0]))
    expect(Math.max(...(await waitsOf(throttled, { attempts: 100, random: () => 1 })))).toBe(10_000)
  })

  test('Retry-After: seconds or a date, from any kind of answer, at most maxMs', async () => {
    const now = () => Date.parse('2026-01-31T12:00:00Z')
    const afterAnswer = (headers: unknown) => waitsOf({ $response: { headers } }, { attempts: 2, now })
    expect(await afterAnswer({ 'retry-after': '2' })).toEqual([2000])
    expect(await afterAnswer({ 'Retry-After': 'Sat, 31 Jan 2026 12:00:03 GMT' })).toEqual([3000])
    expect(await afterAnswer({ 'Retry-After': 'Sat, 31 Jan 2026 11:00:00 GMT' })).toEqual([50])
    expect(await afterAnswer({ 'retry-after': '999999' })).toEqual([10_000])
    expect(await waitsOf({ headers: new Headers({ 'Retry-After': '1' }) }, { attempts: 2 })).toEqual([1000])
    expect(await waitsOf({ response: { headers: { 'retry-after': 1 } } }, { attempts: 2 })).toEqual([1000])
    expect(await waitsOf({ ...throttled, headers: { 'retry-after': 'soon' } }, { attempts: 2 })).toEqual([50])
  })

  test('one attempt is one call, and its failure is exhaustion', async () => {
    const work = vi.fn(failing(throttled))
    await expect(retry(work, { attempts: 1 })).rejects.toMatchObject({ code: 'RETRY_EXHAUSTED', cause: throttled })
    expect(work).toHaveBeenCalledTimes(1)
  })

  test('nested, the inner one gives up for both', async () => {
    const work = vi.fn(failing(throttled))
    const inner = () => retry(work, { attempts: 2, baseMs: 0 })
    await expect(retry(inner, { baseMs: 0 })).rejects.toMatchObject({ code: 'RETRY_EXHAUSTED' })
    expect(work).toHaveBeenCalledTimes(2)
  })

  test('no wait begins that would not end before the deadline, and the last error is kept', async () => {
    let left = 1100
    const context = { getRemainingTimeInMillis: () => left }
    const waits = await waitsOf(throttled, { context, sleep: async (ms) => (left -= ms) })
    expect(waits).toEqual([])
    left = 1100
    const retried = retry(failing(throttled), { context, random: () => 0.5, sleep: async (ms) => (left -= ms) })
    await expect(retried).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', cause: throttled })
    expect(left).toBe(1050)
    left = 1050
    const late = retry(failing(throttled), { context, random: () => 0.5, sleep: async (ms) => (left -= ms) })
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(left).toBe(1050)
    left = 1000
    const work = vi.fn()
    await expect(retry(work, { context })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(work).not.toHaveBeenCalled()
  })

  test('a signal ends a call that never settles, and a wait; its listeners are gone after', async () => {
    const context = { getRemainingTimeInMillis: () => 1010 }
    const never = () => new Promise(() => {})
    await expect(retry(never, { signal: deadline(context) })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    const asleep = retry(failing(throttled), { baseMs: 60_000, random: () => 1, signal: deadline(context) })
    await expect(asleep).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })

    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    await retry(failing(throttled), { baseMs: 0, signal, sleep: async () => {} }).catch(() => {})
    expect(added.mock.calls.length).toBe(9)
    expect(removed.mock.calls.length).toBe(9)
  })

  test('a signal that has aborted lets no call begin', async () => {
    const work = vi.fn()
    const reason = new Error('enough')
    await expect(retry(work, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(work).not.toHaveBeenCalled()
  })

  test('a signal that aborts while the function is called ends it, whatever it throws or returns', async () => {
    for (const work of [() => new Promise(() => {}), failing(throttled)]) {
      const controller = new AbortController()
      const reason = new Error('enough')
      const abort = () => {
        controller.abort(reason)
        return work()
      }
      const options = { signal: controller.signal, attempts: 1, isRetryable: () => true }
      await expect(retry(abort, options)).rejects.toBe(reason)
    }
  })

  test('a wait that is aborted leaves no timer', async () => {
    vi.useFakeTimers()
    try {
      const controller = new AbortController()
      const retried = retry(failing(throttled), { signal: controller.signal }).catch(() => {})
      await vi.advanceTimersByTimeAsync(0)
      controller.abort()
      await retried
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  test.each([
    { attempts: 0 },
    { attempts: 1.5 },
    { attempts: Number.NaN },
    { baseMs: -1 },
    { maxMs: Number.NaN },
    { reserveMs: -1 },
  ])('%j is refused, and nothing is called', async (options) => {
    const work = vi.fn()
    await expect(retry(work, options)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    expect(work).not.toHaveBeenCalled()
  })
})

test('an aborted wait leaves no timer', async () => {
  const left = await timersLeftBy(async () => {
    const controller = new AbortController()
    const { signal } = controller
    const ended = retry(failing(throttled), { signal, baseMs: 60_000, maxMs: 60_000, random: () => 1 })
    await new Promise(setImmediate)
    controller.abort(new Error('enough'))
    await expect(ended).rejects.toThrow('enough')
  })
  expect(left).toBe(0)
})

describe('deadline', () => {
  test('aborts when no more than the reserve is left, with a typed reason', async () => {
    vi.useFakeTimers()
    try {
      const signal = deadline({ getRemainingTimeInMillis: () => 3000 }, { reserveMs: 500 })
      await vi.advanceTimersByTimeAsync(2499)
      expect(signal.aborted).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      expect(signal.reason).toBeInstanceOf(MillraceError)
      expect(signal.reason.code).toBe('DEADLINE_EXCEEDED')
    } finally {
      vi.useRealTimers()
    }
  })

  test('no time left: aborted from the start; more than a timer can wait for: never', () => {
    expect(deadline({ getRemainingTimeInMillis: () => 1000 }).aborted).toBe(true)
    expect(deadline({ getRemainingTimeInMillis: () => -1 }, { reserveMs: 0 }).aborted).toBe(true)
    expect(deadline({ getRemainingTimeInMillis: () => 2 ** 40 }).aborted).toBe(false)
  })

  test('the longest wait of a timer still has one', () => {
    vi.useFakeTimers()
    try {
      deadline({ getRemainingTimeInMillis: () => 2 ** 31 - 1 }, { reserveMs: 0 })
      expect(vi.getTimerCount()).toBe(1)
      deadline({ getRemainingTimeInMillis: () => 2 ** 31 }, { reserveMs: 0 })
      expect(vi.getTimerCount()).toBe(1)
    } finally {
      vi.useRealTimers()
    }
  })

  test('its timer does not keep the process alive', () => {
    const timer = vi.spyOn(globalThis, 'setTimeout')
    deadline({ getRemainingTimeInMillis: () => 900_000 })
    expect(timer.mock.results[0]?.value.hasRef()).toBe(false)
    timer.mockRestore()
  })

  test.each([undefined, {}, { getRemainingTimeInMillis: () => 'soon' }])(
    'a context that cannot tell: %j',
    (context) => {
      expect(() => deadline(context as never)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    },
  )
})

test('a call that is refused names the function', async () => {
  await expect(retry(5 as never)).rejects.toThrow(/^retry: the work must be a function/)
  await expect(retry(() => 1, 5 as never)).rejects.toThrow(/^retry: options must be an object/)
})
