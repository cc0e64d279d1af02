import { readFileSync } from 'node:fs'
import type { Input } from '../../candidate.ts'

/** How often a candidate gets the event. */
const ROUNDS = 100

interface Prepared {
  readonly event: { readonly Records: readonly unknown[] }
}

/** What handlers do here: next to nothing, so that what is around them shows. */
interface Tally {
  records: number
  amount: number
}

function readEvent({ file }: Input): Prepared {
  return { event: JSON.parse(readFileSync(file, 'utf8')) }
}

/** One round to warm up, then the rounds that count. */
export function candidateOf(
  handle: (event: Prepared['event'], count: (order: unknown) => Promise<void>) => Promise<unknown>,
) {
  const rounds = async ({ event }: Prepared, times: number): Promise<Tally> => {
    const tally: Tally = { records: 0, amount: 0 }
    const count = async (order: unknown): Promise<void> => {
      tally.records++
      tally.amount += (order as { readonly amount: number }).amount
    }
    for (let round = 0; round < times; round++) await handle(event, count)
    return tally
  }
  return {
    prepare: async (input: Input): Promise<Prepared> => {
      const prepared = readEvent(input)
      await rounds(prepared, 1)
      return prepared
    },
    run: (_: Input, prepared: Prepared) => rounds(prepared, ROUNDS),
    facts: ({ records, amount }: Tally) => ({ records, amount }),
  }
}
