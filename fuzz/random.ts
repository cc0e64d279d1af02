/** A source of random numbers that a seed determines. */
export interface Random {
  /** A whole number from 0 to below the limit. */
  below(limit: number): number
  /** True once in so many times. */
  once(times: number): boolean
  pick<T>(items: readonly T[]): T
}

/** The generator `sfc32`, which passes PractRand. Source: https://pracrand.sourceforge.net/RNG_engines.txt */
export function randomOf(seed: number): Random {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, (seed ^ 0x85ebca6b) | 0, 1]
  const next = (): number => {
    const sum = (((a + b) | 0) + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let turn = 0; turn < 16; turn++) next()
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit)
  return {
    below,
    once: (times) => below(times) === 0,
    pick<T>(items: readonly T[]): T {
      return items[below(items.length)] as T
    },
  }
}
