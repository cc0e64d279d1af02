import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What one process of vitest has to do. */
export interface Job {
  /** The folder above `src` and `test`. */
  readonly root: string
  /** Test files or patterns, from the root, in the order to run. */
  readonly files: readonly string[]
  readonly exclude: readonly string[]
  /** Share of its cases that each law runs. */
  readonly lawsShare: number
  /** Find out what each test covers, and run no mutants. */
  readonly isDryRun: boolean
  /** Run the tests as they are, up to the first that fails: the process has its one mutant from the start. */
  readonly isPlain?: boolean
  /** Leave tests that take longer for a later process. */
  readonly maxMs: number
  /** Ids of the mutants to run; those that ended are left out by the state. */
  readonly mutants: readonly string[]
}

const FILE = 'job.json'

export function writeJob(folder: string, job: Job): void {
  writeFileSync(join(folder, FILE), JSON.stringify(job))
}

export function readJob(folder: string): Job {
  return JSON.parse(readFileSync(join(folder, FILE), 'utf8'))
}
