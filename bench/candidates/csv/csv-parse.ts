import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { defineCandidate } from '../../candidate.ts'
import { amountFacts } from '../../facts.ts'

export const candidate = defineCandidate({
  run: ({ file }) => parse<Record<string, string>>(readFileSync(file), { columns: true }),
  facts: (rows) =>
    amountFacts(
      rows.length,
      rows.map((row) => row['Amount']),
    ),
})
