import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Ledger, readLedger, totalOf, withTurn, writeLedger } from '../../fuzz/ledger.ts'
import { tableOf, withTable } from '../../fuzz/table.ts'

const turn = { cases: 1000, seconds: 2, branches: 50, reached: 20, findings: 1 }

test('cases, seconds and findings add up over runs; coverage is the best on the code as it is', () => {
  let ledger: Ledger = {}
  ledger = withTurn(ledger, 'csv', turn)
  ledger = withTurn(ledger, 'csv', { ...turn, reached: 15, findings: 0 })
  ledger = withTurn(ledger, 'json', turn)
  expect(ledger['csv']).toEqual({ cases: 2000, seconds: 4, branches: 50, reached: 20, findings: 1 })
  expect(totalOf(ledger)).toEqual({ cases: 3000, seconds: 6, findings: 2 })
  expect(withTurn(ledger, 'csv', { ...turn, branches: 60, reached: 5 })['csv']).toMatchObject({
    branches: 60,
    reached: 5,
  })
})

test('the ledger is read as it was written, and is empty where there is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'))
  const path = join(folder, 'ledger.json')
  expect(readLedger(path)).toEqual({})
  writeLedger(path, withTurn({}, 'csv', turn))
  expect(readLedger(path)).toEqual(withTurn({}, 'csv', turn))
  rmSync(folder, { recursive: true })
})

test('the table of the page has a row for each surface and their sum, between its markers', () => {
  const table = tableOf(withTurn({}, 'csv', turn), ['csv', 'json'])
  expect(table.split('\n').slice(2)).toEqual([
    '| `csv` | 1,000 | 20 of 50 (40%) | 1 | 500 |',
    '| `json` | 0 |  | 0 |  |',
    '| all | 1,000 |  | 1 | 500 |',
  ])
  const page = 'before\n<!-- fuzzing: npm run fuzz -->\nold\n<!-- end of fuzzing -->\nafter\n'
  expect(withTable(page, 'T')).toBe('before\n<!-- fuzzing: npm run fuzz -->\n\nT\n\n<!-- end of fuzzing -->\nafter\n')
  expect(() => withTable('no markers', 'T')).toThrow(/has no/)
})
