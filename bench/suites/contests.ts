import { type Contest, measure } from '../measure.ts'
import { outcomeText } from '../report.ts'
import type { Suite } from './suite.ts'

/** A suite of contests; the file of a contest is made only when the contest takes place. */
export function contestSuite(
  defaultRuns: number,
  contests: Readonly<Record<string, (rows: number) => Promise<Omit<Contest, 'name'>>>>,
): Suite {
  return async ({ rows, runs = defaultRuns, only = '' }, print) => {
    const outcomes = []
    for (const [name, contest] of Object.entries(contests)) {
      if (!name.includes(only)) continue
      const outcome = await measure({ name, ...(await contest(rows)) }, runs)
      print(outcomeText(outcome))
      outcomes.push(outcome)
    }
    return { outcomes }
  }
}
