import { readFileSync } from 'node:fs'
import { decodeParquet } from 'millrace/codecs'
import { defineCandidate } from '../../candidate.ts'
import { amountFacts } from '../../facts.ts'

export const candidate = defineCandidate({
  run: ({ file }) => decodeParquet(readFileSync(file)),
  facts: (table) => amountFacts(table.numRows, table.getChild('amount') ?? table.getChild('distance') ?? []),
})
