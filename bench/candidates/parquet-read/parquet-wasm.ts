import { readFileSync } from 'node:fs'
import { tableFromIPC } from 'apache-arrow'
import { readParquet } from 'parquet-wasm'
import { defineCandidate } from '../../candidate.ts'
import { amountFacts } from '../../facts.ts'

export const candidate = defineCandidate({
  run: ({ file }) => tableFromIPC(readParquet(readFileSync(file)).intoIPCStream()),
  facts: (table) => amountFacts(table.numRows, table.getChild('amount') ?? table.getChild('distance') ?? []),
})
