import { AsyncLocalStorage, createHook } from 'node:async_hooks'

const work = new AsyncLocalStorage<Set<number>>()

/**
 * Runs work and returns how many timers it started that still run. Timers of others, as of the test runner, do not count: they may end at any moment.
 */
export async function timersLeftBy(run: () => Promise<unknown>): Promise<number> {
  const timers = new Set<number>()
  const hook = createHook({
    init: (id, type) => void (type === 'Timeout' && work.getStore() === timers && timers.add(id)),
    destroy: (id) => void timers.delete(id),
  }).enable()
  try {
    await work.run(timers, run)
    await new Promise(setImmediate)
    return timers.size
  } finally {
    hook.disable()
  }
}
