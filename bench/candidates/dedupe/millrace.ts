import { readFileSync } from 'node:fs'
import { decodeNdjson } from 'millrace/codecs'
import { dropDuplicates, transformTable } from 'millrace/transform'
import { defineCandidate } from '../../candidate.ts'
import { tableFacts } from '../../facts.ts'

export const candidate = defineCandidate({
  prepare: ({ file }) => decodeNdjson(readFileSync(file)),
  run: (_, table) => transformTable(table, dropDuplicates()),
  facts: (table) => tableFacts(table, 'amount'),
})
