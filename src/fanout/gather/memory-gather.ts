import { checkNone } from '../../internal/check-arguments.ts'
import { type GatherStore, partsMismatch } from './gather-store.ts'

interface Run {
  readonly parts: number
  readonly texts: Map<number, string>
  expiresAt: number
}

/**
 * Create a store of the results of runs in this process only: for tests, and for a fan-out within one function.
 *
 * @returns a store for `gather`; a run is dropped at its first call after it expired. O(1) per arrival.
 * @example
 * const { arrive } = gather({ store: memoryGather(), run: 'nightly', parts: 1 })
 * await arrive(0, 'done') // => { arrived: 1, isComplete: true }
 */
export function memoryGather(): GatherStore
export function memoryGather(...given: readonly unknown[]): GatherStore {
  checkNone('memoryGather', given)
  const runs = new Map<string, Run>()
  const find = (name: string, now: number): Run | undefined => {
    const run = runs.get(name)
    if (run === undefined || run.expiresAt > now) return run
    runs.delete(name)
    return undefined
  }

  return {
    arrive: async ({ run: name, parts, now, expiresAt }, part, text) => {
      const run = find(name, now) ?? { parts, texts: new Map(), expiresAt }
      if (run.parts !== parts) throw partsMismatch(parts, run.parts)
      run.expiresAt = expiresAt
      if (!run.texts.has(part)) run.texts.set(part, text)
      runs.set(name, run)
      return run.texts.size
    },
    results: async function* ({ run: name, parts, now }) {
      const run = find(name, now)
      if (run === undefined) return
      if (run.parts !== parts) throw partsMismatch(parts, run.parts)
      for (const [part, text] of [...run.texts].sort(([a], [b]) => a - b)) yield { part, text }
    },
  }
}
