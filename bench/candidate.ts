/** What a candidate gets: the file to read, and where to write if it writes. */
export interface Input {
  readonly file: string
  readonly output: string
}

/** What must be the same for every candidate, so that none wins by being wrong. */
export type Facts = Readonly<Record<string, number | string>>

/** One way to do a job. The clock runs during `run` alone; imports and `prepare` come before it, `facts` after it. */
export interface Candidate<Prepared = unknown, Done = unknown> {
  prepare?(input: Input): Promise<Prepared> | Prepared
  run(input: Input, prepared: Prepared): Promise<Done> | Done
  facts?(done: Done, input: Input): Promise<Facts> | Facts
}

export interface Measurement {
  readonly seconds: number
  /** CPU time of the process while it ran, of all its threads, which a busy machine changes least. */
  readonly cpuSeconds: number
  /** Most memory that the process held, before `facts`. */
  readonly peakBytes: number
  readonly facts: Facts
}

/** Types a candidate; the module of a candidate exports it as `candidate`. */
export function defineCandidate<Prepared, Done>(candidate: Candidate<Prepared, Done>): Candidate<Prepared, Done> {
  return candidate
}
