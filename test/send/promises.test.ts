import { execFile } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inspect, promisify } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { channels, type SendMessage } from '../../src/internal/channels.ts'
import { isSendError, type SendClient, type SendOutcome, type SqsEntry, sqsSender } from '../../src/send/sqs.ts'
import { fakeService } from '../../src/testing/fake-service.ts'
import { timersLeftBy } from '../support/timers.ts'

const target = { queueUrl: 'https://sqs/q' }
const CANARY = 'canary-5f1d'
const thrown = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )
const messages = (count: number): SqsEntry[] => Array.from({ length: count }, (_, n) => ({ MessageBody: `${n}` }))
const hung = { send: () => new Promise<never>(() => {}) }

describe('an abort', () => {
  test('settles the call at once, without waiting for service, source or sleep', async () => {
    const controller = new AbortController()
    const call = thrown(sqsSender(hung, target)(messages(25), { signal: controller.signal }))
    const reason = new Error('out of time')
    controller.abort(reason)
    const error = await call
    expect(isSendError(error) && [error.report, error.outcomes.length]).toMatchObject([{ unknown: 25, sent: 0 }, 25])
    expect((error as Error).cause).toBe(reason)
  })

  test('leaves a source that hangs, and entries that were taken have their outcomes', async () => {
    const controller = new AbortController()
    let isClosed = false
    async function* source() {
      try {
        yield* messages(3)
        await new Promise(() => {})
      } finally {
        isClosed = true
      }
    }
    const { client } = fakeService({ service: 'sqs' })
    const outcomes: SendOutcome<SqsEntry>[] = []
    const call = sqsSender(client, target, { lingerMs: 1e6, onOutcome: (outcome) => void outcomes.push(outcome) })(
      source(),
      { signal: controller.signal },
    )
    await wait(20)
    controller.abort()
    expect(await call).toMatchObject({ failed: 3, requests: 0 })
    expect(outcomes).toMatchObject([{ status: 'failed', attempts: 0 }, {}, {}])
    expect(isClosed).toBe(false)
  })

  test('before the call sends nothing', async () => {
    const { client, requests } = fakeService({ service: 'sqs' })
    const send = sqsSender(client, target)
    const error = await thrown(send(messages(3), { signal: AbortSignal.abort() }))
    expect(isSendError(error) && error.report).toMatchObject({ failed: 3 })
    const generator = (function* () {
      yield* messages(3)
    })()
    const other = await thrown(send(generator, { signal: AbortSignal.abort() }))
    expect(isSendError(other) && other.report).toMatchObject({ failed: 0, sent: 0 })
    expect([...generator]).toEqual([])
    expect(requests).toEqual([])
  })

  test('does not wait for a sleep that never ends', async () => {
    const { client } = fakeService({ service: 'sqs', script: () => ({ 0: 'InternalError' }) })
    const controller = new AbortController()
    const sleep = (): Promise<never> => {
      setImmediate(() => controller.abort())
      return new Promise(() => {})
    }
    const error = await thrown(sqsSender(client, target, { sleep })(messages(1), { signal: controller.signal }))
    expect(isSendError(error) && error.report).toMatchObject({ failed: 1, requests: 1 })
  })

  test('from inside an entry, a source or a client ends the call too', async () => {
    const { client } = fakeService({ service: 'sqs' })
    const ways = ['entry', 'source', 'client'] as const
    for (const way of ways) {
      const controller = new AbortController()
      const abort = (from: (typeof ways)[number]): void => void (from === way && controller.abort())
      const entry = {
        get MessageBody() {
          abort('entry')
          return 'a'
        },
      }
      function* source() {
        yield* messages(1)
        abort('source')
        yield entry
        yield* messages(1)
      }
      const send = (command: never): Promise<object> => {
        abort('client')
        return client.send(command)
      }
      const error = await thrown(sqsSender({ send }, target)(source(), { signal: controller.signal }))
      expect(isSendError(error) && error.report.sent).toBe(0)
      if (isSendError(error)) expect(error.report.failed + error.report.unknown).toBeGreaterThan(0)
    }
  })
})

describe('no timer and no listener is left', () => {
  const long = { baseMs: 1e6, maxMs: 1e6, random: () => 1, lingerMs: 1e6 }
  const failing = fakeService({ service: 'sqs', script: () => ({ 0: 'InternalError' }) }).client
  async function* slow() {
    yield* messages(2)
    await wait(20)
  }
  async function* broken() {
    yield* messages(2)
    await wait(20)
    throw new Error('broken')
  }
  const throwing = (): void => {
    throw new Error('own')
  }
  const send = (client: SendClient, options: object) => sqsSender(client, target, options)
  test.each<[string, (signal: AbortSignal) => Promise<unknown>, boolean]>([
    ['all is sent', (signal) => send(fakeService({ service: 'sqs' }).client, long)(messages(25), { signal }), false],
    ['the source was slow', (signal) => send(fakeService({ service: 'sqs' }).client, long)(slow(), { signal }), false],
    ['the source throws', (signal) => send(fakeService({ service: 'sqs' }).client, long)(broken(), { signal }), false],
    ['entries failed', (signal) => send(failing, { ...long, attempts: 1 })(messages(25), { signal }), false],
    [
      'onOutcome throws while others wait',
      (signal) => send(failing, { ...long, onOutcome: throwing })([{ MessageBody: '' }, ...messages(25)], { signal }),
      false,
    ],
    ['it is aborted during a wait', (signal) => send(failing, long)(messages(1), { signal }), true],
    ['it is aborted during a request', (signal) => send(hung, long)(messages(100), { signal }), true],
    [
      'it is aborted while the source yields nothing',
      (signal) =>
        send(hung, long)(
          (async function* () {
            yield* messages(1)
            await new Promise(() => {})
          })(),
          { signal },
        ),
      true,
    ],
  ])('where %s', async (_, call, aborts) => {
    const controller = new AbortController()
    const left = await timersLeftBy(async () => {
      const ended = thrown(call(controller.signal))
      if (aborts) setImmediate(() => setImmediate(() => controller.abort()))
      await ended
      await wait(5)
    })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    expect(left).toBe(0)
  })
})

test.each(['random', 'sleep'])('what the option %s throws ends the call with that error', async (option) => {
  const own = new Error('own')
  const throwing = (): never => {
    throw own
  }
  const { client } = fakeService({ service: 'sqs', script: () => ({ 0: 'InternalError' }) })
  const outcomes: SendOutcome<SqsEntry>[] = []
  const options = { [option]: throwing, onOutcome: (outcome: SendOutcome<SqsEntry>) => void outcomes.push(outcome) }
  expect(await thrown(sqsSender(client, target, options)(messages(3)))).toBe(own)
  expect(outcomes.map(({ status }) => status)).toEqual(['failed', 'sent', 'sent'])
})

describe('a source', () => {
  test('that throws: what was taken is sent, and its error is thrown as it is', async () => {
    const { client, stored } = fakeService({ service: 'sqs' })
    const broken = new Error('broken')
    async function* source() {
      yield* messages(3)
      throw broken
    }
    const outcomes: SendOutcome<SqsEntry>[] = []
    const onOutcome = (outcome: SendOutcome<SqsEntry>): void => void outcomes.push(outcome)
    expect(await thrown(sqsSender(client, target, { onOutcome })(source()))).toBe(broken)
    expect(outcomes.map(({ status }) => status)).toEqual(['sent', 'sent', 'sent'])
    expect(stored).toHaveLength(3)
    expect(await thrown(pipeline(source, sqsSender(client, target)))).toBe(broken)
  })

  test('that yields nothing for a while does not hold back what it has yielded', async () => {
    const { client, stored } = fakeService({ service: 'sqs' })
    async function* source() {
      yield* messages(2)
      await vi.waitUntil(() => stored.length === 2)
      yield* messages(1)
    }
    expect(await sqsSender(client, target, { lingerMs: 5 })(source())).toMatchObject({ sent: 3, requests: 2 })
  })

  test('is the start of a pipeline that a sender ends', async () => {
    const { client } = fakeService({ service: 'sqs' })
    const report = await pipeline(messages(12), sqsSender(client, target))
    expect(report).toMatchObject({ sent: 12, requests: 2 })
  })
})

describe('onOutcome', () => {
  test('ends the call with what it throws, at once', async () => {
    const { client } = fakeService({ service: 'sqs' })
    const own = new Error('own')
    let calls = 0
    const onOutcome = (): void => {
      calls++
      throw own
    }
    expect(await thrown(sqsSender(client, target, { onOutcome })(messages(100)))).toBe(own)
    expect(calls).toBe(1)
    const rejects = async (): Promise<void> => {
      throw own
    }
    expect(await thrown(sqsSender(client, target, { onOutcome: rejects })(messages(100)))).toBe(own)
  })

  test('is never called while it runs, also where it aborts the call', async () => {
    const { client } = fakeService({ service: 'sqs' })
    const controller = new AbortController()
    let [depth, most] = [0, 0]
    const indexes: number[] = []
    const onOutcome = ({ index }: SendOutcome<SqsEntry>): void => {
      most = Math.max(most, ++depth)
      indexes.push(index)
      if (index === 2) controller.abort()
      depth--
    }
    async function* source() {
      for (const message of messages(60)) yield message
    }
    const options = { onOutcome, concurrency: 1, maxPending: 10 }
    const report = await sqsSender(client, target, options)(source(), { signal: controller.signal })
    const { sent, failed, unknown } = report
    expect(most).toBe(1)
    expect(indexes).toEqual(Array.from({ length: sent + failed + unknown }, (_, n) => n))
  })

  test('is waited for where it returns a promise, one outcome after the other', async () => {
    const { client } = fakeService({ service: 'sqs' })
    let [running, most, done] = [0, 0, 0]
    const onOutcome = async (): Promise<void> => {
      most = Math.max(most, ++running)
      await wait(1)
      running--
      done++
    }
    await sqsSender(client, target, { onOutcome })(messages(30))
    expect([most, done]).toEqual([1, 30])
  })
})

test('nothing of an entry is in what a runtime, a logger or JSON prints of a SendError', async () => {
  const { client } = fakeService({ service: 'sqs', script: () => ({ 0: 'InternalError' }) })
  const entries = [
    { MessageBody: CANARY, [CANARY]: CANARY },
    { MessageBody: `${CANARY}\0` },
    { MessageBody: '', MessageAttributes: { [`${CANARY} `]: {} as never } },
  ]
  const error = (await thrown(sqsSender(client, target, { attempts: 1 })(entries))) as Error
  if (!isSendError(error)) throw error
  expect(error.report).toEqual({ sent: 0, refused: 2, failed: 1, unknown: 0, requests: 1, retries: 0, bytes: 0 })
  expect(error.outcomes).toHaveLength(3)
  for (const each of [error, ...error.outcomes.map((outcome) => outcome.error)]) {
    // As the runtime client of Lambda logs an error: every enumerable property of it.
    const logged = JSON.stringify({ errorType: each.name, errorMessage: each.message, stack: each.stack, ...each })
    const seen = inspect(each, { depth: null, showHidden: each !== error })
    for (const shown of [logged, JSON.stringify(each), inspect(each), seen, String(each)]) {
      expect(shown).not.toContain(CANARY)
    }
  }
  expect(JSON.stringify(error)).toContain('"refused":2')
  expect(error.message).toBe(
    '3 of 3 entries were not sent (2 refused, 1 failed, 0 unknown); the first is entry 0: sqs: not stored after 1 attempt: InternalError',
  )
})

test('answers that contradict themselves are no success', async () => {
  const answering = (answer: object) => ({ send: async () => answer })
  const statuses = async (answer: object, options = {}) => {
    const outcomes: SendOutcome<SqsEntry>[] = []
    const onOutcome = (outcome: SendOutcome<SqsEntry>): void => void outcomes.push(outcome)
    await sqsSender(answering(answer), target, { attempts: 2, baseMs: 0, ...options, onOutcome })(messages(2))
    return outcomes.map(({ status, attempts }) => `${status} ${attempts}`)
  }
  expect(await statuses({ Successful: [{ Id: '0' }, { Id: '0' }, { Id: '1' }] })).toEqual(['unknown 1', 'sent 1'])
  expect(
    await statuses({
      Successful: [{ Id: '0' }],
      Failed: [
        { Id: '0', Code: 'X' },
        { Id: '1', SenderFault: true },
      ],
    }),
  ).toEqual(['unknown 1', 'failed 1'])
  expect(await statuses({ Successful: [{ Id: '0' }, { Id: '7' }] })).toEqual(['sent 1', 'unknown 1'])
  // What was left out goes again, alone.
  expect(await statuses({ Successful: [{ Id: '0' }] })).toEqual(['sent 1', 'sent 2'])
  expect(await statuses({})).toEqual(['unknown 2', 'unknown 2'])
  expect(await statuses(undefined as never, { atMostOnce: true })).toEqual(['unknown 1', 'unknown 1'])
})

test('a call is published from start to end, with its counts and nothing of its entries', async () => {
  const events: [string, SendMessage][] = []
  const subscriber = Object.fromEntries(
    ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((name) => [
      name,
      (message: SendMessage) => void events.push([name, message]),
    ]),
  ) as never
  channels.send.subscribe(subscriber)
  try {
    const { client } = fakeService({ service: 'sqs' })
    await sqsSender(client, target)([{ MessageBody: CANARY }])
    await thrown(sqsSender(client, target)([{ MessageBody: '' }]))
  } finally {
    channels.send.unsubscribe(subscriber)
  }
  expect(events.map(([name]) => name)).toEqual([
    'start',
    'end',
    'asyncStart',
    'asyncEnd',
    'start',
    'end',
    'error',
    'asyncStart',
    'asyncEnd',
  ])
  expect(new Set(events.map(([, message]) => message)).size).toBe(2)
  expect(events[3]?.[1]).toMatchObject({
    service: 'sqs',
    sent: 1,
    requests: 1,
    bytes: CANARY.length,
    ms: expect.any(Number),
  })
  expect(events[8]?.[1]).toMatchObject({ service: 'sqs', refused: 1, code: 'SEND_FAILED' })
  expect(JSON.stringify(events)).not.toContain(CANARY)
})

test.each(['sqs', 'kinesis'])(
  'a million entries, and a million keys, go through in under 100 MB, also while the oldest backs off: %s',
  async (service) => {
    const child = fileURLToPath(new URL('./support/send-memory-child.ts', import.meta.url))
    // A young generation as small functions have it: on a machine of many GB V8 lets garbage lie for longer, and that is what would be measured.
    const { stdout } = await promisify(execFile)(process.execPath, ['--max-semi-space-size=8', child, service])
    const { addedMb, ...report } = JSON.parse(stdout)
    expect(report).toEqual({ sent: 1_000_000, retries: 1 })
    expect(addedMb).toBeLessThan(100)
  },
)
