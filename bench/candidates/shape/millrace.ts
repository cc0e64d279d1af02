import { type RecordBatch, Table } from 'apache-arrow'
import { codecFor, fileSource } from 'millrace/codecs'
import { defineCandidate } from '../../candidate.ts'
import { tableFacts } from './first-column.ts'

export const candidate = defineCandidate({
  async run({ file }) {
    const batches: RecordBatch[] = []
    for await (const batch of codecFor(file).read(fileSource(file))) batches.push(batch)
    return new Table(batches)
  },
  facts: (table) => tableFacts(table),
})
