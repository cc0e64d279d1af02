import { describe, expect, test, vi } from 'vitest'
import { MEDDLERS, textOf } from './meddlers.ts'
import { CANARY, OPERATIONS, seen } from './operations.ts'
import { disorder, heardOf, ignoringUncaught, listening } from './support.ts'

describe.each(OPERATIONS.map(({ name, run }) => [name, run] as const))('%s', (_, run) => {
  test('publishes, each start with one end, and nothing of its data', async () => {
    const { heard } = await heardOf(run)
    expect(heard.filter(({ event }) => event === 'asyncEnd').length).toBeGreaterThan(0)
    expect(disorder(heard)).toEqual([])
    expect(JSON.stringify(heard)).not.toContain(CANARY)
  })

  test.each(Object.entries(MEDDLERS))('gives its caller the same under a subscriber that %s', async (_, subscriber) => {
    const alone = await seen(run)
    const { result } = await ignoringUncaught(() => listening(subscriber, () => seen(run)))
    expect(textOf(result)).toBe(textOf(alone))
  })

  test('reads no clock and makes no message while nobody listens', async () => {
    const clock = vi.spyOn(performance, 'now')
    try {
      await seen(run)
      expect(clock).not.toHaveBeenCalled()
    } finally {
      clock.mockRestore()
    }
  })
})
