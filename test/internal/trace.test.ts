import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { MillraceError } from '../../src/errors.ts'
import { channels, startOperation, type WriteMessage } from '../../src/internal/channels.ts'
import { traceAsync, traceIterator, traceSync } from '../../src/internal/trace.ts'
import { untilAborted } from '../../src/internal/until-aborted.ts'

const events: [string, WriteMessage][] = []
const subscriber = Object.fromEntries(
  ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((name) => [
    name,
    (message: WriteMessage) => void events.push([name, message]),
  ]),
) as never
const listen = (): void => channels.write.subscribe(subscriber)
const names = () => events.map(([name]) => name)
const describeWrite = () => ({ format: 'csv', bytes: 0, rows: 0 })

afterEach(() => {
  channels.write.unsubscribe(subscriber)
  events.length = 0
})

const own = new MillraceError('CSV_INVALID', 'own')
const throwing = (error: unknown) => (): never => {
  throw error
}

describe('an operation nobody listens to', () => {
  test('has no message, and gives what its work gives', async () => {
    const promise = Promise.resolve(7)
    expect(traceSync(channels.write, throwing(own), (message) => [message, 7])).toEqual([undefined, 7])
    expect(traceAsync(channels.write, throwing(own), () => promise)).toBe(promise)
    async function* items() {
      yield 1
    }
    const iterated = traceIterator(channels.write, throwing(own), (message) =>
      message === undefined ? items() : (undefined as never),
    )
    expect(await iterated.next()).toEqual({ done: false, value: 1 })
    expect(startOperation(channels.write, throwing(own))).toBe(undefined)
  })
})

describe('an operation that is heard', () => {
  test('of a function: start, end of its synchronous part, end', () => {
    listen()
    const fill = (message: WriteMessage | undefined): number => {
      expect(names()).toEqual(['start'])
      if (message !== undefined) message.rows = 3
      return 7
    }
    expect(traceSync(channels.write, describeWrite, fill)).toBe(7)
    expect(names()).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
    expect(events.at(-1)?.[1]).toMatchObject({ format: 'csv', rows: 3, ms: expect.any(Number) })
    expect(events.at(-1)?.[1]).not.toHaveProperty('code')
  })

  test('of a promise: it ends before its caller has the result', async () => {
    listen()
    let goOn = (): void => {}
    const work = () => new Promise<number>((resolve) => (goOn = () => resolve(7)))
    const call = traceAsync(channels.write, describeWrite, work)
    expect(names()).toEqual(['start', 'end'])
    goOn()
    expect(await call.then(() => names())).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
  })

  test.each<[string, unknown]>([
    ['CSV_INVALID', own],
    ['RangeError', new RangeError('no')],
    ['Error', 'a secret text'],
    ['Error', { name: 'a secret text' }],
    ['AccessDenied', { name: 'AccessDenied' }],
    ['Error', { [Symbol.for('millrace.error')]: true, code: 'a secret text' }],
    [
      'Error',
      {
        get name() {
          throw new Error('no')
        },
      },
    ],
  ])('that fails: its code is %s, and its error goes on as it is', async (code, error) => {
    listen()
    let thrown: unknown
    try {
      traceSync(channels.write, describeWrite, throwing(error))
    } catch (reason) {
      thrown = reason
    }
    expect(thrown).toBe(error)
    expect(names()).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
    expect(events.at(-1)?.[1].code).toBe(code)
    events.length = 0
    expect(
      await traceAsync(channels.write, describeWrite, async () => throwing(error)()).catch((reason) => reason),
    ).toBe(error)
    expect(await traceAsync(channels.write, describeWrite, throwing(error)).catch((reason) => reason)).toBe(error)
    expect(names()).toEqual([...Array(2)].flatMap(() => ['start', 'end', 'error', 'asyncStart', 'asyncEnd']))
    events.length = 0
    async function* items() {
      yield 1
      throw error
    }
    const iterated = traceIterator(channels.write, describeWrite, items)
    await iterated.next()
    expect(await iterated.next().catch((reason) => reason)).toBe(error)
    expect(names()).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
    expect(events.at(-1)?.[1].code).toBe(code)
  })

  test('ends once, whatever a subscriber does to its message', () => {
    const freezing = { start: (message: object) => void Object.freeze(message) } as never
    channels.write.subscribe(freezing)
    listen()
    const operation = startOperation(channels.write, describeWrite)
    expect(operation?.start(() => 7)).toBe(7)
    operation?.end()
    operation?.end({ error: own })
    expect(names()).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
    expect(operation?.message.ms).toBeGreaterThanOrEqual(0)
    channels.write.unsubscribe(freezing)
  })
})

describe('an iterator as an operation', () => {
  const closed: string[] = []
  async function* items(message?: WriteMessage) {
    try {
      if (message !== undefined) message.rows = 2
      yield 1
      yield 2
    } finally {
      closed.push('items')
    }
  }

  test.each([true, false])('begins with the first item and ends with the last one; heard: %s', async (isHeard) => {
    if (isHeard) listen()
    const iterated = traceIterator(channels.write, describeWrite, items)
    expect(iterated[Symbol.asyncIterator]()).toBe(iterated)
    expect(names()).toEqual([])
    expect(await iterated.next()).toEqual({ done: false, value: 1 })
    expect(names()).toEqual(isHeard ? ['start', 'end'] : [])
    expect(await iterated.next()).toEqual({ done: false, value: 2 })
    for (let end = 0; end < 2; end++) expect(await iterated.next()).toEqual({ done: true, value: undefined })
    expect(names()).toEqual(isHeard ? ['start', 'end', 'asyncStart', 'asyncEnd'] : [])
    if (isHeard) expect(events.at(-1)?.[1]).toMatchObject({ rows: 2 })
  })

  test('that is left closes its items, and has ended', async () => {
    listen()
    closed.length = 0
    const iterated = traceIterator(channels.write, describeWrite, items)
    await iterated.next()
    expect(await iterated.return()).toEqual({ done: true, value: undefined })
    expect(closed).toEqual(['items'])
    expect(names()).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
    expect(await iterated.next()).toEqual({ done: true, value: undefined })
    const other = traceIterator(channels.write, describeWrite, items)
    await other.next()
    await expect(other.throw(own)).rejects.toBe(own)
    expect(events.at(-1)?.[1]).toMatchObject({ code: 'CSV_INVALID' })
  })

  test('that is left before its first item publishes nothing', async () => {
    listen()
    const left = traceIterator(channels.write, describeWrite, throwing(own))
    expect(await left.return()).toEqual({ done: true, value: undefined })
    expect(await left.next()).toEqual({ done: true, value: undefined })
    const thrown = traceIterator(channels.write, describeWrite, throwing(own))
    await expect(thrown.throw(own)).rejects.toBe(own)
    expect(await thrown.next()).toEqual({ done: true, value: undefined })
    expect(names()).toEqual([])
  })

  test('that cannot begin has ended', async () => {
    const iterated = traceIterator(channels.write, describeWrite, throwing(own))
    await expect(iterated.next()).rejects.toBe(own)
    expect(await iterated.next()).toEqual({ done: true, value: undefined })
  })

  test('whose items cannot be left, or thrown at, ends all the same', async () => {
    const bare = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }) }) } as never
    const iterated = traceIterator(channels.write, describeWrite, () => bare)
    await iterated.next()
    expect(await iterated.return()).toEqual({ done: true, value: undefined })
    await expect(iterated.throw(own)).rejects.toBe(own)
  })
})

describe('untilAborted', () => {
  test('gives the items, and listens no more at the end', async () => {
    const { signal } = new AbortController()
    async function* source() {
      yield 1
      yield 2
    }
    const items: number[] = []
    for await (const item of untilAborted(source(), signal)) items.push(item)
    expect(items).toEqual([1, 2])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('an abort is thrown at once, also where the source hangs, and the source is left', async () => {
    const controller = new AbortController()
    let returns = 0
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: () => {
          returns++
          return Promise.reject(new Error('late'))
        },
      }),
    }
    const next = untilAborted(source, controller.signal).next()
    controller.abort(own)
    await expect(next).rejects.toBe(own)
    expect(returns).toBe(1)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('an abort between two items waits for the source to be closed', async () => {
    const controller = new AbortController()
    let isClosed = false
    async function* source() {
      try {
        yield 1
        yield 2
      } finally {
        await new Promise((resolve) => setImmediate(resolve))
        isClosed = true
      }
    }
    const items = untilAborted(source(), controller.signal)
    await items.next()
    controller.abort(own)
    await expect(items.next()).rejects.toBe(own)
    expect(isClosed).toBe(true)
    const before = untilAborted(source(), AbortSignal.abort(own))
    await expect(before.next()).rejects.toBe(own)
  })

  test('a source that fails is not closed, and its error goes on as it is', async () => {
    const { signal } = new AbortController()
    let returns = 0
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(own),
        return: async () => {
          returns++
          return { done: true, value: undefined } as never
        },
      }),
    }
    await expect(untilAborted(source, signal).next()).rejects.toBe(own)
    expect(returns).toBe(0)
    async function* short() {
      yield 1
    }
    const items = untilAborted(short(), signal)
    await items.next()
    expect(await items.return()).toEqual({ done: true, value: undefined })
    const bare = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }) as const }) }
    const left = untilAborted(bare, signal)
    await left.next()
    expect(await left.return()).toEqual({ done: true, value: undefined })
  })
})
