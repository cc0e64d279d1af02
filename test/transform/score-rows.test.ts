import { describe, expect, test } from 'vitest'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { scoreRows } from '../../src/transform/score-rows.ts'
import { transformTable } from '../../src/transform/transform-table.ts'

describe('scoreRows', () => {
  test('a decimal that is zero is zero, not text', () => {
    const rows = [{ amount: '0.00' }, { amount: '0.01' }, { amount: null }]
    const table = tableFromRows(rows, { schema: { amount: 'decimal(9,2)' } })
    const scored = [...rowsFromTable(transformTable(table, scoreRows()))]
    expect(scored.map((row) => row['validation_score'])).toEqual([0, 25, 0])
    expect(scored[0]?.['amount']).toBe('0.00')
  })

  test('a text that reads as zero is there', () => {
    const scored = [...rowsFromTable(transformTable(tableFromRows([{ amount: '0' }]), scoreRows()))]
    expect(scored[0]?.['validation_score']).toBe(25)
  })

  test('scoreRows adds an int32; a field that no row has counts nothing', () => {
    const table = transformTable(
      tableFromRows([
        { event_id: 'e', amount: 3 },
        { event_id: null, amount: 0 },
      ]),
      scoreRows(),
    )
    expect([...rowsFromTable(table)].map((row) => row['validation_score'])).toEqual([50, 0])
    expect(String(table.schema.fields[2]?.type)).toBe('Int32')
  })
})
