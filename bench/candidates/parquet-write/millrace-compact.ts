import { readFileSync, writeFileSync } from 'node:fs'
import { decodeParquet, encodeParquet } from 'millrace/codecs'
import { defineCandidate } from '../../candidate.ts'

export const candidate = defineCandidate({
  prepare: ({ file }) => decodeParquet(readFileSync(file)),
  async run({ output }, table) {
    writeFileSync(output, await encodeParquet(table, { encodings: 'compact' }))
  },
})
