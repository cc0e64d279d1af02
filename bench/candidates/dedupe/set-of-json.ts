import { readFileSync } from 'node:fs'
import { defineCandidate } from '../../candidate.ts'
import { amountFacts } from '../../facts.ts'

type Row = Record<string, unknown>

export const candidate = defineCandidate({
  prepare: ({ file }) =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row),
  run(_, rows) {
    const seen = new Set<string>()
    return rows.filter((row) => {
      const key = JSON.stringify(row)
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
  },
  facts: (rows) =>
    amountFacts(
      rows.length,
      rows.map((row) => row['amount']),
    ),
})
