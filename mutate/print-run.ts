import { acceptedKey } from './accepted.ts'
import { describeMutant } from './mutant.ts'
import type { FolderRun } from './mutate-folder.ts'

/** The lines that a run prints: survivors first, the score last. */
export function printedRun({ folder, total, result, state, stale }: FolderRun): readonly string[] {
  const { count, outcomes, score, survivors } = result
  const { survived, uncovered, ...others } = count
  const counts = Object.entries({ ...others, survived, uncovered }).map(([name, number]) => `${number} ${name}`)
  return [
    ...state.broken.map(({ name, why }) => `test fails without a mutant: ${name}: ${why}`),
    ...[...state.unrepeatable].map((id) => `test cannot run twice in one process: ${state.tests.get(id)?.name ?? id}`),
    ...stale.map((entry) => `accepted, but made no more: ${acceptedKey(entry)}`),
    ...survivors.map((mutant) => `${outcomes.get(mutant)} ${describeMutant(mutant)}`),
    `${folder.name}: ${score.toFixed(1)}% of ${outcomes.size} run of ${total} mutants (${counts.join(', ')})`,
  ]
}

/** Check that a run leaves nothing to do: every survivor and every entry of the list is accounted for. */
export function isClean({ result, stale, state }: FolderRun): boolean {
  return result.survivors.length === 0 && stale.length === 0 && state.broken.length === 0
}
