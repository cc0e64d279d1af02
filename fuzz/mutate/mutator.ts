import type { Random } from '../random.ts'

/** Inputs that a mutator may take parts of. */
export interface Pool {
  /** Another input of the corpus. */
  other(): Uint8Array
  /** Words of the code under test. */
  readonly words: readonly Uint8Array[]
}

/** Makes a new input of an old one. The old one is not changed. */
export type Mutator = (input: Uint8Array, random: Random, pool: Pool) => Uint8Array
