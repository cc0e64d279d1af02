import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { type BasicType, parquetWriteFile } from 'hyparquet-writer'
import { defineCandidate } from '../../candidate.ts'

const TYPES: Readonly<Record<string, BasicType>> = {
  event_id: 'STRING',
  user_id: 'INT64',
  event_type: 'STRING',
  status: 'STRING',
  amount: 'DOUBLE',
  created_at: 'TIMESTAMP',
  note: 'STRING',
  is_priority: 'BOOLEAN',
}

export const candidate = defineCandidate({
  async prepare({ file }) {
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) })
    return Object.entries(TYPES).map(([name, type]) => ({ name, type, data: rows.map((row) => row[name] ?? null) }))
  },
  async run({ output }, columnData) {
    await parquetWriteFile({ filename: output, columnData })
  },
})
