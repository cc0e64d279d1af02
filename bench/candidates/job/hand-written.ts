// What people write: rows as objects, duplicates by a Set of their JSON, columns of JavaScript values at the end.
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { parquetWriteFile } from 'hyparquet-writer'
import { defineCandidate } from '../../candidate.ts'

type Row = Record<string, string>

export const candidate = defineCandidate({
  async run({ file, output }) {
    const rows = parse<Row>(readFileSync(file), {
      columns: (names: string[]) => names.map((name) => name.toLowerCase().replaceAll(' ', '_')),
    })
    const seen = new Set<string>()
    const unique = rows.filter((row) => {
      const key = JSON.stringify(row)
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
    const now = new Date()
    const batchId = `batch_${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_')}`
    const column = <T>(toValue: (row: Row) => T): T[] => unique.map(toValue)
    await parquetWriteFile({
      filename: output,
      columnData: [
        { name: 'event_id', type: 'STRING', data: column((row) => row['event_id'] || null) },
        { name: 'user_id', type: 'INT64', data: column((row) => BigInt(row['user_id'] ?? 0)) },
        { name: 'event_type', type: 'STRING', data: column((row) => row['event_type'] || null) },
        { name: 'status', type: 'STRING', data: column((row) => row['status'] || 'unknown') },
        { name: 'amount', type: 'DOUBLE', data: column((row) => Number(row['amount'] || 0)) },
        {
          name: 'created_at',
          type: 'TIMESTAMP',
          data: column((row) => (row['created_at'] ? new Date(row['created_at']) : now)),
        },
        { name: 'note', type: 'STRING', data: column((row) => row['note'] || null) },
        { name: 'is_priority', type: 'BOOLEAN', data: column((row) => row['is_priority'] === 'true') },
        { name: 'processed_at', type: 'TIMESTAMP', data: column(() => now) },
        { name: 'batch_id', type: 'STRING', data: column(() => batchId) },
      ],
    })
  },
})
