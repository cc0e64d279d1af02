import { readFileSync } from 'node:fs'
import { defineCandidate } from '../../candidate.ts'
import { amountFacts } from '../../facts.ts'

type Row = Record<string, unknown>

export const candidate = defineCandidate({
  run: ({ file }) =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row),
  facts: (rows) =>
    amountFacts(
      rows.length,
      rows.map((row) => row['amount']),
    ),
})
