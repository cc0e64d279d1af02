import { readFileSync } from 'node:fs'
import { decodeJson } from 'millrace/codecs'
import { defineCandidate } from '../../candidate.ts'
import { tableFacts } from '../../facts.ts'

export const candidate = defineCandidate({
  run: ({ file }) => decodeJson(readFileSync(file)),
  facts: (table) => tableFacts(table, 'distance'),
})
