import { type RecordBatch, Table } from 'apache-arrow'
import { fileSource, ndjson } from 'millrace/codecs'
import { defineCandidate } from '../../candidate.ts'
import { tableFacts } from '../../facts.ts'

export const candidate = defineCandidate({
  async run({ file }) {
    const batches: RecordBatch[] = []
    for await (const batch of ndjson().read(fileSource(file))) batches.push(batch)
    return new Table(batches)
  },
  facts: (table) => tableFacts(table, 'amount'),
})
