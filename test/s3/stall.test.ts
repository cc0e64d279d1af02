import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { unlessStalled, whileFlowing } from '../../src/s3/stall.ts'

const never = new Promise<never>(() => {})
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('unlessStalled', () => {
  test('what comes in time, and no timer after it', async () => {
    const connection = new AbortController()
    expect(await unlessStalled(Promise.resolve(1), 100, connection)).toBe(1)
    await expect(unlessStalled(Promise.reject(new Error('no')), 100, connection)).rejects.toThrow('no')
    expect(vi.getTimerCount()).toBe(0)
    expect(connection.signal.aborted).toBe(false)
  })

  test('what does not come ends the connection; what comes later is closed', async () => {
    const connection = new AbortController()
    let answer = (_: unknown): void => {}
    const asked = new Promise((resolve) => {
      answer = resolve
    })
    const ended = unlessStalled(asked, 100, connection).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(99)
    expect(connection.signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await ended).toMatchObject({ name: 'TimeoutError', message: 'nothing arrived for 100 ms' })
    expect(connection.signal.aborted).toBe(true)
    const Body = { on: vi.fn(), destroy: vi.fn(), cancel: vi.fn() }
    answer({ Body })
    await vi.advanceTimersByTimeAsync(0)
    expect(Body.on).toHaveBeenCalledWith('error', expect.any(Function))
    expect(Body.destroy).toHaveBeenCalledTimes(1)
    expect(Body.cancel).not.toHaveBeenCalled()
  })
})

/** A body of so many empty chunks before each of the others, which notes how it is closed. */
function bodyOf(chunks: readonly (string | undefined)[], empty = 0) {
  const closed: string[] = []
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of chunks) {
        for (let count = 0; count < empty; count++) yield new Uint8Array(0)
        if (chunk === undefined) await never
        else yield Buffer.from(chunk)
      }
      closed.push('end')
    } finally {
      closed.push('return')
    }
  }
  const iterator = pieces()
  const cancel = () => {
    closed.push('cancel')
    return Promise.reject(new Error('late'))
  }
  return { body: { [Symbol.asyncIterator]: () => iterator, cancel }, closed }
}

async function textOf(
  body: AsyncIterable<Uint8Array>,
  take = Number.POSITIVE_INFINITY,
  connection = new AbortController(),
) {
  const chunks: string[] = []
  for await (const chunk of whileFlowing(body, 100, connection)) {
    chunks.push(Buffer.from(chunk).toString())
    if (chunks.length === take) break
  }
  return chunks
}

describe('whileFlowing', () => {
  test('chunks with bytes; a body that ends is not closed again', async () => {
    const { body, closed } = bodyOf(['a', 'b'], 999)
    expect(await textOf(body)).toEqual(['a', 'b'])
    expect(closed).toEqual(['end', 'return'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a thousand empty chunks in a row are a stall', async () => {
    const { body, closed } = bodyOf(['a'], 1000)
    await expect(textOf(body)).rejects.toMatchObject({ name: 'TimeoutError', message: 'only empty chunks arrived' })
    expect(closed).toEqual(['cancel', 'return'])
  })

  test('a consumer that leaves closes the body', async () => {
    const { body, closed } = bodyOf(['a', 'b'])
    expect(await textOf(body, 1)).toEqual(['a'])
    expect(closed).toContain('cancel')
    expect(closed).toContain('return')
  })

  test('a body without return is cancelled all the same', async () => {
    const cancel = vi.fn()
    const next = async () => ({ done: false as const, value: Buffer.from('a') })
    const body = { [Symbol.asyncIterator]: () => ({ next }), cancel }
    expect(await textOf(body, 2)).toEqual(['a', 'a'])
    expect(cancel).toHaveBeenCalledTimes(1)
  })

  test('a body that stops is a stall, and closed', async () => {
    const { body, closed } = bodyOf(['a', undefined])
    const connection = new AbortController()
    const ended = textOf(body, 9, connection).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(100)
    expect(await ended).toMatchObject({ name: 'TimeoutError' })
    expect(connection.signal.aborted).toBe(true)
    expect(closed).toEqual(['cancel'])
  })

  test('empty chunks count for nothing once the connection has ended', async () => {
    const connection = new AbortController()
    connection.abort()
    const { body } = bodyOf(['a'], 1)
    expect(await textOf(body, 9, connection)).toEqual(['', 'a'])
  })
})
