import { readFileSync } from 'node:fs'
import { decodeCsv } from 'millrace/codecs'
import { defineCandidate } from '../../candidate.ts'
import { tableFacts } from '../../facts.ts'

export const candidate = defineCandidate({
  run: ({ file }) => decodeCsv(readFileSync(file)),
  facts: (table) => tableFacts(table, 'Amount'),
})
