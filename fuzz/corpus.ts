import type { Pool } from './mutate/mutator.ts'
import type { Random } from './random.ts'

/** Inputs that reached something new, from which further ones are made. */
export interface Corpus extends Pool {
  readonly size: number
  add(input: Uint8Array, isBranch: boolean): void
  /** Choose the input to change next: any of them, more often one that is new or reached a new branch. */
  choose(): Uint8Array
}

/** Inputs kept in memory at most. Beyond, a new one takes the place of one that reached no branch of its own. */
const MAX_INPUTS = 20_000

export function corpusOf(random: Random, words: readonly Uint8Array[]): Corpus {
  const inputs: Uint8Array[] = []
  const branches: Uint8Array[] = []
  const any = (): Uint8Array => (inputs.length === 0 ? EMPTY : random.pick(inputs))
  return {
    words,
    get size() {
      return inputs.length
    },
    add(input, isBranch) {
      if (inputs.length < MAX_INPUTS) inputs.push(input)
      else inputs[random.below(MAX_INPUTS)] = input
      if (isBranch) branches.push(input)
    },
    choose() {
      const kind = random.below(10)
      if (kind < 3 && branches.length > 0) return random.pick(branches)
      if (kind < 6) return inputs[inputs.length - 1 - random.below(Math.ceil(inputs.length / 10))] ?? EMPTY
      return any()
    },
    other: any,
  }
}

const EMPTY = new Uint8Array(0)
