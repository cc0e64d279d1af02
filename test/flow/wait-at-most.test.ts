import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { waitAtMost } from '../../src/flow/wait-at-most.ts'

const never = new Promise(() => {})
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('ends with its promise, and leaves no timer', async () => {
  await waitAtMost(1000, Promise.resolve())
  expect(vi.getTimerCount()).toBe(0)
  await expect(waitAtMost(1000, Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(vi.getTimerCount()).toBe(0)
})

test.each([1, 1000, 2 ** 31 - 1])('ends after %s ms', async (ms) => {
  const ended = vi.fn()
  void waitAtMost(ms, never).then(ended)
  await vi.advanceTimersByTimeAsync(ms - 1)
  expect(ended).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(ended).toHaveBeenCalledTimes(1)
})

test('beyond the longest wait of a timer it waits for the promise alone', async () => {
  void waitAtMost(2 ** 31, never)
  expect(vi.getTimerCount()).toBe(0)
})
