import { isAccepted } from './accepted.ts'
import type { Mutant } from './mutant.ts'
import type { State } from './state.ts'
import { ALL_TESTS } from './static-mutants.ts'

/** How a mutant ended; `static` ones run only while modules load, where no switch reaches them. */
export type Outcome = 'killed' | 'timeout' | 'survived' | 'uncovered' | 'static' | 'accepted'

export interface Result {
  readonly outcomes: ReadonlyMap<Mutant, Outcome>
  readonly count: Readonly<Record<Outcome, number>>
  /** Killed and timed out, in percent of those that are neither accepted nor static. */
  readonly score: number
  /** Survivors, covered or not, that are not accepted. */
  readonly survivors: readonly Mutant[]
}

export function resultOf(mutants: readonly Mutant[], state: State, accepted: ReadonlySet<string>): Result {
  const covered = new Set([...state.tests.values()].flatMap((test) => Object.keys(test.covered)))
  const outcomes = new Map(mutants.map((mutant) => [mutant, outcomeOf(mutant, state, covered, accepted)]))
  const count = { killed: 0, timeout: 0, survived: 0, uncovered: 0, static: 0, accepted: 0 }
  for (const outcome of outcomes.values()) count[outcome]++
  const noticed = count.killed + count.timeout
  const judged = noticed + count.survived + count.uncovered
  const survivors = mutants.filter((mutant) => ['survived', 'uncovered'].includes(outcomes.get(mutant) ?? ''))
  return { outcomes, count, score: judged === 0 ? 100 : (100 * noticed) / judged, survivors }
}

function outcomeOf(mutant: Mutant, state: State, covered: ReadonlySet<string>, accepted: ReadonlySet<string>): Outcome {
  const end = state.ends.get(mutant.id)?.end
  if (end !== undefined) return end === 'timeout' ? 'timeout' : 'killed'
  if (isAccepted(mutant, accepted)) return 'accepted'
  if (covered.has(mutant.id)) return 'survived'
  if (state.passed.has(`${mutant.id} ${ALL_TESTS}`)) return 'survived'
  return state.loaded.has(mutant.id) ? 'static' : 'uncovered'
}
