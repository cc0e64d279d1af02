import { expect, test } from 'vitest'
import { sourceTail } from '../../../src/codecs/input/source-tail.ts'
import { collect, stream } from '../../support/streams.ts'

const chunks = (...all: readonly number[][]): Uint8Array[] => all.map((bytes) => Uint8Array.from(bytes))

test.each([
  [[], 0],
  [[[]], 0],
  [[[0, 0], [0]], 0],
  [[[1]], 1],
  [
    [
      [1, 0],
      [0, 0],
    ],
    1,
  ],
  [[[1, 2], [0, 3, 0], [0]], 4],
  [[[0, 0, 7]], 3],
  [[[1], [], [0, 5]], 3],
] as const)('the content of %j ends at %d', async (all, end) => {
  for (let read = 0; read <= all.length; read++) {
    const given = chunks(...all.map((one) => [...one]))
    const tail = sourceTail(stream(given))
    const found: Uint8Array[] = []
    if (read > 0)
      for await (const chunk of tail.chunks()) {
        found.push(chunk)
        if (found.length === read) break
      }
    expect(found).toEqual(given.slice(0, read))
    expect(await tail.contentEnd()).toBe(end)
    expect(await collect(tail.chunks())).toEqual([])
  }
})

function closable(isFailing = false) {
  const calls: string[] = []
  let at = 0
  const source: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      async next() {
        calls.push('next')
        return at++ < 2 ? { done: false, value: Uint8Array.of(1) } : { done: true, value: undefined }
      },
      async return() {
        calls.push('return')
        if (isFailing) throw new Error('cannot be closed')
        return { done: true, value: undefined }
      },
    }),
  }
  return { source, calls }
}

test('a source that was not read to its end is closed, by close alone', async () => {
  const { source, calls } = closable()
  const tail = sourceTail(source)
  for await (const _ of tail.chunks()) break
  expect(calls).toEqual(['next'])
  tail.close()
  expect(calls).toEqual(['next', 'return'])
})

test('a source that ended is left alone', async () => {
  const { source, calls } = closable()
  const tail = sourceTail(source)
  await tail.contentEnd()
  tail.close()
  expect(calls).toEqual(['next', 'next', 'next'])
  expect(await tail.contentEnd()).toBe(2)
  expect(calls.length).toBe(3)
})

test('a source that cannot be closed, or has no such method, is no failure', async () => {
  const failures: unknown[] = []
  const listen = (reason: unknown): void => void failures.push(reason)
  process.on('unhandledRejection', listen)
  try {
    sourceTail(closable(true).source).close()
    const [next] = [async () => ({ done: true, value: undefined }) as const]
    sourceTail({ [Symbol.asyncIterator]: () => ({ next }) }).close()
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.off('unhandledRejection', listen)
  }
  expect(failures).toEqual([])
})
