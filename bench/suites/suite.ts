export interface SuiteOptions {
  /** Rows of the generated file. */
  readonly rows: number
  /** Runs of each candidate; each suite has its own default. */
  readonly runs: number | undefined
  /** Only contests whose name holds this text. */
  readonly only: string | undefined
}

/** A suite prints tables as they come, and gives its figures for `--json`. */
export type Suite = (options: SuiteOptions, print: (text: string) => void) => Promise<unknown>
