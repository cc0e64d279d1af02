import type { Outcome } from '../measure.ts'

export interface SuiteOptions {
  /** Rows of the generated file. */
  readonly rows: number
  /** Runs of each candidate; each suite has its own default. */
  readonly runs: number | undefined
  /** Only contests whose name holds this text. */
  readonly only: string | undefined
  /** Folder of another build of this library to compare with. */
  readonly against?: string | undefined
}

export interface SuiteFigures {
  /** Contests, each a table and a group of bars of `docs/benchmarks.md`. */
  readonly outcomes?: readonly Outcome[]
  /** Figures of another kind, how they read, and a paragraph about them. */
  readonly other?: { readonly about?: string; readonly text: string; readonly figures: unknown }
}

/** A suite prints its tables as they come, and gives their figures at the end. */
export type Suite = (options: SuiteOptions, print: (text: string) => void) => Promise<SuiteFigures>
