import { readFileSync } from 'node:fs'
import { inferSchema, initParser } from 'udsv'
import { defineCandidate } from '../../candidate.ts'
import { amountFacts } from '../../facts.ts'

export const candidate = defineCandidate({
  run({ file }) {
    const text = readFileSync(file, 'utf8')
    const schema = inferSchema(text)
    const columns = initParser(schema).typedCols<unknown[]>(text)
    return { columns, amount: schema.cols.findIndex(({ name }) => name === 'Amount') }
  },
  facts: ({ columns, amount }) => amountFacts(columns[0]?.length ?? 0, columns[amount] ?? []),
})
