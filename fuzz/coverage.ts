import { FEATURES, hits } from './hits.ts'

/** Result of a look at the counters. */
export type News = 'nothing' | 'count' | 'branch'

/** What all cases so far have reached. */
export interface Coverage {
  /** Set the counters to zero, before a case. */
  reset(): void
  /** Note what a case has reached. */
  look(): News
  /** Numbers of the counters that were ever reached, features left out. */
  reached(): number[]
}

/** Classes of a count: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more. A case that moves a counter to a new class is kept. */
const CLASS = Uint8Array.from({ length: 256 }, (_, count) => {
  if (count < 4) return [0, 1, 2, 4][count] as number
  return 1 << (count < 8 ? 3 : count < 16 ? 4 : count < 32 ? 5 : count < 128 ? 6 : 7)
})

/** Keep the coverage of so many counters, in the order of the bundle. */
export function coverageOf(counters: number): Coverage {
  const size = Math.ceil((FEATURES + counters) / 8) * 8
  const seen = new Uint8Array(size)
  const now = hits.subarray(0, size)
  const words = new BigUint64Array(hits.buffer, 0, size / 8)

  function lookAt(from: number): News {
    let news: News = 'nothing'
    for (let at = from; at < from + 8; at++) {
      const mark = CLASS[now[at] as number] as number
      const old = seen[at] as number
      if ((mark & ~old) === 0) continue
      if (old === 0) news = 'branch'
      else if (news === 'nothing') news = 'count'
      seen[at] = old | mark
    }
    return news
  }

  return {
    reset() {
      now.fill(0)
    },
    look() {
      let news: News = 'nothing'
      for (let word = 0; word < words.length; word++) {
        if (words[word] === 0n) continue
        const here = lookAt(word * 8)
        if (here === 'branch' || news === 'nothing') news = here
      }
      return news
    },
    reached() {
      const numbers: number[] = []
      for (let at = FEATURES; at < size; at++) if (seen[at] !== 0) numbers.push(at)
      return numbers
    },
  }
}
