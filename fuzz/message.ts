import type { Fault } from './finding.ts'
import type { Limits } from './limits.ts'

/** Work of a child process. */
export interface Job {
  /** Folder of the bundle. */
  readonly folder: string
  readonly seed: number
  /** Cases to run at most. */
  readonly cases: number
  readonly maxMs: number
  readonly limits: Limits
  /** File of the current case. */
  readonly caseFile: string
  /** Files that are run before all others. */
  readonly inputs: readonly string[]
  /** Files of other projects' corpora, for `fromFile` of the surface. */
  readonly corpora: readonly string[]
  /** Where inputs go that reached a new branch; undefined where they are not kept, as in a replay. */
  readonly keep: string | undefined
}

/** Messages of a child. */
export type Report =
  | {
      readonly report: 'progress'
      readonly cases: number
      readonly reached: readonly number[]
      readonly corpus: number
    }
  | { readonly report: 'fault'; readonly fault: Fault; readonly input: string }
  /** The process has taken more memory than one case may; whether it was this case, a process of its own shows. */
  | { readonly report: 'suspect'; readonly input: string }
  /** One of the job's inputs has reached a branch that those before it had not. */
  | { readonly report: 'branch'; readonly input: number }
  | { readonly report: 'done' }
