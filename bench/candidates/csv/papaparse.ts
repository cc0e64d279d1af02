import { readFileSync } from 'node:fs'
import Papa from 'papaparse'
import { defineCandidate } from '../../candidate.ts'
import { amountFacts } from '../../facts.ts'

export const candidate = defineCandidate({
  run: ({ file }) =>
    Papa.parse<Record<string, string>>(readFileSync(file, 'utf8'), { header: true, skipEmptyLines: true }).data,
  facts: (rows) =>
    amountFacts(
      rows.length,
      rows.map((row) => row['Amount']),
    ),
})
