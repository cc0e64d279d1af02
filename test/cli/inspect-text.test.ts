import { describe, expect, test } from 'vitest'
import { inspectText, refusedLine } from '../../src/cli/inspect-text.ts'
import type { Inspection } from '../../src/cli/inspection.ts'

const FOUND: Inspection = {
  file: 'a.csv',
  bytes: 1500,
  format: 'csv',
  compression: 'none',
  encoding: 'utf-8',
  rows: 2000,
  columns: [{ name: 'id', type: 'int64', nulls: 0 }],
  refused: { count: 0, byCode: {}, rows: [] },
  pin: [],
  schema: { id: 'int64' },
  lambda: {
    peakMb: 1251,
    memoryMb: 1769,
    architecture: 'arm64',
    mbPerSecond: 1,
    seconds: 0.1234,
    usd: 0.00012345,
    engine: 'lambda',
    because: ['small', 'quick'],
  },
}
const shown = (change: Partial<Inspection>): string => inspectText({ ...FOUND, ...change })
const lambda = (change: Partial<Inspection['lambda']>): string => shown({ lambda: { ...FOUND.lambda, ...change } })

describe('inspectText', () => {
  test('has a title on the first line of each part', () => {
    expect(inspectText(FOUND)).toBe(
      `file     a.csv, 1.5 kB
format   csv, utf-8
rows     2,000
refused  0
columns  1
         id  int64
schema   {"id":"int64"}
lambda   about 0.12 s and $0.00012 at 1,769 MB (arm64), 1,251 MB at the peak: read, drop duplicates, write Parquet
         one function: small; quick`,
    )
  })

  test('names the compression, and no encoding or schema of Parquet', () => {
    expect(shown({ compression: 'gzip' })).toContain('\nformat   csv, utf-8, gzip\n')
    const parquet = shown({ format: 'parquet', encoding: null, schema: null })
    expect(parquet).toContain('\nformat   parquet\n')
    expect(parquet).not.toContain('schema')
  })

  test('lists rejected rows, and counts the others', () => {
    const row = { line: 4, row: 3, code: 'CSV_INVALID', reason: 'short\nrow' } as const
    const refused = { count: 1001, byCode: { CSV_INVALID: 1000, TYPE_MISMATCH: 1 }, rows: [row] }
    expect(shown({ refused })).toContain(
      `refused  1,001 (CSV_INVALID 1,000, TYPE_MISMATCH 1)
         line 4, row 3: CSV_INVALID: short\\u000arow
         and 1,000 others
`,
    )
    expect(shown({ refused: { ...refused, count: 2 } })).toContain('         and 1 other\n')
    expect(shown({ refused: { ...refused, count: 1 } })).not.toContain('other')
    expect(refusedLine(row)).toBe('line 4, row 3: CSV_INVALID: short\\u000arow')
  })

  test.each([
    [0, ''],
    [1, '  1 null (under 0.1%)'],
    [2, '  2 nulls (0.1%)'],
    [3, '  3 nulls (0.1%)'],
    [20, '  20 nulls (1%)'],
    [25, '  25 nulls (1.3%)'],
    [2000, '  2,000 nulls (100%)'],
  ])('%d nulls of 2,000 rows', (nulls, text) => {
    expect(shown({ columns: [{ name: 'id', type: 'int64', nulls }] })).toContain(`\n         id  int64${text}\n`)
  })

  test('cuts long names, and escapes them', () => {
    const names = ['x'.repeat(60), 'y'.repeat(61), 'a\nb']
    const text = shown({ columns: names.map((name) => ({ name, type: 'string', nulls: 0 })) })
    expect(text).toContain(`${'x'.repeat(60)}  string`)
    expect(text).toContain(`${'y'.repeat(57)}...  string`)
    expect(text).toContain('a\\u000ab')
  })

  test('lists pins of columns and of the file', () => {
    const pin = [
      { column: 'zip', type: 'string', why: 'digits' },
      { option: 'delimiter', value: ';', why: 'one name' },
      { option: 'encoding', why: 'not\nUTF-8' },
    ]
    expect(shown({ pin })).toContain(
      `pin      zip       schema: string  digits
         the file  delimiter: ";"  one name
         the file  encoding        not\\u000aUTF-8
`,
    )
  })

  test.each([
    [0.001234, '0.0012'],
    [0.999, '1'],
    [1, '1.0'],
    [1.26, '1.3'],
    [12.34, '12.3'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(lambda({ seconds })).toContain(`about ${text} s and`)
  })

  test.each([
    [0, '0.00'],
    [1e-30, '0.00000000000000000000'],
    [0.0000123, '0.000012'],
    [0.05, '0.050'],
    [0.5, '0.50'],
    [12.345, '12.35'],
  ])('%d dollars are %s', (usd, text) => {
    expect(lambda({ usd })).toContain(`and $${text} at`)
  })

  test('names the engine where one function is not enough', () => {
    expect(lambda({ engine: 'batch' })).toMatch(/\n {9}batch: small; quick$/)
  })
})
