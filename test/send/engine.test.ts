import { describe, expect, test } from 'vitest'
import { kinesisSender } from '../../src/send/kinesis.ts'
import {
  isSendError,
  type SendClient,
  type SendOptions,
  type SendOutcome,
  type SqsEntry,
  sqsSender,
} from '../../src/send/sqs.ts'
import { fakeService } from '../../src/testing/fake-service.ts'
import { QUICK, thrown } from './support/sender-cases.ts'

const target = { queueUrl: 'https://sqs/q' }
const messages = (count: number): SqsEntry[] => Array.from({ length: count }, (_, n) => ({ MessageBody: `${n}` }))
const named = (name: string, httpStatusCode: number) =>
  Object.assign(new Error('no'), { name, $metadata: { httpStatusCode } })
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
/** Let everything happen that needs no timer. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await turn()
}

interface Held {
  readonly bodies: readonly string[]
  /** Answer the request: all of it is stored, or these places fail. */
  readonly answer: (failed?: readonly number[]) => void
  readonly reject: (error: unknown) => void
  readonly signal: AbortSignal
}

/** A client whose requests wait until the test answers them. */
function heldClient(): { readonly client: SendClient; readonly held: Held[] } {
  const held: Held[] = []
  const send = (command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { Entries } = (command as { input: { Entries: { Id: string; MessageBody: string }[] } }).input
      const answer = (failed: readonly number[] = []): void => {
        const isFailed = ({ Id }: { Id: string }) => failed.includes(Number(Id))
        resolve({
          Successful: Entries.filter((one) => !isFailed(one)).map(({ Id }) => ({ Id, MessageId: `m${Id}` })),
          Failed: Entries.filter(isFailed).map(({ Id }) => ({ Id, Code: 'InternalError' })),
        })
      }
      const bodies = Entries.map(({ MessageBody }) => MessageBody)
      held.push({ bodies, answer, reject, signal: options?.abortSignal as AbortSignal })
    })
  return { client: { send }, held }
}

/** A source that the test feeds. */
function fedSource() {
  const asked: ((step: IteratorResult<SqsEntry>) => void)[] = []
  let most = 0
  const iterator: AsyncIterator<SqsEntry> = {
    next: () =>
      new Promise((resolve) => {
        most = Math.max(most, asked.push(resolve))
      }),
  }
  return {
    source: { [Symbol.asyncIterator]: () => iterator },
    async give(step: IteratorResult<SqsEntry>) {
      asked.shift()?.(step)
      await settled()
    },
    asked: () => asked.length,
    mostAsked: () => most,
  }
}

/** Waits that the test ends. */
function heldSleep() {
  const waits: (() => void)[] = []
  return { sleep: () => new Promise<void>((resolve) => void waits.push(resolve)), waits }
}

describe('a request goes out', () => {
  const full: [string, SendOptions<SqsEntry>][] = [
    ['as many entries', { maxEntries: 2 }],
    ['as many bytes', { maxBytes: 2 }],
    ['as many entries pending', { maxPending: 2 }],
  ]
  test.each(full)('as soon as it holds %s as it may, before the source yields more', async (_, options) => {
    const { client, held } = heldClient()
    const fed = fedSource()
    const call = sqsSender(client, target, { ...options, lingerMs: 1e6 })(fed.source)
    for (const value of messages(2)) await fed.give({ done: false, value })
    expect(held.map(({ bodies }) => bodies)).toEqual([['0', '1']])
    held[0]?.answer()
    await settled()
    await fed.give({ done: true, value: undefined })
    expect(await call).toMatchObject({ sent: 2, requests: 1 })
  })

  test('not before, while the source may yield more', async () => {
    const { client, held } = heldClient()
    const fed = fedSource()
    const call = sqsSender(client, target, { maxEntries: 3, lingerMs: 1e6 })(fed.source)
    for (const value of messages(2)) await fed.give({ done: false, value })
    expect(held).toEqual([])
    await fed.give({ done: true, value: undefined })
    expect(held.length).toBe(1)
    held[0]?.answer()
    expect(await call).toMatchObject({ sent: 2 })
  })
})

test('an asynchronous source is asked for one entry at a time, whatever else happens', async () => {
  const { client, held } = heldClient()
  const fed = fedSource()
  const call = sqsSender(client, target, { maxEntries: 1 })(fed.source)
  for (const value of messages(2)) await fed.give({ done: false, value })
  expect(held.length).toBe(2)
  for (const { answer } of held) answer()
  await settled()
  expect(fed.mostAsked()).toBe(1)
  await fed.give({ done: true, value: undefined })
  expect(await call).toMatchObject({ sent: 2 })
})

describe('a failed attempt', () => {
  test('of a part of a request holds up no other request', async () => {
    const { client, held } = heldClient()
    const { sleep, waits } = heldSleep()
    const call = sqsSender(client, target, { maxEntries: 2, concurrency: 1, sleep })(messages(4))
    held[0]?.answer([0])
    await settled()
    expect(held.map(({ bodies }) => bodies)).toEqual([
      ['0', '1'],
      ['2', '3'],
    ])
    held[1]?.answer()
    waits[0]?.()
    await settled()
    expect(held[2]?.bodies).toEqual(['0'])
    held[2]?.answer()
    expect(await call).toMatchObject({ sent: 4, retries: 1 })
  })

  test('of a whole request holds up the others until the wait is over', async () => {
    const { client, held } = heldClient()
    const { sleep, waits } = heldSleep()
    const call = sqsSender(client, target, { maxEntries: 2, concurrency: 1, sleep })(messages(4))
    held[0]?.answer([0, 1])
    await settled()
    expect(held.length).toBe(1)
    waits[0]?.()
    await settled()
    expect(held[1]?.bodies).toEqual(['0', '1'])
    for (let at = 1; at < 3; at++) {
      held[at]?.answer()
      await settled()
    }
    expect(await call).toMatchObject({ sent: 4, retries: 2 })
  })

  test('that waits is not made where sending has stopped meanwhile', async () => {
    const { client, held } = heldClient()
    const { sleep, waits } = heldSleep()
    const call = thrown(sqsSender(client, target, { maxEntries: 2, concurrency: 3, sleep })(messages(6)))
    held[0]?.answer([0])
    await settled()
    held[1]?.reject(named('AccessDenied', 403))
    await settled()
    waits[0]?.()
    await settled()
    expect(held.length).toBe(3)
    held[2]?.answer()
    const error = await call
    expect(isSendError(error) && error.report).toMatchObject({
      sent: 3,
      failed: 3,
      unknown: 0,
      requests: 3,
      retries: 0,
    })
    expect(held.length).toBe(3)
  })

  test('for what is in a request is not made entry by entry where sending has stopped', async () => {
    const { client, held } = heldClient()
    const call = thrown(sqsSender(client, target, { maxEntries: 2, concurrency: 2 })(messages(4)))
    held[1]?.reject(named('AccessDenied', 403))
    await settled()
    held[0]?.reject(named('BatchRequestTooLong', 400))
    const error = await call
    expect(isSendError(error) && error.report).toMatchObject({ sent: 0, failed: 4, requests: 2 })
  })

  test('whose answer cannot be read leaves its entries in doubt, and is the last', async () => {
    const client = { send: () => Promise.reject(named('SyntaxError', 200)) }
    const error = await thrown(sqsSender(client, target, QUICK)(messages(2)))
    expect(isSendError(error) && error.report).toMatchObject({ unknown: 2, requests: 1 })
  })

  test.each([
    ['Internal.Error_1', 'Internal.Error_1'],
    ['x'.repeat(80), 'x'.repeat(80)],
    ['x'.repeat(81), 'an error without a code'],
    ['', 'an error without a code'],
    ['a customer', 'an error without a code'],
    ['Error: a customer', 'an error without a code'],
    ['!a', 'an error without a code'],
  ])('is named by its code where that is one word: %s', async (Code, shown) => {
    const client = { send: async () => ({ Failed: [{ Id: '0', Code, SenderFault: true }] }) }
    const error = await thrown(sqsSender(client, target, QUICK)(messages(1)))
    expect(isSendError(error) && error.outcomes[0]?.error.message).toBe(`sqs: not stored after 1 attempt: ${shown}`)
  })
})

describe('once sending has stopped', () => {
  test('nothing more is read of the entries', async () => {
    const client = { send: () => Promise.reject(named('AccessDenied', 403)) }
    let reads = 0
    const entry = {
      get MessageBody() {
        reads++
        return 'a'
      },
    }
    const bad = { MessageBody: '' }
    const options = { concurrency: 1, maxEntries: 1, maxPending: 1 }
    const error = await thrown(sqsSender(client, target, options)([...messages(1), entry, bad]))
    expect(isSendError(error) && error.report).toMatchObject({ failed: 3, refused: 0 })
    expect(reads).toBe(0)
  })

  test('all entries say why, also those behind others of their key', async () => {
    const client = { send: () => Promise.reject(named('AccessDenied', 403)) }
    const entry = { Data: new Uint8Array(1), PartitionKey: 'k' }
    const error = await thrown(kinesisSender(client, { streamName: 's' })([entry, entry, entry, entry]))
    if (!isSendError(error)) throw error
    expect(error.outcomes.map(({ error: { message } }) => message)).toEqual([
      'kinesis: not stored after 1 attempt: HTTP 403 AccessDenied',
      ...Array.from({ length: 3 }, () => 'kinesis: not sent: the service rejected a request: HTTP 403 AccessDenied'),
    ])
  })

  test('an entry that the source had yielded, and that had no room, has its outcome', async () => {
    for (const step of [
      { done: false, value: messages(1)[0] as SqsEntry } as const,
      { done: true, value: undefined } as const,
    ]) {
      const { client, held } = heldClient()
      const fed = fedSource()
      const controller = new AbortController()
      const options = { concurrency: 1, maxEntries: 2, lingerMs: 0 }
      const call = thrown(sqsSender(client, target, options)(fed.source, { signal: controller.signal }))
      for (const value of messages(2)) await fed.give({ done: false, value })
      expect([held.length, fed.asked()]).toEqual([1, 1])
      // Each entry goes again alone, and the second has to wait for the first.
      held[0]?.reject(named('BatchRequestTooLong', 400))
      await settled()
      await fed.give(step)
      controller.abort()
      const error = await call
      expect(isSendError(error) && error.report).toMatchObject({ unknown: 1, failed: step.done ? 1 : 2, refused: 0 })
    }
  })

  test('the requests that nobody waits for are aborted', async () => {
    const { client, held } = heldClient()
    const own = new Error('own')
    const onOutcome = (): void => {
      throw own
    }
    const call = thrown(sqsSender(client, target, { maxEntries: 1, concurrency: 2, onOutcome })(messages(2)))
    held[0]?.answer()
    expect(await call).toBe(own)
    expect(held[1]?.signal.aborted).toBe(true)
  })
})

test('an error keeps the first 100 outcomes that are not sent', async () => {
  const { client } = fakeService({ service: 'sqs' })
  const entries = Array.from({ length: 102 }, () => ({ MessageBody: '' }))
  const error = await thrown(sqsSender(client, target)([...messages(1), ...entries]))
  if (!isSendError(error)) throw error
  expect(error.report).toMatchObject({ sent: 1, refused: 102 })
  expect(error.outcomes.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1))
})

test('an outcome without an id has none', async () => {
  const outcomes: SendOutcome<SqsEntry>[] = []
  const client = { send: async () => ({ Successful: [{ Id: '0' }, { Id: '1', MessageId: 'm' }] }) }
  await sqsSender(client, target, { onOutcome: (outcome) => void outcomes.push(outcome) })(messages(2))
  expect(outcomes.map((outcome) => 'id' in outcome && outcome.id)).toEqual([false, 'm'])
})

describe('options', () => {
  const { client } = fakeService({ service: 'sqs' })
  const make = (options: object) => sqsSender(client, target, options)

  test.each<object>([
    { attempts: Number.POSITIVE_INFINITY },
    { attempts: 1 },
    { baseMs: 0 },
    { baseMs: 0.5 },
    { maxMs: Number.POSITIVE_INFINITY },
    { lingerMs: 0 },
    { maxEntries: 1 },
    { maxEntries: 10 },
    { maxPending: 1 },
    { order: 'none' },
    { order: 'key' },
    { order: undefined, attempts: undefined },
  ])('%o is taken', (options) => {
    expect(make(options)).toBeTypeOf('function')
  })

  test.each<[object, RegExp]>([
    [{ attempts: 0 }, /^sqsSender: attempts must be a whole number, 1 or more$/],
    [{ attempts: 1.5 }, /attempts/],
    [{ attempts: Number.NaN }, /attempts/],
    [{ concurrency: Number.POSITIVE_INFINITY }, /concurrency must be a whole number, 1 or more$/],
    [{ maxPending: 0 }, /maxPending/],
    [{ maxBytes: -1 }, /maxBytes/],
    [{ maxEntryBytes: 2 ** 53 }, /maxEntryBytes/],
    [{ maxEntries: 11 }, /maxEntries must be a whole number, from 1 to 10$/],
    [{ maxEntries: 0 }, /maxEntries must be a whole number, from 1 to 10$/],
    [{ baseMs: -1 }, /baseMs must be a number of milliseconds, 0 or more$/],
    [{ maxMs: Number.NaN }, /maxMs must be a number of milliseconds, 0 or more$/],
    [{ order: 'keys' }, /order must be 'key' or 'none'$/],
    [{ onOutcome: 1 }, /onOutcome/],
    [{ raw: true }, /raw/],
  ])('%o is refused', (options, message) => {
    expect(() => make(options)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }),
    )
  })

  test('an entry is as large as a request may be, at most', async () => {
    const error = await thrown(make({ maxBytes: 3 })([{ MessageBody: 'abcd' }, { MessageBody: 'abc' }]))
    expect(isSendError(error) && error.report).toMatchObject({ refused: 1, sent: 1 })
    const other = await thrown(make({ maxEntryBytes: 3 })([{ MessageBody: 'abcd' }, { MessageBody: 'abc' }]))
    expect(isSendError(other) && other.report).toMatchObject({ refused: 1, sent: 1 })
  })

  test('the source is read up to four requests for each that may be in flight', async () => {
    const { client: hung } = heldClient()
    let yielded = 0
    function* source() {
      for (const message of messages(100)) {
        yielded++
        yield message
      }
    }
    const controller = new AbortController()
    const call = thrown(
      sqsSender(hung, target, { concurrency: 2, maxEntries: 3 })(source(), { signal: controller.signal }),
    )
    await settled()
    controller.abort()
    await call
    // Two requests are in flight, and one is full that waits for them.
    expect(yielded).toBe(9)
  })
})

const too = named('BatchRequestTooLong', 400)
const bodiesOf = (held: readonly Held[]) => held.map(({ bodies }) => bodies.join(''))

describe('entries of a request that was rejected for its content', () => {
  test('are in no request with entries that were never sent', async () => {
    const { client, held } = heldClient()
    const call = sqsSender(client, target, { maxEntries: 2, concurrency: 1 })(messages(3))
    held[0]?.reject(too)
    for (let request = 1; request < 4; request++) {
      await settled()
      held[request]?.answer()
    }
    expect(await call).toMatchObject({ sent: 3, requests: 4 })
    expect(bodiesOf(held)).toEqual(['01', '0', '1', '2'])
  })

  test('are in none with entries that are sent again', async () => {
    const { client, held } = heldClient()
    const { sleep, waits } = heldSleep()
    const call = sqsSender(client, target, { maxEntries: 2, concurrency: 1, sleep })(messages(4))
    held[0]?.answer([0])
    await settled()
    waits[0]?.()
    await settled()
    held[1]?.reject(too)
    for (let request = 2; request < 5; request++) {
      await settled()
      held[request]?.answer()
    }
    expect(await call).toMatchObject({ sent: 4 })
    expect(bodiesOf(held)).toEqual(['01', '23', '0', '2', '3'])
  })
})

test('entries that were reported do not count as pending: a partly filled request still waits for more', async () => {
  const { client, held } = heldClient()
  const fed = fedSource()
  const call = sqsSender(client, target, { maxEntries: 2, maxPending: 4, lingerMs: 1e6 })(fed.source)
  const [last, ...first] = messages(5).reverse()
  for (const value of first.reverse()) await fed.give({ done: false, value })
  for (const { answer } of held) answer()
  await settled()
  await fed.give({ done: false, value: last as SqsEntry })
  expect(bodiesOf(held)).toEqual(['01', '23'])
  await fed.give({ done: true, value: undefined })
  held[2]?.answer()
  expect(await call).toMatchObject({ sent: 5, requests: 3 })
})

test('the wait before another attempt is that of the entry with the most attempts', async () => {
  const { client, held } = heldClient()
  const fed = fedSource()
  const asked: number[] = []
  const { sleep, waits } = heldSleep()
  const recorded = (ms: number): Promise<void> => {
    asked.push(ms)
    return sleep()
  }
  const options = { maxEntries: 2, concurrency: 1, lingerMs: 1e6, baseMs: 100, random: () => 0.5, sleep: recorded }
  const call = sqsSender(client, target, options)(fed.source)
  const [last, ...first] = messages(3).reverse()
  for (const value of first.reverse()) await fed.give({ done: false, value })
  held[0]?.answer([0])
  await settled()
  await fed.give({ done: false, value: last as SqsEntry })
  waits[0]?.()
  await settled()
  held[1]?.answer([0, 1])
  await settled()
  waits[1]?.()
  await fed.give({ done: true, value: undefined })
  held[2]?.answer()
  expect(await call).toMatchObject({ sent: 3, retries: 3 })
  expect(bodiesOf(held)).toEqual(['01', '02', '02'])
  expect(asked[1]).toBe(2 * (asked[0] as number))
})

test('where the wait fails, requests in flight are still answered', async () => {
  const { client, held } = heldClient()
  const sleep = (): Promise<never> => Promise.reject(new Error('no timer'))
  const outcomes: string[] = []
  const onOutcome = ({ status }: SendOutcome<SqsEntry>): void => void outcomes.push(status)
  const call = sqsSender(client, target, { maxEntries: 2, sleep, onOutcome })(messages(4))
  held[0]?.answer([0])
  await settled()
  held[1]?.answer()
  await expect(call).rejects.toThrow('no timer')
  expect(outcomes).toEqual(['failed', 'sent', 'sent', 'sent'])
})

test('an abort settles what is in flight, and its late rejection changes nothing', async () => {
  const { client, held } = heldClient()
  const aborter = new AbortController()
  const outcomes: SendOutcome<SqsEntry>[] = []
  let free: () => void = () => {}
  const onOutcome = (outcome: SendOutcome<SqsEntry>): Promise<void> | undefined => {
    outcomes.push(outcome)
    return outcomes.length > 1
      ? undefined
      : new Promise((resolve) => {
          free = resolve
        })
  }
  const call = sqsSender(client, target, { maxEntries: 1, onOutcome })(messages(2), { signal: aborter.signal })
  held[0]?.answer()
  await settled()
  aborter.abort(new Error('enough'))
  held[1]?.reject(named('AbortError', 0))
  await settled()
  free()
  await call.catch(() => {})
  expect(outcomes.map(({ status }) => status)).toEqual(['sent', 'unknown'])
  expect(outcomes[1]).toMatchObject({ error: { message: 'sqs: aborted' } })
})

test('an entry behind one of its key that was not sent is SEND_FAILED', async () => {
  const { client } = fakeService({ service: 'kinesis', script: () => ({ 0: 'AccessDenied' }) })
  const send = kinesisSender(client, { streamName: 's' }, { ...QUICK, attempts: 1 })
  const entries = ['a', 'b'].map((text) => ({ Data: Buffer.from(text), PartitionKey: 'k' }))
  const error = await thrown(send(entries))
  expect(isSendError(error) && error.outcomes.map((each) => each.error.code)).toEqual(['SEND_FAILED', 'SEND_FAILED'])
})

test('with atMostOnce an entry without an answer is not sent again, also where the service knows no repeats', async () => {
  const { client, requests } = fakeService({ service: 'kinesis', script: () => 'lost' })
  const send = kinesisSender(client, { streamName: 's' }, { ...QUICK, atMostOnce: true })
  const error = await thrown(send([{ Data: Buffer.from('a'), PartitionKey: 'k' }]))
  expect(isSendError(error) && error.report).toMatchObject({ sent: 0, failed: 0, unknown: 1 })
  expect(requests).toHaveLength(1)
})
