import { readFileSync } from 'node:fs'
import { decodeNdjson } from 'millrace/codecs'
import { defineCandidate } from '../../candidate.ts'
import { tableFacts } from '../../facts.ts'

export const candidate = defineCandidate({
  run: ({ file }) => decodeNdjson(readFileSync(file)),
  facts: (table) => tableFacts(table, 'amount'),
})
