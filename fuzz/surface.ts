import type { Mutator } from './mutate/mutator.ts'

/** A part of the library that takes bytes from elsewhere. */
export interface Surface {
  /** Inputs to begin with, valid ones of every kind. */
  readonly seeds: () => Iterable<Uint8Array> | Promise<Iterable<Uint8Array>>
  /** Make an input of a file of another project's corpus, where the surface reads such files. */
  readonly fromFile?: (file: Uint8Array) => Uint8Array
  readonly mutate: Mutator
  /**
   * Run a case: whatever it is, the library returns or throws a `MillraceError`.
   *
   * @returns undefined, or a promise of it.
   * @throws Difference where two ways to read disagree.
   */
  readonly run: (input: Uint8Array) => unknown
}

/** Two ways to one result that did not agree. */
export class Difference extends Error {
  override readonly name = 'Difference'
}
