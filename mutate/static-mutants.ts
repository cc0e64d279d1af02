import { type Plan, runPlain } from './drive.ts'
import { readState, type State, writeNote } from './state.ts'

/** In place of a test's id: all tests of the folder. */
export const ALL_TESTS = 'all'

/** Mutants that run while modules load, and in no test: a switch thrown later changes nothing. */
export function staticMutants({ tests, loaded }: State, mutants: readonly string[]): readonly string[] {
  const covered = new Set([...tests.values()].flatMap((test) => Object.keys(test.covered)))
  return mutants.filter((id) => loaded.has(id) && !covered.has(id))
}

/** Run each of them in a process of its own, which has it from the start, until a test fails. */
export async function runStaticMutants(folder: string, plan: Plan): Promise<void> {
  for (const mutant of staticMutants(readState(folder), plan.mutants)) {
    const end = await runPlain(folder, plan, mutant)
    if (end === 'passed') writeNote(folder, { note: 'passed', mutant, test: ALL_TESTS })
    else writeNote(folder, { note: 'end', mutant, end, by: ALL_TESTS })
  }
}
